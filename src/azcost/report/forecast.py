"""A forecast as a document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from azcost.optimise.forecast import Interval
from azcost.optimise.holt_winters import Array
from azcost.outlook import Breach, Outlook
from azcost.report.document import Chart, Document, Mark, Part, Series, Table
from azcost.spending import Spending

_SHOWN_DAYS = 60


def document(
    spending: Spending, whole: Outlook, parts: Sequence[Outlook], budget: float | None
) -> Document:
    """The outlook of the whole, and of its parts where asked for."""
    breach = None if budget is None else whole.breach(budget)
    shown: list[Part] = [_totals(whole)]
    if parts:
        shown.append(_parts(parts, whole.currency))
    return Document(
        title=f"Forecast from {spending.first_day} to {spending.last_day}",
        verdict=_verdict(whole, breach),
        parts=(*shown, chart(whole)),
        notes=tuple(_notes(whole, parts)),
        facts=_facts(whole, parts, breach),
    )


def _verdict(whole: Outlook, breach: Breach | None) -> str:
    month = f"{whole.month_end:%B %Y}"
    said = (
        f"{month} will end at {_money(whole.month.expected)} {whole.currency}"
        f"{_ends(whole.month)}, of which {_money(whole.so_far)} are spent."
    )
    return said if breach is None else f"{said} {of_budget(breach, whole.currency)}"


def of_budget(breach: Breach, currency: str, name: str = "the budget") -> str:
    """What becomes of a budget, in a sentence."""
    budget = f"{name[0].upper()}{name[1:]} of {_money(breach.budget)} {currency}"
    if breach.probability == 1.0:
        when = f" since {breach.likely}" if breach.likely else ""
        return f"{budget} is exceeded{when}."
    if breach.probability is None:
        return f"{budget}: too little history to say how likely it is exceeded."
    when = f", probably on {breach.likely}" if breach.likely else ""
    if not breach.likely and breach.early:
        when = f", on {breach.early} at the earliest likely"
    return f"{budget} is exceeded with a probability of {breach.probability:.0%}{when}."


def _ends(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return " (too little history for an interval)"
    return f" (80 of 100 cases: {_money(interval.low)} to {_money(interval.high)})"


def _totals(whole: Outlook) -> Table:
    days = len(whole.ahead.expected)
    rows = [
        ("spent this month", whole.so_far, None),
        (f"month ends {whole.month_end}", whole.month.expected, whole.month),
        (f"next {days} days", whole.ahead.total.expected, whole.ahead.total),
    ]
    return Table(
        columns=("", whole.currency, "low", "high"),
        rows=tuple((name, _money(amount), *_low_high(ends)) for name, amount, ends in rows),
    )


def _parts(parts: Sequence[Outlook], currency: str) -> Table:
    return Table(
        title=f"By part, {currency} until the end of the month",
        columns=("", "spent", "month end", "low", "high", "error of past forecasts"),
        rows=tuple(
            (
                one.name,
                _money(one.so_far),
                _money(one.month.expected),
                *_low_high(one.month),
                _share(one.ahead.backtest.total_error),
            )
            for one in parts
        ),
    )


def _low_high(ends: Interval | None) -> tuple[str, str]:
    if ends is None:
        return "", ""
    return ("?" if ends.low is None else _money(ends.low)), (
        "?" if ends.high is None else _money(ends.high)
    )


def _notes(whole: Outlook, parts: Sequence[Outlook]) -> list[str]:
    test = whole.ahead.backtest
    notes = []
    if test.origins:
        notes.append(
            f"Back-test: {test.origins} forecasts of {len(whole.ahead.expected)} days from "
            f"earlier days of the same bill missed the total by {_share(test.total_error)} "
            f"(median), their daily error was {_number(test.mase)} times that of repeating the "
            f"last week, and {_share(test.coverage)} fell inside the interval."
        )
    else:
        notes.append(
            "No back-test: there is too little history for a forecast from an earlier day, "
            "and so none for an interval."
        )
    notes.append(f"Complete until {whole.last_day}; later days are forecast, not read.")
    if days := whole.ahead.new_level:
        notes.append(
            f"The last {days} days are read as a new level, and no trend: the days before count by "
            "their rhythm and their errors only."
        )
    for event in whole.events:
        each = " a day from then on" if event.repeats else ""
        notes.append(f"Known: {event.what}, {_money(event.amount)} on {event.day}{each}.")
    if parts:
        notes.append("Each part is forecast from its own days: parts need not add up to the whole.")
    return notes


def chart(whole: Outlook) -> Chart:
    """The last days as billed, and those that are forecast."""
    daily = whole.daily[-_SHOWN_DAYS:]
    ahead = whole.ahead
    past = tuple(float(day) for day in range(-len(daily) + 1, 1))
    future = tuple(float(day) for day in range(1, len(ahead.expected) + 1))
    series = [
        Series("billed", past, tuple(map(float, daily))),
        Series("expected", future, tuple(map(float, ahead.expected))),
    ]
    if ahead.low is not None and ahead.high is not None:
        series.append(Series("low", future, tuple(map(float, ahead.low))))
        series.append(Series("high", future, tuple(map(float, ahead.high))))
    return Chart(
        title="Cost by day",
        description=(
            f"The last {len(daily)} days cost {_money(float(daily.mean()))} {whole.currency} on "
            f"average; the next {len(future)} are expected at "
            f"{_money(float(ahead.expected.mean()))}."
        ),
        kind="lines",
        x_label=f"days after {whole.last_day}",
        y_label=f"{whole.currency} a day",
        series=tuple(series),
        marks=(Mark("month end", float((whole.month_end - whole.last_day).days)),),
    )


def _facts(whole: Outlook, parts: Sequence[Outlook], breach: Breach | None) -> dict[str, object]:
    facts: dict[str, object] = {"schema": 1, **_outlook(whole)}
    facts["days"] = [
        {
            "day": str(whole.first_day + timedelta(days=number)),
            "expected": _decimal(float(whole.ahead.expected[number])),
            "low": _decimal(_at(whole.ahead.low, number)),
            "high": _decimal(_at(whole.ahead.high, number)),
        }
        for number in range(len(whole.ahead.expected))
    ]
    facts["parts"] = [{"name": one.name, **_outlook(one)} for one in parts]
    facts["budget"] = breach and {
        "amount": _decimal(breach.budget),
        "probability": _decimal(breach.probability, 4),
        "day": _day(breach.likely),
        "earliest_day": _day(breach.early),
    }
    return facts


def _at(path: Array | None, number: int) -> float | None:
    return None if path is None else float(path[number])


def _outlook(one: Outlook) -> dict[str, object]:
    test = one.ahead.backtest
    return {
        "currency": one.currency,
        "complete_until": str(one.last_day),
        "month_end": str(one.month_end),
        "spent": _decimal(one.so_far),
        "month": _interval(one.month),
        "horizon": _interval(one.ahead.total),
        "backtest": {
            "origins": test.origins,
            "mase": _decimal(test.mase, 4),
            "total_error": _decimal(test.total_error, 4),
            "coverage": _decimal(test.coverage, 4),
        },
    }


def _interval(found: Interval) -> dict[str, object]:
    return {
        "low": _decimal(found.low),
        "expected": _decimal(found.expected),
        "high": _decimal(found.high),
    }


def _decimal(number: float | None, places: int = 2) -> Decimal | None:
    return None if number is None else Decimal(f"{number:.{places}f}")


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)


def _money(amount: float) -> str:
    return f"{amount:,.2f}"


def _share(share: float | None) -> str:
    return "?" if share is None else f"{share:.1%}"


def _number(number: float | None) -> str:
    return "?" if number is None else f"{number:.2f}"
