"""One life of blobs, day by day in plain Python: what the array code must agree with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from azcost.optimise.lifecycle.optimum import Lives
from azcost.optimise.lifecycle.prices import Rates

Thresholds = tuple[int | None, int | None, int | None]


def random_rates(draw: np.random.Generator) -> Rates:
    """Prices that fall with the tier for keeping and rise for using, and short minimums."""
    return Rates(
        stored=np.sort(draw.uniform(0.1, 3.0, 4))[::-1],
        early=draw.uniform(0.0, 2.0, 4) * [0, 1, 1, 1],
        write=np.sort(draw.uniform(0.0, 4.0, 4)),
        read=np.sort(draw.uniform(0.0, 2.0, 4)),
        retrieved=np.sort(draw.uniform(0.0, 2.0, 4)) * [0, 1, 1, 1],
        written=draw.uniform(0.0, 0.3, 4),
        tag_day=draw.uniform(0.0, 0.1, 4),
        copy=np.array([0.0, 0.0, 0.0, draw.uniform(0, 1)]),
        minimum_days=np.array([0.0, 3.0, 6.0, 9.0]),
    )


def random_lives(draw: np.random.Generator, sets: int, days: int) -> Lives:
    """Sets of blobs of several ages, tiers and ends."""
    first = draw.integers(0, 6, sets)
    lasting = draw.integers(1, days + 1, sets)
    dies = draw.integers(0, 2, sets)
    last = np.where(dies == 1, first + lasting, first + days)
    tier = draw.choice([0, 0, 0, 1, 2], sets)
    known = draw.integers(0, 2, sets)
    reads = np.zeros((2, 4, int(last.max())))
    for m in range(sets):
        rate = draw.uniform(0, 1.5) / (1 + np.arange(first[m], last[m]))
        reads[:, tier[m], first[m] : last[m]] += rate * np.array([[2.0], [1.0]])
    return Lives(
        blobs=draw.uniform(0.1, 5, sets),
        gb=draw.uniform(0.1, 5, sets),
        tags=draw.uniform(0.0, 1, sets),
        first=first,
        last=last,
        dies=dies,
        tier=tier,
        entered=np.where(known == 1, first - draw.integers(0, 5, sets), -1e9),
        reads_blobs=reads[0],
        reads_gb=reads[1],
    )


def cost(lives: Lives, rates: Rates, thresholds: Thresholds) -> float:
    """What all sets cost when blobs move at these ages to Cool, Cold and Archive."""
    spent = 0.0
    reads_from = set()
    for m in range(len(lives.blobs)):
        spent += _one(lives, rates, thresholds, m)
        reads_from.add(int(lives.tier[m]))
    for origin in reads_from:  # reads are summed per tier of origin
        for age in range(lives.reads_blobs.shape[1]):
            tier = _due(thresholds, age, origin)
            each = rates.read[tier] + rates.copy[tier]
            spent += lives.reads_blobs[origin, age] * each
            spent += lives.reads_gb[origin, age] * rates.retrieved[tier]
    return spent


def _due(thresholds: Thresholds, age: int, tier: int) -> int:
    for colder, limit in enumerate(thresholds, start=1):
        if limit is not None and age >= limit:
            tier = max(tier, colder)
    return tier


def _one(lives: Lives, rates: Rates, thresholds: Thresholds, m: int) -> float:
    spent, tier, entered = 0.0, int(lives.tier[m]), float(lives.entered[m])
    for age in range(int(lives.first[m]), int(lives.last[m])):
        due = _due(thresholds, age, tier)
        if due != tier:
            spent += _early(rates, tier, age - entered) * lives.gb[m]
            spent += rates.write[due] * lives.blobs[m] + rates.written[due] * lives.gb[m]
            tier, entered = due, float(age)
        spent += rates.stored[tier] * lives.gb[m] + rates.tag_day[tier] * lives.tags[m]
    if lives.dies[m]:
        spent += _early(rates, tier, lives.last[m] - entered) * lives.gb[m]
    return spent


def _early(rates: Rates, tier: int, stayed: float) -> float:
    return max(0.0, float(rates.minimum_days[tier]) - stayed) * float(rates.early[tier])


def least(lives: Lives, rates: Rates, allowed: Sequence[int]) -> float:
    """The cheapest of all thresholds, tried one by one."""
    ages: list[Any] = [None, *range(int(lives.last.max()))]
    choices = [ages if tier in allowed else [None] for tier in (1, 2, 3)]
    return min(
        cost(lives, rates, thresholds)
        for thresholds in product(*choices)
        if (said := [limit for limit in thresholds if limit is not None]) == sorted(set(said))
    )
