"""How budgets stand, and when their thresholds would have fired, as a document."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from azcost.actions.budget import Standing, Threshold
from azcost.actions.budget_check import Check
from azcost.actions.replay import Replayed
from azcost.report.budget import LATE, standing_facts
from azcost.report.document import Chart, Document, Mark, Part, Series, Table


def document(
    checks: Sequence[Check],
    others: Sequence[tuple[Standing, str]],
    notes: Sequence[str] = (),
    *,
    replayed: bool,
) -> Document:
    """The checks of monthly budgets, and of `others` what Azure says and why no more.

    With `replayed`, when the thresholds would have fired in each month of the history.
    """
    parts: list[Part] = []
    if checks:
        parts.append(_table(checks))
    if others:
        parts.append(_others(others))
    for one in checks:
        parts += [_now(one), *([_months(one)] if replayed else []), _chart(one)]
    return Document(
        title="Budgets: where they stand" if len(checks) != 1 else f"Budget: {checks[0].name}",
        verdict=_verdict(checks, others),
        parts=tuple(parts),
        notes=(*_notes(checks, others, replayed=replayed), *notes),
        facts={
            "schema": 1,
            "over": any(one.is_over for one in checks) or any(_is_spent(o) for o, _ in others),
            "budgets": [_facts(one, replayed=replayed) for one in checks],
            "others": [{**standing_facts(one), "why": why} for one, why in others],
        },
    )


def _is_spent(one: Standing) -> bool:
    return one.spent is not None and one.spent > one.budget.amount


def is_over(checks: Sequence[Check], others: Sequence[tuple[Standing, str]]) -> bool:
    """Whether a budget is exceeded or expected to be."""
    return any(one.is_over for one in checks) or any(_is_spent(one) for one, _ in others)


def _verdict(checks: Sequence[Check], others: Sequence[tuple[Standing, str]]) -> str:
    if len(checks) == 1 and not others:
        return _of_one(checks[0])
    exceeded = [one.name for one in checks if one.is_exceeded]
    exceeded += [one.budget.name for one, _ in others if _is_spent(one)]
    risk = [one.name for one in checks if one.is_over and not one.is_exceeded]
    count = len(checks) + len(others)
    said = []
    if exceeded:
        said.append(f"exceeded already: {', '.join(exceeded)}")
    if risk:
        said.append(f"expected to be exceeded: {', '.join(risk)}")
    return f"Of {count} budgets, {'; '.join(said)}." if said else f"All {count} budgets will do."


def _of_one(one: Check) -> str:
    ahead, currency = one.outlook, one.outlook.currency
    amount = f"{one.amount:,} {currency}"
    if one.is_exceeded:
        since = f" since {one.breach.likely}" if one.breach.likely else ""
        return (
            f"Exceeded{since}: {_money(ahead.so_far)} of {amount} are spent, and "
            f"{ahead.month_end:%B} will end at {_money(ahead.month.expected)}{_range(one)}."
        )
    when = f", probably on {one.breach.likely}" if one.breach.likely else ""
    chance = (
        "there is too little history to say how likely that is over"
        if one.breach.probability is None
        else f"over the budget with a probability of {one.breach.probability:.0%}{when}"
    )
    return (
        f"{ahead.month_end:%B} will end at {_money(ahead.month.expected)}{_range(one)} of "
        f"{amount}, {chance}; {_money(ahead.so_far)} are spent."
    )


def _range(one: Check) -> str:
    month = one.outlook.month
    if month.low is None or month.high is None:
        return ""
    return f" (80 of 100 cases: {_money(month.low)} to {_money(month.high)})"


def _table(checks: Sequence[Check]) -> Table:
    return Table(
        columns=(
            "", "amount", "spent", "share", "month end", "low", "high", "", "over by chance",
            "likely on", "status",
        ),
        rows=tuple(
            (
                one.name,
                f"{one.amount:,}",
                _money(one.outlook.so_far),
                f"{one.outlook.so_far / float(one.amount):.0%}",
                _money(one.outlook.month.expected),
                _maybe(one.outlook.month.low),
                _maybe(one.outlook.month.high),
                one.outlook.currency,
                "?" if one.breach.probability is None else f"{one.breach.probability:.0%}",
                str(one.breach.likely or "-"),
                _status(one),
            )
            for one in checks
        ),
        left=(0, 7, 9, 10),
    )  # fmt: skip


def _status(one: Check) -> str:
    if one.is_exceeded:
        return "exceeded"
    return "expected to be exceeded" if one.is_over else "fine"


def _others(others: Sequence[tuple[Standing, str]]) -> Table:
    return Table(
        title="Only as Azure says",
        columns=("", "amount", "grain", "spent", "", "why"),
        rows=tuple(
            (
                one.budget.name,
                f"{one.budget.amount:,}",
                one.budget.grain,
                "?" if one.spent is None else f"{one.spent:,}",
                one.currency,
                why,
            )
            for one, why in others
        ),
        left=(0, 2, 4, 5),
    )


def _now(one: Check) -> Table:
    last = one.months[-1]
    is_current = last.first_day.month == one.outlook.month_end.month
    fired = last.fired if is_current else (None,) * len(one.thresholds)
    return Table(
        title=f"Thresholds in {one.outlook.month_end:%B %Y}: {one.name}",
        columns=("threshold", "amount", "passed on"),
        rows=tuple(
            (str(each), _money(_limit(one, each)), str(day or "not yet"))
            for each, day in zip(one.thresholds, fired, strict=True)
        ),
        left=(0, 2),
    )


def _limit(one: Check, threshold: Threshold) -> float:
    return float(one.amount * threshold.percent / 100)


def _months(one: Check) -> Table:
    return Table(
        title=f"In past months, thresholds would have fired on: {one.name}",
        columns=("month", "cost", "of the budget", *map(str, one.thresholds)),
        rows=tuple(
            (
                f"{month.first_day:%Y-%m}{'' if month.is_whole else f' ({month.days} days)'}",
                _money(month.total),
                f"{month.total / float(one.amount):.0%}",
                *(_short(day) for day in month.fired),
            )
            for month in one.months
        ),
        left=(0, *range(3, 3 + len(one.thresholds))),
    )


def _short(day: date | None) -> str:
    return "-" if day is None else f"{day.day}. {calendar.month_abbr[day.month]}"


def _chart(one: Check) -> Chart:
    """The month so far and as expected, added up, against the budget."""
    ahead = one.outlook
    start = ahead.month_end.replace(day=1)
    known = max(0, (ahead.last_day - start).days + 1)
    spent = tuple(accumulate(map(float, ahead.daily[len(ahead.daily) - known :]))) if known else ()
    to_come = tuple(accumulate((ahead.so_far, *map(float, ahead.rest.expected))))
    days = (ahead.month_end - start).days + 1
    series = [
        Series("spent", tuple(float(day) for day in range(1, known + 1)), spent),
        Series("expected", tuple(float(day) for day in range(known, days + 1)), to_come),
        Series("budget", (1.0, float(days)), (float(one.amount), float(one.amount))),
    ]
    marks: tuple[Mark, ...] = ()
    if one.breach.likely and one.breach.likely >= start:
        marks = (Mark("over", float((one.breach.likely - start).days + 1)),)
    return Chart(
        title=f"{one.name}: {start:%B %Y}, added up",
        description=(
            f"{_money(ahead.so_far)} {ahead.currency} until day {known}, "
            f"{_money(ahead.month.expected)} expected on day {days}; the budget is {one.amount:,}."
        ),
        kind="lines",
        x_label="day of the month",
        y_label=ahead.currency,
        series=tuple(each for each in series if each.x),
        marks=marks,
    )


def _notes(
    checks: Sequence[Check], others: Sequence[tuple[Standing, str]], *, replayed: bool
) -> list[str]:
    notes = []
    if checks:
        notes.append(
            f"Complete until {checks[0].outlook.last_day}; later days are forecast by azcost, "
            "whose forecast is not Azure's."
        )
        notes.append(
            "A day is the one whose cost passed the threshold; Azure's mail comes a day or two "
            "after it."
        )
    if replayed and any(each.basis == "Forecasted" for one in checks for each in one.thresholds):
        notes.append(
            "Forecast thresholds are replayed with azcost's forecast from the days until then; "
            "within the first two weeks of the costs there is none."
        )
    if others:
        notes.append(LATE)
    return notes


def _facts(one: Check, *, replayed: bool) -> dict[str, object]:
    ahead = one.outlook
    return {
        "name": one.name,
        "amount": one.amount,
        "currency": ahead.currency,
        "complete_until": str(ahead.last_day),
        "spent": _decimal(ahead.so_far),
        "month_end": {
            "day": str(ahead.month_end),
            "low": _decimal(ahead.month.low),
            "expected": _decimal(ahead.month.expected),
            "high": _decimal(ahead.month.high),
        },
        "probability": _decimal(one.breach.probability, 4),
        "likely_on": _text(one.breach.likely),
        "earliest_on": _text(one.breach.early),
        "status": _status(one),
        "months": [_month(each, one.thresholds) for each in one.months] if replayed else [],
    }


def _month(one: Replayed, thresholds: Sequence[Threshold]) -> dict[str, object]:
    return {
        "month": f"{one.first_day:%Y-%m}",
        "days": one.days,
        "until": str(one.first_day + timedelta(days=one.days - 1)),
        "cost": _decimal(one.total),
        "fired": [
            {"threshold": each.key, "day": _text(day)}
            for each, day in zip(thresholds, one.fired, strict=True)
        ],
    }


def _decimal(number: float | None, places: int = 2) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.{places}f}")


def _text(day: date | None) -> str | None:
    return None if day is None else str(day)


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _maybe(amount: float | None) -> str:
    return "?" if amount is None else _money(amount)
