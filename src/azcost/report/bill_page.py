"""An estimate as a page: the number, what it is made of, what it depends on, every line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from azcost.estimate import Estimate, ResourceEstimate
from azcost.money import Money
from azcost.pricing.derive import RULES
from azcost.report import html, view
from azcost.report.document import Chart, Paragraph, Series
from azcost.report.html import Headline, Origin, Part, Section
from azcost.report.view import Line, money, safe
from azcost.units import MONTHS_PER_YEAR

# Nobody compares thirteen bars: of the others a sentence gives the sum.
_BARS = 12
_HALF = Decimal("0.5")
_WORTH_SAYING = Decimal("0.05")


class Lines(msgspec.Struct, frozen=True):
    """Every line of a bill, beside the resource that it is of."""

    currency: str
    monthly: Decimal
    lines: tuple[tuple[ResourceEstimate, Line], ...]


def render(estimate: Estimate, origin: Origin) -> str:
    """The estimate as a page that stands on its own."""
    return html.page(
        title=estimate.name,
        verdict=" ".join(_verdict(estimate)),
        headline=_headline(estimate),
        missing=estimate.unpriced,
        sections=list(_sections(estimate)),
        notes=_notes(estimate),
        origin=origin,
    )


def _verdict(estimate: Estimate) -> Iterator[str]:
    name = safe(estimate.name)
    without = " without what has no price" if estimate.unpriced else ""
    if estimate.is_range:
        yield (
            f"{name} costs {estimate.monthly} in an average month{without}, "
            f"and between {money(estimate.low.amount)} and {money(estimate.high.amount)} "
            "in 8 of 10 draws of its ranges."
        )
    else:
        yield f"{name} costs {estimate.monthly} in an average month{without}."
    if len(estimate.resources) > 1 and estimate.monthly.amount:
        top = max(estimate.resources, key=lambda one: one.monthly.amount)
        share = top.monthly.amount / estimate.monthly.amount
        most = "Most of it" if share > _HALF else "The largest part"
        if share >= _WORTH_SAYING:
            yield f"{most} is {safe(top.name)}: {money(top.monthly.amount)}, or {share:.0%}."


def _headline(estimate: Estimate) -> Headline:
    found = view.provenance(estimate)
    days = " to ".join(dict.fromkeys((found.observed_from, found.observed_to)))
    facts = [
        ("per year", f"{estimate.monthly * MONTHS_PER_YEAR}"),
        ("regions", view.where(estimate)),
        ("resources", f"{len(estimate.resources):,}"),
        ("prices seen", days),
    ]
    headline = Headline(
        figure=money(estimate.monthly.amount),
        unit=f"{safe(estimate.currency)} per month",
        facts=tuple((name, value) for name, value in facts if value),
    )
    if not estimate.is_range:
        return headline
    low, middle, high = (m.amount for m in (estimate.low, estimate.monthly, estimate.high))
    place = int((middle - low) / (high - low) * 992) if high > low else 0
    return msgspec.structs.replace(
        headline, low=money(low), high=money(high), place=max(0, min(992, place))
    )


def _sections(estimate: Estimate) -> Iterator[Section]:
    charts = [made_of(estimate, by) for by in ("service", "resource")]
    # One bar compares nothing.
    drawn = [one for one in charts if one.series and len(one.series[0].x) > 1]
    if drawn:
        parts = (html.prepared(one, f"made-of-{n}") for n, one in enumerate(drawn))
        yield Section("What it is made of", "made-of", tuple(parts))
    if sensitivity := _sensitivity(estimate):
        words = Paragraph(f"{view.range_in_words(estimate, Decimal(1), 'month')}.")
        drives = (html.prepared(words, ""), html.prepared(sensitivity, "range-of"))
        yield Section("What drives the range", "drives", drives)
    lines = tuple((one, line) for one in estimate.resources for line in view.lines(one))
    bill = Lines(safe(estimate.currency), estimate.monthly.amount, lines)
    yield Section("Every line", "lines", (Part("lines.html", bill),))


_NAMES: dict[str, Callable[[ResourceEstimate], str]] = {
    "service": lambda one: one.kind.replace("_", " "),
    "resource": lambda one: safe(one.name),
}


def made_of(estimate: Estimate, by: Literal["service", "resource"]) -> Chart:
    """What the cost is made of: bars, the longest first, stacked by how parts are bought.

    Of a cost of zero there are no bars.
    """
    name = _NAMES[by]
    piles: dict[str, dict[str, Decimal]] = {}
    for resource in estimate.resources:
        pile = piles.setdefault(name(resource), {})
        for item in resource.items:
            bought = item.price.purchase.value
            pile[bought] = pile.get(bought, Decimal(0)) + item.cost.amount
    sums = {title: sum(pile.values(), Decimal(0)) for title, pile in piles.items()}
    ranked = sorted((title for title in sums if sums[title]), key=lambda title: -sums[title])
    shown = ranked[:_BARS]
    ways = dict.fromkeys(bought for title in shown for bought in piles[title])
    bought_as = " and way of buying" if len(ways) > 1 else ""
    currency = safe(estimate.currency)
    return Chart(
        title=f"By {by}{bought_as}, {currency} per month",
        description=" ".join(_shares(sums, ranked)),
        kind="stacked",
        x_label="",
        y_label=f"{currency} per month",
        series=tuple(
            Series(way, tuple(shown), tuple(float(piles[t].get(way, 0)) for t in shown))
            for way in ways
        ),
    )


def _shares(sums: Mapping[str, Decimal], ranked: Sequence[str]) -> Iterator[str]:
    """What the bars show, and what the others that have none come to."""
    whole = sum(sums.values(), start=Decimal(0))
    if ranked:
        most = sums[ranked[0]]
        yield f"{ranked[0]} is the largest with {money(most)}, {most / whole:.1%} of the total."
    if rest := ranked[_BARS:]:
        left = sum((sums[name] for name in rest), start=Decimal(0))
        yield f"{len(rest):,} others come to {money(left)} together and have no bar here."


def _sensitivity(estimate: Estimate) -> Chart | None:
    """How far each ranged resource moves the total, either way."""
    ranged = view.widths(estimate)[:_BARS]
    if not ranged:
        return None
    names = tuple(safe(one.name) for one, _ in ranged)
    first, width = ranged[0]
    return Chart(
        title=f"Change of the total at each end, {safe(estimate.currency)} per month",
        description=(
            f"{safe(first.name)} matters most: between its ends lie {money(width)} a month. "
            "Each bar moves one resource and leaves the others as expected."
        ),
        kind="stacked",
        x_label="",
        y_label=f"{safe(estimate.currency)} per month",
        series=(
            Series("at the low end", names, tuple(_change(o.least, o.monthly) for o, _ in ranged)),
            Series("at the high end", names, tuple(_change(o.most, o.monthly) for o, _ in ranged)),
        ),
    )


def _change(end: Money, expected: Money) -> float:
    return float(end.amount - expected.amount)


def _notes(estimate: Estimate) -> Iterator[str]:
    found = view.provenance(estimate)
    if found.sources:
        days = " to ".join(dict.fromkeys((found.observed_from, found.observed_to)))
        yield f"List prices, seen {days} by {', '.join(found.sources)}."
    yield "An average month has 730 hours."
    yield "Not included: taxes, support, credits, and what an agreement takes off list prices."
    if found.has_spot:
        yield "Spot prices change every month, and nothing promises that there is capacity."
    for rule in found.rules:
        yield f"Unit prices marked {'given' if rule == 'given' else 'derived'}: {RULES[rule]}."
    for names, note in view.notes(estimate):
        yield f"{names}: {note}"
