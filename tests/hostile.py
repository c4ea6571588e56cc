"""Names that somebody could put into a design to make its bill do something."""

from __future__ import annotations

import json
from decimal import Decimal

from azcost.report.document import (
    Chart,
    Choice,
    Choices,
    Code,
    Document,
    Paragraph,
    Series,
    Table,
)

NAMES = (
    "<script>alert(1)</script>",
    "</style></script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% include 'page.html' %}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "a|b|c",
    "`whoami` $(whoami)",
    "![x](https://example.com/x.png)",
    "[x](javascript:alert(1))",
    "@everyone #1 **bold** ~~gone~~",
    "</details></summary>",
    "$\\frac{1}{0}$ $x_$",
    "\u202eevil\u202c \u200f\u200e",
    "\x1b[2J\x1b]0;title\x07",
    "line\nbreak\r\nagain",
    "&lt;script&gt; &amp;",
    "javascript:alert(1)",
    "\u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "\U0001f4b8 \u4ef7\u683c",
    "n" * 10_000,
    "w " * 5_000,
)

DESIGN = json.dumps(
    {
        "name": NAMES[0],
        "region": "westeurope",
        "services": [
            {
                "kind": "virtual_machine",
                "name": name,
                "size": "Standard_D4s_v5",
                "count": {"min": 1, "expected": 2, "max": 3},
                "tags": {"team": name},
            }
            for name in NAMES
        ]
        + [{"kind": "virtual_machine", "name": "spot", "size": "Standard_D2s_v5"}],
    },
    ensure_ascii=False,
)

DOCUMENT_OF_NAMES = Document(
    title=NAMES[1],
    verdict=NAMES[0],
    parts=(
        Choices(
            title=NAMES[2],
            monthly=Decimal(10),
            currency="USD",
            options=tuple(Choice(name, Decimal(1), name) for name in NAMES),
        ),
        Table(title=NAMES[3], columns=("<b>", "|"), rows=tuple((name, name) for name in NAMES)),
        Code(title=NAMES[4], text="\n".join(name[:200] for name in NAMES)),
        Paragraph(NAMES[0]),
        Chart(
            title=NAMES[0],
            description=NAMES[1],
            kind="bars",
            x_label=NAMES[17],
            y_label=NAMES[2],
            series=tuple(Series(name, NAMES, (1.0,) * len(NAMES)) for name in NAMES[:2]),
        ),
    ),
    notes=NAMES,
    facts={"schema": 1},
)
