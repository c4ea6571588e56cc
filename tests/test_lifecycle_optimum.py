"""The optimum is the cheapest of all schedules, tried one by one in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

import brute_lifecycle as brute
from azcost.meters.cohorts import TIERS
from azcost.optimise.lifecycle.optimum import MOST_AGES, cheapest


@pytest.mark.parametrize("seed", range(200))
def test_the_optimum_is_the_cheapest_of_all_schedules(seed: int) -> None:
    draw = np.random.default_rng(seed)
    lives = brute.random_lives(draw, sets=int(draw.integers(1, 5)), days=int(draw.integers(3, 11)))
    rates = brute.random_rates(draw)
    barred = draw.choice([0, 0, 2, 3])
    allowed = [code for code in (1, 2, 3) if code != barred or code in lives.tier]
    found = dict(
        cheapest(lives, rates, ["Hot", *(TIERS[code] for code in allowed)], MOST_AGES).moves
    )
    cool, cold, archive = (found.get(tier) for tier in TIERS[1:])
    spent = brute.cost(lives, rates, (cool, cold, archive))
    assert spent == pytest.approx(brute.least(lives, rates, allowed), rel=1e-9)
