"""Advice on commitments as a document."""

from __future__ import annotations

from decimal import Decimal

from azcost.money import Money
from azcost.optimise import commitment_bill
from azcost.optimise.commitment_bill import Plan, Reservation
from azcost.optimise.commitments import Row
from azcost.optimise.strategies import plans_of
from azcost.report.commitment_charts import charts
from azcost.report.commitment_notes import Answer, notes
from azcost.report.document import Document, Paragraph, Part, Table
from azcost.units import HOURS_PER_MONTH, plain

SCHEMA = 1
_MONTH = float(HOURS_PER_MONTH)
_CENT = Decimal("0.01")


def document(answer: Answer) -> Document:
    """Advice in the parts that every format shows."""
    advice = answer.advice
    bought = commitment_bill.purchases(advice.recommended.parts, answer.currency)
    parts: list[Part] = [Paragraph(_certificate(answer))]
    if bought:
        parts.append(_purchases("What to buy", bought))
    if advice.ladder and advice.ladder.is_advised:
        first = commitment_bill.purchases(advice.ladder.first, answer.currency)
        if first:
            parts.append(
                _purchases("Of it as a first step, which both of the last months support", first)
            )
    parts += [_comparison(answer), _coverage(answer), *charts(advice, answer.currency)]
    return Document(
        title=f"Commitments for {answer.source}",
        verdict=_verdict(answer, bought),
        parts=tuple(parts),
        notes=tuple(notes(answer, bought)),
        facts=_facts(answer, bought),
    )


def _verdict(answer: Answer, bought: list[Reservation | Plan]) -> str:
    advice, unit = answer.advice, answer.currency
    best = advice.recommended
    if not bought:
        return (
            "Buy nothing: in the scenarios of the future no portfolio that was tried is expected "
            "to save more than it loses in the worst tenth."
        )
    total = sum((one.bound.amount for one in bought), Decimal(0))
    words = f"Buy {_listed(bought)}"
    if answer.is_short:
        words = f"Only {answer.span} of usage, too little to buy on. If it went on so, b{words[1:]}"
    return (
        f"{words}: expected to save {_per_month(best.risk.mean)} {unit} a month, "
        f"{_per_month(best.risk.worst)} in the worst tenth of {len(best.risk.savings)} scenarios; "
        f"a chance of {best.risk.chance_of_loss:.1%} to lose against pay-as-you-go. "
        f"It binds {total:,.0f} {unit}; certified gap of the optimum of the history: "
        f"{_gap(advice.optimum):.4%}."
    )


def _certificate(answer: Answer) -> str:
    """What is proven: how far any portfolio could have gone on the history."""
    advice, unit = answer.advice, answer.currency
    best, payg = advice.recommended, advice.payg
    history = (payg.cost - best.cost) * _MONTH
    share = f" ({(payg.cost - best.cost) / payg.cost:.0%})" if payg.cost else ""
    most = (payg.cost - (advice.optimum.bound or 0.0)) * _MONTH
    found = (payg.cost - advice.optimum.cost) * _MONTH
    return (
        f"At the rate of the last {answer.span}, a month costs {payg.cost * _MONTH:,.2f} {unit} as "
        f"you go; the recommended purchase would have saved {history:,.2f} of it{share}. "
        f"Proven: no portfolio of {advice.optimum.terms}, with the usage known beforehand, could "
        f"have saved more than {most:,.2f}; the best found would have saved {found:,.2f}."
    )


def _gap(optimum: Row) -> float:
    if optimum.bound is None or optimum.cost <= 0:
        return 0.0
    return max(0.0, (optimum.cost - optimum.bound) / optimum.cost)


def _listed(bought: list[Reservation | Plan]) -> str:
    """At most three purchases, the largest first."""
    ordered = sorted(bought, key=lambda one: -one.monthly.amount)
    shown = [_short(one) for one in ordered[:3]]
    if len(ordered) > len(shown):
        shown.append(f"{len(ordered) - len(shown)} more")
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]


def _short(one: Reservation | Plan) -> str:
    if isinstance(one, Plan):
        years = commitment_bill.YEARS[one.purchase]
        return f"a {years}-year savings plan of {one.hourly:.3f} {one.currency} per hour"
    years = commitment_bill.YEARS[one.purchase]
    return f"{one.count} x {one.group.unit.size} for {years} year{'s' if years > 1 else ''}"


def _purchases(title: str, bought: list[Reservation | Plan]) -> Table:
    several = len({one.scope for one in bought}) > 1
    rows = []
    for one in bought:
        where = f" ({one.scope})" if several else ""
        if isinstance(one, Plan):
            cells = [f"savings plan{where}", "all", "", f"{one.hourly:.3f}"]
        else:
            unit = one.group.unit
            hourly = (one.monthly.amount / HOURS_PER_MONTH).quantize(Decimal("0.001"))
            cells = [f"{unit.size}{where}", unit.region, str(one.count), str(hourly)]
        use = "" if one.break_even is None else f"{one.break_even:.1%}"
        month = "" if one.break_even_month is None else f"{one.break_even_month:.1f}"
        rows.append(
            (*cells, one.purchase.value, _amount(one.monthly), _amount(one.bound), use, month)
        )
    return Table(
        title=title,
        columns=(
            "", "region", "count", "per hour", "as", "per month", "bound over the term",
            "pays from use of", "and from month",
        ),
        rows=tuple(rows),
        left=(0, 1, 4),
    )  # fmt: skip


