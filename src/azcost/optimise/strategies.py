"""Ways to buy for a demand: the joint optimum, and the usual ways beside it."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import numpy as np

from azcost.optimise import newsvendor
from azcost.optimise.apply import (
    Applied,
    Floats,
    SavingsPlan,
    after_reservations,
    apply,
    take_plan,
)
from azcost.optimise.existing import Sunk
from azcost.optimise.flex_groups import RESERVED, SAVINGS, Demand
from azcost.optimise.integers import rounded
from azcost.optimise.newsvendor import Search
from azcost.optimise.problem import Mix, Problem
from azcost.pricing.rows import Purchase

# Azure lets three-year plans go before one-year plans.
PLAN_ORDER = (Purchase.SAVINGS_3Y, Purchase.SAVINGS_1Y)
# Savings plans are bought to a tenth of a cent per hour: 0.164 in Azure's own example.
CENTS_OF_PLAN = 3
HOURS_PER_DAY = 24
PAY_AS_YOU_GO = "pay-as-you-go"


class Terms(msgspec.Struct, frozen=True):
    """For how many years to reserve and to plan; None: not at all."""

    reserved: int | None
    savings: int | None

    def __str__(self) -> str:
        words = []
        if self.reserved:
            words.append(f"{self.reserved}-year reservations")
        if self.savings:
            words.append(f"{self.savings}-year savings plan")
        return " and ".join(words)


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """A demand with the existing commitments, the terms, and what these are for each group.

    A group without a price for the longer term is reserved for the shorter one.
    """

    demand: Demand
    sunk: Sunk
    terms: Terms
    reserves: tuple[Purchase | None, ...]
    plan: Purchase | None
    payg: Floats
    reserved: Floats
    savings: Floats


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """What to buy: units to reserve by group, shape (groups,), and money per hour of plan."""

    name: str
    terms: Terms
    reserves: tuple[Purchase | None, ...]
    plan: Purchase | None
    reserved: Floats
    commitment: float = 0.0

    @property
    def buys_nothing(self) -> bool:
        """Whether it is pay-as-you-go."""
        return not self.reserved.any() and self.commitment <= 0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an average hour costs, in parts, and how the commitments were used.

    `plan` is the new savings plan only; what was bought before is not counted.
    """

    reservations: float
    plan: float
    uncovered: float
    applied: Applied

    @property
    def cost(self) -> float:
        """The whole average hour, without what is sunk."""
        return self.reservations + self.plan + self.uncovered


def market(demand: Demand, sunk: Sunk, terms: Terms, allowed: frozenset[Purchase]) -> Market:
    """Find what is sold for each group, for these terms and purchases."""
    wished = [years for years in (terms.reserved, 1) if years]
    possible = [RESERVED[years] for years in wished] if terms.reserved else []
    reserves = tuple(
        next((p for p in possible if p in allowed and p in group.prices), None)
        for group in demand.groups
    )
    rates = [g.rates(p) for g, p in zip(demand.groups, reserves, strict=True)]
    plan = SAVINGS[terms.savings] if terms.savings else None
    return Market(
        demand=demand,
        sunk=sunk,
        terms=terms,
        reserves=reserves,
        plan=plan,
        payg=demand.rates(Purchase.PAY_AS_YOU_GO),
        reserved=np.array(rates, dtype=np.float64),
        savings=demand.rates(plan),
    )


def problem(market: Market, usage: Floats) -> Problem:
    """The problem that is left beside what was bought already."""
    sunk = market.sunk.plans
    return Problem(
        usage=after_reservations(usage, market.sunk.reserved),
        payg=market.payg,
        reserved=market.reserved,
        savings=market.savings,
        sunk=sunk.get(market.plan, 0.0) if market.plan else 0.0,
        others=tuple(
            SavingsPlan(market.demand.rates(other), sunk[other])
            for other in PLAN_ORDER
            if other != market.plan and sunk.get(other)
        ),
    )


