"""An estimate as Markdown, for a pull request or a wiki."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.estimate import Estimate
from azcost.pricing.derive import RULES
from azcost.report import view
from azcost.report.view import money, safe
from azcost.units import plain

# A comment on GitHub holds 65,536 characters (its API refuses more); some are left for others.
MOST = 60_000
_MAX_GROUPS = 50


def render(estimates: Sequence[Estimate], by: str = "resource") -> str:
    """The bills: what each costs, and folded below it every line and every note.

    Together they fit into a comment: lines that do not are counted. Raises AzcostError
    when there is nothing to group `by`.
    """
    share = MOST // len(estimates) - 1
    return "\n".join(_render(estimate, by, share) for estimate in estimates)


def _render(estimate: Estimate, by: str, most: int) -> str:
    head = "\n".join([*_head(estimate), *_summary(estimate, by)])
    foot = folded("Prices, assumptions and what is not included", "\n".join(_foot(estimate)))
    lines = list(_lines(estimate, by))
    title = f"Every line ({len(lines)})"
    table = f"| | quantity a month | unit | unit price | {estimate.currency} per month |\n"
    table += "|---|---:|---|---:|---:|"
    room = most - len(head) - len(foot) - len(table) - 300  # 300: what folds and counts
    kept = fitting(lines, room)
    cut = len(lines) - len(kept)
    more = f"\n\n{cut} more lines did not fit: `--format csv` has them all." if cut else ""
    body = folded(title, "\n".join([table, *kept]) + more)
    return cut_off("\n\n".join([head, body, foot]), most) + "\n"


def fitting(rows: Sequence[str], room: int) -> Sequence[str]:
    """The first rows that fit into `room` characters."""
    for number, row in enumerate(rows):
        room -= len(row) + 1
        if room < 0:
            return rows[:number]
    return rows


def folded(title: str, text: str) -> str:
    """Text that shows its title until it is opened."""
    return f"<details>\n<summary>{title}</summary>\n\n{text}\n\n</details>"


def cut_off(text: str, most: int) -> str:
    """Text of at most so many characters, cut at the end of a line."""
    if len(text) <= most:
        return text
    return text[: most - 60].rpartition("\n")[0] + "\n\n(cut off: the rest did not fit)"


def _head(estimate: Estimate) -> Iterator[str]:
    without = f", without {view.charges(estimate.unpriced)}" if estimate.unpriced else ""
    yield f"# {inline(estimate.name)}: {estimate.monthly} per month{without}"
    if estimate.is_range:
        yield f"\nRange: {inline(view.range_in_words(estimate, Decimal(1), 'month'), 400)}."
    for label, each in view.outcomes(estimate):
        yield f"\nPer {label}: {each}"
    if estimate.unpriced:
        yield "\n**Not in the total:**\n"
        for missing in estimate.unpriced[:_MAX_GROUPS]:
            said = f"{missing.label}: {missing.sentence}"
            yield f"- {inline(missing.resource)}, {inline(said, 400)}"
        if more := len(estimate.unpriced) - _MAX_GROUPS:
            yield from [f"- and {more} more"] if more > 0 else []


def _summary(estimate: Estimate, by: str) -> Iterator[str]:
    """The groups, the dearest first where not all of them can be shown."""
    yield f"\n| | {estimate.currency} per month |"
    yield "|---|---:|"
    groups = view.group(estimate, by)
    if len(groups) > _MAX_GROUPS:
        groups = sorted(groups, key=lambda group: -group.monthly.amount)
    for group in groups[:_MAX_GROUPS]:
        yield f"| {inline(group.title)} | {_cost(group)} |"
    if rest := groups[_MAX_GROUPS:]:
        left = sum((group.monthly.amount for group in rest), start=Decimal(0))
        yield f"| {len(rest)} more | {left:,.2f} |"
    yield f"| **Total** | **{estimate.monthly.amount:,.2f}** |"


def _cost(group: view.Group) -> str:
    if not group.missing:
        return f"{group.monthly.amount:,.2f}"
    priced = any(resource.items for resource in group.resources)
    return f"{group.monthly.amount:,.2f} + ?" if priced else "no price"


def _lines(estimate: Estimate, by: str) -> Iterator[str]:
    for group in view.group(estimate, by):
        for resource in group.resources:
            for line in view.lines(resource):
                mark = " \\*" if line.item.price.rule else ""
                yield (
                    f"| **{inline(resource.name)}** {inline(line.label)} "
                    f"| {plain(round(line.quantity, 3))} | {line.unit} "
                    f"| {plain(round(line.unit_price, 8))}{mark} | {money(line.monthly.amount)} |"
                )
        for missing in group.missing:
            yield f"| **{inline(missing.resource)}** {inline(missing.label)} | | | no price | |"


def _foot(estimate: Estimate) -> Iterator[str]:
    found = view.provenance(estimate)
    if found.sources:
        days = " to ".join(dict.fromkeys((found.observed_from, found.observed_to)))
        yield f"- List prices seen {days} by {', '.join(found.sources)}; 730 hours a month."
    for rule in found.rules:
        yield f"- \\* {RULES[rule]}."
    for names, note in view.notes(estimate)[:_MAX_GROUPS]:
        yield f"- {inline(names, 400)}: {inline(note, 400)}"
    yield "- Without taxes, support, credits, and what an agreement takes off list prices."


def inline(text: str, most: int = 64) -> str:
    """Text that Markdown and the HTML in it leave alone."""
    escaped = safe(text, most).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_[]|#":
        escaped = escaped.replace(character, "\\" + character)
    return escaped
