"""Pages in a real browser: what readers see, click, and print."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import audit_pages
from azcost import architecture
from azcost.pricing.catalogue import Catalogue
from azcost.report import bill_page, html
from conftest import ROOT
from hostile import DESIGN, DOCUMENT_OF_NAMES
from sample_pages import DOCUMENT, ORIGIN

CHROMIUM = shutil.which("chromium")
AXE = ROOT / ".venv/browser/node_modules/axe-core/axe.min.js"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = ("bill", "document", "audit", "hostile", "hostile-document", "hostile-audit")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install 'azcost[dev]'"
    )
    if CHROMIUM is None:
        pytest.skip("there is no chromium: apt-get install --no-install-recommends chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    design = architecture.load(ROOT / "examples/rag-openai.yaml", catalogue)
    hostile = architecture.parse(DESIGN, "hostile.yaml", catalogue)
    pages = {
        "bill": bill_page.render(architecture.estimate(design, catalogue), ORIGIN),
        "document": html.render(DOCUMENT, ORIGIN),
        "hostile": bill_page.render(architecture.estimate(hostile, catalogue), ORIGIN),
        "hostile-document": html.render(DOCUMENT_OF_NAMES, ORIGIN),
        "audit": audit_pages.page(audit_pages.demo(), catalogue),
        "hostile-audit": audit_pages.page(audit_pages.hostile(), catalogue),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


class Opened:
    """A page that is open, and what the browser complained about."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page = browser.new_context(**context).new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wrong_and_nothing_is_fetched(
    browser: Any, files: dict[str, Path], name: str
) -> None:
    opened = Opened(browser, files[name])
    assert opened.complaints == []
    assert opened.requests == [files[name].as_uri()]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(browser: Any, files: dict[str, Path], name: str) -> None:
    page = Opened(browser, files[name]).page
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ["bill", "document", "audit", "hostile-document"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_axe_finds_nothing_serious(
    browser: Any, files: dict[str, Path], name: str, scheme: str, width: int
) -> None:
    if not AXE.is_file():
        pytest.skip("there is no axe-core: npm install --prefix .venv/browser axe-core")
    size = {"width": width, "height": 800}
    page = Opened(browser, files[name], color_scheme=scheme, viewport=size).page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert len(found["passes"]) > 10


def column(page: Any, table: str, number: int) -> list[str]:
    cells = page.locator(f"{table} tbody tr:not([hidden]) td:nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_a_click_sorts_by_number_and_the_next_one_the_other_way(
    browser: Any, files: dict[str, Path]
) -> None:
    page = Opened(browser, files["document"]).page
    table = "table:has-text('as designed')"
    assert column(page, table, 3) == ["0.00", "2,310.40", "-4,579.67"]
    page.click(f"{table} th:nth-child(3) [role=button]")
    assert column(page, table, 3) == ["2,310.40", "0.00", "-4,579.67"]
    assert page.get_attribute(f"{table} th:nth-child(3)", "aria-sort") == "descending"
    page.focus(f"{table} th:nth-child(3) [role=button]")
    page.keyboard.press("Enter")
    assert column(page, table, 3) == ["-4,579.67", "0.00", "2,310.40"]
    page.click(f"{table} th:nth-child(1) [role=button]")
    assert column(page, table, 1) == ["as designed", "reserved-1y", "spot"]


def test_the_filter_leaves_what_was_asked_and_adds_it_up(
    browser: Any, files: dict[str, Path]
) -> None:
    page = Opened(browser, files["bill"]).page
    page.fill("input[type=search]", "ANSWERS tokens")
    shown = column(page, "table.cards", 5)
    assert shown == ["1,342.00", "44.00", "616.00"]
    assert page.inner_text(".tools output") == "3 of 20 rows, 2,002.00 together"
    page.fill("input[type=search]", "")
    assert len(column(page, "table.cards", 5)) == 20


def test_what_one_would_do_changes_the_total(browser: Any, files: dict[str, Path]) -> None:
    page = Opened(browser, files["document"]).page
    total = "table[data-choices] tfoot td:last-child"
    assert page.inner_text(total) == "7,421.33"
    page.check("text=Reserve training for a year")
    assert page.inner_text(total) == "6,210.93"
    page.check("text=Run training as spot")  # takes back the other choice of its group
    assert page.inner_text(total) == "5,321.23"
    page.check("text=Stop the notebooks at night")
    assert page.inner_text(total) == "4,911.23"
    assert page.inner_text("output.chosen") == "4,911.23 USD per month"
    page.uncheck("text=Run training as spot")
    page.uncheck("text=Stop the notebooks at night")
    assert page.inner_text(total) == "7,421.33"


def test_without_scripts_everything_is_there_and_nothing_is_dead(
    browser: Any, files: dict[str, Path]
) -> None:
    page = Opened(browser, files["document"], java_script_enabled=False).page
    assert "Run training as spot" in page.inner_text("table[data-choices]")
    assert page.locator("input, button, [role=button]").count() == 0
    assert page.locator("tbody tr").count() == 3 + 3 + 58


@pytest.mark.parametrize("name", ["bill", "document"])
def test_it_prints_on_few_pages(browser: Any, files: dict[str, Path], name: str) -> None:
    printed = Opened(browser, files[name]).page.pdf(prefer_css_page_size=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 5


def test_a_table_on_two_pages_has_its_heads_on_both(
    browser: Any, files: dict[str, Path], tmp_path: Path
) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext: apt-get install --no-install-recommends poppler-utils")
    file = tmp_path / "printed.pdf"
    Opened(browser, files["bill"]).page.pdf(path=file, prefer_css_page_size=True)
    command = ["pdftotext", "-layout", str(file), "-"]
    pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")
    with_lines = [page for page in pages if "meter " in page]
    assert len(with_lines) >= 2
    assert all("Resource and charge" in page for page in with_lines)


def test_the_colours_of_charts_are_those_of_the_scheme(
    browser: Any, files: dict[str, Path]
) -> None:
    inks = []
    for scheme in ("light", "dark"):
        page = Opened(browser, files["document"], color_scheme=scheme).page
        inks.append(page.evaluate("getComputedStyle(document.querySelector('svg.wide text')).fill"))
    assert inks == ["rgb(27, 37, 48)", "rgb(230, 235, 240)"]


def test_narrow_screens_get_drawings_of_their_own(browser: Any, files: dict[str, Path]) -> None:
    for width, shown in ((320, "narrow"), (1280, "wide")):
        page = Opened(browser, files["bill"], viewport={"width": width, "height": 800}).page
        assert page.locator(f"figure > svg.{shown}").first.is_visible()
        assert (
            page.locator("figure > svg").count()
            == 2 * page.locator(f"figure > svg.{shown}").count()
        )
        smallest = page.evaluate(
            f"Math.min(...[...document.querySelectorAll('svg.{shown} text')]"
            ".map(text => text.getBoundingClientRect().height))"
        )
        assert smallest >= 11
