"""A job with a deadline, from hours and prices to a race in grains, and back."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.optimise import availability, deadline, spot
from azcost.optimise.availability import Chain
from azcost.optimise.availability_csv import Recording, coarser
from azcost.optimise.deadline import Outcomes, Policy, Race
from azcost.optimise.spot import Run
from azcost.optimise.spot_plan import Choice, Place

_SLOT_MINUTES = 10.0  # between decisions, if nothing asks for shorter slots
_SLOT_WITHOUT_WAIT = 4.0
_SLOT_OF_EVICTION = 0.05  # of the mean time between evictions
_MOST_SLOTS = 3_000
_MOST_SLACK = 1_000  # grains
_ROUGH_SLACK = 300  # grains to compare intervals by
_LEAST_SLACK = 200
_MOST_STATES = 8_000_000  # slots times phases times slack: seconds, and some 30 MB
_PATHS = 2_000
# Of the time that a job takes without a deadline: more than that saves nothing.
_ENOUGH = 1.5
# Parts of the interval that is best without a deadline: losing less may be worth more.
_INTERVALS = (1, 2, 4, 8)


class DeadlinePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The policy of a place for a deadline; `grain` is in hours.

    `asked` is the deadline, `hours` the one that was planned for, which is earlier where more
    time saves nothing. `run` has the interval between checkpoints. `outcomes` are runs drawn
    from the same chain that the policy was made for.
    """

    place: Place
    asked: float
    hours: float
    run: Run
    grain: float
    policy: Policy
    outcomes: Outcomes

    @property
    def fallback(self) -> float:
        """The share of runs that use on-demand at all."""
        return float((self.outcomes.on_demand > 0).mean())

    def hours_of(self, grains: float) -> float:
        """Grains as hours."""
        return grains * self.grain

    def work_of(self, grains: float) -> float:
        """Grains of machine time as hours of work, checkpoints not counted."""
        return grains * self.place.job.work / self.policy.race.work

    def deadlines(self) -> list[tuple[float, float]]:
        """Deadlines in hours up to the asked one, and the expected cost with each."""
        slot = self.policy.race.slot
        costs = self.policy.costs
        return [
            (self.hours_of(slots * slot), float(costs[slots]))
            for slots in np.flatnonzero(~np.isnan(costs)).tolist()
        ]


def plan(
    choice: Choice,
    *,
    hours: float,
    recording: Recording | None,
    rng: np.random.Generator,
) -> DeadlinePlan:
    """The best policy for a deadline `hours` from now, and the best interval for it.

    Without a recording the chain is the memoryless one of the place's eviction rate and
    wait. Raises AzcostError for a deadline that on-demand could not keep, or one that is
    too far away to plan for.
    """
    place = choice.place
    share = _chain(place, recording, 0).share()
    planned = min(hours, _ENOUGH * choice.elapsed[1] / share)
    chain = _chain(place, recording, planned)
    run = _best_run(choice, planned, chain)
    race, grain = _race(place, run, planned, chain, _MOST_SLACK)
    if not deadline.is_feasible(race):
        raise _too_soon(choice, hours, chain)
    policy = deadline.solve(race, chain)
    phases = chain.sample(_PATHS, policy.race.slots, rng)
    return DeadlinePlan(
        place=place,
        asked=hours,
        hours=planned,
        run=run,
        grain=grain,
        policy=policy,
        outcomes=deadline.replay(policy, phases, rng),
    )


def _best_run(choice: Choice, hours: float, chain: Chain) -> Run:
    """The interval whose policy costs least, by policies in rough grains.

    The one that is best without a deadline is the longest that is tried.
    """
    job, best = choice.place.job, choice.run
    if best.interval is None:
        return best
    costs: dict[Run, float] = {}
    for parts in _INTERVALS:
        run = spot.run(job, choice.rate, best.interval / parts)
        race, _ = _race(choice.place, run, hours, chain, _ROUGH_SLACK)
        if deadline.is_feasible(race):
            costs[run] = deadline.solve(race, chain).cost
    return min(costs, key=costs.__getitem__, default=best)


def _too_soon(choice: Choice, hours: float, chain: Chain) -> AzcostError:
    slot = chain.slot_hours
    race, grain = _race(choice.place, choice.run, hours, chain, _MOST_SLACK)
    least = math.ceil((race.work + race.restart) * grain / slot - 1e-9) * slot
    return AzcostError(
        f"--deadline {hours:g}: even on-demand needs {least:.2f} h for the work, its checkpoints "
        f"and a start, in steps of {slot * 60:.0f} minutes. Give at least that."
    )


