"""An answer as one page that can be forwarded: no network, readable without its script.

Every document becomes a page by `render`; a bill has sections of its own (`bill_page`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from azcost import paths
from azcost.estimate import Unpriced
from azcost.pricing.price import Price
from azcost.report import charts, view
from azcost.report.document import Chart, Choices, Code, Document, Paragraph, Table
from azcost.report.view import printable, safe

_MAX_SENTENCE = 2_000
_MAX_CELL = 200
# From this many columns on a table scrolls on a small screen instead of becoming cards.
_MANY_COLUMNS = 6
_MAX_FOOT = 3
_NOTEBOOK_STYLE = (
    ".azcost figure { max-width: 56rem; margin: 0; background: #fff; color: #1d2733 }"
    " .azcost figcaption { font-weight: 600; text-align: left }"
    " .azcost .key { list-style: none; display: flex; gap: 1.2rem; padding: 0 }"
    " .azcost .said { color: #52606d }"
)
_DASHES = ("", "6 2", "2 2", "8 2 2 2", "1 1", "")


class Origin(msgspec.Struct, frozen=True):
    """How a page was made: the command line, azcost's version, the hash of the tables."""

    command: str
    version: str
    tables: str


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """The one number of a page, its range (empty without one), and what to know beside it.

    `place` is where the number is between low and high, from 0 to 1,000.
    """

    figure: str
    unit: str
    low: str = ""
    high: str = ""
    place: int = 0
    facts: tuple[tuple[str, str], ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A part of a section: the template that shows a value, and what was prepared for it."""

    template: str
    value: Any
    drawing: Markup = Markup()
    bodies: tuple[tuple[tuple[str, ...], ...], ...] = ()
    foot: tuple[tuple[str, ...], ...] = ()
    sortable: bool = False
    layout: str = ""


class Section(msgspec.Struct, frozen=True):
    """A heading, empty for none, and the parts below it."""

    title: str
    anchor: str
    parts: tuple[Part, ...]


def render(document: Document, origin: Origin) -> str:
    """The document as a page."""
    return page(
        title=document.title,
        verdict=document.verdict,
        sections=list(_sections(document)),
        notes=document.notes,
        origin=origin,
    )


def _sections(document: Document) -> Iterable[Section]:
    """A section for each part, pictures first: people decide on them."""
    ordered = sorted(document.parts, key=lambda part: not isinstance(part, Chart))
    for number, value in enumerate(ordered):
        title = "" if isinstance(value, Paragraph) else safe(value.title, 120)
        # A figure's title stands with it, an extra heading would say it twice.
        heading = "" if isinstance(value, Chart) else title
        yield Section(heading, f"part-{number}", (prepared(value, f"part-{number}"),))


def page(
    *,
    title: str,
    verdict: str,
    sections: Sequence[Section],
    notes: Iterable[str],
    origin: Origin,
    headline: Headline | None = None,
    missing: Sequence[Unpriced] = (),
) -> str:
    """The whole page; its policy names the style and the script by their hashes."""
    environment = _environment()
    style, script = (_asset(environment, name) for name in ("style.css", "script.js"))
    return environment.get_template("page.html").render(
        title=safe(title, 200),
        verdict=safe(verdict, _MAX_SENTENCE),
        headline=headline,
        missing=missing,
        sections=sections,
        notes=tuple(notes),
        origin=origin,
        dashes=_DASHES,
        style=style,
        script=script,
        policy=(
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


Preparable = Table | Code | Paragraph | Chart | Choices


def prepared(value: Preparable, name: str) -> Part:
    """A part of a document, ready for its template; `name` begins the ids in it."""
    if isinstance(value, Table):
        return _table(value)
    if isinstance(value, Chart):
        return _figure(value, name)
    return Part(f"{type(value).__name__.lower()}.html", value)


def _figure(chart: Chart, name: str) -> Part:
    """The chart drawn twice, for wide and for narrow screens; the page shows one."""
    drawing = Markup()
    for width, layout in ((charts.WIDE, "wide"), (charts.NARROW, "narrow")):
        drawn = charts.svg(chart, f"{name}-{layout}", width)
        drawing += Markup(drawn.replace("<svg ", f'<svg class="{layout}" ', 1))  # noqa: S704
    return Part("chart.html", chart, drawing)


def figure(chart: Chart) -> str:
    """A chart with its key and its words, to stand on its own in a notebook."""
    # Ids are unique in a notebook, too, as far as charts differ.
    name = f"chart-{hashlib.sha256(msgspec.json.encode(chart)).hexdigest()[:12]}"
    drawn = Markup(charts.svg(chart, name))  # noqa: S704 - what charts drew
    template = _environment().get_template("chart.html")
    colours = "".join(f"--series-{n}: {c}; " for n, c in enumerate(charts.FALLBACK))
    drawing = template.render(part=Part("chart.html", chart, drawn), dashes=_DASHES)
    return f'<div class="azcost" style="{colours}"><style>{_NOTEBOOK_STYLE}</style>{drawing}</div>'


def _table(table: Table) -> Part:
    """Split the rows at the rules; a few rows below the last rule are the foot."""
    ends = [rule + 1 for rule in table.rules if rule + 1 < len(table.rows)]
    bodies = [
        table.rows[start:stop]
        for start, stop in zip([0, *ends], [*ends, len(table.rows)], strict=True)
    ]
    has_foot = len(bodies) > 1 and len(bodies[-1]) <= _MAX_FOOT
    foot = bodies.pop() if has_foot else ()
    many = len(table.columns) >= _MANY_COLUMNS
    sortable = len(bodies) == 1 and len(bodies[0]) > 1
    layout = "many" if many else "few"
    return Part("table.html", table, Markup(), tuple(bodies), foot, sortable, layout)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.shipped("reports/templates")),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "shown": safe,
        "sentence": lambda text: safe(text, _MAX_SENTENCE),
        "cell": lambda text: safe(text, _MAX_CELL),
        "block": lambda text: "\n".join(
            printable(line.expandtabs(4)) for line in text.splitlines()
        ),
        "money": view.money,
        "amount": view.amount,
        "unit_price": view.unit_price,
        "provenance": provenance,
    }
    return environment


def provenance(price: Price) -> tuple[str, ...]:
    """Where a unit price is from, in pieces that each stay on one line."""
    if not price.observed_on:
        return (f"from {price.source}",)
    seen = f"seen {price.observed_on} by {price.source}"
    return (f"meter {price.meter_id},", seen) if price.meter_id else (seen,)


def _asset(environment: jinja2.Environment, name: str) -> Markup:
    """A style or script of ours, as it is: nothing of a design is ever put into it."""
    return Markup(environment.get_template(name).render())  # noqa: S704


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
