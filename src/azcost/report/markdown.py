"""An estimate as Markdown, for a pull request or a wiki."""

from __future__ import annotations

from collections.abc import Iterator

from azcost.estimate import Estimate
from azcost.pricing.derive import RULES
from azcost.report import view
from azcost.report.view import safe
from azcost.units import plain


def render(estimate: Estimate, by: str = "resource") -> str:
    """The bill as a Markdown table with its notes.

    Raises AzcostError when there is nothing to group `by`.
    """
    return "\n".join([*_head(estimate), *_bill(estimate, by), *_foot(estimate)]) + "\n"


def _head(estimate: Estimate) -> Iterator[str]:
    without = f", without {view.charges(estimate.unpriced)}" if estimate.unpriced else ""
    yield f"# {inline(estimate.name)}: {estimate.monthly} per month{without}"
    if estimate.is_range:
        yield f"\nRange: {estimate.low} to {estimate.high} per month."
    if estimate.unpriced:
        yield "\n**Not in the total:**\n"
        for missing in estimate.unpriced:
            yield f"- {inline(missing.resource)}, {inline(missing.label)}: {missing.sentence}"


def _bill(estimate: Estimate, by: str) -> Iterator[str]:
    yield f"\n| | quantity a month | unit | unit price | {estimate.currency} per month |"
    yield "|---|---:|---|---:|---:|"
    for group in view.group(estimate, by):
        open_end = " + ?" if group.missing else ""
        cost = f"{group.monthly.amount:,.2f}{open_end}"
        yield f"| **{inline(group.title)}** | | | | **{cost}** |"
        for resource in group.resources:
            prefix = "" if by == "resource" else f"{resource.name}: "
            for line in view.lines(resource):
                mark = " \\*" if line.item.price.rule else ""
                yield (
                    f"| {inline(prefix + line.label)} | {plain(round(line.quantity, 3))} "
                    f"| {line.unit} | {plain(round(line.unit_price, 8))}{mark} "
                    f"| {line.monthly.amount:,.2f} |"
                )
        for missing in group.missing:
            yield f"| {inline(missing.label)} | | | no price | |"
    yield f"| **Total** | | | | **{estimate.monthly.amount:,.2f}** |"


def _foot(estimate: Estimate) -> Iterator[str]:
    found = view.provenance(estimate)
    if found.sources:
        days = " to ".join(dict.fromkeys((found.observed_from, found.observed_to)))
        yield f"\nList prices seen {days} by {', '.join(found.sources)}; 730 hours a month."
    for rule in found.rules:
        yield f"\n\\* {RULES[rule]}."
    notes = view.notes(estimate)
    if notes:
        yield ""
    for names, note in notes:
        yield f"- {inline(names, 400)}: {inline(note, 400)}"


def inline(text: str, most: int = 64) -> str:
    """Text that Markdown and the HTML in it leave alone."""
    escaped = safe(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_[]|#":
        escaped = escaped.replace(character, "\\" + character)
    return escaped