def joint(market: Market, usage: Floats, name: str, tolerance: float) -> tuple[Strategy, Mix]:
    """The joint optimum for these hours of usage, in whole reservations, with its proof."""
    search = Search(problem(market, usage))
    mix = newsvendor.solve(search, tolerance)
    whole = rounded(search, mix)
    return strategy(market, name, whole.reserved, whole.commitment), whole


def strategy(market: Market, name: str, reserved: Floats, commitment: float) -> Strategy:
    """A mix, in what can be bought: whole machines, and a plan beside the existing one."""
    sunk = market.sunk.plans.get(market.plan, 0.0) if market.plan else 0.0
    return Strategy(
        name=name,
        terms=market.terms,
        reserves=market.reserves,
        plan=market.plan,
        reserved=np.rint(reserved),
        commitment=max(0.0, round(commitment - sunk, CENTS_OF_PLAN)),
    )


def usual_ways(market: Market, usage: Floats) -> list[Strategy]:
    """What one would buy without a joint optimum, from these hours; pay-as-you-go first.

    Azure takes the lower of what the last 3 and the last 30 days suggest for a savings
    plan, and says not to buy both of its recommendations at once.
    """
    search = Search(problem(market, usage))
    none = np.zeros(len(market.payg))
    alone = np.rint(newsvendor.reservations_alone(search))
    plan = search.best_plan(none)[0]
    lower = min(
        Search(problem(market, usage[:, -days * HOURS_PER_DAY :])).best_plan(none)[0]
        for days in (3, 30)
    )
    bought = {
        PAY_AS_YOU_GO: (none, 0.0),
        "reservations only": (alone, 0.0),
        "savings plan only": (none, plan),
        "savings plan only, lower of 3 and 30 days": (none, lower),
        "reservations, then savings plan": (alone, search.best_plan(alone)[0]),
        "both bought at once, each as if alone": (alone, plan),
    }
    return [strategy(market, name, *what) for name, what in bought.items()]


def outcome(strategy: Strategy, demand: Demand, sunk: Sunk) -> Outcome:
    """Apply a strategy and what was bought before to each hour, in Azure's order."""
    payg = demand.rates(Purchase.PAY_AS_YOU_GO)
    reserved = sunk.reserved + strategy.reserved
    applied = apply(demand.usage, payg, reserved, plans_of(strategy, demand, sunk))
    return Outcome(
        reservations=cost_of_reservations(strategy, demand),
        plan=strategy.commitment,
        uncovered=float(payg @ applied.uncovered) / applied.hours,
        applied=applied,
    )


def uncovered_by_hour(strategy: Strategy, demand: Demand, sunk: Sunk) -> Floats:
    """What a strategy leaves to pay as you go, in units, shape (groups, hours)."""
    payg = demand.rates(Purchase.PAY_AS_YOU_GO)
    left = after_reservations(demand.usage, sunk.reserved + strategy.reserved)
    for plan in plans_of(strategy, demand, sunk):
        left = np.maximum(left - take_plan(left, payg, plan)[0], 0.0)
    return left


def committed(strategy: Strategy, demand: Demand) -> float:
    """The money that a strategy commits, an hour."""
    return cost_of_reservations(strategy, demand) + strategy.commitment


def plans_of(strategy: Strategy, demand: Demand, sunk: Sunk) -> list[SavingsPlan]:
    """The new and the existing savings plans in the order in which they apply."""
    plans = []
    for purchase in PLAN_ORDER:
        new = strategy.commitment if purchase == strategy.plan else 0.0
        plans.append(SavingsPlan(demand.rates(purchase), sunk.plans.get(purchase, 0.0) + new))
    return plans


def cost_of_reservations(strategy: Strategy, demand: Demand) -> float:
    """What the reservations of a strategy cost an hour."""
    return sum(
        float(units) * group.rates(purchase)
        for units, group, purchase in zip(
            strategy.reserved, demand.groups, strategy.reserves, strict=True
        )
        if units > 0
    )


def commitment_of(strategy: Strategy) -> Decimal:
    """The savings plan's money per hour, exact."""
    return Decimal(str(round(strategy.commitment, CENTS_OF_PLAN)))
