from __future__ import annotations

from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azcost.optimise import newsvendor
from azcost.optimise.apply import SavingsPlan, apply
from azcost.optimise.integers import rounded
from azcost.optimise.newsvendor import EXACT, Search
from azcost.optimise.problem import Problem
from lp import least_cost


def made_up(groups: int, hours: int, seed: int, *, sunk: float = 0.0) -> Problem:
    """Usage that follows the day and the week, with price ratios in the range of real ones."""
    random = np.random.default_rng(seed)
    hour = np.arange(hours)
    day = 1 + 0.6 * random.random((groups, 1)) * np.sin(2 * np.pi * hour / 24)
    week = np.where((hour // 24) % 7 < 5, 1, random.random((groups, 1)))
    noise = random.lognormal(0, 0.25, (groups, hours))
    usage = np.round(random.lognormal(1.5, 1, (groups, 1)) * day * week * noise, 2)
    payg = random.lognormal(-1, 1, groups)
    reserved = payg * random.uniform(0.37, 0.65, groups)
    savings = payg * random.uniform(0.55, 0.84, groups)
    if groups > 2:
        reserved[0] = savings[1] = np.inf
    return Problem(usage=usage, payg=payg, reserved=reserved, savings=savings, sunk=sunk)


@pytest.mark.parametrize(
    ("groups", "hours", "seed", "sunk"),
    [(1, 24, 0, 0), (2, 48, 1, 0), (3, 72, 2, 1), (5, 168, 3, 0), (8, 168, 4, 4), (12, 100, 5, 0)],
)
def test_the_optimum_is_that_of_the_linear_programme(
    groups: int, hours: int, seed: int, sunk: float
) -> None:
    problem = made_up(groups, hours, seed, sunk=sunk)
    mix = newsvendor.solve(Search(problem), EXACT)
    least = least_cost(problem)
    assert mix.cost == pytest.approx(least, rel=1e-6)
    assert mix.bound <= least * (1 + 1e-9)
    assert mix.gap <= 1e-6


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("is_sold", [True, False])
def test_the_bound_holds_beside_existing_plans_of_other_terms(seed: int, *, is_sold: bool) -> None:
    """No order in which the plans apply could cost less than the bound."""
    base = made_up(4, 72, seed)
    random = np.random.default_rng(seed)
    others = tuple(
        SavingsPlan(base.payg * random.uniform(0.5, 0.9, 4), float(base.payg.sum()) * share)
        for share in (0.5, 1.0)
    )
    savings = base.savings if is_sold else np.full(4, np.inf)
    problem = Problem(
        usage=base.usage, payg=base.payg, reserved=base.reserved, savings=savings, others=others
    )
    mix = newsvendor.solve(Search(problem), EXACT)
    least = least_cost(problem)
    assert mix.bound <= least * (1 + 1e-9)
    assert mix.cost >= least * (1 - 1e-9)


def test_without_the_interior_point_the_certified_gap_still_closes_and_never_lies() -> None:
    problem = made_up(10, 168, 7)
    search = Search(problem)
    least = least_cost(problem)
    prices = np.zeros(168)
    for _ in range(5):
        reserved, bound = search.newsvendors(prices)
        mix = newsvendor.with_plan(search, reserved)
        assert bound <= least * (1 + 1e-9) <= mix.cost * (1 + 2e-9)
        prices = search.best_plan(reserved)[2]


def test_one_group_reserves_the_quantile_of_its_usage() -> None:
    # Reserve unit n if more than c/p = 0.4 of the hours use it: of 1..10, six hours use 5.
    usage = np.arange(1.0, 11.0)[None, :]
    problem = Problem(
        usage=usage,
        payg=np.array([1.0]),
        reserved=np.array([0.55]),
        savings=np.array([np.inf]),
    )
    mix = newsvendor.solve(Search(problem), EXACT)
    assert mix.reserved.tolist() == [5.0]
    # 5 units at 0.55, and 1+2+3+4+5 unit-hours of ten hours as you go.
    assert mix.cost == pytest.approx(5 * 0.55 + 15 / 10)


def test_a_plan_alone_is_the_quantile_of_the_spend() -> None:
    # The share of hours that use the last unit must be at least s/p = 0.75: eight of ten use 3.
    problem = Problem(
        usage=np.arange(1.0, 11.0)[None, :],
        payg=np.array([2.0]),
        reserved=np.array([np.inf]),
        savings=np.array([1.5]),
    )
    mix = newsvendor.solve(Search(problem), EXACT)
    assert mix.commitment == pytest.approx(3 * 1.5)
    assert mix.cost == pytest.approx(4.5 + 2.0 * sum(range(1, 8)) / 10)


@given(
    usage=st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=2, max_size=2),
    shares=st.tuples(
        st.sampled_from([0.37, 0.5, 0.65]),
        st.sampled_from([0.4, 0.59]),
        st.sampled_from([0.55, 0.76]),
        st.sampled_from([0.62, 0.83]),
    ),
)
@settings(max_examples=60, deadline=None)
def test_whole_reservations_are_the_best_of_all_that_can_be_tried(
    usage: list[list[int]], shares: tuple[float, ...]
) -> None:
    payg = np.array([1.0, 3.0])
    problem = Problem(
        usage=np.array(usage, dtype=float),
        payg=payg,
        reserved=payg * shares[:2],
        savings=payg * shares[2:],
    )
    search = Search(problem)
    whole = rounded(search, newsvendor.solve(search, EXACT))
    tried = min(
        newsvendor.with_plan(search, np.array(units, dtype=float)).cost
        for units in product(range(4), repeat=2)
    )
    assert whole.cost == pytest.approx(tried, rel=1e-9, abs=1e-9)
    assert whole.bound <= tried + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_whole_reservations_of_many_machines_stay_close_to_the_bound(seed: int) -> None:
    problem = made_up(6, 168, seed)
    search = Search(problem)
    mix = newsvendor.solve(search, EXACT)
    whole = rounded(search, mix)
    assert np.array_equal(whole.reserved, np.rint(whole.reserved))
    assert mix.cost <= whole.cost * (1 + 1e-12)
    assert whole.cost <= newsvendor.with_plan(search, np.rint(mix.reserved)).cost
    assert whole.gap <= 0.01


def test_nothing_used_buys_nothing() -> None:
    problem = Problem(
        usage=np.zeros((2, 24)),
        payg=np.ones(2),
        reserved=np.full(2, 0.5),
        savings=np.full(2, 0.7),
    )
    mix = newsvendor.solve(Search(problem), EXACT)
    assert (mix.reserved.sum(), mix.commitment, mix.cost) == (0, 0, 0)


amounts = st.integers(0, 12).map(lambda n: Decimal(n) / 4)


@given(
    usage=st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=6),
    reserved=st.tuples(amounts, amounts, amounts),
    three_years=amounts,
    one_year=amounts,
)
@settings(max_examples=150, deadline=None)
def test_the_order_of_application_is_azures(
    usage: list[tuple[Decimal, ...]],
    reserved: tuple[Decimal, ...],
    three_years: Decimal,
    one_year: Decimal,
) -> None:
    """Against a literal reading of the rules, hour by hour in Decimal."""
    payg = [Decimal(1), Decimal(2), Decimal(4)]
    rates = [
        [Decimal("0.5"), Decimal("1.5"), Decimal("2.5")],
        [Decimal("0.8"), None, Decimal("3.2")],
    ]
    uncovered, spent = Decimal(0), [Decimal(0), Decimal(0)]
    for hour in usage:
        left = [max(used - held, Decimal(0)) for used, held in zip(hour, reserved, strict=True)]
        for plan, money in enumerate((three_years, one_year)):
            products = [g for g in range(3) if rates[plan][g] is not None]
            for group in sorted(products, key=lambda g: -payg[g] / rates[plan][g]):
                paid = min(money, left[group] * rates[plan][group])
                left[group] -= paid / rates[plan][group]
                money -= paid
                spent[plan] += paid
        uncovered += sum(p * units for p, units in zip(payg, left, strict=True))
    found = apply(
        np.array(usage, dtype=float).T,
        np.array(payg, dtype=float),
        np.array(reserved, dtype=float),
        [
            SavingsPlan(np.array([r or np.inf for r in rates[0]], dtype=float), float(three_years)),
            SavingsPlan(np.array([r or np.inf for r in rates[1]], dtype=float), float(one_year)),
        ],
    )
    assert float(np.array(payg, dtype=float) @ found.uncovered) == pytest.approx(float(uncovered))
    assert found.spent == pytest.approx([float(s) for s in spent])


def test_more_choices_than_a_float_can_count_are_not_tried() -> None:
    """400 groups of ten machines have 11^400 choices; what is too many is not said on stderr."""
    problem = Problem(
        usage=np.full((400, 2), 10.0),
        payg=np.ones(400),
        reserved=np.full(400, 0.4),
        savings=np.full(400, 0.6),
    )
    search = Search(problem)
    whole = rounded(search, newsvendor.solve(search, 0.002))
    assert whole.cost == pytest.approx(400 * 10 * 0.4)
