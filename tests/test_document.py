"""One document in every format; what comes from files cannot break out of any."""

from __future__ import annotations

import json
from decimal import Decimal

from azcost.report.document import (
    Chart,
    Code,
    Document,
    Paragraph,
    Series,
    Table,
    to_json,
    to_markdown,
    to_text,
)

DOCUMENT = Document(
    title="Two disks",
    verdict="One is enough.",
    parts=(
        Table(
            title="Disks",
            columns=("disk", "USD"),
            rows=(("a|b", "1.00"), ("total", "12.00")),
            rules=(0,),
        ),
        Chart(
            title="never in text",
            description="two points",
            kind="lines",
            x_label="x",
            y_label="y",
            series=(Series("s", (0.0, 1.0), (1.0, 2.0)),),
        ),
        Code(title="Do it", text="az disk delete --name '```'"),
        Paragraph("It is \x1b[31mred."),
    ),
    notes=("Nothing was changed.",),
    facts={"schema": 1, "monthly": Decimal("12.00"), "disks": [{"name": "a|b"}]},
)


def test_text_aligns_and_rules() -> None:
    assert to_text(DOCUMENT).splitlines() == [
        "Two disks",
        "",
        "One is enough.",
        "",
        "Disks",
        "disk     USD",
        "------------",
        "a|b     1.00",
        "------------",
        "total  12.00",
        "",
        "Do it",
        "  az disk delete --name '```'",
        "",
        "It is \N{REPLACEMENT CHARACTER}[31mred.",
        "",
        "Note: Nothing was changed.",
    ]


def test_markdown_escapes_cells_and_outgrows_fences() -> None:
    text = to_markdown(DOCUMENT)
    assert "| a\\|b | 1.00 |" in text
    assert "| --- | ---: |" in text
    assert "````sh\naz disk delete --name '```'\n````" in text
    assert "never in text" not in text


def test_json_has_the_facts_with_amounts_as_text() -> None:
    assert json.loads(to_json(DOCUMENT)) == {
        "schema": 1,
        "monthly": "12",
        "disks": [{"name": "a|b"}],
    }
