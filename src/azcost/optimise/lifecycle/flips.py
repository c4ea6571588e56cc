"""What would change the answer: how much is read in a month, and how large blobs are.

All blobs of the largest account are looked at together, under one schedule, so that the
curves show one answer each. A cost is a straight line in the share that is read, and one
in the number of blobs, as long as the schedule stays; where two lines cross is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

import msgspec

from azcost.meters.cohorts import TIERS, Cohort, Reads, StandardTier
from azcost.optimise.lifecycle.groups import pooled
from azcost.optimise.lifecycle.plan import Desk, Plan, Way
from azcost.optimise.lifecycle.policy import Policy
from azcost.optimise.lifecycle.schedule import Schedule
from azcost.pricing.catalogue import Catalogue
from azcost.units import AVERAGE_DAYS

# Shares of all data read in a month, and average blob sizes in KiB.
SHARES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0)
SIZES = tuple(float(4**power) for power in range(1, 11))
_CLOSE, _TINY = 1.02, 1e-6  # two flips nearer than that are one
# Of more sets of blobs the ages are put together by so many days, and all are looked at.
_MOST_SETS, _TOGETHER = 60, 30
_MOST_AGES = 400
_KIB_PER_GB = 1024 * 1024


_Answer = tuple[StandardTier, ...]
_Change = Callable[[Cohort, float], Cohort]


class Point(msgspec.Struct, frozen=True):
    """The costs at one share or size, and the tiers of the optimum there."""

    x: float
    costs: dict[Way, float]
    answer: tuple[StandardTier, ...]


class Flip(msgspec.Struct, frozen=True):
    """Where the optimum goes through other tiers than just below."""

    x: float
    below: tuple[StandardTier, ...]
    above: tuple[StandardTier, ...]


class Curve(msgspec.Struct, frozen=True):
    """Costs over the horizon; `even` is where the policy costs what today costs."""

    points: tuple[Point, ...]
    flips: tuple[Flip, ...]
    even: float | None


class TierLine(msgspec.Struct, frozen=True):
    """What keeping everything in one tier costs a month: at rest, and per share read."""

    tier: StandardTier
    at_rest: float
    per_share: float


class Crossing(msgspec.Struct, frozen=True):
    """Below this share read in a month the colder of two tiers is cheaper."""

    warmer: StandardTier
    colder: StandardTier
    share: float


class Flips(msgspec.Struct, frozen=True, kw_only=True):
    """The curves, the lines of the tiers and where they cross."""

    blobs: Decimal
    gb: Decimal
    reads: Curve
    sizes: Curve
    tiers: tuple[TierLine, ...]
    crossings: tuple[Crossing, ...]


def flips(plan: Plan, policy: Policy | None, catalogue: Catalogue) -> Flips:
    """Work out the curves for the largest account of a plan."""
    desk = Desk(plan.cohorts, policy, catalogue, plan.setting)
    volumes = {account: Decimal(0) for account in desk.prices}
    for cohort in plan.cohorts:
        volumes[cohort.account] += cohort.total_gb
    account = max(volumes, key=lambda one: volumes[one])
    movable = [c for c in plan.cohorts if c.account == account and c.blob_type == "blockBlob"]
    cohorts = movable or [c for c in plan.cohorts if c.account == account]
    sweep = _Sweep(desk, cohorts)
    gb = sum((cohort.total_gb for cohort in cohorts), start=Decimal(0))
    blobs = sum((cohort.blobs for cohort in cohorts), start=Decimal(0))
    lines = _tier_lines(desk, cohorts[0], float(blobs), float(gb))
    return Flips(
        blobs=blobs,
        gb=gb,
        reads=sweep.curve(SHARES, _at_share, _same),
        sizes=sweep.curve(SIZES, _at_size, lambda size: _KIB_PER_GB / size),
        tiers=tuple(lines),
        crossings=tuple(_crossings(lines)),
    )


def _same(share: float) -> float:
    return share


def _rounded(one: Cohort) -> Cohort:
    """A cohort with its ages put together, so that many cohorts are few sets of blobs."""

    def near(days: int | None) -> int | None:
        return None if days is None else days // _TOGETHER * _TOGETHER

    return msgspec.structs.replace(
        one,
        age_days=one.age_days // _TOGETHER * _TOGETHER,
        created_days=near(one.created_days),
        idle_days=near(one.idle_days),
        tier_days=near(one.tier_days),
    )


class _Sweep:
    def __init__(self, desk: Desk, cohorts: Sequence[Cohort]) -> None:
        self._desk = desk
        self._by_access = desk.policy is not None and desk.policy.tracks_access
        self._pooled = self._pool(cohorts)
        if len(self._pooled) > _MOST_SETS:
            self._pooled = self._pool([_rounded(one) for one in cohorts])

    def _pool(self, cohorts: Sequence[Cohort]) -> list[tuple[Cohort, Schedule]]:
        given = [(one, self._desk.schedule(one)) for one in cohorts]
        if self._by_access:  # the policy is asked again, and needs to know the prefix
            return pooled(given)
        return pooled([(msgspec.structs.replace(one, prefix=""), found) for one, found in given])

    def _given(self, cohorts: Sequence[Cohort]) -> list[Schedule]:
        """What the policy comes to; by last access that depends on how much is read."""
        if self._by_access:
            return [self._desk.schedule(cohort) for cohort in cohorts]
        return [schedule for _, schedule in self._pooled]

    def _best(self, cohorts: Sequence[Cohort]) -> Schedule:
        return self._desk.best(cohorts, self._given(cohorts), _MOST_AGES)

    def _point(self, x: float, cohorts: Sequence[Cohort]) -> Point:
        desk, given, best = self._desk, self._given(cohorts), self._best(cohorts)
        kept = [msgspec.structs.replace(best, delete=one.delete) for one in given]
        costs: dict[Way, float] = {"today": self._cost(cohorts, [Schedule()] * len(cohorts))}
        if desk.policy is not None:
            pairs = zip(cohorts, given, strict=True)
            ledgers = [(c.account, desk.under_policy(c, s)) for c, s in pairs]
            costs["policy"] = float(desk.cost(ledgers).sum())
        costs["optimum"] = self._cost(cohorts, kept)
        return Point(x, costs, _tiers(best))

    def _cost(self, cohorts: Sequence[Cohort], schedules: Sequence[Schedule]) -> float:
        pairs = zip(cohorts, schedules, strict=True)
        months = self._desk.cost((c.account, self._desk.ledger(c, s)) for c, s in pairs)
        return float(months.sum())

    def curve(self, xs: Sequence[float], at: _Change, linear: Callable[[float], float]) -> Curve:
        """Points at all `xs`, flips between them; costs are lines in `linear(x)`."""
        points = [self._point(x, [at(one, x) for one, _ in self._pooled]) for x in xs]

        def answer(x: float) -> _Answer:
            return _tiers(self._best([at(one, x) for one, _ in self._pooled]))

        found = [
            flip
            for low, high in pairwise(points)
            for flip in _between((low.x, low.answer), (high.x, high.answer), answer)
        ]
        straight = self._desk.policy is not None and not (self._by_access and linear is _same)
        return Curve(tuple(points), tuple(found), _even(points, linear) if straight else None)


def _tiers(schedule: Schedule) -> _Answer:
    return tuple(tier for tier, _ in schedule.moves)


def _at_share(one: Cohort, share: float) -> Cohort:
    """A cohort of which so much is read each month, whatever its age."""
    return msgspec.structs.replace(one, reads=(Reads(per_month=Decimal(repr(share))),))


def _at_size(one: Cohort, kib: float) -> Cohort:
    """A cohort of blobs that are so large, with as much stored and read."""
    blobs = one.total_gb * _KIB_PER_GB / Decimal(repr(kib))
    writes = one.uploads / one.blobs
    return msgspec.structs.replace(one, blobs=blobs, gb=one.total_gb, mb=None, upload_writes=writes)


def _between(
    low: tuple[float, _Answer], high: tuple[float, _Answer], at: Callable[[float], _Answer]
) -> Iterator[Flip]:
    """Yield where the answer changes, to a fiftieth of the share or size."""
    if low[1] == high[1]:
        return
    if (low[0] and high[0] / low[0] < _CLOSE) or high[0] < _TINY:
        yield Flip(high[0], low[1], high[1])
        return
    x = math.sqrt(low[0] * high[0]) if low[0] else high[0] / 2
    middle = (x, at(x))
    yield from _between(low, middle, at)
    yield from _between(middle, high, at)


def _even(points: Sequence[Point], linear: Callable[[float], float]) -> float | None:
    """Where the policy's line crosses today's, if it does so at a share or size above zero."""
    first, last = points[0], points[-1]
    gap = [one.costs["policy"] - one.costs["today"] for one in (first, last)]
    ends = [linear(first.x), linear(last.x)]
    slope = (gap[1] - gap[0]) / (ends[1] - ends[0])
    if not slope:
        return None
    crossing = ends[0] - gap[0] / slope
    if crossing <= 0:
        return None
    return crossing if linear is _same else _KIB_PER_GB / crossing


def _tier_lines(desk: Desk, one: Cohort, blobs: float, gb: float) -> list[TierLine]:
    rates = desk.prices[one.account].rates(gb)
    lines = []
    for tier in desk.allowed(one.account):
        code = TIERS.index(tier)
        reads = float(rates.read[code] + rates.copy[code])
        use = blobs * reads + gb * float(rates.retrieved[code])
        lines.append(TierLine(tier, gb * float(rates.stored[code]) * float(AVERAGE_DAYS), use))
    return lines


def _crossings(lines: Sequence[TierLine]) -> list[Crossing]:
    found = []
    for at, warm in enumerate(lines):
        for cold in lines[at + 1 :]:
            dearer = cold.per_share - warm.per_share
            if dearer > 0 and warm.at_rest > cold.at_rest:
                share = (warm.at_rest - cold.at_rest) / dearer
                found.append(Crossing(warm.tier, cold.tier, share))
    return found
