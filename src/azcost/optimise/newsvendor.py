"""The best mix of reservations and one savings plan for given hours, with a proof.

A price-coordinated newsvendor. A price per hour, what one more unit of savings plan would
be worth in it, splits the problem into one newsvendor per group; their sum is a lower
bound on the cost of any mix (the Lagrangian dual of the linear programme). The mix that
they choose, with the savings plan that suits it exactly, is an upper bound and gives new
prices. Both bounds close in on the optimum; the gap that is left is certified.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from azcost.optimise import interior_point
from azcost.optimise.apply import Floats, after_reservations, order_of, take_plan
from azcost.optimise.problem import Mix, Problem

# Steps that bring no better mix before the search gives up on the tolerance.
_PATIENCE = 40
_MOST_STEPS = 400
# Where the interior point can finish, the search only starts; beside existing plans of other
# terms, whose order it cannot choose, further steps bring little.
_FIRST_STEPS = 25
_HALVINGS = 12
# Closer than this nobody can tell: a cent in a hundred thousand dollars.
EXACT = 1e-7
_NOT_SOLD = 2.0
# Groups x hours up to which the interior point takes about a second.
MOST_FOR_INTERIOR_POINT = 400_000


class Search:
    """What a problem needs sorted once: usage by size, groups by discount."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.hours = problem.usage.shape[1]
        # Whoever has no reservation or no plan needs no sorting, but the arrays stay whole.
        self._descending = np.argsort(-problem.usage, axis=1, kind="stable")
        self._sorted = np.take_along_axis(problem.usage, self._descending, axis=1)
        self._order = order_of(problem.payg, problem.savings)
        # A unit of plan is worth the most to the first group and nothing after the last.
        ratio = problem.payg[self._order] / problem.savings[self._order]
        self._worth = np.append(ratio, 0.0)
        # A price of a plan at which nobody would use it.
        self.too_dear = float(self._worth[0]) + 1.0

    def newsvendors(
        self, prices: Floats, others: Sequence[Floats] | None = None
    ) -> tuple[Floats, float]:
        """The best reservations at these hourly prices of a plan, and the lower bound.

        `prices` has shape (hours,) and must be at least 0 with a mean of at most 1; those
        of the existing `others`, one each, must be at least 0 only. Without them these are
        what they are worth at these prices where nothing is reserved.
        """
        problem = self.problem
        if others is None:
            others = self.worth_of_others(np.zeros(len(problem.payg)), prices)
        plans = [(problem.savings, prices)] if len(self._order) else []
        plans += [(p.rates, worth) for p, worth in zip(problem.others, others, strict=True)]
        chosen = np.zeros(len(problem.payg))
        total = -float(prices.mean()) * problem.sunk
        for plan, worth in zip(problem.others, others, strict=True):
            total -= float(np.mean(worth * plan.commitment))
        for group, (payg, reserved) in enumerate(zip(problem.payg, problem.reserved, strict=True)):
            usage = self._sorted[group]
            weights = np.full(self.hours, payg)
            for rates, worth in plans:
                if np.isfinite(rates[group]):
                    ranked = worth[self._descending[group]]
                    weights = np.minimum(weights, rates[group] * ranked)
            if not np.isfinite(reserved):
                total += float(weights @ usage) / self.hours
                continue
            # Reserve up to the level that is used for more, in weighted hours, than it costs.
            rank = int(np.searchsorted(np.cumsum(weights), reserved * self.hours))
            level = float(usage[rank]) if rank < self.hours else 0.0
            beyond = float(weights[:rank] @ usage[:rank]) - level * float(weights[:rank].sum())
            chosen[group] = level
            total += reserved * level + beyond / self.hours
        return chosen, float(total)

    def best_plan(self, reserved: Floats) -> tuple[float, float, Floats]:
        """The exact best savings plan beside these reservations.

        Gives the commitment, the cost of an average hour, and what one more unit of plan
        would be worth in each hour, shape (hours,).
        """
        left = after_reservations(self.problem.usage, reserved)
        for other in self.problem.others:
            left = np.maximum(left - take_plan(left, self.problem.payg, other)[0], 0.0)
        return self.plan_for(left, self._fixed(reserved))

    def worth_of_others(self, reserved: Floats, prices: Floats) -> list[Floats]:
        """What one more unit of each existing plan would be worth, shape (hours,) each.

        At its margin in each hour, where a new plan has these prices; nothing where it is
        not used up.
        """
        problem = self.problem
        left = after_reservations(problem.usage, reserved)
        found = []
        for other in problem.others:
            order = order_of(problem.payg, other.rates)
            money = np.cumsum(other.rates[order, None] * left[order], axis=0)
            margin = (money <= other.commitment).sum(axis=0)
            value = np.append(problem.payg[order], 0.0)[margin]
            rates = np.append(problem.savings[order], np.inf)[margin]
            covered = np.isfinite(rates)
            value[covered] = np.minimum(value[covered], rates[covered] * prices[covered])
            found.append(value / np.append(other.rates[order], 1.0)[margin])
            left = np.maximum(left - take_plan(left, problem.payg, other)[0], 0.0)
        return found

    def _fixed(self, reserved: Floats) -> float:
        """What the reservations cost an hour."""
        bought = reserved > 0
        return float(self.problem.reserved[bought] @ reserved[bought])

    def plan_for(self, left: Floats, fixed: float) -> tuple[float, float, Floats]:
        """`best_plan` for what reservations of a cost of `fixed` an hour leave."""
        payg, savings, sunk = self.problem.payg, self.problem.savings, self.problem.sunk
        uncovered = fixed + float(payg @ left.sum(axis=1)) / self.hours
        if len(self._order) == 0:
            return sunk, uncovered, np.zeros(self.hours)
        money = np.cumsum(savings[self._order, None] * left[self._order], axis=0)
        commitment = max(self._crossing(money), sunk)
        # Full groups, and a part of the one that the commitment ends in.
        ends = np.minimum(money, commitment)
        saved = float((self._worth[:-1] - self._worth[1:]) @ ends.sum(axis=1)) / self.hours
        below = self._worth[(money <= commitment).sum(axis=0)]
        above = self._worth[(money < commitment).sum(axis=0)]
        return commitment, uncovered + commitment - sunk - saved, _mixed(above, below)

    def _crossing(self, money: Floats) -> float:
        """The commitment beyond which one more unit is worth less than it costs.

        The mean worth falls from step to step; halving leaves few steps to be sorted.
        """
        low, high = 0.0, float(money[-1].max())
        if self._mean_worth(money, 0.0) <= 1.0:
            return 0.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self._mean_worth(money, middle) > 1.0:
                low = middle
            else:
                high = middle
        rows, hours = np.nonzero((money > low) & (money <= high))
        steps = money[rows, hours]
        drops = (self._worth[:-1] - self._worth[1:])[rows] / self.hours
        order = np.argsort(steps, kind="stable")
        worth = self._mean_worth(money, low) - np.cumsum(drops[order])
        first = int(np.argmax(worth <= 1.0 + 1e-12))
        return float(steps[order][first]) if worth[first] <= 1.0 + 1e-12 else high

    def _mean_worth(self, money: Floats, commitment: float) -> float:
        counts = np.count_nonzero(money <= commitment, axis=1)
        reached = np.concatenate(([self.hours], counts))
        members = reached - np.append(counts, 0)
        return float(self._worth @ members / self.hours)


