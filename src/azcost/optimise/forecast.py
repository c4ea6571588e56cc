"""What the next days will cost: a forecast, its interval, and how well it did before.

Damped Holt-Winters on the logarithm of daily cost, with conformal intervals from the
forecasts that the same series would have been given on its way (METHODS 6 of the project's
research: as good as AutoETS on eight public series at a fiftieth of the time).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.optimise.holt_winters import WEEK, Array, smooth
from azcost.optimise.level import settled

MIN_DAYS = 2 * WEEK
# Older days say little about next month, and cost time.
_MAX_DAYS = 730
_ORIGINS = 48
_FIRST_ORIGIN = 4 * WEEK
# The rank that an interval for 80 of 100 cases takes. Errors of overlapping days resemble one
# another, so that 48 of them tell less than 48: by the rank of 80, only 76 of 100 were inside
# (the daily series of eight years in bench/forecast.py, 250 origins), by that of 85 it is 82.
_RANK = 0.85
# The standard errors within which 80 of 100 cases of a normal error are.
_OF_80 = 1.2816


class Interval(msgspec.Struct, frozen=True):
    """A value with the ends between which it falls in 80 of 100 cases; None: not known."""

    low: float | None
    expected: float
    high: float | None


class BackTest(msgspec.Struct, frozen=True):
    """How forecasts from earlier days of the same series turned out.

    `mase` is the mean absolute error over that of repeating the last week (Hyndman and
    Koehler 2006; below 1 is better than that); `total_error` the median error of the total,
    as a share; `coverage` the share of totals inside the interval that was known by then.
    """

    origins: int
    mase: float | None
    total_error: float | None
    coverage: float | None


class Forecast(msgspec.Struct, frozen=True):
    """Daily cost of the days ahead: arrays of the horizon's length, and their sum.

    `errors` are the logarithmic errors of earlier totals, actual over expected, from which
    the interval is; `new_level` says how many of the last days were read as a new level.
    """

    expected: Array
    low: Array | None
    high: Array | None
    total: Interval
    errors: Array
    backtest: BackTest
    new_level: int = 0

    def chance_over(self, amount: float) -> float | None:
        """The probability that the total is more than an amount; None when not known.

        The earlier errors are taken as equally likely in both directions.
        """
        if not len(self.errors) or self.total.expected <= 0:
            return None
        if amount <= 0:
            return 1.0
        both = np.concatenate([self.errors, -self.errors])
        over = np.count_nonzero(self.total.expected * np.exp(both) > amount)
        return float((over + 0.5) / (len(both) + 1))


def forecast(daily: Array, horizon: int) -> Forecast:
    """Forecast a series of daily costs; NaN is a day that nothing is known of.

    Raises AzcostError for less than two weeks, and for a series without any cost.
    """
    known = _filled(daily[-_MAX_DAYS:])
    floor = _floor(known)
    logs = np.log(np.maximum(known, floor))
    origins = _origins(len(logs), horizon)
    *past, now = smooth(logs, [*origins, len(logs)])
    # Earlier forecasts stay as they were: that levels move is what their errors tell.
    level = settled(known)
    least = _floor(level.series)
    if level.days:
        (now,) = smooth(np.log(np.maximum(level.series, least)), [len(known)])
    expected = _costs(now.ahead(horizon), least)
    paths = np.array([_costs(state.ahead(horizon), floor) for state in past])
    actual = np.array([known[state.day : state.day + horizon] for state in past])
    errors = _log_ratios(actual.sum(axis=1), paths.sum(axis=1), floor) if past else np.empty(0)
    half = conformal(np.abs(errors))
    low, high = _band(expected, actual, paths, floor)
    more = 1.0
    if level.days and half:
        more = float(np.hypot(half, _OF_80 * level.error)) / half
        low, high = (
            None if one is None else expected * (one / np.maximum(expected, least)) ** more
            for one in (low, high)
        )
    return Forecast(
        expected,
        low,
        high,
        _interval(float(expected.sum()), half and half * more),
        errors * more,
        _back_test(known, actual, paths, errors),
        level.days,
    )


def hindsight(daily: Array, horizons: Mapping[int, int]) -> dict[int, float]:
    """The totals that would have been forecast earlier, by the number of days known then.

    `horizons` says how many days ahead; days before the second week have no forecast.
    """
    known = _filled(daily[-_MAX_DAYS:])
    before = len(daily) - len(known)
    floor = _floor(known)
    days = [day - before for day in horizons if day - before >= MIN_DAYS]
    states = smooth(np.log(np.maximum(known, floor)), days)
    return {
        state.day + before: float(_costs(state.ahead(horizons[state.day + before]), floor).sum())
        for state in states
    }


def conformal(scores: Array, level: float = _RANK) -> float | None:
    """The bound that the next score stays below with probability `level`, at least.

    The split-conformal quantile, the ceil((n + 1) level)-th smallest of n scores (Vovk et
    al. 2005); None when there are too few scores for that level.
    """
    rank = ceil((len(scores) + 1) * level)
    return float(np.sort(scores)[rank - 1]) if 0 < rank <= len(scores) else None


def _filled(daily: Array) -> Array:
    """The series with its gaps filled from the neighbours; starts with its first cost."""
    if np.isinf(daily).any():
        raise AzcostError("A daily cost is infinite: the series cannot be forecast.")
    known = np.flatnonzero(~np.isnan(daily) & (daily > 0))
    if not len(known):
        raise AzcostError("There is no cost in the series: nothing to forecast from.")
    series = daily[known[0] :]
    if len(series) < MIN_DAYS:
        raise AzcostError(
            f"A forecast needs {MIN_DAYS} days of cost; there are {len(series)} since the first."
        )
    days = np.arange(len(series))
    given = ~np.isnan(series)
    return np.asarray(np.interp(days, days[given], series[given]), dtype=np.float64)


def _floor(series: Array) -> float:
    """What a day without cost counts as: the logarithm needs something."""
    return float(np.median(series[series > 0])) / 100


def _costs(logs: Array, floor: float) -> Array:
    costs = np.exp(logs)
    return np.where(costs > 2 * floor, costs, 0.0)


def _origins(length: int, horizon: int) -> list[int]:
    """The days from which earlier forecasts are judged: the last ones, evenly spaced."""
    last = length - horizon
    if last < _FIRST_ORIGIN:
        return []
    step = max(1, (last - _FIRST_ORIGIN) // _ORIGINS)
    return sorted(range(last, _FIRST_ORIGIN - 1, -step)[:_ORIGINS])


def _log_ratios(actual: Array, expected: Array, floor: float) -> Array:
    return np.log(np.maximum(actual, floor) / np.maximum(expected, floor))


def _interval(expected: float, half: float | None) -> Interval:
    if half is None:
        return Interval(None, expected, None)
    return Interval(expected * float(np.exp(-half)), expected, expected * float(np.exp(half)))


def _band(
    expected: Array, actual: Array, paths: Array, floor: float
) -> tuple[Array | None, Array | None]:
    """The daily interval: errors of the same distance, smoothed over a week of distances."""
    if len(paths) < 1 or conformal(np.zeros(len(paths))) is None:
        return None, None
    errors = np.abs(_log_ratios(actual, paths, floor))
    halves = np.array([conformal(errors[:, step]) for step in range(errors.shape[1])], dtype=float)
    window = np.ones(min(WEEK, len(halves)))
    smoothed = np.convolve(halves, window, "same") / np.convolve(
        np.ones(len(halves)), window, "same"
    )
    return expected * np.exp(-smoothed), expected * np.exp(smoothed)


def _back_test(known: Array, actual: Array, paths: Array, errors: Array) -> BackTest:
    if not len(paths):
        return BackTest(0, None, None, None)
    naive = float(np.mean(np.abs(known[WEEK:] - known[:-WEEK])))
    mase = float(np.mean(np.abs(actual - paths))) / naive if naive else None
    error = float(np.median(np.abs(np.expm1(-errors))))
    return BackTest(len(paths), mase, error, _coverage(np.abs(errors)))


def _coverage(scores: Array) -> float | None:
    """How many totals fell inside the interval made of the other ones."""
    inside = [
        score <= bound
        for number, score in enumerate(scores)
        if (bound := conformal(np.delete(scores, number))) is not None
    ]
    return float(np.mean(inside)) if inside else None
