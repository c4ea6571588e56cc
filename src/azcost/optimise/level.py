"""A level that moved in the last days: what smoothing would take for the start of a trend."""

from __future__ import annotations

import msgspec
import numpy as np

from azcost.optimise.holt_winters import WEEK, Array

# From so many days on it is no spike any more; after two weeks smoothing has learnt it.
_DAYS = range(4, 2 * WEEK + 1)
_REFERENCE_WEEKS = 8
_LEAST_BEFORE = 6 * WEEK
# By how much it moved at least: a tenth, and so many usual errors. Days of a level are alike:
# none is further off than half of the move, and the day before is not part of it.
_LEAST, _ERRORS, _ALIKE = np.log(1.1), 4.0, 0.5
_LEAST_ERROR = 0.02
_NORMAL = 1.4826  # median absolute deviation to standard deviation, for normal errors
_OF_MEDIAN = 1.2533  # the error of a median over that of a mean, for normal errors


class Settled(msgspec.Struct, frozen=True):
    """A series whose days before a moved level are brought to the new one.

    `days` says how many of the last days are the new level, 0 when it did not move; `error`
    is the standard error of the new level, as a logarithm.
    """

    series: Array
    days: int = 0
    error: float = 0.0


def settled(series: Array) -> Settled:
    """Look for a level that moved in daily costs without gaps.

    Ours: on made-up bills whose level moved in the last two weeks it takes a third to a half
    off the error of the forecast, and on the recorded series it finds nothing to do
    (bench/forecast.py).
    """
    if len(series) < _LEAST_BEFORE + _DAYS[-1]:
        return Settled(series)
    off = _off(series)
    for days in _DAYS:
        now, before = off[-days:], off[2 * WEEK : -days]
        if np.isnan(now).all() or np.isnan(before).all() or np.isnan(off[-days - 1]):
            continue
        moved = float(np.nanmedian(now))
        error = _NORMAL * float(np.nanmedian(np.abs(before - np.nanmedian(before))))
        is_much = abs(moved) > max(_LEAST, _ERRORS * max(error, _LEAST_ERROR))
        is_even = float(np.nanmax(np.abs(now - moved))) < _ALIKE * abs(moved)
        is_its_first = abs(off[-days - 1]) < _ALIKE * abs(moved)
        if is_much and is_even and is_its_first:
            even = np.concatenate([series[:-days] * np.exp(moved), series[-days:]])
            return Settled(even, days, _OF_MEDIAN * error / float(np.sqrt(days)))
    return Settled(series)


def _off(series: Array) -> Array:
    """How far each day is from the same weekdays before it, as a logarithm; NaN is unknown."""
    weeks = np.full((_REFERENCE_WEEKS, len(series)), np.nan)
    for number in range(1, _REFERENCE_WEEKS + 1):
        weeks[number - 1, number * WEEK :] = series[: len(series) - number * WEEK]
    weeks[:, :WEEK] = 0.0  # nothing is known of the first week
    usual = np.nanmedian(weeks, axis=0)
    is_usual = usual > 0
    ratio = series / np.where(is_usual, usual, 1.0)
    return np.where(is_usual, np.log(np.maximum(ratio, 0.01)), np.nan)
