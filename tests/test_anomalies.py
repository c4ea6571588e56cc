"""Anomalies: what is planted is found where it is, quiet bills stay quiet, causes add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bills
from azcost.optimise.anomalies import Leaves, anomalies
from azcost.optimise.causes import Meters, change

KINDS: tuple[bills.Planted, ...] = ("spike", "level up", "dip", "level down")
WEEKS = np.tile([100.0, 110.0, 105.0, 108.0, 102.0, 50.0, 40.0], 20)


def test_quiet_bills_give_at_most_one_alarm_a_month() -> None:
    alarms = sum(len(anomalies(bills.quiet(seed))) for seed in range(12))
    assert alarms / 12 / ((bills.DAYS - 28) / 30) <= 1


def test_what_is_planted_is_found_at_its_resource_and_little_else() -> None:
    hits = extra = 0
    for seed in range(24):
        bill, where, day = bills.planted(seed, KINDS[seed % 4])
        found = anomalies(bill)
        right = [one for one in found if one.of == where and abs(one.first - day) <= 1]
        hits += bool(right)
        extra += len(found) - len(right)
    assert hits >= 22
    assert hits / (hits + extra) >= 0.85


def one(series: np.ndarray, floor: float = 0.0) -> list[tuple[tuple[str, ...], int, int, str]]:
    found = anomalies(Leaves([("s", "g", "r")], series[None, :]), floor)
    return [(a.of, a.first, a.last, a.kind) for a in found]


@pytest.mark.parametrize(
    ("days", "factor", "kind"),
    [
        (slice(80, 81), 2.0, "spike"),
        (slice(80, 82), 0.2, "dip"),
        (slice(80, 140), 1.6, "level up"),
        (slice(80, 140), 0.4, "level down"),
        (slice(137, 140), 2.0, "spike"),  # three days and no end: too early to call a level
    ],
)
def test_kinds(days: slice, factor: float, kind: str) -> None:
    series = WEEKS.copy()
    series[days] *= factor
    found = one(series)
    assert [(of, first, last_kind) for of, first, _, last_kind in found] == [
        (("s", "g", "r"), days.start, kind)
    ]


def test_a_weekend_is_no_dip_and_a_small_thing_no_news() -> None:
    assert one(WEEKS) == []
    series = WEEKS.copy()
    series[80] += 60
    assert one(series, floor=70.0) == []
    assert len(one(series, floor=50.0)) == 1


def test_jobs_with_a_rhythm_of_the_week_are_quiet() -> None:
    """Workdays only, three times a week, Sundays only, mostly Wednesdays: no news."""
    alarms = sum(len(anomalies(bills.rhythmic(seed))) for seed in range(8))
    assert alarms / 8 / ((bills.DAYS - 28) / 30) <= 1


@pytest.mark.parametrize(
    ("week", "day", "amount"),
    [
        ((10.0, 10.0, 10.0, 10.0, 10.0, 0.0, 0.0), 82, 10.0),  # a Saturday that works
        ((0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0), 83, 100.0),  # a Sunday that works twice
        ((0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0), 81, 50.0),  # the job, on another day
    ],
)
def test_what_breaks_a_rhythm_is_news(week: tuple[float, ...], day: int, amount: float) -> None:
    series = np.tile(week, 20)
    assert one(series) == []
    series[day] = amount
    assert [(first, kind) for _, first, _, kind in one(series)] == [(day, "spike")]


def test_a_job_without_a_rhythm_is_news_three_times() -> None:
    series = np.full(140, 10.0)
    days = [32, 41, 45, 52, 60, 71, 75, 90, 99, 110, 121]
    series[days] += 8
    assert [first for _, first, _, _ in one(series)] == days[:3]
    series[130] += 20  # and more than that is news again
    assert [first for _, first, _, _ in one(series)] == [130, *days[:3]]


def test_a_fee_of_every_month_is_news_twice() -> None:
    """On the first of March to July, from 1 January on."""
    series = np.full(200, 10.0)
    first = [59, 90, 120, 151, 181]
    series[first] += 200
    assert [when for _, when, _, _ in one(series)] == first[:2]


def test_what_happens_everywhere_is_told_of_the_whole() -> None:
    cost = np.array([WEEKS * share for share in (1.0, 1.1, 0.9, 1.2)])
    cost[:, 100] *= 1.8
    paths = [("a", "g", "1"), ("a", "g", "2"), ("b", "g", "3"), ("c", "g", "4")]
    assert [(a.of, a.first) for a in anomalies(Leaves(paths, cost))] == [((), 100)]


def test_a_short_history_says_nothing() -> None:
    assert one(WEEKS[:20]) == []


# Two windows of one day each: quantities and prices by hand.
@pytest.mark.parametrize(
    ("quantity", "cost", "expected"),
    [
        ([10, 15], [20, 30], {"usage": 10}),  # 5 more at 2
        ([10, 10], [20, 25], {"price": 5}),
        ([10, 20], [20, 60], {"usage": 20, "price": 20}),  # 10 x 2, then 1 more on 20
        ([0, 5], [0, 50], {"new": 50}),
        ([5, 0], [50, 0], {"gone": -50}),
        ([0, 0], [50, 80], {"usage": 30}),  # no quantities: no price to compare
    ],
)
def test_causes_of_one_meter(
    quantity: list[float], cost: list[float], expected: dict[str, float]
) -> None:
    meters = Meters([("r", "m")], [False], np.array([cost], float), np.array([quantity], float))
    found = change(meters, slice(0, 1), slice(1, 2))
    named = ("usage", "price", "new", "gone", "benefit")
    assert {name: getattr(found, name) for name in named if getattr(found, name)} == expected


def test_a_lost_reservation_is_no_price_rise() -> None:
    """Ten hours at 0.6 under a reservation, then five of them at 1.0 on demand."""
    meters = Meters(
        [("r", "m"), ("r", "m")],
        [True, False],
        np.array([[6.0, 3.0], [0.0, 5.0]]),
        np.array([[10.0, 5.0], [0.0, 5.0]]),
    )
    found = change(meters, slice(0, 1), slice(1, 2))
    assert found.total == pytest.approx(2.0)
    assert (found.benefit, found.usage) == (pytest.approx(2.0), 0.0)


AMOUNTS = st.lists(st.just(0.0) | st.floats(1e-3, 1e6), min_size=8, max_size=8)


@given(AMOUNTS, AMOUNTS)
def test_causes_add_up_to_the_change(cost: list[float], quantity: list[float]) -> None:
    meters = Meters(
        [("a", "1"), ("a", "1"), ("a", "2"), ("b", "1")],
        [True, False, False, False],
        np.array(cost).reshape(4, 2),
        np.array(quantity).reshape(4, 2),
    )
    found = change(meters, slice(0, 1), slice(1, 2))
    expected = sum(cost[1::2]) - sum(cost[0::2])
    size = sum(abs(amount) for amount in found.parts().values())
    assert found.total == pytest.approx(expected, abs=1e-9 * (1 + size))
