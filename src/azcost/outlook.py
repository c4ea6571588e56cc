"""Where the month ends: what was spent so far, what is still to come, and a budget's chances."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.optimise.forecast import Forecast, Interval, forecast
from azcost.optimise.holt_winters import Array
from azcost.spending import Spending


class Event(msgspec.Struct, frozen=True):
    """Something known to come: an amount on one day, or on every day from then on."""

    day: date
    amount: float
    what: str
    repeats: bool = False

    def path(self, first: date, days: int) -> Array:
        """What it adds to each of `days` days from `first` on."""
        added = np.zeros(days)
        offset = (self.day - first).days
        if self.repeats:
            added[max(offset, 0) :] = self.amount
        elif 0 <= offset < days:
            added[offset] = self.amount
        return added


class Breach(msgspec.Struct, frozen=True):
    """A budget's chances: the probability to exceed it, and the day on which that is expected.

    `likely` is None when the expected path stays below; `early` is the day on the high path.
    """

    budget: float
    probability: float | None
    likely: date | None
    early: date | None


class Outlook(msgspec.Struct, frozen=True):
    """A forecast of the days after `last_day`, and the end of the month that follows it.

    `so_far` is what the complete days of that month cost; `month` the month's total.
    `ahead` is the forecast with the `events`, of as many days as were asked for.
    """

    name: str
    currency: str
    last_day: date
    daily: Array
    ahead: Forecast
    rest: Forecast
    so_far: float
    month: Interval
    month_end: date
    events: tuple[Event, ...]

    @property
    def first_day(self) -> date:
        """The first day that is forecast."""
        return self.last_day + timedelta(days=1)

    def breach(self, budget: float) -> Breach:
        """Whether and when the month exceeds a budget."""
        left = budget - self.so_far - sum(_known(self.events, self.first_day, self._left))
        if left < 0:
            return Breach(budget, 1.0, self._crossing(None, budget), None)
        return Breach(
            budget,
            self.rest.chance_over(left),
            self._crossing(self.rest.expected, budget),
            self._crossing(self.rest.high, budget),
        )

    @property
    def _left(self) -> int:
        return (self.month_end - self.last_day).days

    def _crossing(self, path: Array | None, budget: float) -> date | None:
        month = _in_month(self.daily, self.first_day)
        known = _known(self.events, self.first_day, self._left)
        after = known if path is None else known + path
        cumulated = np.cumsum(np.concatenate([month, after]))
        over = np.flatnonzero(cumulated > budget)
        first = self.first_day - timedelta(days=len(month))
        return first + timedelta(days=int(over[0])) if len(over) else None


def outlook(
    name: str,
    daily: Array,
    spending: Spending,
    days: int,
    events: Sequence[Event] = (),
) -> Outlook:
    """The outlook of a series of the spending's days; `days` are to be forecast.

    Raises AzcostError when the series is too short.
    """
    first = spending.last_day + timedelta(days=1)
    month_end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    left = (month_end - spending.last_day).days
    try:
        ahead, rest = forecast(daily, days), forecast(daily, left)
    except AzcostError as error:
        raise AzcostError(f"{name}: {error}") from error
    so_far = float(_in_month(daily, first).sum())
    known = so_far + float(_known(events, first, left).sum())
    month = Interval(
        None if rest.total.low is None else known + rest.total.low,
        known + rest.total.expected,
        None if rest.total.high is None else known + rest.total.high,
    )
    return Outlook(
        name, spending.currency, spending.last_day, daily,
        _with(ahead, _known(events, first, days)), rest, so_far, month, month_end, tuple(events),
    )  # fmt: skip


def _in_month(daily: Array, first: date) -> Array:
    """The last days of the series that are in the month of `first`, a day after it."""
    days = min(first.day - 1, len(daily))
    return daily[len(daily) - days :]


def _known(events: Sequence[Event], first: date, days: int) -> Array:
    known = np.zeros(days)
    for event in events:
        known += event.path(first, days)
    return known


def _with(found: Forecast, known: Array) -> Forecast:
    added = float(known.sum())
    if not added:
        return found
    total = found.total
    return msgspec.structs.replace(
        found,
        expected=found.expected + known,
        low=None if found.low is None else found.low + known,
        high=None if found.high is None else found.high + known,
        total=Interval(
            None if total.low is None else total.low + added,
            total.expected + added,
            None if total.high is None else total.high + added,
        ),
    )
