"""What a strategy saves when the future is not the past: scenarios over its term.

The hours of a scenario are whole weeks drawn from the history, one per quarter of a year.
The level of each group drifts (lognormal, mean 1, so no growth is assumed) and may die.
Drift and death are assumptions that nobody fitted: the user may state others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.optimise.apply import Floats, SavingsPlan, after_reservations, take_plan
from azcost.optimise.existing import Sunk
from azcost.optimise.flex_groups import Demand
from azcost.optimise.strategies import PLAN_ORDER, Strategy, outcome
from azcost.pricing.rows import Purchase

_WEEK = 168
_DAY = 24
_QUARTERS = 4
_ONE_YEAR = (Purchase.RESERVED_1Y, Purchase.SAVINGS_1Y)
TAIL = 0.1
_FEWEST = 100
_FEWEST_HOURS = 100
# Enough that the mean of the worst tenth is one of twenty figures.
SCENARIOS = 200


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What is assumed of the future.

    `drift` is the standard deviation of the logarithm of a group's level after a year,
    `death` the chance that it stops within a year.
    """

    years: int
    drift: float
    death: float
    scenarios: int
    seed: int


class Future(msgspec.Struct, frozen=True):
    """One scenario: usage, shape (groups, hours), and levels at the start of each year.

    `levels` has shape (years, groups), against today's 1; `year` is the year of each hour.
    """

    usage: Floats
    levels: Floats
    year: NDArray[np.intp]


class Risk(msgspec.Struct, frozen=True):
    """Savings against pay-as-you-go of an average hour, one per scenario, sorted."""

    savings: Floats

    @property
    def mean(self) -> float:
        """The expected saving an hour."""
        return float(self.savings.mean())

    @property
    def worst(self) -> float:
        """The mean saving of the worst tenth of the scenarios."""
        return float(self.savings[: max(1, round(TAIL * len(self.savings)))].mean())

    @property
    def chance_of_loss(self) -> float:
        """The share of scenarios in which pay-as-you-go would have been cheaper."""
        return float((self.savings < 0).mean())

    @property
    def balance(self) -> float:
        """Half expected, half worst tenth: what strategies are compared by."""
        return (self.mean + self.worst) / 2


def futures(demand: Demand, outlook: Outlook) -> Iterator[Future]:
    """Yield the scenarios of an outlook; the same seed gives the same."""
    random = np.random.default_rng(outlook.seed)
    blocks = _blocks(demand.usage)
    quarters = outlook.years * _QUARTERS
    step = outlook.drift / np.sqrt(_QUARTERS)
    groups = len(demand.groups)
    for _ in range(outlook.scenarios):
        moves = random.normal(-(step**2) / 2, step, (quarters, groups))
        level = np.exp(np.cumsum(moves, axis=0))
        hazard = -np.log1p(-outlook.death) if outlook.death > 0 else 0.0
        ends = random.exponential(1.0, groups) / hazard if hazard else np.full(groups, np.inf)
        alive = ends[None, :] > (np.arange(quarters)[:, None] + 0.5) / _QUARTERS
        level = level * alive
        drawn = random.integers(0, len(blocks), quarters)
        usage = np.concatenate(
            [blocks[block] * level[q][:, None] for q, block in enumerate(drawn)], axis=1
        )
        # A renewal looks at the level of the quarter before it.
        before = np.vstack([np.ones(groups), level[_QUARTERS - 1 :: _QUARTERS]])
        length = usage.shape[1] // outlook.years
        year = np.repeat(np.arange(outlook.years), length)
        yield Future(usage, before[: outlook.years], year)


