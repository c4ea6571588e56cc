"""Pages as text: what is in them, that they ask nobody for anything, golden files."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from azcost import architecture
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from azcost.report import bill_page, charts, html, markdown, view
from azcost.report.document import Chart, Document, Series, Table, to_markdown
from conftest import DESIGNS, ROOT
from sample_pages import DOCUMENT, ORIGIN


def estimate_of(file: Path, catalogue: Catalogue) -> Estimate:
    return architecture.estimate(architecture.load(file, catalogue), catalogue)


@pytest.fixture(scope="module")
def serving(catalogue: Catalogue) -> Estimate:
    return estimate_of(ROOT / "examples/ml-serving.yaml", catalogue)


class Reader(HTMLParser):
    """Every tag with its attributes, and the text outside of styles and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def without_drawings(page: str) -> str:
    """Where ticks are is matplotlib's business, and differs between its versions."""
    page = re.sub(r'(<svg class="\w+") .*?</svg>', r"\1>(drawn)</svg>", page, flags=re.DOTALL)
    page = re.sub(r"<style>.*?</style>", "<style>(style.css)</style>", page, flags=re.DOTALL)
    page = re.sub(r"<script>.*?</script>", "<script>(script.js)</script>", page, flags=re.DOTALL)
    return re.sub(r"sha256-[\w+/=]*", "sha256-(hash)", page)


def test_the_page_of_a_document(golden: Callable[[str, str], str]) -> None:
    page = without_drawings(html.render(DOCUMENT, ORIGIN))
    assert page == golden("document.html", page)


def test_the_page_of_a_bill(serving: Estimate, golden: Callable[[str, str], str]) -> None:
    page = without_drawings(bill_page.render(serving, ORIGIN))
    assert page == golden("ml-serving.html", page)


def test_the_bill_for_a_pull_request(serving: Estimate, golden: Callable[[str, str], str]) -> None:
    text = markdown.render([serving])
    assert text == golden("ml-serving.md", text)


@pytest.mark.parametrize("file", DESIGNS, ids=lambda file: file.stem)
def test_every_figure_of_the_bill_is_on_its_page(file: Path, catalogue: Catalogue) -> None:
    estimate = estimate_of(file, catalogue)
    text = Reader(bill_page.render(estimate, ORIGIN)).text
    for line in (line for one in estimate.resources for line in view.lines(one)):
        for said in (line.item.price.meter_id, line.item.price.observed_on, line.unit):
            assert said in text
        assert view.unit_price(line.unit_price) in text
    for amount in (estimate.monthly, estimate.low, estimate.high):
        assert f"{amount.amount:,.2f}" in text


def test_a_page_asks_nobody_for_anything(serving: Estimate) -> None:
    for page in (bill_page.render(serving, ORIGIN), html.render(DOCUMENT, ORIGIN)):
        for tag, attributes in Reader(page).tags:
            assert tag not in ("link", "img", "iframe", "object", "embed", "form")
            assert not {"src", "style", "onclick"} & set(attributes), tag
            assert (attributes.get("href") or "#").startswith("#")


def test_the_policy_names_the_style_and_the_script_and_nothing_else() -> None:
    page = html.render(DOCUMENT, ORIGIN)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        said = policy[1].replace("&#39;", "'")
        assert f"{tag}-src 'sha256-{digest}'" in said
    assert policy[1].startswith("default-src ")
    assert "unsafe" not in policy[1]


def test_a_chart_has_real_text_and_words_for_those_who_cannot_see_it() -> None:
    chart = next(part for part in DOCUMENT.parts if isinstance(part, Chart))
    drawn = charts.svg(chart, "c")
    assert ">break-even: 62%</text>" in drawn
    assert '<title id="c-title">Break-even</title>' in drawn
    assert '<desc id="c-desc">A reservation is cheaper from 62% of the hours on.</desc>' in drawn
    assert 'role="img"' in drawn
    assert charts.svg(chart, "c") == drawn


def test_every_id_of_a_page_is_there_once_and_every_reference_has_one() -> None:
    page = html.render(DOCUMENT, ORIGIN)
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'url\(#([^)]*)\)|href="#([^"]+)"', page)) - {("", "")}
    for clip, link in re.findall(r'url\(#([^)]*)\)|href="#([^"]+)"', page):
        assert (clip or link) in ids


def test_a_chart_of_nothing_and_of_huge_numbers_is_drawn() -> None:
    for y in ((0.0, 0.0), (1e15, 1.0), (1e-9, 2e-9), (-5.0, 3.0)):
        for kind in ("lines", "bars", "stacked"):
            chart = Chart(
                title="t", description="d", kind=kind, x_label="x", y_label="y",
                series=(Series("s", ("first name", "second name"), y),),
            )  # fmt: skip
            assert charts.svg(chart, "c").startswith("<svg")


def test_rows_after_the_last_rule_stay_at_the_foot() -> None:
    page = html.render(DOCUMENT, ORIGIN)
    foot = page[page.index("Standard_D59s_v5") :]
    assert foot.index("<tfoot") < foot.index("<td>all</td>")


def test_markdown_fits_into_a_comment() -> None:
    rows = tuple((f"name {n}", "1.00", "x" * 100) for n in range(3_000))
    long = Table(title="Long", columns=("name", "USD", "why"), rows=rows)
    text = to_markdown(Document(title="t", verdict="v", parts=(long, long, long, long)))
    assert len(text) <= 60_000
    assert "more rows did not fit" in text
    assert text.count("<details>") >= 2
