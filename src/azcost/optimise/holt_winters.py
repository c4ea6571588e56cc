"""Damped Holt-Winters smoothing with a weekly profile, for a whole grid of parameters at once.

Additive error, damped additive trend, additive season: Gardner and McKenzie (1985), in the
error-correction form of Hyndman et al., "Forecasting with Exponential Smoothing" (2008).
The filter looks only backwards, so one pass over a series also holds every forecast that
would have been made on its way: back-tests cost nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import msgspec
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK = 7
# 7 x 4 x 3 x 3 = 252 ways to smooth; level, trend and season weights, damping of the trend.
_GRID: Array = np.array(
    list(
        product(
            (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7),
            (0.0, 0.01, 0.05, 0.15),
            (0.02, 0.05, 0.15),
            (0.8, 0.9, 0.98),
        )
    )
)
# The first weeks give the season to start from; a state before they end knows of them all.
_START_WEEKS = 4
_WARM_UP = 2 * WEEK


class State(msgspec.Struct, frozen=True):
    """The smoothed series after its first `day` values: what a forecast from there needs.

    `season` has seven values, the first of them for day `day`.
    """

    day: int
    level: float
    trend: float
    damping: float
    season: Array

    def ahead(self, horizon: int) -> Array:
        """The values of the next `horizon` days."""
        damped = np.cumsum(self.damping ** np.arange(1, horizon + 1))
        ahead: Array = self.level + damped * self.trend
        return ahead + self.season[np.arange(horizon) % WEEK]


def smooth(series: Array, days: Iterable[int]) -> list[State]:
    """The states of a series (one value a day, finite, two weeks or more) before some days.

    At each of `days` (at most the length of the series) the parameters are those with the
    least squared one-step error until then: nothing of a state is from its future.
    """
    wanted = sorted(set(days))
    alpha, beta, gamma, damping = _GRID.T
    weeks = min(len(series) // WEEK, _START_WEEKS)
    first = series[: weeks * WEEK].reshape(weeks, WEEK)
    profile = np.median(first - first.mean(axis=1, keepdims=True), axis=0)
    level = np.full(len(_GRID), first[0].mean())
    trend = np.zeros(len(_GRID))
    season = np.repeat(profile[:, None], len(_GRID), axis=1)
    squared = np.zeros(len(_GRID))
    states = []
    for day in range(len(series) + 1):
        if day in wanted:
            best = int(np.argmin(squared))
            states.append(
                State(
                    day,
                    float(level[best]),
                    float(trend[best]),
                    float(damping[best]),
                    np.roll(season[:, best], -(day % WEEK)),
                )
            )
        if day == len(series):
            break
        expected = level + damping * trend
        error = series[day] - expected - season[day % WEEK]
        if day >= _WARM_UP:
            squared += error * error
        level = expected + alpha * error
        trend = damping * trend + alpha * beta * error
        season[day % WEEK] += gamma * (1 - alpha) * error
    return states