def _blocks(usage: Floats) -> list[Floats]:
    """The whole weeks of the history, the last ones if some hours are left over.

    A history of less than two weeks is cut into days, one of less than two days not at all.
    """
    hours = usage.shape[1]
    size = _WEEK if hours >= 2 * _WEEK else _DAY if hours >= 2 * _DAY else hours
    starts = range(hours % size, hours, size)
    blocks = [usage[:, start : start + size] for start in starts]
    # Days become weeks again, so that every quarter has as many hours.
    return [np.tile(block, -(-_WEEK // size))[:, :_WEEK] for block in blocks]


def risks(
    strategies: Sequence[Strategy], demand: Demand, sunk: Sunk, outlook: Outlook
) -> list[Floats]:
    """The savings of each strategy, an average hour, by scenario: shape (scenarios,) each."""
    payg = demand.rates(Purchase.PAY_AS_YOU_GO)
    found: list[list[float]] = [[] for _ in strategies]
    for future in futures(demand, outlook):
        nothing = _left(future.usage, payg, sunk.reserved, demand, sunk.plans)
        for savings, strategy in zip(found, strategies, strict=True):
            savings.append(nothing - _cost(strategy, future, demand, sunk, payg))
    return [np.array(savings, dtype=np.float64) for savings in found]


def _cost(strategy: Strategy, future: Future, demand: Demand, sunk: Sunk, payg: Floats) -> float:
    """An average hour of a scenario, where one-year commitments are renewed to fit.

    A renewal is scaled to the level of that day: of the group, or of all for a plan.
    """
    yearly = np.array([purchase in _ONE_YEAR for purchase in strategy.reserves])
    factors = np.where(yearly[None, :], future.levels, 1.0)
    units = strategy.reserved[None, :] * factors
    rates = [g.rates(p) for g, p in zip(demand.groups, strategy.reserves, strict=True)]
    priced = np.where(strategy.reserved > 0, rates, 0.0)
    plan = np.full(len(future.levels), strategy.commitment)
    if strategy.plan in _ONE_YEAR:
        weight = payg * demand.usage.mean(axis=1)
        plan = plan * (future.levels @ weight) / max(float(weight.sum()), 1e-12)
    plans: dict[Purchase, float | Floats] = dict(sunk.plans)
    if strategy.plan is not None:
        plans[strategy.plan] = sunk.plans.get(strategy.plan, 0.0) + plan[future.year]
    reserved = sunk.reserved[:, None] + units[future.year].T
    left = _left(future.usage, payg, reserved, demand, plans)
    return left + float((units @ priced).mean()) + float(plan.mean())


def _left(
    usage: Floats,
    payg: Floats,
    reserved: Floats,
    demand: Demand,
    plans: dict[Purchase, float | Floats] | dict[Purchase, float],
) -> float:
    """What is left to pay as you go, an average hour."""
    left = after_reservations(usage, reserved)
    for purchase in PLAN_ORDER:
        if purchase in plans:
            plan = SavingsPlan(demand.rates(purchase), plans[purchase])
            left = np.maximum(left - take_plan(left, payg, plan)[0], 0.0)
    return float(payg @ left.sum(axis=1) / usage.shape[1])


def training(demand: Demand, outlook: Outlook, cells: int) -> list[Floats]:
    """Hours of many scenarios, about `cells` groups x hours in all.

    Drawn apart from the scenarios that strategies are judged by. Of many groups only some
    hours of each scenario are kept, drawn by chance.
    """
    hours = outlook.years * _QUARTERS * _WEEK
    count = max(_FEWEST, min(outlook.scenarios, cells // (hours * len(demand.groups))))
    drawn = msgspec.structs.replace(outlook, scenarios=count, seed=outlook.seed + 1)
    kept = min(hours, max(_FEWEST_HOURS, cells // (count * len(demand.groups))))
    random = np.random.default_rng(drawn.seed)
    return [
        future.usage[:, np.sort(random.choice(hours, kept, replace=False))]
        for future in futures(demand, drawn)
    ]


def worst_first(
    scenarios: Sequence[Floats], strategy: Strategy, demand: Demand, sunk: Sunk
) -> list[Floats]:
    """The same scenarios, those first in which the strategy saves least."""
    payg = demand.rates(Purchase.PAY_AS_YOU_GO)

    def saving(usage: Floats) -> float:
        there = Demand(demand.groups, usage)
        nothing = _left(usage, payg, sunk.reserved, demand, sunk.plans)
        return nothing - outcome(strategy, there, sunk).cost

    return sorted(scenarios, key=saving)
