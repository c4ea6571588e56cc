"""The cheapest schedule for blobs that share a rule: exact dynamic programming.

A schedule is a cover of the ages by stays in ever colder tiers. What a stay from age s to
age e costs, summed over all blobs, is a matrix per tier; the cheapest cover is then one
pass over the tiers, each a minimum over s for every e (METHODS section 3.2).

Capacity, reads and tags are sums of daily costs, so a stay is a difference of two of
them. A move is paid by the blobs that are alive somewhere between s and e. Early
deletion is paid by those that leave before the minimum; blobs that begin within the
stay, or end within it, are told apart by tables over (first age, last age).

Shapes: m sets of blobs, n candidate ages ("grid"), 4 tiers.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.meters.cohorts import TIERS, Cohort, StandardTier
from azcost.optimise.lifecycle.ledger import Floats, Whole, rates_by_age
from azcost.optimise.lifecycle.prices import Rates
from azcost.optimise.lifecycle.schedule import Schedule

Flags = NDArray[np.bool_]

# Beyond so many candidate ages the days further than the first year are thinned out.
MOST_AGES = 800
_EVERY_DAY = 366


class Lives(msgspec.Struct, frozen=True, kw_only=True):
    """Sets of blobs: how many, how large, and the ages from which to which they are there.

    Arrays of shape (m,). `dies` says whether the last age is deletion and not just the end
    of the horizon; `entered` is the age at which they came into their tier, far below
    zero where leaving it costs nothing. `reads_blobs` and `reads_gb` are per tier of origin
    and age, shape (4, last age): how much is read on a day.
    """

    blobs: Floats
    gb: Floats
    tags: Floats
    first: Whole
    last: Whole
    dies: Whole
    tier: Whole
    entered: Floats
    reads_blobs: Floats
    reads_gb: Floats


def lives(cohorts: Sequence[tuple[Cohort, int | None]], days: int) -> Lives:
    """The lives of cohorts within the horizon; each comes with the age it is deleted at."""
    rows: list[tuple[float, ...]] = []
    ends = []
    for cohort, deleted in cohorts:
        first, end = cohort.age_days, cohort.age_days + days
        blobs, gb = float(cohort.blobs), float(cohort.total_gb)
        tags, tier = len(cohort.tags) * blobs, TIERS.index(cohort.tier)
        entered = -1e9 if cohort.tier_days is None else float(first - cohort.tier_days)
        if cohort.uploads:
            entered = 0.0
        if cohort.arrive == "now":
            last = end if deleted is None else min(end, max(deleted, first))
            dies = deleted is not None and deleted <= end
            rows.append((blobs, gb, tags, first, last, dies, tier, entered))
            ends.append(last)
            continue
        for day in range(days):
            last = days - day if deleted is None else min(days - day, deleted)
            dies = deleted is not None and deleted < days - day
            rows.append((blobs / days, gb / days, tags / days, 0, last, dies, tier, 0.0))
        ends.append(days)
    columns = np.array(rows, dtype=np.float64).T
    whole = columns.astype(np.int64)
    reads = _reads([cohort for cohort, _ in cohorts], ends, cohorts, days)
    return Lives(
        blobs=columns[0],
        gb=columns[1],
        tags=columns[2],
        first=whole[3],
        last=whole[4],
        dies=whole[5],
        tier=whole[6],
        entered=columns[7],
        reads_blobs=reads[0],
        reads_gb=reads[1],
    )


def _reads(
    cohorts: Sequence[Cohort],
    ends: Sequence[int],
    deleted: Sequence[tuple[Cohort, int | None]],
    days: int,
) -> Floats:
    found = np.zeros((2, len(TIERS), max(ends)))
    for cohort, last, (_, end) in zip(cohorts, ends, deleted, strict=True):
        if not cohort.reads or last <= cohort.age_days:
            continue
        ages = slice(cohort.age_days, last)
        per_blob = rates_by_age(cohort, cohort.age_days, last - cohort.age_days)
        if cohort.arrive == "evenly":
            age = np.arange(last)
            alive = (days - age) / days
            per_blob = per_blob * (alive if end is None else alive * (age < end))
        tier = TIERS.index(cohort.tier)
        found[0, tier, ages] += per_blob * float(cohort.blobs)
        found[1, tier, ages] += per_blob * float(cohort.total_gb)
    return found


def cheapest(
    found: Lives, rates: Rates, allowed: Sequence[StandardTier], most_ages: int
) -> Schedule:
    """The schedule over the allowed tiers that costs least; of equals the one moving less.

    Every day is tried, but of more than `most_ages` those beyond the first year are thinned.

    Hot must be allowed, or the tier that all blobs are in.
    """
    grid = _grid(found, most_ages)
    if len(grid) == 1:
        return Schedule()  # all are deleted on the first day
    tables = _Tables(found, rates, grid)
    codes = [TIERS.index(tier) for tier in TIERS if tier in allowed]
    ages = len(grid)
    best: list[Floats] = []
    begins: list[Whole] = []
    enters: list[tuple[Whole, Floats]] = []
    for place, code in enumerate(codes):
        before = np.full((place + 1, ages), np.inf)
        before[0, 0] = tables.leaving(-1, code)[0]
        for warmer in range(place):
            before[warmer + 1] = best[warmer] + tables.leaving(codes[warmer], code)
        source = np.argmin(before, axis=0)
        entry = before[source, np.arange(ages)]
        enters.append((source, entry))
        costs = tables.stay(code)
        costs += entry[:, None]
        begins.append(np.argmin(costs, axis=0))
        best.append(costs[begins[-1], np.arange(ages)])
    ends = [best[place][-1] + tables.dying(code) for place, code in enumerate(codes)]
    place, at = _first_least(ends), ages - 1
    moves: list[tuple[StandardTier, int]] = []
    while True:
        begin = int(begins[place][at])
        moves.append((TIERS[codes[place]], int(grid[begin]) if begin else 0))
        source = int(enters[place][0][begin])
        if source == 0:
            break
        place, at = source - 1, begin
    warmest = int(found.tier.min())
    return Schedule(tuple(move for move in reversed(moves) if TIERS.index(move[0]) > warmest))


def _first_least(costs: Sequence[float]) -> int:
    """The first that is as cheap as the cheapest, to a billionth."""
    least = min(costs)
    return next(at for at, cost in enumerate(costs) if cost <= least + 1e-9 * abs(least))


def _grid(found: Lives, most: int) -> Whole:
    """The candidate ages: every age at which anything begins or ends, and the days between."""
    must = np.unique(np.concatenate([found.first, found.last]))
    alive = np.zeros(int(found.last.max()) + 2, dtype=np.int64)
    np.add.at(alive, found.first, 1)
    np.add.at(alive, found.last + 1, -1)
    days = np.nonzero(np.cumsum(alive))[0]
    near, far = days[days < days[0] + _EVERY_DAY], days[days >= days[0] + _EVERY_DAY]
    room = max(most - len(near) - len(must), 20)
    step = max(1, -(-len(far) // room))
    return np.unique(np.concatenate([must, near, far[::step]]))


class _Weights(msgspec.Struct, frozen=True):
    """GB by (first age, age), shape (n, n): alive after an age, or dying at one.

    `begun` and `born` count all that began by the first age, `later` and `dying` those that
    began at it; None where there are none.
    """

    begun: Floats
    later: Floats | None
    born: Floats | None
    dying: Floats | None


def _below(table: Floats) -> Floats:
    """The sum of the rows below each row."""
    below: Floats = table.sum(axis=0)[None, :] - np.cumsum(table, axis=0)
    return below


class _Tables:
    """What stays cost, for every pair of candidate ages."""

    def __init__(self, found: Lives, rates: Rates, grid: Whole) -> None:
        self._lives = found
        self._rates = rates
        self._grid = grid
        self._first = np.searchsorted(grid, found.first)
        self._last = np.searchsorted(grid, found.last)
        self._early: dict[int, _Weights] = {}
        stays = (grid[None, :] - grid[:, None]).astype(np.float64)
        self._none = np.tri(len(grid), dtype=bool)  # no stay begins after it ends
        stays[self._none] = np.inf
        self._stays = stays

    def stay(self, code: int) -> Floats:
        """Costs of shape (n, n) of being in a tier from the age s (row) to e (column)."""
        days = self._days(code)
        costs = days[None, :] - days[:, None]
        moved = self._lives.tier < code
        if moved.any():
            paid = (
                self._rates.write[code] * self._lives.blobs
                + self._rates.written[code] * self._lives.gb
            ) * (moved & (self._lives.last > self._lives.first))
            ages = len(self._grid)
            begun = np.cumsum(np.bincount(self._first, paid, ages))  # by age, including it
            ended = np.cumsum(np.bincount(self._last, paid, ages))
            before = np.concatenate([[0.0], begun[:-1]])
            costs += before[None, :] - ended[:, None]
            costs += self._left_early(code)
        costs[self._none] = np.inf
        return costs

    def _days(self, code: int) -> Floats:
        """The cost of all days before each age, for blobs in a tier or already in a colder."""
        lives, rates = self._lives, self._rates
        ages = int(self._grid[-1])
        daily = np.zeros(ages + 1)
        for origin in range(len(TIERS)):
            tier = max(origin, code)
            own = lives.tier == origin
            if not own.any():
                continue
            held = (rates.stored[tier] * lives.gb + rates.tag_day[tier] * lives.tags) * own
            np.add.at(daily, lives.first, held)
            np.add.at(daily, lives.last, -held)
        daily = np.cumsum(daily)[:-1]
        for origin in range(len(TIERS)):
            tier = max(origin, code)
            if (lives.tier == origin).any():
                read = rates.read[tier] + rates.copy[tier]
                daily += lives.reads_blobs[origin, :ages] * read
                daily += lives.reads_gb[origin, :ages] * rates.retrieved[tier]
        summed: Floats = np.concatenate([[0.0], np.cumsum(daily)])[self._grid]
        return summed

    def _left_early(self, code: int) -> Floats:
        """Early deletion of blobs that moved into a tier at s and leave it at e or die in it."""
        weights = self._weights(code)
        short = np.maximum(0.0, float(self._rates.minimum_days[code]) - self._stays)
        early: Floats = weights.begun * short  # there at s, alive after e
        if weights.later is not None:  # begin in between, alive after e
            early += _below(weights.later * short)
        if weights.dying is not None and weights.born is not None:
            early += np.cumsum(weights.born * short, axis=1)  # there at s, dead by e
            early += _below(np.cumsum(weights.dying * short, axis=1))  # begin and die in between
        early *= float(self._rates.early[code])
        return early

    def _weights(self, code: int) -> _Weights:
        moved = self._lives.tier < code
        key = int(moved.sum())  # tiers are nested, so the number says which
        if key not in self._early:
            ages = len(self._grid)
            flat = self._first * ages + self._last
            gb = np.where(moved, self._lives.gb, 0.0)
            both = np.bincount(flat, gb, ages * ages).reshape(ages, ages)
            alive = both.sum(axis=1)[:, None] - np.cumsum(both, axis=1)
            begun = np.cumsum(alive, axis=0)
            alive[0] = 0.0
            born = dying = None
            if self._lives.dies.any():
                dead = np.bincount(flat, gb * self._lives.dies, ages * ages)
                dying = dead.reshape(ages, ages).astype(np.float64)
                born = np.cumsum(dying, axis=0)
            self._early[key] = _Weights(begun, alive if alive.any() else None, born, dying)
        return self._early[key]

    def leaving(self, warmer: int, code: int) -> Floats:
        """Early deletion of the tiers blobs were in at first, when they leave for a colder.

        By the age of the move, shape (n,): those that died before it paid as well.
        """
        own = (self._lives.tier >= warmer) & (self._lives.tier < code)
        return self._early_of_first(own)

    def dying(self, code: int) -> float:
        """The same for those that never leave the tier they were in at first."""
        return float(self._early_of_first(self._lives.tier >= code)[-1])

    def _early_of_first(self, own: Flags) -> Floats:
        lives, rates = self._lives, self._rates
        own = own & (lives.entered > -1e8) & (rates.minimum_days[lives.tier] > 0)
        cost = np.zeros(len(self._grid))
        for m in np.nonzero(own)[0]:
            tier = lives.tier[m]
            leaves = np.clip(self._grid, lives.first[m], lives.last[m])
            short = np.maximum(0.0, rates.minimum_days[tier] - (leaves - lives.entered[m]))
            counts = (self._grid < lives.last[m]) | bool(lives.dies[m])
            cost += counts * short * rates.early[tier] * lives.gb[m]
        return cost
