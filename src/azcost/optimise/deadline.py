"""A job with a deadline: when to wait, when to use spot, when to pay for on-demand.

Exact dynamic programming (METHODS 2.3) over time left, mode, phase of the availability
chain, and slack: the time left less the work left. Slack is what a decision uses up; it
never grows, so that few values of it stand for all amounts of work. The deadline is kept
by construction: nothing is allowed after which on-demand could not finish in time.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.optimise.availability import Chain, Floats, Integers

WAIT: Final = 0
SPOT: Final = 1
ON_DEMAND: Final = 2
# Grains of on-demand that waiting must save to be chosen.
_TIE: Final = 1e-6


class Race(msgspec.Struct, frozen=True, kw_only=True):
    """A job against its deadline; times in whole grains, prices per grain.

    `work` is the machine time that the job needs, checkpoints included. There are `slots`
    of `slot` grains until the deadline, and a decision at the start of each. A machine
    that starts takes `restart` until it works; leaving one in order takes `checkpoint`;
    an eviction loses between nothing and `loss`, each as likely. `storage` is paid until
    the job is done, whatever runs.
    """

    work: int
    slots: int
    slot: int
    restart: int
    checkpoint: int = 0
    loss: int = 0
    spot_price: float
    on_demand_price: float
    storage: float = 0.0

    @property
    def slack(self) -> int:
        """What is left of the time when on-demand does all the work without a start."""
        return self.slots * self.slot - self.work

    def overhead(self, before: int, now: int) -> int:
        """How long a slot's change of mode keeps the machine from working."""
        if before == now:
            return 0
        leaving = self.checkpoint if before != WAIT else 0
        return leaving if now == WAIT else leaving + self.restart

    def price(self, mode: int) -> float:
        """What a grain in a mode costs, storage included."""
        return (0.0, self.spot_price, self.on_demand_price)[mode] + self.storage


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What to do in every state, and what it costs.

    `actions` has the mode for the coming slot by slots left, mode before, phase and slack
    (grains); shape (slots + 1, 3, phases, slack + 1). `costs` is the expected cost from a
    start without a machine by slots until the deadline; NaN where that is too soon.
    """

    race: Race
    chain: Chain
    actions: NDArray[np.uint8]
    costs: Floats

    @property
    def cost(self) -> float:
        """The expected cost of the job."""
        return float(self.costs[-1])


def is_feasible(race: Race) -> bool:
    """Whether on-demand, started at once, finishes in time."""
    return race.slack >= race.restart


def solve(race: Race, chain: Chain) -> Policy:
    """The policy of least expected cost among those that never miss the deadline.

    Backward induction over the slots. A restart that is longer than a slot is owed for the
    next ones; who is evicted before it is over still owes the rest, which is on the safe
    side. Raises ValueError for a race that cannot be won.
    """
    if not is_feasible(race):
        raise ValueError("the deadline cannot be kept even by on-demand")
    width = race.slack + 1
    moves, start = chain.transitions(), chain.stationary()
    actions = np.zeros((race.slots + 1, 3, chain.phases, width), dtype=np.uint8)
    costs = np.full(race.slots + 1, np.nan)
    values = np.zeros((3, chain.phases, width))
    for left in range(1, race.slots + 1):
        after = np.matmul(moves, values)
        values, actions[left] = _decide(race, chain, left, after)
        values[SPOT, ~chain.available] = _evicted(values[WAIT, ~chain.available], race.loss)
        slack = left * race.slot - race.work
        if slack >= race.restart:
            costs[left] = start @ values[WAIT, :, slack]
    return Policy(race=race, chain=chain, actions=actions, costs=costs)


def _decide(race: Race, chain: Chain, left: int, after: Floats) -> tuple[Floats, NDArray[np.uint8]]:
    """Values and actions with so many slots left; both (mode before, phase, slack).

    `after` is the expected value of the next slot by mode, phase of now, and slack.
    """
    slack = np.arange(race.slack + 1)
    work = left * race.slot - slack
    values = np.zeros_like(after)
    actions = np.zeros(after.shape, dtype=np.uint8)
    for before in (WAIT, SPOT, ON_DEMAND):
        options = np.stack([_option(race, chain, before, now, work, after) for now in range(3)])
        # Where a later start costs the same, the earlier one: a tie is not left to rounding.
        tie = np.array([_TIE * race.on_demand_price, 0.0, 0.0])[:, None, None]
        actions[before] = (options + tie).argmin(axis=0)
        chosen = np.take_along_axis(options, actions[before][None].astype(np.intp), axis=0)[0]
        values[before] = np.where(work > 0, chosen, 0.0)
    return values, actions


def _option(
    race: Race, chain: Chain, before: int, now: int, work: Integers, after: Floats
) -> Floats:
    """The value of a slot in mode `now`, (phase, slack); infinite where it is not allowed.

    On-demand is always allowed; where it would be late no allowed step leads.
    """
    slack = np.arange(race.slack + 1)
    overhead = race.overhead(before, now)
    if now == WAIT:
        rest = slack - race.slot - overhead
        value = race.price(WAIT) * race.slot + after[WAIT][:, np.maximum(rest, 0)]
        return np.where(rest >= race.restart, value, np.inf)
    rest = slack - overhead
    need = work + overhead
    following = np.where(need > race.slot, after[now][:, np.maximum(rest, 0)], 0.0)
    value = race.price(now) * np.minimum(need, race.slot) + following
    if now == ON_DEMAND:
        return value
    safe = rest >= race.loss + race.restart
    return np.where(chain.available[:, None] & safe, value, np.inf)


def _evicted(waiting: Floats, loss: int) -> Floats:
    """The value after an eviction: that of waiting, with an even chance of each loss."""
    if not loss:
        return waiting
    padded = np.concatenate([np.repeat(waiting[:, :1], loss, axis=1), waiting], axis=1)
    sums = np.cumsum(np.concatenate([np.zeros((len(padded), 1)), padded], axis=1), axis=1)
    return np.asarray((sums[:, loss + 1 :] - sums[:, : -loss - 1]) / (loss + 1))


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each path: cost, grains on spot and on on-demand, and until the end.

    All of shape (paths,); `late` says where the deadline was missed.
    """

    costs: Floats
    spot: Integers
    on_demand: Integers
    elapsed: Integers
    evictions: Integers
    late: NDArray[np.bool_]


