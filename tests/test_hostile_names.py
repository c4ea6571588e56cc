"""Names from a design stay names: in the terminal, in CSV, Markdown, JSON and pages."""

from __future__ import annotations

import csv
import html as standard_html
import io
import json
import re
import unicodedata

import pytest

from azcost import architecture
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from azcost.report import bill_page, changes, diff, html, machine, markdown, saved, text
from azcost.report.document import to_json, to_markdown, to_text
from hostile import DESIGN, DOCUMENT_OF_NAMES, NAMES
from sample_pages import ORIGIN

SHOWN_TO_HUMANS = ("text", "csv", "markdown", "html")


@pytest.fixture(scope="module")
def estimate(catalogue: Catalogue) -> Estimate:
    return architecture.estimate(architecture.parse(DESIGN, "f.yaml", catalogue), catalogue)


@pytest.fixture(scope="module")
def answers(estimate: Estimate) -> dict[str, list[str]]:
    """Everything that azcost could print of such a design, by format."""
    bill = saved.of(estimate, "toy")
    gone = saved.Bill(schema=1, name="gone", currency="USD", monthly=0 * bill.monthly, resources=())
    difference = diff.document(changes.between(gone, bill))
    documents = (difference, DOCUMENT_OF_NAMES)
    return {
        "text": [text.render(estimate), *map(to_text, documents)],
        "csv": [machine.to_csv([estimate])],
        "markdown": [markdown.render([estimate], "team"), *map(to_markdown, documents)],
        "json": [machine.to_json([estimate], "toy"), *map(to_json, documents)],
        "html": [
            bill_page.render(estimate, ORIGIN),
            *(html.render(document, ORIGIN) for document in documents),
        ],
    }


@pytest.mark.parametrize("format_", SHOWN_TO_HUMANS)
def test_nothing_moves_the_cursor_or_turns_the_direction(
    answers: dict[str, list[str]], format_: str
) -> None:
    for answer in answers[format_]:
        bad = {c for c in answer if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}
        assert bad == set()


@pytest.mark.parametrize("format_", ["markdown", "html"])
def test_no_name_becomes_a_tag(answers: dict[str, list[str]], format_: str) -> None:
    for answer in answers[format_]:
        fenced = re.sub(r"(`{3,})sh\n.*?\n\1", "", answer, flags=re.DOTALL)
        for tag in ("<script>alert", "<img", "<svg onload", "</style></script"):
            assert tag not in fenced
        assert fenced.count("</details>") == fenced.count("<details>")


def test_no_name_becomes_an_attribute_or_a_template(answers: dict[str, list[str]]) -> None:
    for page in answers["html"]:
        for tag in re.findall(r"<[a-z][^>]*>", re.sub(r"<(style|script)>.*?</\1>", "", page)):
            assert not re.search(r"\son\w+\s*=", re.sub(r'"[^"]*"', '""', tag)), tag
        assert "{{ 7 * 7 }}" in standard_html.unescape(page)


def test_no_cell_of_a_spreadsheet_is_a_formula(answers: dict[str, list[str]]) -> None:
    for row in csv.reader(io.StringIO(answers["csv"][0])):
        for cell in row:
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")


def test_no_name_breaks_out_of_its_cell_in_markdown(answers: dict[str, list[str]]) -> None:
    for answer in answers["markdown"]:
        unfenced = re.sub(r"(`{3,})sh\n.*?\n\1", "", answer, flags=re.DOTALL)
        for line in unfenced.splitlines():
            bare = re.sub(r"\\.", "", line)  # what is escaped is text
            assert not re.search(r"`|\]\(|!\[|^#+ .*[*_]", bare), line
            if line.startswith("|"):
                assert bare.count("|") in (3, 4, 5, 6), line
        assert len(answer) <= markdown.MOST


@pytest.mark.parametrize("format_", ["text", "markdown", "html"])
def test_ten_thousand_letters_are_cut(answers: dict[str, list[str]], format_: str) -> None:
    for answer in answers[format_]:
        assert "n" * 2_001 not in answer


def test_json_keeps_every_letter(answers: dict[str, list[str]]) -> None:
    found = json.loads(answers["json"][0])
    assert [one["name"] for one in found["resources"]] == [*NAMES, "spot"]
