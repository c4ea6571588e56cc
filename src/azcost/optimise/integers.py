"""Whole reservations: nobody sells half a machine."""

from __future__ import annotations

from itertools import product

import numpy as np

from azcost.optimise.apply import Floats
from azcost.optimise.newsvendor import Search, best_of, with_plan
from azcost.optimise.problem import Mix

# Combinations x groups x hours up to which all are tried.
_MOST_TRIED = 2_000_000
# Groups x groups x hours up to which every neighbour of a mix is tried.
_MOST_FOR_NEIGHBOURS = 30_000_000
_MOST_ROUNDS = 20


def rounded(search: Search, mix: Mix) -> Mix:
    """A mix of whole reservations near this one, with the savings plan solved again.

    Tries every combination of a handful of machines. Else it rounds, and then in small
    portfolios tries one unit more and one less of each group as long as that helps. The
    bound stays that of the fractional problem, so the gap says what whole numbers cost.
    """
    if everything := _every(search):
        return _keeping(mix, min(everything, key=lambda one: one.cost))
    best = _keeping(mix, with_plan(search, np.rint(mix.reserved)))
    down = np.floor(mix.reserved + 1e-6)
    best = best_of(best, _keeping(mix, with_plan(search, down)))
    groups, hours = search.problem.usage.shape
    if groups * groups * hours > _MOST_FOR_NEIGHBOURS:
        return best
    for _ in range(_MOST_ROUNDS):
        better = best
        for group in np.flatnonzero(np.isfinite(search.problem.reserved)):
            for step in (1.0, -1.0):
                near = _moved(better.reserved, int(group), step)
                if near is not None:
                    better = best_of(better, _keeping(mix, with_plan(search, near)))
        if better.cost >= best.cost:
            break
        best = better
    return best


def _every(search: Search) -> list[Mix]:
    """All mixes of up to as many machines as were ever in use; none where they are many."""
    problem = search.problem
    sold = np.isfinite(problem.reserved)
    most = np.where(sold, np.ceil(problem.usage.max(axis=1)), 0.0)
    # In logarithms: the choices of a few hundred groups are more than a float can count.
    if np.log1p(most).sum() + np.log(problem.usage.size) > np.log(_MOST_TRIED):
        return []
    choices = product(*(range(int(units) + 1) for units in most))
    return [with_plan(search, np.array(units, dtype=np.float64)) for units in choices]


def _keeping(mix: Mix, other: Mix) -> Mix:
    return best_of(
        other,
        Mix(reserved=other.reserved, commitment=other.commitment, cost=other.cost, bound=mix.bound),
    )


def _moved(reserved: Floats, group: int, step: float) -> Floats | None:
    if reserved[group] + step < 0:
        return None
    near = reserved.copy()
    near[group] += step
    return near
