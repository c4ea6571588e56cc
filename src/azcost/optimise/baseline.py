"""What a day would have cost as usual, robustly: from the same weekdays of the weeks before.

Medians throughout, so that an anomaly does not move what it is measured against: up to
half of the days it is learnt from may be odd.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from azcost.optimise.holt_winters import WEEK, Array

# The days that a level is learnt from, and those that the weekday profile is, as is the level
# of what costs something on so few days of two weeks.
_LEVEL_DAYS = 2 * WEEK
_PROFILE_DAYS = 8 * WEEK
_FEW_DAYS = 6
_NORMAL = 1.4826  # median absolute deviation to standard deviation, for normal errors
# The smallest usual error: a flat cost is billed with the rounding of its meters. A weekday
# with less of a mean day usually costs nothing, and tells nothing of the level.
_MIN_SHARE = 0.02
# A week whose median day has less of its mean day is a week of few days.
_EVEN = 0.5
WARM_UP = 4 * WEEK


def usual(series: Array) -> tuple[Array, Array]:
    """The usual cost of each day of series of shape (n, days), and its usual error.

    Both have that shape; the first four weeks are NaN: nothing is known by then. A day is
    measured only against days before it. The error is that of all days or, where it is more,
    in proportion to the weekday: a job of Sundays is as unsure as it is large.
    """
    n, days = series.shape
    expected = np.full((n, days), np.nan)
    error = np.full((n, days), np.nan)
    if days <= WARM_UP:
        return expected, error
    profile = _profiles(series)
    is_used = profile > _MIN_SHARE
    divisor = np.where(is_used, profile, np.nan)
    would = _levels(series / divisor) * profile
    expected[:, WARM_UP:] = would[:, WARM_UP:]
    residual = np.abs(series - would)
    share = residual / divisor
    for day in range(WARM_UP, days):
        before = slice(max(_LEVEL_DAYS, day - _PROFILE_DAYS), day)
        of_all = np.median(residual[:, before], axis=1)
        of_weekday = _medians(share[:, before]) * profile[:, day]
        error[:, day] = _NORMAL * np.fmax(of_all, of_weekday)
    return expected, np.fmax(error, _MIN_SHARE * np.abs(expected))


def _levels(flat: Array) -> Array:
    """What a usual day costs, from the two weeks before each day, or from eight where need be."""
    n, days = flat.shape
    level = np.zeros((n, days))
    for day in range(_LEVEL_DAYS, days):
        near = flat[:, day - _LEVEL_DAYS : day]
        level[:, day] = _medians(near)
        few = np.count_nonzero(~np.isnan(near), axis=1) <= _FEW_DAYS
        level[few, day] = _medians(flat[few, max(0, day - _PROFILE_DAYS) : day])
    return level


def _medians(rows: Array) -> Array:
    """The median of what is known of each row; 0 where nothing is. NumPy's is slow on few."""
    ordered = np.sort(rows, axis=1)  # NaN comes last
    known = np.count_nonzero(~np.isnan(rows), axis=1)
    middle = np.stack([(known - 1).clip(0) // 2, known // 2], axis=1).clip(max=rows.shape[1] - 1)
    both = np.take_along_axis(ordered, middle, axis=1)
    return np.where(known, both.mean(axis=1), 0.0)


def _profiles(series: Array) -> Array:
    """How much of the week's usual day each day has by its weekday, from the weeks before.

    The usual day is the median, which one odd day does not move, or the mean where most of
    the week's cost is that of few days.
    """
    n, days = series.shape
    profile = np.ones((n, days))
    weeks = sliding_window_view(series, WEEK, axis=1)
    medians, means = np.median(weeks, axis=2), np.mean(weeks, axis=2)
    usual_days = np.where(medians > _EVEN * means, medians, means)
    relative = np.full((n, days), np.nan)
    # The week that ends with the day: nothing from the future.
    is_billed = usual_days > 0
    relative[:, WEEK - 1 :] = np.where(
        is_billed, series[:, WEEK - 1 :] / np.where(is_billed, usual_days, 1.0), np.nan
    )
    for day in range(3 * WEEK, days):
        same = relative[:, day - WEEK : max(WEEK - 2, day - _PROFILE_DAYS - 1) : -WEEK]
        profile[:, day] = np.median(np.where(np.isnan(same), 1.0, same), axis=1)
    # The first three weeks are measured by the fourth, before anything is said of a day.
    first = np.arange(3 * WEEK)
    profile[:, first] = profile[:, 3 * WEEK + first % WEEK]
    return np.maximum(profile, 0.0)