def replay(policy: Policy, phases: Integers, rng: np.random.Generator) -> Outcomes:
    """Follow the policy along phases of shape (paths, slots); `rng` draws what is lost."""
    race, chain = policy.race, policy.chain
    paths = len(phases)
    mode = np.zeros(paths, dtype=np.int64)
    slack = np.full(paths, race.slack)
    used = np.zeros((3, paths), dtype=np.int64)
    evictions = np.zeros(paths, dtype=np.int64)
    overheads = np.array([[race.overhead(a, b) for b in range(3)] for a in range(3)])
    for slot in range(race.slots):
        left = race.slots - slot
        work = left * race.slot - slack
        phase = phases[:, slot]
        evicted = (mode == SPOT) & ~chain.available[phase] & (work > 0)
        slack = slack - np.where(evicted, rng.integers(0, race.loss + 1, paths), 0)
        evictions += evicted
        mode = np.where(evicted, WAIT, mode)
        work = left * race.slot - slack
        action = policy.actions[left, mode, phase, np.clip(slack, 0, race.slack)].astype(np.int64)
        overhead = overheads[mode, action]
        spent = np.where(action == WAIT, race.slot, np.minimum(work + overhead, race.slot))
        used[action, np.arange(paths)] += np.where(work > 0, spent, 0)
        gone = overhead + np.where(action == WAIT, race.slot, 0)
        slack = np.where(work > 0, slack - gone, slack)
        mode = action
    prices = np.array([race.price(one) for one in range(3)])
    return Outcomes(
        costs=prices @ used,
        spot=used[SPOT],
        on_demand=used[ON_DEMAND],
        elapsed=used.sum(axis=0),
        evictions=evictions,
        late=slack < 0,
    )
