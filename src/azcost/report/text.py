"""An estimate for the terminal: aligned columns, nothing that a pipe cannot take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.estimate import Estimate
from azcost.pricing.derive import RULES
from azcost.report import view
from azcost.report.view import amount, money, safe, unit_price
from azcost.units import MONTHS_PER_YEAR

_HEADER = ("", "quantity a month", "unit", "unit price", "per {period}", "per year", "share")


def render(estimate: Estimate, by: str = "resource", period: str = "month") -> str:
    """The bill as text: groups with their lines, the total, and where the prices are from.

    Raises AzcostError when there is nothing to group `by`.
    """
    factor = view.PERIODS[period]
    rows = list(_rows(estimate, by, factor))
    header = [cell.format(period=period) for cell in _HEADER]
    if period == "year":
        header.pop(5)
        rows = [row[:5] + row[6:] for row in rows]
    title = f"{safe(estimate.name)}, {view.where(estimate)}"
    parts = [*_unpriced(estimate), title, "", *_bill([header, *rows])]
    if estimate.is_range:
        parts.append(f"Range: {view.range_in_words(estimate, factor, period)}")
    parts += [
        f"Per {label}: {money(each.amount)} {each.currency}"
        for label, each in view.outcomes(estimate)
    ]
    return "\n".join([*parts, "", *_footer(estimate), ""])


def _bill(rows: list[list[str]]) -> Iterator[str]:
    yield from table(rows, left=(0, 2), rules=(0, len(rows) - 2))


def _rows(estimate: Estimate, by: str, factor: Decimal) -> Iterator[list[str]]:
    total = estimate.monthly.amount
    for group in view.group(estimate, by):
        amounts = _amounts(group.monthly.amount, total, factor)
        if group.missing:
            priced = any(resource.items for resource in group.resources)
            amounts = [f"{amounts[0]} + ?" if priced else "no price", "", ""]
        yield [safe(group.title), "", "", "", *amounts]
        for resource in group.resources:
            prefix = "" if by == "resource" else f"{resource.name}: "
            for line in view.lines(resource):
                mark = " *" if line.item.price.rule else ""
                yield [
                    f"  {safe(prefix + line.label)}",
                    amount(line.quantity),
                    line.unit,
                    unit_price(line.unit_price) + mark,
                    *_amounts(line.monthly.amount, total, factor),
                ]
        for missing in group.missing:
            prefix = "" if by == "resource" else f"{missing.resource}: "
            yield [f"  {safe(prefix + missing.label)}", "", "", "no price", "", "", ""]
    without = f" without {view.charges(estimate.unpriced)}" if estimate.unpriced else ""
    yield [f"Total{without} ({estimate.currency})", "", "", "", *_amounts(total, total, factor)]


def _amounts(monthly: Decimal, total: Decimal, factor: Decimal) -> list[str]:
    share = f"{monthly / total:.1%}" if total else ""
    return [money(monthly * factor), money(monthly * MONTHS_PER_YEAR), share]


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
        yield f"NOT IN THE TOTAL: {view.charges(estimate.unpriced)} without a price"
        for missing in estimate.unpriced:
            yield f"  {safe(missing.resource)}, {safe(missing.label)}: {missing.sentence}"
        yield ""


def _footer(estimate: Estimate) -> Iterator[str]:
    found = view.provenance(estimate)
    if found.sources:
        days = " to ".join(dict.fromkeys((found.observed_from, found.observed_to)))
        yield (
            f"Prices: list prices seen {days} by {', '.join(found.sources)} "
            "(azcost prices info); 730 hours a month."
        )
    if found.has_spot:
        yield "Spot prices change every month, and nothing promises that there is capacity."
    for rule in found.rules:
        yield f"* {RULES[rule]}."
    for names, note in view.notes(estimate):
        yield f"Note on {names}: {note}"
