"""The same problem as a linear programme for scipy's HiGHS: what the optimiser is held to."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from azcost.optimise.problem import Problem


def least_cost(problem: Problem) -> float:
    """The cost of an average hour; variables x, n, a (units by plan), r (units as you go)."""
    groups, hours = problem.usage.shape
    cells = groups * hours
    reserved_bounds = [(0, None if np.isfinite(c) else 0) for c in problem.reserved]
    covered = np.repeat(np.isfinite(problem.savings), hours)
    cost = np.concatenate(
        [
            np.nan_to_num(problem.reserved, posinf=0),
            [1.0],
            np.zeros(cells),
            np.repeat(problem.payg, hours) / hours,
        ]
    )
    each = sp.identity(cells)
    covers = sp.hstack(
        [
            -sp.kron(sp.identity(groups), np.ones((hours, 1))),
            sp.csr_matrix((cells, 1)),
            -each,
            -each,
        ]
    )
    rates = np.nan_to_num(problem.savings, posinf=0)
    spends = sp.hstack(
        [
            sp.csr_matrix((hours, groups)),
            -np.ones((hours, 1)),
            sp.kron(rates[None], sp.identity(hours)),
            sp.csr_matrix((hours, cells)),
        ]
    )
    found = linprog(
        cost,
        A_ub=sp.vstack([covers, spends]).tocsr(),
        b_ub=np.concatenate([-problem.usage.ravel(), np.full(hours, problem.sunk)]),
        bounds=[
            *reserved_bounds,
            (0, None),
            *[(0, None if c else 0) for c in covered],
            *[(0, None)] * cells,
        ],
        method="highs",
    )
    assert found.status == 0, found.message
    return float(found.fun)
