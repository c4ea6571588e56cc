"""When the thresholds of a budget would have fired in the months that have passed."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import numpy as np

from azcost.actions.budget import Threshold
from azcost.errors import AzcostError
from azcost.optimise.forecast import hindsight
from azcost.optimise.holt_winters import Array
from azcost.spending import Spending


class Replayed(msgspec.Struct, frozen=True):
    """A month: what it cost, and for each threshold the day that would have fired it.

    `days` counts those that costs are there of: fewer than the month has, at either end of
    the history. The day is the last one that Azure would have known the cost of.
    """

    first_day: date
    days: int
    is_whole: bool
    total: float
    fired: tuple[date | None, ...]


def replay(spending: Spending, amount: Decimal, thresholds: Sequence[Threshold]) -> list[Replayed]:
    """The months of the spending, by the monthly budget that is proposed for them.

    Forecasts are those of `azcost forecast` from the days until then: Azure's own are not
    published, and its mails come a day or two after the costs.

    Raises AzcostError when there are no days.
    """
    daily = spending.total()
    if not len(daily):
        raise AzcostError("There are no days of cost to replay.")
    months = _months(spending.first_day, len(daily))
    ahead = _expected(daily, months) if any(t.basis == "Forecasted" for t in thresholds) else {}
    return [
        _month(daily, spending.first_day, span, float(amount), thresholds, ahead) for span in months
    ]


class _Span(msgspec.Struct, frozen=True):
    """The days of a month as places in the series; `missing` are those that lie after it."""

    first: int
    end: int
    missing: int
    is_whole: bool


def _months(first_day: date, days: int) -> list[_Span]:
    spans, place = [], 0
    while place < days:
        day = first_day + timedelta(days=place)
        length = calendar.monthrange(day.year, day.month)[1]
        end = place + length - day.day + 1
        whole = day.day == 1 and end <= days
        spans.append(_Span(place, min(end, days), max(0, end - days), whole))
        place = end
    return spans


def _expected(daily: Array, months: Sequence[_Span]) -> dict[int, float]:
    """What was to come until the month's end, by the number of days that were known."""
    horizons = {
        known: month.end + month.missing - known
        for month in months
        for known in range(month.first + 1, month.end + 1)
    }
    return hindsight(daily, {known: left for known, left in horizons.items() if left})


def _month(
    daily: Array,
    first_day: date,
    span: _Span,
    amount: float,
    thresholds: Sequence[Threshold],
    ahead: dict[int, float],
) -> Replayed:
    spent = np.cumsum(daily[span.first : span.end])
    known = range(span.first + 1, span.end + 1)
    to_come = np.array([ahead.get(day, np.nan) for day in known])
    start = first_day + timedelta(days=span.first)
    fired = []
    for one in thresholds:
        path = spent if one.basis == "Actual" else spent + to_come
        limit = amount * float(one.percent) / 100
        over = path >= limit if one.operator == "GreaterThanOrEqualTo" else path > limit
        days = np.flatnonzero(over)
        fired.append(start + timedelta(days=int(days[0])) if len(days) else None)
    return Replayed(start, len(spent), span.is_whole, float(spent[-1]), tuple(fired))
