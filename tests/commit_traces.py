"""Real usage as a demand of groups: what the tests and the benchmark buy for.

Fixed before anything was run: jobs of the HPC trace are one series per class of duration,
nodes of the GPU trace are one; prices are recorded three-year ratios of four products,
dealt out by seed; the look-back is 60 days or all there is, the test the 30 days after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from azcost.optimise import newsvendor
from azcost.optimise.apply import SavingsPlan, apply
from azcost.optimise.integers import rounded
from azcost.optimise.newsvendor import EXACT, Search
from azcost.optimise.problem import Problem

Floats = NDArray[np.float64]
DAY = 24
LOOK_BACK = 60 * DAY
AHEAD = 30 * DAY
HOURS_OF_CLASSES = (0, 1, 4, 24, 10_000)
# Reservation and savings plan of three years as shares of pay-as-you-go, Poland Central,
# 2026-01: A100 (NC24ads v4), T4, Dsv5, ND96amsr A100.
PRICES = ((0.371, 0.617), (0.380, 0.553), (0.370, 0.550), (0.440, 0.519))
ORIGINS = {"hpc": (60, 75, 90), "gpu": (30, 37, 43)}
# All that leave a month before and a month after on the HPC trace, a fortnight apart.
ALL_ORIGINS = (30, 45, 60, 75, 90)


def hpc(shared: Path) -> Floats:
    """Running jobs by class of duration, on average over each hour: (4, hours)."""
    file = shared / "traces/hpc/surf_halfyear_tasks.parquet"
    with duckdb.connect(":memory:") as connection:
        found = connection.execute(
            f"SELECT submission_time / 3.6e6 AS start, duration / 3.6e6 AS length FROM '{file}'"
        ).fetchnumpy()
    start, length = np.asarray(found["start"]), np.asarray(found["length"])
    start = start - np.floor(start.min())
    hours = int(start.max())
    rows = []
    for low, high in pairwise(HOURS_OF_CLASSES):
        chosen = (length >= low) & (length < high)
        rows.append(_running(start[chosen], start[chosen] + length[chosen], hours))
    return np.array(rows)


def _running(begins: Floats, ends: Floats, hours: int) -> Floats:
    """The integral of running jobs over each hour, from the integral up to each edge."""
    edges = np.arange(hours + 1.0)

    def worked(times: Floats) -> Floats:
        ordered = np.sort(times)
        sums = np.concatenate(([0.0], np.cumsum(ordered)))
        before = np.searchsorted(ordered, edges)
        return edges * before - sums[before]

    return np.diff(worked(begins) - worked(ends))


def gpu(shared: Path) -> Floats:
    """Active nodes, on average over each hour: (1, hours)."""
    file = shared / "traces/gpu/philly_node_sequence.csv"
    with duckdb.connect(":memory:") as connection:
        rows = connection.execute(
            "SELECT avg(active) FROM read_csv(?) GROUP BY date_trunc('hour', time) "
            "ORDER BY date_trunc('hour', time)",
            [str(file)],
        ).fetchall()
    return np.array([[row[0] for row in rows]])


def priced(usage: Floats, seed: int) -> Problem:
    """Pay-as-you-go is 1 for every group; the products' ratios are dealt out by seed."""
    dealt = np.random.default_rng(seed).permutation(len(PRICES))[: len(usage)]
    reserved, savings = np.array(PRICES)[dealt].T
    return Problem(usage=usage, payg=np.ones(len(usage)), reserved=reserved, savings=savings)


def windows(
    usage: Floats, origins: tuple[int, ...], look_back: int
) -> Iterator[tuple[Floats, Floats]]:
    """Yield what was known and what came, at each origin in days; the look-back in hours."""
    for day in origins:
        at = day * DAY
        yield usage[:, max(0, at - look_back) : at], usage[:, at : at + AHEAD]


def shares(
    usage: Floats, seed: int, origins: tuple[int, ...], look_back: int = LOOK_BACK
) -> dict[str, list[float]]:
    """The share of the saving of hindsight that each way got, by origin."""
    found: dict[str, list[float]] = {}
    for known, came in windows(usage, origins, look_back):
        after = Search(priced(came, seed))
        payg = float(after.problem.payg @ came.mean(axis=1))
        best = newsvendor.solve(after, EXACT).cost
        for name, (reserved, commitment) in _ways(priced(known, seed)).items():
            saved = payg - cost(after, reserved, commitment)
            found.setdefault(name, []).append(saved / (payg - best))
    return found


def _ways(problem: Problem) -> dict[str, tuple[Floats, float]]:
    search = Search(problem)
    joint = rounded(search, newsvendor.solve(search, EXACT))
    alone = np.rint(newsvendor.reservations_alone(search))
    none = np.zeros(len(problem.payg))
    lower = min(Search(priced_like(problem, days)).best_plan(none)[0] for days in (3, 30))
    return {
        "joint": (joint.reserved, joint.commitment),
        "reservations, then plan": (alone, search.best_plan(alone)[0]),
        "reservations only": (alone, 0.0),
        "plan only, lower of 3 and 30 days": (none, lower),
    }


def priced_like(problem: Problem, days: int) -> Problem:
    """The same prices on the last days."""
    return Problem(
        usage=problem.usage[:, -days * DAY :],
        payg=problem.payg,
        reserved=problem.reserved,
        savings=problem.savings,
    )


def cost(after: Search, reserved: Floats, commitment: float) -> float:
    """What came, under a portfolio that was bought before, in Azure's order."""
    problem = after.problem
    plan = SavingsPlan(problem.savings, commitment)
    applied = apply(problem.usage, problem.payg, reserved, [plan])
    uncovered = float(problem.payg @ applied.uncovered) / applied.hours
    return uncovered + commitment + float(problem.reserved @ reserved)
