"""Rests of machines: what four weeks agree on, and what they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from azcost.audit import nights

MONDAY = 0
OFFICE = np.array([not 8 <= hour < 18 for hour in range(24)])


def weeks(day: Any, weekend: Any, count: int = 4) -> nights.Quiet:
    one = [*([day] * 5), *([weekend] * 2)]
    return np.concatenate(one * count)


def test_office_hours_leave_fourteen_hours_and_the_weekend() -> None:
    found = nights.rest(weeks(OFFICE, np.full(24, fill_value=True)), MONDAY)
    assert found is not None
    assert (found.start, found.length, found.weekend) == (18, 14, True)
    assert found.hours_a_week == 5 * 14 + 48
    assert found.words == "every night from 18:00 to 08:00 UTC and all weekend"
    assert found.disturbed == 0


def test_a_weekend_with_work_ends_the_weekend() -> None:
    found = nights.rest(weeks(OFFICE, OFFICE), MONDAY)
    assert found is not None
    assert (found.weekend, found.hours_a_week) == (False, 7 * 14)


def test_the_first_day_says_which_days_are_the_weekend() -> None:
    quiet = np.roll(weeks(OFFICE, np.full(24, fill_value=True)), -3 * 24)
    thursday = nights.rest(quiet, 3)
    assert thursday is not None
    assert thursday.hours_a_week == 118
    monday = nights.rest(quiet, MONDAY)
    assert monday is None or monday.hours_a_week < 118


def test_three_weeks_say_nothing() -> None:
    assert nights.rest(weeks(OFFICE, OFFICE, 3), MONDAY) is None


def test_five_hours_are_too_short() -> None:
    short = np.arange(24) < 5
    assert nights.rest(weeks(short, short), MONDAY) is None
    assert nights.rest(weeks(np.arange(24) < 6, np.arange(24) < 6), MONDAY) is not None


def test_one_busy_night_of_28_is_in_the_back_test() -> None:
    """The other weeks would have promised 18:00 to 08:00; that week's Tuesday broke it."""
    quiet = weeks(OFFICE, OFFICE)
    quiet[24 + 20] = False
    found = nights.rest(quiet, MONDAY)
    assert found is not None
    assert found.length < 14
    assert found.disturbed == pytest.approx(1 / 28)


@given(arrays(bool, 28 * 24), st.integers(0, 6))
def test_a_rest_was_never_disturbed(quiet: nights.Quiet, weekday: int) -> None:
    found = nights.rest(quiet, weekday)
    if found is None:
        return
    by_day = quiet.reshape(28, 24)
    hours = [(found.start + n) % 24 for n in range(found.length)]
    for number, day in enumerate(by_day):
        is_weekend = (weekday + number) % 7 >= 5
        assert day.all() if found.weekend and is_weekend else day[hours].all()
    assert 0 <= found.disturbed <= 1
    assert found.hours_a_week <= 168