def _chain(place: Place, recording: Recording | None, hours: float) -> Chain:
    """The chain of the recording, or of the eviction rate and the wait.

    An outage lasts a slot at least, and an eviction comes at the end of one: slots are
    short beside the wait and the time between evictions, as far as that can be computed.
    """
    if recording is not None:
        times = max(1, math.ceil(hours / _MOST_SLOTS / recording.slot_hours - 1e-9))
        return availability.fit(coarser(recording, times).windows, recording.slot_hours * times)
    rate = place.evictions.mean * place.job.machines
    wait = 60 * place.job.wait / 2 or _SLOT_WITHOUT_WAIT
    wanted = min(_SLOT_MINUTES, wait, _SLOT_OF_EVICTION * 60 / rate)
    minutes = max(math.floor(wanted), math.ceil(60 * hours / _MOST_SLOTS), 1)
    return availability.memoryless(
        evictions_per_hour=rate, wait_hours=place.job.wait, slot_hours=minutes / 60
    )


def _race(
    place: Place, run: Run, hours: float, chain: Chain, most_slack: int
) -> tuple[Race, float]:
    """The race, with whole grains rounded to the safe side, and the hours of a grain.

    A run with checkpoints at intervals takes their time as well, on on-demand too, and
    loses up to an interval and a checkpoint when it is evicted.
    """
    job, slot_hours = place.job, chain.slot_hours
    work, loss = job.work, 0.0
    if run.interval is not None:
        work += job.work / run.interval * job.checkpoint
        loss = run.interval + job.checkpoint
    slots = math.floor(hours / slot_hours + 1e-9)
    slack = min(most_slack, _MOST_STATES // (max(slots, 1) * chain.phases))
    if slack < _LEAST_SLACK:
        raise AzcostError(
            f"--deadline: {hours:,.0f} hours in steps of {slot_hours * 60:.0f} minutes are too "
            "many to plan for. Plan a part of the job."
        )
    wanted = max((hours - work) / slack, 1 / 60)
    parts = max(1, math.floor(slot_hours / wanted + 1e-9))
    grain, hourly = slot_hours / parts, place.storage_hourly
    race = Race(
        work=_up(work, grain),
        slots=slots,
        slot=parts,
        restart=_up(job.restart, grain),
        checkpoint=_up(job.checkpoint, grain),
        loss=_up(loss, grain),
        spot_price=place.hourly(place.spot) * grain,
        on_demand_price=place.hourly(place.pay_as_you_go) * grain,
        storage=hourly * grain,
    )
    return race, grain


def _up(hours: float, grain: float) -> int:
    return math.ceil(hours / grain - 1e-9)


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """What the policy does with so many hours left, as limits on the hours of work left.

    `wait` by bucket of the age of the outage: without a machine and without capacity, wait
    while at most so much work is left, else take on-demand. `back`: on on-demand, when
    there is capacity again, go to spot while at most so much is left. `start`: without a
    machine, take spot while at most so much is left, else on-demand. NaN: never.
    """

    left: float
    wait: tuple[float, ...]
    start: float
    back: float


def thresholds(plan: DeadlinePlan, rows: int) -> list[Threshold]:
    """The policy at so many evenly spaced times before the deadline."""
    race = plan.policy.race
    chosen = np.unique(np.linspace(race.slots, race.slots / rows, rows).round().astype(int))[::-1]
    return [_threshold(plan, int(left)) for left in chosen]


def outage_ages(chain: Chain) -> tuple[int, ...]:
    """The buckets of outages that the table shows: the youngest, a middle one, the oldest."""
    last = len(chain.ages) - 1
    return tuple(dict.fromkeys((0, last // 2, last)))


def _threshold(plan: DeadlinePlan, left: int) -> Threshold:
    policy = plan.policy
    buckets = len(policy.chain.ages)
    actions = policy.actions[left]

    def most(mode: int, phase: int, wanted: int) -> float:
        """The most hours of work that the action is taken for."""
        taken = np.flatnonzero(actions[mode, phase] == wanted)
        work = left * policy.race.slot - taken
        work = work[work > 0]
        return plan.work_of(float(work.max())) if work.size else math.nan

    return Threshold(
        left=plan.hours_of(left * policy.race.slot),
        wait=tuple(most(deadline.WAIT, age, deadline.WAIT) for age in outage_ages(policy.chain)),
        start=most(deadline.WAIT, buckets, deadline.SPOT),
        back=most(deadline.ON_DEMAND, buckets, deadline.SPOT),
    )
