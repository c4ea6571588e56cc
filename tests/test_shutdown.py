"""When machines can be off: nights as evidence, weeks left out, clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from scipy.stats import beta

from azcost.optimise.shutdown import Activity, Answer, advise, bound, local_activity

MONDAY = date(2026, 9, 7)


def office(weeks: int, first: int = 8, last: int = 18) -> np.ndarray:
    """Busy on workdays from `first` until `last` o'clock; shape (days, 24)."""
    hours = np.zeros((weeks * 7, 24))
    for day in range(len(hours)):
        if day % 7 < 5:
            hours[day, first:last] = 1.0
    return hours


@pytest.mark.parametrize(("disturbed", "seen"), [(0, 16), (1, 16), (3, 20), (0, 4), (20, 20)])
def test_the_bound_is_the_quantile_of_jeffreys_posterior(disturbed: int, seen: int) -> None:
    expected = beta.ppf(0.9, 0.5 + disturbed, 0.5 + seen - disturbed)
    assert bound(disturbed, seen) == pytest.approx(expected, abs=5e-4)


def test_office_hours_give_nights_and_weekends() -> None:
    """Up from 7 (an hour before the first work at 8) until 19: 12 hours a night, 60 a weekend."""
    advice = advise(Activity(MONDAY, office(8)), 24)
    assert advice.answer is Answer.SCHEDULE
    assert [(one.kind, one.stop, one.start) for one in advice.rests] == [
        ("night", 19, 7),
        ("weekend", 19, 7),
    ]
    assert advice.hours_a_week == 4 * 12 + 60


@pytest.mark.parametrize(
    ("hours", "answer"),
    [
        (office(3), Answer.ASK),  # fewer than four weeks
        (np.zeros((56, 24)), Answer.DELETE),
        (np.ones((56, 24)), Answer.KEEP),
        (np.full((56, 24), np.nan), Answer.UNKNOWN),
    ],
)
def test_what_is_no_schedule(hours: np.ndarray, answer: Answer) -> None:
    assert advise(Activity(MONDAY, hours), 24).answer is answer


def test_a_machine_that_works_through_every_second_night_is_kept_on() -> None:
    hours = office(8)
    hours[::2, 22] = 1.0
    assert advise(Activity(MONDAY, hours), 24).answer is Answer.KEEP


def test_a_week_left_out_can_contradict() -> None:
    """Seven weeks end at 18, one at 21: chosen without that week, a stop at 19 breaks it."""
    hours = office(8)
    hours[14:19, 18:21] = 1.0
    advice = advise(Activity(MONDAY, hours), 24)
    night = advice.rests[0]
    assert (night.stop, night.disturbed, night.held_out) == (22, 0, pytest.approx(4 / 32))
    assert advice.answer is Answer.ASK


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_office_hours_stay_the_same_when_the_clock_changes(zone: str) -> None:
    """Eight weeks over the end of summer time: in UTC the hours move, here they do not."""
    from zoneinfo import ZoneInfo

    start = datetime(2026, 9, 28, tzinfo=UTC)
    times = [start.timestamp() + 3600 * n for n in range(8 * 168)]
    local = [datetime.fromtimestamp(one, ZoneInfo(zone)) for one in times]
    busy = np.array([float(one.weekday() < 5 and 8 <= one.hour < 18) for one in local])
    advice = advise(local_activity(busy, start, zone), 24)
    assert advice.answer is Answer.SCHEDULE
    assert {(one.stop, one.start) for one in advice.rests} == {(19, 7)}


def test_the_hour_that_a_clock_jumps_over_is_unknown_and_a_repeated_one_the_busier() -> None:
    spring = local_activity(np.zeros(24), datetime(2026, 3, 29, tzinfo=UTC), "Europe/Berlin")
    assert np.isnan(spring.hours[0, 2])
    busy = np.zeros(24)
    busy[0] = 1.0  # 00:00 UTC and 01:00 UTC are both 02:00 on the day that summer time ends
    autumn = local_activity(busy, datetime(2026, 10, 25, tzinfo=UTC), "Europe/Berlin")
    assert autumn.hours[0, 2] == 1.0