def _mixed(above: Floats, below: Floats) -> Floats:
    """Prices of a mean of 1 between those just before and just after the commitment."""
    high, low = float(above.mean()), float(below.mean())
    if high <= 1.0 or high == low:
        return above / max(1.0, high)
    if low >= 1.0:
        return below / low
    share = (1.0 - low) / (high - low)
    mixed: Floats = share * above + (1.0 - share) * below
    return mixed


def solve(search: Search, tolerance: float) -> Mix:
    """The best mix found, with its bound.

    Starts at the usual way, reservations first and a plan for the rest, and stops when
    the certified gap is at most `tolerance` or steps do not help any more. Small problems
    are then solved to the end by the interior point.
    """
    alone = reservations_alone(search)
    best = with_plan(search, alone)
    prices = search.best_plan(alone)[2]
    others = search.worth_of_others(alone, prices)
    small, stale = _is_small(search.problem), 0
    short = small or search.problem.others
    for step in range(_FIRST_STEPS if short else _MOST_STEPS):
        chosen, bound = search.newsvendors(prices, others)
        commitment, cost, marginal = search.best_plan(chosen)
        better = Mix(reserved=chosen, commitment=commitment, cost=cost, bound=bound)
        stale = 0 if better.cost < best.cost or bound > best.bound else stale + 1
        best = best_of(best, better)
        if best.gap <= tolerance or stale > _PATIENCE:
            break
        share = 1.0 / (step + 2)
        prices = (1 - share) * prices + share * marginal
        worths = search.worth_of_others(chosen, marginal)
        others = [(1 - share) * old + share * new for old, new in zip(others, worths, strict=True)]
    if best.gap > tolerance and small:
        best = best_of(best, polished(search))
    return best


def _is_small(problem: Problem) -> bool:
    if problem.others:
        return False  # the interior point knows one plan
    covered = np.isfinite(problem.savings)
    return bool(problem.usage[covered].any()) and problem.usage.size <= MOST_FOR_INTERIOR_POINT


def best_of(one: Mix, other: Mix) -> Mix:
    """The cheaper mix, with the better bound of the two: both are of one problem."""
    cheaper = one if one.cost <= other.cost else other
    return msgspec.structs.replace(cheaper, bound=max(one.bound, other.bound))


def polished(search: Search) -> Mix:
    """What the interior point finds, priced and proven like any other mix.

    Only groups that a plan covers depend on one another. A reservation that is not sold
    takes part at a price at which nobody would buy it.
    """
    problem = search.problem
    covered = np.isfinite(problem.savings)
    payg, reserved = problem.payg[covered], problem.reserved[covered]
    part = Problem(
        usage=problem.usage[covered],
        payg=payg,
        reserved=np.where(np.isfinite(reserved), reserved, _NOT_SOLD * payg),
        savings=problem.savings[covered],
        sunk=problem.sunk,
    )
    alone = reservations_alone(search)
    best = with_plan(search, alone)
    for point in interior_point.points(part):
        chosen = alone.copy()
        chosen[covered] = np.where(np.isfinite(reserved), point.reserved, 0.0)
        found = with_plan(search, chosen)
        found = msgspec.structs.replace(found, bound=search.newsvendors(point.prices)[1])
        best = best_of(best, found)
        if best.gap <= EXACT:
            break
    return best


def reservations_alone(search: Search) -> Floats:
    """The best reservations if there were no savings plan, shape (groups,)."""
    return search.newsvendors(np.full(search.hours, search.too_dear))[0]


def with_plan(search: Search, reserved: Floats) -> Mix:
    """These reservations and the savings plan that suits them best."""
    commitment, cost, _ = search.best_plan(reserved)
    return Mix(reserved=reserved, commitment=commitment, cost=cost, bound=-np.inf)
