"""The comparison of a design with its scenarios, as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from azcost.estimate import Estimate
from azcost.money import Money
from azcost.report.comparison_facts import facts, less
from azcost.report.document import Chart, Choice, Choices, Document, Mark, Part, Series, Table
from azcost.report.view import outcomes
from azcost.scenarios.breakeven import Commitment
from azcost.scenarios.changes import PAYING_ONLY
from azcost.scenarios.compare import Comparison, Mix, Priced, Unpriced
from azcost.units import MONTHS_PER_YEAR

_FEW = 3
_MOST_BARS = 16


def document(found: Comparison, left_out: tuple[str, ...] = ()) -> Document:
    """The scenarios by cost, the mixes, and what breaks even where.

    `left_out` names the services without a price, which no figure counts.
    """
    priced = sorted(
        (one for one in found.outcomes if isinstance(one, Priced)),
        key=lambda one: one.estimate.monthly.amount,
    )
    unpriced = [one for one in found.outcomes if isinstance(one, Unpriced)]
    parts: list[Part] = [_scenarios(found, priced)]
    parts += [_mix(mix, found) for mix in found.mixes if mix.chosen]
    parts += _choices(found)
    if found.base.outcomes:
        parts.append(_per_outcome(found))
    if committed := list(_committed(priced)):
        parts.append(_break_evens(committed))
    if unpriced:
        parts.append(_reasons(unpriced))
    parts += _charts(found, priced)
    return Document(
        title=f"{found.base.name}: what it could be bought as",
        verdict=_verdict(found, left_out),
        parts=tuple(parts),
        notes=tuple(_notes(found, priced)),
        facts=facts(found, priced, unpriced) | {"left_out": list(left_out)},
    )


def _verdict(found: Comparison, left_out: tuple[str, ...]) -> str:
    base = found.base.monthly
    without = f" without {_some(list(left_out))}, which has no price" if left_out else ""
    said = [f"As it is, {found.base.name} costs {base} a month{without}."]
    for mix in found.mixes:
        what = _allowed_in_words(mix)
        if not mix.chosen and not mix.region:
            said.append(f"With {what} nothing is cheaper.")
            continue
        where = f", in {mix.region}" if mix.region else ""
        whole = _sum(mix.commitments, found)
        promise = f"; that commits {whole}" if mix.commitments else "; that commits to nothing"
        said.append(
            f"With {what}{where} it is {mix.estimate.monthly}, "
            f"{_share(mix.estimate.monthly, base)} less{promise}."
        )
    return " ".join(said)


def _allowed_in_words(mix: Mix) -> str:
    if set(mix.allowed) == set(PAYING_ONLY):
        return "other ways to pay for the very same machines (reservations, savings plans)"
    words = [family for family in mix.allowed if family != "pay-as-you-go"]
    if len(words) > _FEW * 2:
        return "everything below whose condition holds for you"
    return f"{', '.join(words)} allowed"


def _scenarios(found: Comparison, priced: list[Priced]) -> Table:
    base = found.base.monthly
    drawn = ["8 of 10 draws"] if found.base.is_range else []
    rows = [("as it is", _money(base), *_drawn(found.base, drawn), "", "", "")]
    for one in priced:
        cost = one.estimate.monthly
        figures = (_money(less(base, cost)), _share(cost, base), _condition(one))
        rows.append((one.name, _money(cost), *_drawn(one.estimate, drawn), *figures))
    columns = ("scenario", f"{base.currency} a month", *drawn, "saving", "saving %")
    return Table(
        title="Scenarios, the cheapest first",
        columns=(*columns, "what must be true"),
        rows=tuple(rows),
        left=(0, len(columns)),
        rules=(0,),
    )


def _drawn(estimate: Estimate, shown: list[str]) -> list[str]:
    return [f"{_money(estimate.low)} to {_money(estimate.high)}" for _ in shown]


def _condition(one: Priced) -> str:
    if one.commitments:
        worst = max((c.utilisation or Decimal(0) for c in one.commitments), default=Decimal(0))
        use = f"used at least {_percent(worst)} of all hours; " if worst else ""
        return f"{use}{one.condition}"
    if one.margins:
        times = min(margin.times for margin in one.margins)
        return f"takes less than {times:.1f} times as long; {one.condition}"
    return one.condition


def _mix(mix: Mix, found: Comparison) -> Table:
    rows = []
    for chosen in mix.chosen:
        names, conditions = chosen.scenarios, chosen.conditions
        rows.append((chosen.part, names[0], _money(chosen.saving), conditions[0]))
        rows += [
            ("", f"and {name}", "", condition)
            for name, condition in zip(names[1:], conditions[1:], strict=True)
        ]
    base, cost = found.base.monthly, mix.estimate.monthly
    whole = f"priced as one design: {cost} a month"
    rows.append(("all", whole, _money(less(base, cost)), ""))
    where = f", in {mix.region}" if mix.region else ""
    return Table(
        title=f"Best mix{where}: {_allowed_in_words(mix)}",
        columns=("part", "bought or changed", f"saves {base.currency} a month", "if"),
        rows=tuple(rows),
        left=(0, 1, 3),
        rules=(len(rows) - 2,),
    )


def _choices(found: Comparison) -> Iterator[Choices]:
    """What the mixes do with each part, to pick from; of a part one thing can be done."""
    options = {
        f"{chosen.part}: {' and '.join(chosen.scenarios)}": (chosen.saving.amount, chosen.part)
        for mix in found.mixes
        if not mix.region
        for chosen in mix.chosen
    }
    if options:
        yield Choices(
            title="Which of these would you do?",
            monthly=found.base.monthly.amount,
            currency=found.base.currency,
            options=tuple(Choice(name, saving, part) for name, (saving, part) in options.items()),
        )


def _per_outcome(found: Comparison) -> Table:
    estimates = [("as it is", found.base)]
    estimates += [(f"best mix: {_allowed_in_words(mix)}", mix.estimate) for mix in found.mixes]
    labels = [label for label, _ in outcomes(found.base)]
    return Table(
        title=f"{found.base.currency} per outcome",
        columns=("", *labels),
        rows=tuple(
            (name, *(f"{each.amount:,.4f}" for _, each in outcomes(one))) for name, one in estimates
        ),
    )


def _committed(priced: Iterable[Priced]) -> Iterator[Commitment]:
    for one in priced:
        yield from one.commitments


def _break_evens(committed: list[Commitment]) -> Table:
    rows = tuple(
        (
            one.part,
            one.purchase.value,
            _money(one.monthly),
            f"{_money(one.whole)} over {one.years} year{'s' if one.years > 1 else ''}",
            _percent(one.utilisation),
            _percent(one.used),
            _month(one),
        )
        for one in sorted(committed, key=lambda one: one.part)
    )
    return Table(
        title="Break-even of each commitment",
        columns=(
            "part", "commitment", "a month", "promised", "pays from a use of", "use here",
            "pays if kept until",
        ),
        rows=rows,
        left=(0, 1),
    )  # fmt: skip


def _month(one: Commitment) -> str:
    if one.months is None:
        return "unknown"
    most = MONTHS_PER_YEAR * one.years
    return f"month {one.months:.1f} of {most}" if one.months <= most else "never"


def _reasons(unpriced: list[Unpriced]) -> Table:
    """A row for each reason, with the scenarios and the parts that it is about."""
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for one in unpriced:
        for reason in one.reasons:
            names, parts = found.setdefault(_first_sentence(reason.why), ({}, {}))
            names[one.name] = parts[reason.part] = None
    return Table(
        title="Scenarios without a price, and why",
        columns=("scenario", "part", "why"),
        rows=tuple((_some(list(n), 4), _some(list(p)), why) for why, (n, p) in found.items()),
        left=(0, 1, 2),
    )


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".")


def _charts(found: Comparison, priced: list[Priced]) -> Iterator[Chart]:
    names = ["as it is", *(one.name for one in priced[:_MOST_BARS])]
    costs = [found.base.monthly, *(one.estimate.monthly for one in priced[:_MOST_BARS])]
    cheapest = names[costs.index(min(costs, key=lambda cost: cost.amount))]
    yield Chart(
        title="Monthly cost of each scenario",
        description=f"Bars of the monthly cost of each scenario; the lowest is {cheapest}.",
        kind="bars",
        x_label="scenario",
        y_label=f"{found.base.currency} a month",
        series=(Series("cost", tuple(names), tuple(float(cost.amount) for cost in costs)),),
    )
    yield from _curve(found, priced)


def _curve(found: Comparison, priced: list[Priced]) -> Iterator[Chart]:
    """Cost against use, of the part that would cost most as pay-as-you-go."""
    full = {
        one.part: one.monthly.amount / one.utilisation
        for one in _committed(priced)
        if one.utilisation
    }
    if not full:
        return
    part = max(full, key=lambda name: full[name])
    use = tuple(float(step) for step in range(0, 101, 5))

    def line(name: str, monthly: Decimal) -> Series:
        return Series(name, use, tuple(float(monthly) * share / 100 for share in use))

    promised = [one for one in _committed(priced) if one.part == part]
    series = [line("pay-as-you-go", full[part])]
    times = next((m.times for one in priced for m in one.margins if m.part == part), None)
    if times:
        series.append(line("spot", full[part] / times))
    series += [
        Series(one.purchase.value, use, (float(one.monthly.amount),) * len(use)) for one in promised
    ]
    marks = tuple(
        Mark(f"{one.purchase.value} {_percent(one.utilisation)}", float(one.utilisation * 100))
        for one in promised
        if one.utilisation and one.utilisation <= 1
    )
    yield Chart(
        title=f"Where commitments break even: {part}",
        description=(
            f"The monthly cost of {part} against the share of hours that it runs. Pay-as-you-go "
            f"and spot rise from nothing; commitments are level, and cheaper than pay-as-you-go "
            f"right of {', '.join(mark.label for mark in marks) or 'no point'}."
        ),
        kind="lines",
        x_label="% of all hours in use",
        y_label=f"{found.base.currency} a month",
        series=tuple(series),
        marks=marks,
    )


def _notes(found: Comparison, priced: list[Priced]) -> Iterator[str]:
    if found.untouched:
        yield f"no scenario changes {_some(list(found.untouched), 8)}: they cost what they cost"
    kept: dict[str, list[str]] = {}
    for one in priced:
        for reason in one.kept:
            said = f"{reason.part} {_first_sentence(reason.why)}"
            kept.setdefault(said, []).append(one.name)
    for said, names in list(kept.items())[: 2 * _FEW]:
        yield f"left as it is in {_some(names, 4)}: {said}"
    if len(kept) > 2 * _FEW:
        yield f"{len(kept) - 2 * _FEW} more parts are left as they are; --format json has them all"
    if any(one.margins for one in priced):
        yield (
            "how often Azure interrupts spot machines of a size and region is in its portal; "
            "azcost does not know it, and what interruptions waste is not in the cost"
        )
    if any(one.name.startswith("region ") for one in priced):
        yield (
            "regions: latency, where data may lie, quota, and moving the data are not in the "
            "cost and left to you"
        )
    if found.regions_without_price:
        yield (
            f"{found.regions_without_price} regions are left out: the tables lack a price that "
            "the design needs there"
        )
    if any(one.commitments for one in priced):
        yield (
            "a commitment is paid for every hour, used or not; `pays if kept until` is when "
            "pay-as-you-go at the use here would have cost as much as the whole term"
        )


def _sum(committed: Iterable[Commitment], found: Comparison) -> str:
    by_years: dict[int, Decimal] = {}
    for one in committed:
        by_years[one.years] = by_years.get(one.years, Decimal(0)) + one.whole.amount
    return " and ".join(
        f"{Money(amount, found.base.currency)} over {years} year{'s' if years > 1 else ''}"
        for years, amount in sorted(by_years.items())
    )


def _money(amount: Money) -> str:
    return f"{_no_minus(amount.amount, 2):,.2f}"


def _share(cost: Money, base: Money) -> str:
    if not base.amount:
        return ""
    return f"{_no_minus((base.amount - cost.amount) / base.amount, 3):.1%}"


def _no_minus(number: Decimal, places: int) -> Decimal:
    """Rounded, and without the sign of a zero."""
    return round(number, places) + 0


def _percent(share: Decimal | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"


def _some(names: list[str], most: int = _FEW) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
