"""The amount that is proposed, the costs that a budget counts, and when it would have told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azcost.actions.budget import Condition, Threshold
from azcost.actions.budget_costs import narrowed
from azcost.actions.proposal import from_spending
from azcost.actions.replay import replay
from azcost.actions.scope import scope_of
from azcost.errors import AzcostError
from azcost.spending import Spending
from budget_store import SUBSCRIPTION

FIRST = date(2026, 8, 1)


def spending(daily: np.ndarray, **labels: Any) -> Spending:
    rows = np.atleast_2d(daily)
    count = len(rows)
    return Spending(
        FIRST, "EUR",
        labels.get("paths", (("Storage", "ml", "a"),) * count),
        ("m",) * count,
        labels.get("tags", ({},) * count),
        (False,) * count, rows, np.zeros_like(rows),
    )  # fmt: skip


def test_of_costs_that_are_certain_the_longest_month_is_proposed_rounded_up() -> None:
    """100 a day in 31 days are 3,100, in 92 days 9,200, in 366 days 36,600: up to 37,000."""
    certain = spending(np.full(800, 100.0))
    for grain, exact, up in (
        ("Monthly", 3100, 3100), ("Quarterly", 9200, 9200), ("Annually", 36600, 37000),
    ):  # fmt: skip
        found = from_spending(certain, grain)
        assert float(found.exact) == pytest.approx(exact, rel=1e-3)
        assert float(found.amount) == pytest.approx(up, rel=0.033)
        assert found.amount >= found.exact


def test_eight_of_ten_months_stay_below_what_is_proposed() -> None:
    """Of 300 random years, the month that followed."""
    random = np.random.default_rng(7)
    inside = 0
    for _ in range(300):
        daily = 100 * np.exp(random.normal(0, 0.4, 400))
        found = from_spending(spending(daily[:365]), "Monthly")
        inside += daily[365:396].sum() <= float(found.exact)
    assert 0.7 <= inside / 300 <= 0.9


def test_credits_propose_nothing() -> None:
    daily = np.tile([3.0, -5.0], 60)
    with pytest.raises(AzcostError, match=r"The last 31 days cost -35.00: give --amount"):
        from_spending(spending(daily), "Monthly")


def test_too_little_history_proposes_nothing() -> None:
    with pytest.raises(AzcostError, match="too few"):
        from_spending(spending(np.full(30, 100.0)), "Monthly")


def test_a_budget_counts_its_part_only() -> None:
    paths = (("Storage", "ml", "a"), ("Storage", "web", "b"), ("Virtual Machines", "ml", "c"))
    tags = ({"team": "x"}, {}, {"team": "y"})
    whole = spending(np.array([[1.0] * 20, [2.0] * 20, [4.0] * 20]), paths=paths, tags=tags)
    group = scope_of(f"subscriptions/{SUBSCRIPTION}/resourceGroups/ML")
    assert narrowed(whole, group, ()).total()[0] == 5
    only = Condition("dimensions", "ServiceName", ("storage",))
    assert narrowed(whole, None, (only,)).total()[0] == 3
    assert narrowed(whole, group, (only,)).total()[0] == 1
    assert narrowed(whole, None, (Condition("tags", "team", ("x", "y")),)).total()[0] == 5
    with pytest.raises(AzcostError, match="There are: Storage, Virtual Machines"):
        narrowed(whole, None, (Condition("dimensions", "ServiceName", ("Redis",)),))


def test_thresholds_fire_on_the_day_that_the_sum_passes_them() -> None:
    """100 a day from 1 August: 1,500 are passed (not reached) on the 16th, 3,000 on the 31st.

    From the 15th on the forecast knows two weeks: 100 a day make 3,100, over 3,000.
    """
    found = replay(
        spending(np.full(61 + 10, 100.0)),
        Decimal(3000),
        (
            Threshold("Actual", Decimal(50)),
            Threshold("Actual", Decimal(50), "GreaterThanOrEqualTo"),
            Threshold("Actual", Decimal(100)),
            Threshold("Forecasted", Decimal(100)),
            Threshold("Forecasted", Decimal(110)),
        ),
    )
    assert [month.first_day.month for month in found] == [8, 9, 10]
    assert [month.is_whole for month in found] == [True, True, False]
    assert [month.total for month in found] == [3100, 3000, 1000]
    august, september, october = (month.fired for month in found)
    assert august == (
        date(2026, 8, 16), date(2026, 8, 15), date(2026, 8, 31), date(2026, 8, 14), None,
    )  # fmt: skip
    assert september[:3] == (date(2026, 9, 16), date(2026, 9, 15), None)
    assert october[3] == date(2026, 10, 1)


@given(st.lists(st.floats(1, 1000), min_size=20, max_size=100), st.integers(1, 200))
def test_a_higher_threshold_never_fires_earlier(daily: list[float], percent: int) -> None:
    pair = [Threshold("Actual", Decimal(percent)), Threshold("Actual", Decimal(percent + 10))]
    for month in replay(spending(np.array(daily)), Decimal(5000), pair):
        lower, higher = month.fired
        assert higher is None or (lower is not None and lower <= higher)
