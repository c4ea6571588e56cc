"""A lifecycle plan as a document: what it costs, per rule, and what would change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from azcost.optimise.lifecycle.flips import Curve, Flips
from azcost.optimise.lifecycle.ledger import OPERATIONS, What
from azcost.optimise.lifecycle.plan import Outcome, Plan
from azcost.optimise.lifecycle.policy import to_json
from azcost.report.document import Code, Document, Paragraph, Part, Table
from azcost.report.lifecycle_charts import charts, size_words
from azcost.units import plain

_MOST_RULES = 20
_ONE = Decimal(1)


def document(title: str, plan: Plan, flips: Flips, notes: Sequence[str]) -> Document:
    """The plan as a document."""
    return Document(
        title=title,
        verdict=" ".join(_verdict(plan, flips)),
        parts=tuple(_parts(plan, flips)),
        notes=(*notes, *_notes(plan)),
        facts=_facts(title, plan, flips, notes),
    )


def _verdict(plan: Plan, flips: Flips) -> Iterator[str]:
    ways = {one.way: one for one in plan.outcomes}
    today, best = ways["today"].total, ways["optimum"].total
    unless = "" if plan.reads_known else ", if nothing is read"
    yield f"{plan.setting.days} days cost {today} as they are today{unless}."
    if policy := ways.get("policy"):
        yield f"The policy costs {policy.total}, {_saving(policy, ways['today'])}."
    sole = plan.rules[0].schedules["optimum"] if len(plan.rules) == 1 else ""
    said = f"The optimum ({sole})" if sole else f"The optimum of {len(plan.rules)} rules"
    if best == today:
        yield "Nothing that a policy could do is cheaper."
    else:
        yield f"{said} costs {best}, {_saving(ways['optimum'], ways['today'])}."
    if not plan.reads_known:
        yield _without_reads(flips)


def _without_reads(flips: Flips) -> str:
    said = ["How often they are read is not known, and decides:"]
    if flips.reads.even is not None:
        said.append(f"the policy pays while less than {_share(flips.reads.even)} is read a month;")
    if flips.reads.flips:
        first = flips.reads.flips[0]
        said.append(
            f"the optimum changes from {_tiers(first.below)} to {_tiers(first.above)} "
            f"at {_share(first.x)}."
        )
    else:
        said.append("the optimum is the same for every share in the table.")
    return " ".join(said)


def _saving(one: Outcome, today: Outcome) -> str:
    if not today.total.amount:
        return "where today costs nothing"
    if one.total == today.total:
        return "as much as today"
    share = 1 - one.total.amount / today.total.amount
    return f"{abs(share):.1%} {'less' if share >= 0 else 'more'} than today"


def _parts(plan: Plan, flips: Flips) -> Iterator[Part]:
    yield _bill(plan)
    yield Paragraph(_counted(plan))
    yield _rules(plan)
    yield _read_table(flips)
    if flips.crossings:
        yield _crossing_table(flips)
    yield _size_table(flips)
    yield from charts(plan, flips)
    for account, policy in plan.policies:
        if policy.rules:
            place = f"{account.region} {account.redundancy}"
            yield Code(
                title=f"The optimal policy of the account in {place} (--emit FILE writes it)",
                text=to_json(policy),
                language="json",
            )
            yield Code(
                title="Setting it replaces the whole policy of the account",
                text="az storage account management-policy create --account-name ACCOUNT "
                "--resource-group GROUP --policy @FILE",
            )


def _bill(plan: Plan) -> Table:
    ways = [one.way for one in plan.outcomes]
    keys = dict.fromkeys((line.what, line.tier) for one in plan.outcomes for line in one.lines)
    order = list(What)
    rows = []
    for what, tier in sorted(keys, key=lambda key: order.index(key[0])):
        costs = [_sum(one, what, tier) for one in plan.outcomes]
        if any(costs):  # writing a GB is priced at zero in most tiers
            rows.append((f"{what}, {tier}", *(_money(cost) if cost else "" for cost in costs)))
    totals = [_money(one.total.amount) for one in plan.outcomes]
    rows.append((f"Total ({plan.currency})", *totals))
    return Table(
        title=f"Cost over {plan.setting.days} days",
        columns=("", *ways),
        rows=tuple(rows),
        rules=(len(rows) - 2,),
    )


def _sum(one: Outcome, what: What, tier: str) -> Decimal:
    found = (line.cost.amount for line in one.lines if (line.what, line.tier) == (what, tier))
    return sum(found, start=Decimal(0))


def _counted(plan: Plan) -> str:
    """Which operations were counted: the number of blobs drives them."""
    said = []
    for one in plan.outcomes:
        counts: dict[What, Decimal] = {}
        for line in one.lines:
            if line.what in OPERATIONS:
                counts[line.what] = counts.get(line.what, Decimal(0)) + line.quantity
        words = [f"{plain(count.quantize(_ONE))} {what}" for what, count in counts.items()]
        said.append(f"{one.way}: {', '.join(words) or 'none'}")
    uploads = any(line.what is What.UPLOADS for line in plan.outcomes[0].lines)
    left = "" if uploads else " Upload writes are left out: they are the same every way."
    return (
        f"{plain(plan.blobs.quantize(_ONE))} blobs, {plain(round(plan.gb, 2))} GB. "
        f"Operations counted: {'; '.join(said)}.{left}"
    )


def _rules(plan: Plan) -> Table:
    ranked = sorted(plan.rules, key=lambda rule: -rule.totals["today"].amount)
    rows, rules = [], []
    for rule in ranked[:_MOST_RULES]:
        size = f"{plain(rule.blobs.quantize(_ONE))} blobs, {plain(round(rule.gb, 2))} GB"
        name = f"{rule.filter}: {size}"
        for way, words in rule.schedules.items():
            rows.append((name, way, words, _money(rule.totals[way].amount)))
            name = ""
        rules.append(len(rows) - 1)
    more = len(ranked) - _MOST_RULES
    return Table(
        title="By rule" + (f" (the {_MOST_RULES} dearest; {more} more)" if more > 0 else ""),
        columns=("blobs", "", "schedule", plan.currency),
        rows=tuple(rows),
        left=(0, 1, 2),
        rules=tuple(rules[:-1]),
    )


def _read_table(flips: Flips) -> Table:
    return _curve_table(
        "When so much of the data is read each month, whatever its age (one schedule for all)",
        "read a month", flips.reads, _share,
    )  # fmt: skip


def _size_table(flips: Flips) -> Table:
    return _curve_table(
        "When all blobs are of one size, and as much is stored and read (one schedule for all)",
        "blob size", flips.sizes, size_words,
    )  # fmt: skip


def _curve_table(title: str, column: str, curve: Curve, say: Callable[[float], str]) -> Table:
    ways = list(curve.points[0].costs)
    rows = [
        (say(point.x), *(f"{point.costs[way]:,.2f}" for way in ways), _tiers(point.answer))
        for point in curve.points
    ]
    rows += [("", *("" for _ in ways), words) for words in _flip_words(curve, say)]
    return Table(
        title=title,
        columns=(column, *ways, "optimum goes to"),
        rows=tuple(rows),
        left=(len(ways) + 1,),
        rules=(len(curve.points) - 1,) if len(rows) > len(curve.points) else (),
    )


def _flip_words(curve: Curve, say: Callable[[float], str]) -> Iterator[str]:
    if curve.even is not None:
        yield f"policy and today cost the same at {say(curve.even)}"
    for flip in curve.flips:
        yield f"{_tiers(flip.below)} until {say(flip.x)}, then {_tiers(flip.above)}"


def _crossing_table(flips: Flips) -> Table:
    return Table(
        title="Staying in one tier: below which share read a month the colder is cheaper",
        columns=("warmer", "colder", "share read a month"),
        rows=tuple((one.warmer, one.colder, _share(one.share)) for one in flips.crossings),
        left=(0, 1),
    )


def _tiers(answer: Sequence[str]) -> str:
    return " -> ".join(answer) or "stay"


def _share(share: float) -> str:
    return f"{share:.0%}" if share >= 0.1 or not share else f"{share * 100:.2g}%"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _notes(plan: Plan) -> Iterator[str]:
    for tier, why in plan.left_out:
        yield f"{tier} was not considered: {why}"
    if plan.setting.online_only:
        yield "Archive was not considered: everything is to stay online (--online-only)."
    elif any("Archive" in words for rule in plan.rules for words in rule.schedules.values()):
        yield (
            "archived blobs cannot be read until they are rehydrated, which takes hours; a read "
            "is counted as Archive's read and retrieval and a copy written to Hot; the capacity "
            "of the copy is not"
        )
    if plan.without_rule:
        yield f"{plan.without_rule} prefixes found no place among 100 rules: merge prefixes"
    yield (
        "a policy runs once a day and may take longer on a new policy; it costs nothing itself, "
        "deleting is free, and the optimum deletes what the policy deletes and nothing else"
    )


def _facts(title: str, plan: Plan, flips: Flips, notes: Sequence[str]) -> dict[str, object]:
    return {
        "schema": 1,
        "title": title,
        "currency": plan.currency,
        "days": plan.setting.days,
        "blobs": plan.blobs,
        "gb": plan.gb,
        "reads_known": plan.reads_known,
        "ways": {one.way: _way(one) for one in plan.outcomes},
        "rules": [
            {
                "filter": rule.filter,
                "blobs": rule.blobs,
                "gb": rule.gb,
                "schedules": dict(rule.schedules),
                "totals": {way: money.amount for way, money in rule.totals.items()},
            }
            for rule in plan.rules
        ],
        "reads_curve": _curve(flips.reads),
        "sizes_curve_kib": _curve(flips.sizes),
        "crossings": [
            {"warmer": one.warmer, "colder": one.colder, "share": _rounded(one.share)}
            for one in flips.crossings
        ],
        "policies": [
            {"region": account.region, "redundancy": account.redundancy, "policy": to_json(policy)}
            for account, policy in plan.policies
        ],
        "not_considered": [{"tier": tier, "reason": why} for tier, why in plan.left_out],
        "notes": list(notes),
    }


def _way(one: Outcome) -> dict[str, object]:
    return {
        "total": one.total.amount,
        "lines": [
            {
                "what": line.what.value,
                "tier": line.tier,
                "quantity": line.quantity,
                "cost": line.cost.amount,
            }
            for line in one.lines
        ],
    }


def _curve(curve: Curve) -> dict[str, object]:
    return {
        "points": [
            {
                "x": _rounded(point.x),
                "costs": {way: _rounded(cost) for way, cost in point.costs.items()},
                "optimum": list(point.answer),
            }
            for point in curve.points
        ],
        "flips": [
            {"x": _rounded(flip.x), "below": list(flip.below), "above": list(flip.above)}
            for flip in curve.flips
        ],
        "policy_even": None if curve.even is None else _rounded(curve.even),
    }


def _rounded(number: float) -> Decimal:
    return Decimal(f"{number:.6g}")
