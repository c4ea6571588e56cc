"""The policy for a deadline: against brute force, adversaries, and recorded availability."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spot_traces
from azcost.optimise import availability, deadline
from azcost.optimise.availability import Chain
from azcost.optimise.deadline import ON_DEMAND, SPOT, WAIT, Race

SMALL = Race(
    work=12, slots=6, slot=4, restart=1, checkpoint=1, loss=2,
    spot_price=0.3, on_demand_price=1.0, storage=0.02,
)  # fmt: skip
MEMORYLESS = Chain(slot_hours=1, ages=(1,), flips=np.array([[0.5], [0.3]]))
AGED = Chain(slot_hours=1, ages=(1, 2, 4), flips=np.array([[0.5, 0.3, 0.1], [0.4, 0.2, 0.1]]))


def brute_force(race: Race, chain: Chain) -> float:
    """The least expected cost by recursion over the work left, slot by slot."""
    moves = chain.transitions()
    buckets = len(chain.ages)

    @cache
    def value(left: int, mode: int, phase: int, work: int) -> float:
        if mode == SPOT and phase < buckets:
            return float(np.mean([value(left, WAIT, phase, work + lost)
                                  for lost in range(race.loss + 1)]))  # fmt: skip
        time = left * race.slot
        costs = []
        for action in (WAIT, SPOT, ON_DEMAND):
            leaving = race.checkpoint if mode not in (WAIT, action) else 0
            starting = race.restart if action not in (WAIT, mode) else 0
            owed = work + leaving + starting
            worst = owed + race.restart + (race.loss if action == SPOT else 0)
            if action == WAIT and time - race.slot < worst:
                continue
            if action == SPOT and (phase < buckets or time < worst):
                continue
            price = {WAIT: 0.0, SPOT: race.spot_price, ON_DEMAND: race.on_demand_price}[action]
            ran = 0 if action == WAIT else min(owed, race.slot)
            after = owed - ran
            used = race.slot if action == WAIT else ran
            cost = price * ran + race.storage * used
            if after > 0:
                cost += sum(
                    moves[phase, following] * value(left - 1, action, following, after)
                    for following in range(chain.phases)
                    if moves[phase, following]
                )
            costs.append(cost)
        return min(costs)

    start = chain.stationary()
    return float(sum(start[p] * value(race.slots, WAIT, p, race.work) for p in range(chain.phases)))


@pytest.mark.parametrize("chain", [MEMORYLESS, AGED], ids=["memoryless", "aged"])
@pytest.mark.parametrize(("work", "restart"), [(3, 1), (12, 1), (17, 1), (22, 1), (11, 6)])
def test_the_cost_is_that_of_brute_force(chain: Chain, work: int, restart: int) -> None:
    race = msgspec.structs.replace(SMALL, work=work, restart=restart)
    assert deadline.solve(race, chain).cost == pytest.approx(brute_force(race, chain), rel=1e-12)


@pytest.mark.parametrize("chain", [MEMORYLESS, AGED], ids=["memoryless", "aged"])
def test_following_the_policy_costs_what_it_says(chain: Chain) -> None:
    race = Race(
        work=200, slots=40, slot=8, restart=2, checkpoint=1, loss=5,
        spot_price=0.3, on_demand_price=1.0, storage=0.01,
    )  # fmt: skip
    policy = deadline.solve(race, chain)
    rng = np.random.default_rng(3)
    outcomes = deadline.replay(policy, chain.sample(40_000, race.slots, rng), rng)
    assert outcomes.costs.mean() == pytest.approx(policy.cost, rel=0.005)
    assert not outcomes.late.any()


@given(
    seed=st.integers(0, 10**6),
    slack=st.integers(1, 60),
    share=st.floats(0, 1),
    loss=st.integers(0, 9),
    work=st.integers(1, 90),
    restart=st.sampled_from([1, 4, 13]),
)
@settings(max_examples=60, deadline=None)
def test_no_availability_makes_it_late(
    seed: int, slack: int, share: float, loss: int, work: int, restart: int
) -> None:
    slot = 5
    slots = -(-(work + restart + slack) // slot)
    race = Race(
        work=work, slots=slots, slot=slot, restart=restart, checkpoint=2, loss=loss,
        spot_price=0.2, on_demand_price=1.0,
    )  # fmt: skip
    policy = deadline.solve(race, MEMORYLESS)
    rng = np.random.default_rng(seed)
    # Anything but what the chain expects: capacity at random, whatever was before.
    seen = rng.random((200, race.slots)) < share
    outcomes = deadline.replay(policy, MEMORYLESS.phases_of(seen), rng)
    assert not outcomes.late.any()
    assert (outcomes.elapsed <= race.slots * race.slot).all()
    # All the work was done, and what was lost was done again.
    assert (outcomes.spot + outcomes.on_demand >= work + restart).all()


def test_more_time_never_costs_more() -> None:
    costs = deadline.solve(SMALL, AGED).costs
    known = costs[~np.isnan(costs)]
    assert len(known) > 1
    assert (np.diff(known) <= 1e-12).all()


def test_a_free_choice_starts_at_once() -> None:
    # Without storage an idle slot costs nothing; the policy must not idle for it.
    chain = Chain(slot_hours=1, ages=(1,), flips=np.array([[1.0], [0.0]]))
    race = Race(work=20, slots=40, slot=4, restart=1, spot_price=0.3, on_demand_price=1.0)
    policy = deadline.solve(race, chain)
    assert policy.actions[race.slots, WAIT, 1, race.slack] == SPOT
    assert policy.cost == pytest.approx(21 * 0.3)


def test_what_cannot_be_won_is_refused() -> None:
    late = Race(work=10, slots=2, slot=5, restart=1, spot_price=0.1, on_demand_price=1.0)
    with pytest.raises(ValueError, match="cannot be kept"):
        deadline.solve(late, MEMORYLESS)


def test_a_fitted_chain_finds_the_hazards_that_made_the_recording() -> None:
    rng = np.random.default_rng(5)
    true = Chain(
        slot_hours=1 / 6,
        ages=availability.AGES,
        flips=np.array([np.geomspace(0.4, 0.02, 9), np.geomspace(0.3, 0.01, 9)]),
    )
    seen = true.sample(400, 800, rng) >= len(true.ages)
    fitted = availability.fit(list(seen), 1 / 6)
    # The first buckets are one slot wide, where the phase and the age are the same.
    assert fitted.flips[:, :2] == pytest.approx(true.flips[:, :2], rel=0.05)
    assert fitted.share() == pytest.approx(true.share(), abs=0.03)


def test_an_eviction_rate_as_a_chain() -> None:
    chain = availability.memoryless(evictions_per_hour=0.1, wait_hours=0.5, slot_hours=1 / 6)
    # A third of a wait passes in a slot, and a sixtieth of the time between evictions.
    assert chain.flips.ravel() == pytest.approx([0.283469, 0.016529], abs=1e-6)
    assert chain.share() == pytest.approx(0.283469 / (0.283469 + 0.016529), abs=1e-5)


CELLS = [(52, 0.1), (70, 0.1)]


@pytest.fixture(scope="module")
def scores(shared: Path) -> dict[str, float]:
    """Mean scores over some cells and windows; bench/spot.py has all of them."""
    zones = spot_traces.load(shared, windows=8)
    return spot_traces.scores(zones, CELLS)


def test_recorded_availability_never_makes_it_late(scores: dict[str, float]) -> None:
    assert scores["late"] == 0


def test_better_than_uniform_progress(scores: dict[str, float]) -> None:
    assert scores["policy"] >= scores["uniform progress"] + 8
    # Where rule 2 beats rule 3, knowing everything is worth less than 8 points.
    assert scores["policy"] >= scores["uniform progress, rule 2 first"] + 4


def test_nearly_as_good_as_knowing_the_future(scores: dict[str, float]) -> None:
    assert 0.9 * scores["clairvoyant"] <= scores["policy"] <= scores["clairvoyant"]
