"""What an audit looks like: where the saving comes from, and who spends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec

from azcost.advice.advise import Advice
from azcost.audit import bill
from azcost.audit.resource import key_of
from azcost.audit.rule import Action
from azcost.audit.snapshot import Snapshot
from azcost.report.document import Chart, Series
from azcost.report.view import money, safe
from azcost.spending import group_of

_ZERO = Decimal(0)
_BARS = 10
_OTHERS = "all others"
# Tags by which teams are told apart, the usual one first.
_TEAM_TAGS = ("team", "owner", "squad", "department", "costcenter", "cost-center", "cost_center")
_SYSTEM_TAGS = ("hidden-", "aks-managed", "kubernetes.io", "k8s-azure", "ms-resource-usage")
# A tag on less of the bill than this tells little of it.
_MIN_COVERED = Decimal("0.2")
# Short enough for the narrow drawing, with an amount behind them.
_WORDS = {
    Action.DELETE: "delete",
    Action.STOP: "stop",
    Action.SCHEDULE: "schedule",
    Action.TIER: "tier",
    Action.RIGHTSIZE: "smaller",
    Action.LICENCE: "licence",
    Action.COMMIT: "commit",
}


class Cost(msgspec.Struct, frozen=True):
    """A meter of a resource: what it costs a month, and what of that can be saved."""

    resource: str
    service: str
    monthly: Decimal
    saved: Decimal


def costs(advice: Advice, snapshot: Snapshot) -> tuple[Cost, ...]:
    """The bill by resource and meter, beside what the ledger saves of it."""
    saved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in advice.entries:
        for claim in entry.saving.claims if entry.counted and entry.saving else ():
            saved[claim.resource, claim.meter] += claim.amount
    found = []
    for line in snapshot.costs.lines if snapshot.costs else ():
        item = bill.item(line)
        key = key_of(item.resource) if item.resource else ""
        # What of a meter is committed is on a line of its own, and never expected to be saved.
        there = _ZERO if item.is_committed else saved.pop((key, item.meter), _ZERO)
        found.append(Cost(key, item.service, item.monthly, there))
    return tuple(found)


def waterfall(advice: Advice) -> Chart | None:
    """From the bill as it is to what would be left, a step for each kind of change."""
    cost, saving = advice.audit.cost, advice.saving
    if cost is None or saving is None or not saving.expected.amount:
        return None
    left, rows = cost.amount, [("the bill", cost.amount, _ZERO)]
    for action, word in _WORDS.items():
        amount = sum(
            (
                one.saving.expected.amount
                for one in advice.entries
                if one.counted and one.saving and one.finding.waste.action is action
            ),
            start=_ZERO,
        )
        if amount:
            left -= amount
            rows.append((f"{word} -{amount:,.0f}", left, amount))
    names = tuple(name for name, _, _ in [*rows, ("left", left, _ZERO)])
    return Chart(
        title=f"From the bill to what is left, {advice.audit.currency} per month",
        description=(
            f"Of {money(cost.amount)} a month {money(saving.expected.amount)} can be saved; "
            f"{money(left)} are left. Each bar begins with what the one above it leaves."
        ),
        kind="stacked",
        x_label="",
        y_label=f"{advice.audit.currency} per month",
        series=(
            Series("stays", names, tuple(float(stays) for _, stays, _ in [*rows, ("", left, 0)])),
            Series("saved", names, (*(float(saved) for _, _, saved in rows), 0.0)),
        ),
    )


def breakdowns(found: tuple[Cost, ...], snapshot: Snapshot) -> Iterator[Chart]:
    """Who spends, and where the saving is: by service, team, group, and the widest other tag."""
    tags = {
        one.key: {name.lower(): value for name, value in one.tags.items()}
        for one in snapshot.resources
    }
    known = _covered(found, tags)
    team = next((name for name in _TEAM_TAGS if name in known), "")
    other = next((name for name in known if name != team), "")
    whole = sum((one.monthly for one in found), start=_ZERO)

    def tagged(name: str) -> Callable[[Cost], str]:
        return lambda one: tags.get(one.resource, {}).get(name, "") or f"(no {name})"

    yield from _bars("service", lambda one: one.service or "(no service)", found, snapshot)
    if team:
        yield from _bars(f"tag {team}", tagged(team), found, snapshot)
    yield from _bars(
        "resource group", lambda one: group_of(one.resource) or "(no group)", found, snapshot
    )
    if other and known[other] >= whole * _MIN_COVERED:
        yield from _bars(f"tag {other}", tagged(other), found, snapshot)


def _covered(found: tuple[Cost, ...], tags: dict[str, dict[str, str]]) -> dict[str, Decimal]:
    """The tags with what of the bill bears them, the most first."""
    covered: dict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        for name in tags.get(one.resource, {}):
            if not name.startswith(_SYSTEM_TAGS):
                covered[name] += one.monthly
    return dict(sorted(covered.items(), key=lambda item: (-item[1], item[0])))


def _bars(
    by: str, name: Callable[[Cost], str], found: tuple[Cost, ...], snapshot: Snapshot
) -> Iterator[Chart]:
    """Bars of the largest parts, the rest together; none where there is one part only."""
    sums: dict[str, list[Decimal]] = {}
    for one in found:
        pile = sums.setdefault(name(one), [_ZERO, _ZERO])
        pile[0] += one.monthly
        pile[1] += one.saved
    ranked = sorted((part for part in sums if sums[part][0] > 0), key=lambda part: -sums[part][0])
    if len(ranked) < 2:
        return
    shown = {part: sums[part] for part in ranked[:_BARS]}
    if rest := ranked[_BARS:]:
        shown[_OTHERS] = [sum((sums[part][n] for part in rest), start=_ZERO) for n in (0, 1)]
    whole = sum((cost for cost, _ in shown.values()), start=_ZERO)
    best = max(shown, key=lambda part: shown[part][1])
    words = f"{safe(ranked[0])} costs most: {money(sums[ranked[0]][0])}, "
    words += f"{sums[ranked[0]][0] / whole:.0%} of the bill."
    if shown[best][1]:
        words += f" Most can be saved at {safe(best)}: {money(shown[best][1])}."
    names = tuple(safe(part) for part in shown)
    yield Chart(
        title=f"By {by}, {snapshot.currency} per month",
        description=words,
        kind="stacked",
        x_label="",
        y_label=f"{snapshot.currency} per month",
        series=(
            Series("stays", names, tuple(float(c - s) for c, s in shown.values())),
            Series("can be saved", names, tuple(float(s) for _, s in shown.values())),
        ),
    )