def _comparison(answer: Answer) -> Table:
    advice = answer.advice
    ordered = [advice.recommended, *advice.others]
    rows = []
    for row in ordered:
        name = f"recommended ({row.name})" if row is advice.recommended else row.name
        rows.append(
            (
                name,
                f"{row.committed:,.3f}",
                f"{row.cost * _MONTH:,.2f}",
                f"{(advice.payg.cost - row.cost) * _MONTH:,.2f}",
                _per_month(row.risk.mean),
                _per_month(row.risk.worst),
                f"{row.risk.chance_of_loss:.1%}",
            )
        )
    return Table(
        title=f"Ways to buy, per month: the last {answer.span} as they were, and scenarios "
        f"of the next {_years(advice.outlook.years)} ({answer.currency})",
        columns=(
            "", "committed per hour", "cost", "saving", "expected saving", "worst tenth",
            "chance of loss",
        ),
        rows=tuple(rows),
    )  # fmt: skip


def _years(years: int) -> str:
    return "year" if years == 1 else f"{years} years"


def _coverage(answer: Answer) -> Table:
    """Of the recommended row: what covers each group, and how well it is used."""
    rows = []
    for part in answer.advice.recommended.parts:
        demand, applied, strategy = part.scope.demand, part.outcome.applied, part.strategy
        paid = part.scope.sunk.reserved + strategy.reserved
        for number, group in enumerate(demand.groups):
            used = float(demand.usage[number].sum())
            planned = sum(float(one[number]) for one in applied.planned)
            shares = [
                f"{part_of / used:.1%}" if used else ""
                for part_of in (
                    float(applied.reserved[number]), planned, float(applied.uncovered[number])
                )
            ]  # fmt: skip
            held = float(paid[number]) * applied.hours
            use = f"{float(applied.reserved[number]) / held:.1%}" if held else ""
            name = ", ".join(
                f"{m.sku.size}{'' if m.ratio == 1 else f' (x{plain(m.ratio)})'}"
                for m in group.members
            )
            rows.append((name, group.unit.region, f"{used / applied.hours:,.2f}", *shares, use))
        for plan, spent in zip(
            plans_of(strategy, demand, part.scope.sunk), applied.spent, strict=True
        ):
            if plan.commitment > 0:
                use = f"{spent / (float(plan.commitment) * applied.hours):.1%}"
                cells = (f"savings plan of {float(plan.commitment):.3f} per hour", "all")
                rows.append((*cells, "", "", "", "", use))
    return Table(
        title="Coverage of the recommended purchase on the history, in units of the first size",
        columns=(
            "sizes that share reservations", "region", "units on average", "reserved",
            "savings plan", "pay-as-you-go", "use of what is bought",
        ),
        rows=tuple(rows),
        left=(0, 1),
    )  # fmt: skip


def _facts(answer: Answer, bought: list[Reservation | Plan]) -> dict[str, object]:
    advice = answer.advice
    ladder = advice.ladder
    return {
        "schema": SCHEMA,
        "source": answer.source,
        "currency": answer.currency,
        "hours": answer.hours,
        "until": answer.end.isoformat(),
        "purchases": [purchase_facts(one) for one in bought],
        "recommended": _row_facts(advice.recommended, answer),
        "certificate": {
            "terms": str(advice.optimum.terms),
            "monthly": _float((advice.optimum.cost) * _MONTH),
            "bound_monthly": _float((advice.optimum.bound or 0.0) * _MONTH),
            "gap": Decimal(str(round(_gap(advice.optimum), 9))),
        },
        "ways": [_row_facts(row, answer) for row in advice.others],
        "ladder": None
        if ladder is None
        else {
            "last_30_days_hourly": _float(ladder.last),
            "30_days_before_hourly": _float(ladder.before),
            "supported_hourly": _float(ladder.supported),
            "recommended_hourly": _float(ladder.recommended),
            "advised": ladder.is_advised,
        },
        "assumptions": {
            "years": advice.outlook.years,
            "drift": Decimal(str(advice.outlook.drift)),
            "death": Decimal(str(advice.outlook.death)),
            "scenarios": advice.outlook.scenarios,
            "seed": advice.outlook.seed,
        },
    }


def purchase_facts(one: Reservation | Plan) -> dict[str, object]:
    """A purchase for programs."""
    common: dict[str, object] = {
        "scope": one.scope,
        "purchase": one.purchase.value,
        "monthly": one.monthly.amount,
        "bound": one.bound.amount,
        "break_even_use": None if one.break_even is None else round(one.break_even, 6),
        "break_even_month": None
        if one.break_even_month is None
        else round(one.break_even_month, 3),
    }
    if isinstance(one, Plan):
        return {**common, "kind": "savings plan", "hourly": one.hourly}
    unit = one.group.unit
    return {
        **common, "kind": "reservation", "size": unit.size, "region": unit.region,
        "count": one.count,
    }  # fmt: skip


def _row_facts(row: Row, answer: Answer) -> dict[str, object]:
    return {
        "name": row.name,
        "committed_hourly": _float(row.committed),
        "monthly": commitment_bill.monthly(row.parts, answer.currency).amount.quantize(_CENT),
        "saving_monthly": _float((answer.advice.payg.cost - row.cost) * _MONTH),
        "expected_saving_monthly": _float(row.risk.mean * _MONTH),
        "worst_tenth_monthly": _float(row.risk.worst * _MONTH),
        "chance_of_loss": Decimal(str(row.risk.chance_of_loss)),
    }


def _float(amount: float) -> Decimal:
    """A statistic, to the hundredth of a cent."""
    return Decimal(str(round(amount, 4)))


def _amount(money: Money) -> str:
    return f"{money.amount:,.2f}"


def _per_month(hourly: float) -> str:
    return f"{hourly * _MONTH:,.2f}"
