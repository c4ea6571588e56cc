"""The same problem as a linear programme for scipy's HiGHS: what the optimiser is held to."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from azcost.optimise.problem import Problem


def least_cost(problem: Problem) -> float:
    """The cost of an average hour.

    Variables: x reserved units, n new plan, per plan the units that it covers, and units
    as you go. Existing plans of other terms may be used in whatever order is best.
    """
    groups, hours = problem.usage.shape
    cells = groups * hours
    plans = [(problem.savings, problem.sunk)]
    plans += [(other.rates, float(other.commitment)) for other in problem.others]
    each = sp.identity(cells)
    reserves = sp.kron(sp.identity(groups), np.ones((hours, 1)))
    none = sp.csr_matrix((cells, 1))
    rows = [sp.hstack([-reserves, none, *[-each] * len(plans), -each])]
    limits = [-problem.usage.ravel()]
    for number, (rates, money) in enumerate(plans):
        spends = sp.kron(np.nan_to_num(rates, posinf=0)[None], sp.identity(hours))
        nothing = sp.csr_matrix((hours, cells))
        new = -np.ones((hours, 1)) if number == 0 else sp.csr_matrix((hours, 1))
        blocks = [spends if number == n else nothing for n in range(len(plans))]
        rows.append(sp.hstack([sp.csr_matrix((hours, groups)), new, *blocks, nothing]))
        limits.append(np.full(hours, money))
    cost = np.concatenate(
        [
            np.nan_to_num(problem.reserved, posinf=0),
            [1.0],
            np.zeros(cells * len(plans)),
            np.repeat(problem.payg, hours) / hours,
        ]
    )
    sold = [
        np.isfinite(problem.reserved),
        [bool(np.isfinite(problem.savings).any())],
        *[np.repeat(np.isfinite(rates), hours) for rates, _ in plans],
        np.full(cells, fill_value=True),
    ]
    found = linprog(
        cost,
        A_ub=sp.vstack(rows).tocsr(),
        b_ub=np.concatenate(limits),
        bounds=[(0, None if one else 0) for one in np.concatenate(sold)],
        method="highs",
    )
    assert found.status == 0, found.message
    return float(found.fun)
