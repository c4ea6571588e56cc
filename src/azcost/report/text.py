"""An estimate for the terminal: aligned columns, nothing that a pipe cannot take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.estimate import Estimate
from azcost.pricing.derive import RULES
from azcost.report import view
from azcost.units import MONTHS_PER_YEAR, plain

_HEADER = ("", "quantity", "unit", "unit price", "per {period}", "per year", "share")
_MAX_LABEL = 64
_MAX_NOTE = 400
_MOST_NAMES = 3


def render(estimate: Estimate, by: str = "resource", period: str = "month") -> str:
    """The bill as text: groups with their lines, the total, and where the prices are from."""
    factor = view.PERIODS[period]
    rows = list(_rows(estimate, by, factor))
    header = [cell.format(period=period) for cell in _HEADER]
    if period == "year":
        header.pop(5)
        rows = [row[:5] + row[6:] for row in rows]
    parts = [
        *_unpriced(estimate),
        safe(estimate.name),
        "",
        *table([header, *rows], left=(0, 2), rules=(0, len(rows) - 1)),
    ]
    if estimate.is_range:
        ends = " to ".join(_money(end.amount * factor) for end in (estimate.low, estimate.high))
        parts.append(f"Range: {ends} {estimate.currency} per {period}")
    return "\n".join([*parts, "", *_footer(estimate), ""])


def _rows(estimate: Estimate, by: str, factor: Decimal) -> Iterator[list[str]]:
    total = estimate.monthly.amount
    for group in view.group(estimate, by):
        yield [safe(group.title), "", "", "", *_amounts(group.monthly.amount, total, factor)]
        for resource in group.resources:
            prefix = "" if by == "resource" else f"{resource.name}: "
            for line in view.lines(resource):
                mark = " *" if line.item.price.rule else ""
                yield [
                    f"  {safe(prefix + line.label)}",
                    _amount(line.quantity),
                    line.unit,
                    _unit_price(line.unit_price) + mark,
                    *_amounts(line.monthly.amount, total, factor),
                ]
    yield [f"Total ({estimate.currency})", "", "", "", *_amounts(total, total, factor)]


def _amounts(monthly: Decimal, total: Decimal, factor: Decimal) -> list[str]:
    share = f"{monthly / total:.1%}" if total else ""
    return [_money(monthly * factor), _money(monthly * MONTHS_PER_YEAR), share]


def _money(amount: Decimal) -> str:
    """Two places, more for what would look like nothing."""
    return f"{amount:,.2f}" if amount == 0 or abs(amount) >= Decimal("0.005") else f"{amount:,.6f}"


def _amount(quantity: Decimal) -> str:
    return plain(quantity.quantize(Decimal("0.001")) if quantity > 1 else round(quantity, 6))


def _unit_price(price: Decimal) -> str:
    return plain(round(price, 8))


def table(
    rows: Sequence[Sequence[str]], left: Sequence[int], rules: Sequence[int]
) -> Iterator[str]:
    """Yield aligned rows: the columns `left` to the left, a line under the rows `rules`."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
        if number in rules:
            yield "-" * (sum(widths) + 2 * (len(widths) - 1))


def _unpriced(estimate: Estimate) -> Iterator[str]:
    if estimate.unpriced:
        yield f"NOT IN THE TOTAL: {len(estimate.unpriced)} charge(s) without a price"
        for missing in estimate.unpriced:
            yield f"  {safe(missing.resource)}, {safe(missing.label)}: {missing.reason}"
        yield ""


def _footer(estimate: Estimate) -> Iterator[str]:
    found = view.provenance(estimate)
    if found.sources:
        days = " to ".join(dict.fromkeys((found.observed_from, found.observed_to)))
        yield f"Prices: list prices seen {days} by {', '.join(found.sources)}; 730 hours a month."
    for rule in found.rules:
        yield f"* derived: {RULES[rule]}."
    yield from _notes(estimate)


def _notes(estimate: Estimate) -> Iterator[str]:
    """Each note once, with the resources that it is about."""
    about: dict[str, list[str]] = {}
    for note in estimate.notes:
        about.setdefault(note.text, []).append(safe(note.resource))
    for text, names in about.items():
        shown = ", ".join(names[:_MOST_NAMES])
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        yield f"Note on {shown}{more}: {safe(text, _MAX_NOTE)}"


def safe(text: str, most: int = _MAX_LABEL) -> str:
    """Text from a file, made harmless for a terminal: printable, and not endless."""
    clean = printable(text)
    return clean if len(clean) <= most else clean[: most - 3] + "..."


def printable(text: str) -> str:
    """Text without control characters and marks that turn the direction of writing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
