"""What a day would have cost as usual, robustly: from the same weekdays of the weeks before.

Medians throughout, so that an anomaly does not move what it is measured against: up to
half of the days it is learnt from may be odd.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from azcost.optimise.holt_winters import WEEK, Array

# The days that a level is learnt from, and those that the weekday profile is.
_LEVEL_DAYS = 2 * WEEK
_PROFILE_DAYS = 8 * WEEK
_NORMAL = 1.4826  # median absolute deviation to standard deviation, for normal errors
# The smallest usual error: a flat cost is billed with the rounding of its meters.
_MIN_SHARE = 0.02
WARM_UP = 4 * WEEK


def usual(series: Array) -> tuple[Array, Array]:
    """The usual cost of each day of series of shape (n, days), and its usual error.

    Both have that shape; the first four weeks are NaN: nothing is known by then. A day is
    measured only against days before it.
    """
    n, days = series.shape
    expected = np.full((n, days), np.nan)
    error = np.full((n, days), np.nan)
    if days <= WARM_UP:
        return expected, error
    profile = _profiles(series)
    flat = series / profile
    windows = sliding_window_view(flat, _LEVEL_DAYS, axis=1)
    level = np.full((n, days), np.nan)
    level[:, _LEVEL_DAYS:] = np.median(windows[:, :-1], axis=2)
    expected[:, WARM_UP:] = (level * profile)[:, WARM_UP:]
    residual = np.abs(series - level * profile)
    for day in range(WARM_UP, days):
        before = residual[:, max(_LEVEL_DAYS, day - _PROFILE_DAYS) : day]
        error[:, day] = _NORMAL * np.median(before, axis=1)
    return expected, np.maximum(error, _MIN_SHARE * np.abs(expected))


def _profiles(series: Array) -> Array:
    """How much of the week's usual day each day has by its weekday, from the weeks before."""
    n, days = series.shape
    profile = np.ones((n, days))
    week_medians = np.median(sliding_window_view(series, WEEK, axis=1), axis=2)
    relative = np.full((n, days), np.nan)
    # The week that ends with the day: nothing from the future.
    whole = week_medians > 0
    relative[:, WEEK - 1 :] = np.where(
        whole, series[:, WEEK - 1 :] / np.where(whole, week_medians, 1.0), np.nan
    )
    for day in range(3 * WEEK, days):
        same = relative[:, day - WEEK : max(WEEK - 2, day - _PROFILE_DAYS - 1) : -WEEK]
        known = np.where(np.isnan(same), 1.0, same)
        profile[:, day] = np.median(known, axis=1)
    # A weekday that usually costs nothing has no profile to divide by.
    return np.where(profile > _MIN_SHARE, profile, 1.0)
