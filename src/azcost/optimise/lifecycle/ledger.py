"""What happens to a cohort on each day, counted by what Azure bills.

Everything here is a quantity; `prices` says what it costs. A day is counted in the month
of 30.4167 days that it lies in. Sources: METHODS section 3.1 and
https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview (a move to a cooler
tier is a write of that tier; early deletion is prorated; deleting is free).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.meters.blobs import MINIMUM_DAYS, Use, is_geo
from azcost.meters.cohorts import TIERS, Cohort, StandardTier
from azcost.optimise.lifecycle.schedule import Schedule
from azcost.units import AVERAGE_DAYS

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
GONE = -1
_DAYS = float(AVERAGE_DAYS)


class What(StrEnum):
    """What a quantity is, in an answer's words."""

    CAPACITY = "capacity"
    UPLOADS = "upload writes"
    MOVES = "tier-change writes"
    READS = "reads"
    RETRIEVAL = "retrieval"
    COPIES = "copy operations"
    EARLY = "early deletion"
    WRITTEN = "data written"
    REPLICATED = "geo-replication"
    TAGS = "index tags"
    TRACKING = "last-access tracking"


OPERATIONS = (What.UPLOADS, What.MOVES, What.READS, What.COPIES, What.TRACKING)


class Key(msgspec.Struct, frozen=True):
    """What is counted, of which tier, under which meter (None: copying to a second region)."""

    what: What
    tier: StandardTier
    use: Use | None


class Ledger:
    """Quantities by month."""

    def __init__(self, months: int) -> None:
        self.months = months
        self._quantities: dict[Key, Floats] = {}

    def add(self, key: Key, quantities: Floats) -> None:
        """Add so much in each month."""
        if np.any(quantities):
            self._quantities[key] = self._quantities.get(key, np.zeros(self.months)) + quantities

    def merge(self, other: Ledger) -> None:
        """Add all of another."""
        for key, quantities in other._quantities.items():
            mine = self._quantities.get(key)
            self._quantities[key] = quantities if mine is None else mine + quantities

    def entries(self) -> Iterator[tuple[Key, Floats]]:
        """Yield what was counted, capacity first."""
        order = list(What)
        yield from sorted(
            self._quantities.items(),
            key=lambda entry: (order.index(entry[0].what), TIERS.index(entry[0].tier)),
        )

    def amount(self, what: What) -> float:
        """How much of something was counted over all months and tiers."""
        return float(sum(q.sum() for key, q in self.entries() if key.what is what))


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What of a simulation does not depend on the blobs.

    `writes_gb` are the tiers whose price list has a price for writing a GB.
    """

    days: int
    reading: dict[StandardTier, Use]
    retrieving: dict[StandardTier, Use]
    writes_gb: frozenset[StandardTier]
    tracks_access: bool = False

    @property
    def months(self) -> int:
        """Into how many months the days fall; the last may be short."""
        return int((self.days - 1) // _DAYS) + 1


def rates_by_age(cohort: Cohort, first: int, count: int) -> Floats:
    """Reads of a blob on each of `count` days from the age `first`."""
    found = np.zeros(count)
    begin = 0
    for step in cohort.reads or ():
        end = first + count if step.until_day is None else step.until_day
        if end > first:
            found[max(begin - first, 0) : end - first] = float(step.per_month) / _DAYS
        begin = end
    return found


class Course(msgspec.Struct, frozen=True):
    """What happens to blobs day by day, as shares of them; arrays of shape (4, days + 1).

    `there` is the share in each tier, `moved` the share that moves into it, `short` the share
    that leaves it early times the days that it is short of its minimum. Only leaving is
    seen on the day after the last.
    """

    there: Floats
    moved: Floats
    short: Floats

    @classmethod
    def empty(cls, days: int) -> Course:
        """One in which nothing happens yet."""
        return cls(*(np.zeros((len(TIERS), days + 1)) for _ in range(3)))


def simulate(cohort: Cohort, schedule: Schedule, terms: Terms) -> Ledger:
    """Count what a cohort is billed for under a schedule.

    The policy runs on the first day: blobs that are older than a threshold move at once,
    to the coldest tier that is due. Deletion on the day after the last is still seen.
    """
    days = terms.days
    first = TIERS.index(cohort.tier)
    ages = cohort.age_days + np.arange(days + 1)
    tiers = np.maximum(schedule.by_age(ages), first)
    tiers[days] = tiers[days - 1]
    end = schedule.deleted_at(cohort.lifetime_days)
    if end is not None:
        tiers[ages >= end] = GONE
    course = Course.empty(days)
    for code in range(len(TIERS)):
        course.there[code, :days] = tiers[:days] == code
    entered = -np.inf if (held := days_in_tier(cohort)) is None else -held
    changes = np.concatenate([[first], tiers])
    for day in map(int, np.nonzero(np.diff(changes))[0]):
        left, into = int(changes[day]), int(changes[day + 1])
        minimum = MINIMUM_DAYS.get(TIERS[left], 0)
        course.short[left, day] = max(0.0, minimum - (day - entered))
        if into != GONE:
            course.moved[into, day] = 1.0
        entered = day
    return counted(cohort, course, terms)


def days_in_tier(cohort: Cohort) -> int | None:
    """Days in its tier so far; None if leaving it is not early whenever it happens."""
    return 0 if cohort.uploads else cohort.tier_days


def counted(cohort: Cohort, course: Course, terms: Terms) -> Ledger:
    """What a cohort is billed for on its course."""
    daily = _Daily(cohort, terms)
    daily.stays(course)
    daily.changes(course)
    daily.uploads()
    return daily.ledger()


class _Daily:
    """Quantities by day of the blobs that are there on day 0, or arrive on it."""

    def __init__(self, cohort: Cohort, terms: Terms) -> None:
        self._cohort = cohort
        self._terms = terms
        self._blobs = float(cohort.blobs)
        self._gb = float(cohort.total_gb)
        self._days: dict[Key, Floats] = {}

    def _add(self, what: What, tier: StandardTier, use: Use | None, amounts: Floats) -> None:
        if np.any(amounts):
            key = Key(what, tier, use)
            self._days[key] = self._days.get(key, np.zeros(self._terms.days + 1)) + amounts

    def stays(self, course: Course) -> None:
        """What a day in a tier is billed for."""
        cohort, terms = self._cohort, self._terms
        reads = rates_by_age(cohort, cohort.age_days, terms.days + 1)
        tags = len(cohort.tags) * self._blobs
        for tier, there in zip(TIERS, course.there, strict=True):
            self._add(What.CAPACITY, tier, Use.STORED, there * self._gb / _DAYS)
            self._add(What.TAGS, tier, Use.INDEX_TAGS, there * tags / _DAYS)
            self._read(tier, there * reads)
        if terms.tracks_access:
            seen = np.minimum(reads, 1.0) * course.there.sum(axis=0) * self._blobs
            self._add(What.TRACKING, "Hot", Use.OTHER, seen)

    def _read(self, tier: StandardTier, per_blob: Floats) -> None:
        reads = per_blob * self._blobs
        self._add(What.READS, tier, self._terms.reading[tier], reads)
        if tier in MINIMUM_DAYS:
            retrieved = per_blob * self._gb
            self._add(What.RETRIEVAL, tier, self._terms.retrieving[tier], retrieved)
        if tier == "Archive":
            self._add(What.COPIES, "Hot", Use.WRITE, reads)
            self._add(What.COPIES, "Hot", Use.READ, reads)

    def changes(self, course: Course) -> None:
        """Moves, and leaving a tier early."""
        for tier, moved, short in zip(TIERS, course.moved, course.short, strict=True):
            self._add(What.EARLY, tier, Use.EARLY_DELETE, short * self._gb / _DAYS)
            self._add(What.MOVES, tier, Use.WRITE, moved * self._blobs)
            if tier in self._terms.writes_gb:
                self._add(What.WRITTEN, tier, Use.DATA_WRITE, moved * self._gb)

    def _on_arrival(self, amount: float) -> Floats:
        amounts = np.zeros(self._terms.days + 1)
        amounts[0] = amount
        return amounts

    def uploads(self) -> None:
        """What the upload itself is billed for, where it is to be counted."""
        cohort = self._cohort
        if not cohort.uploads:
            return
        self._add(What.UPLOADS, cohort.tier, Use.WRITE, self._on_arrival(float(cohort.uploads)))
        if cohort.tier in self._terms.writes_gb:
            self._add(What.WRITTEN, cohort.tier, Use.DATA_WRITE, self._on_arrival(self._gb))
        if is_geo(cohort.redundancy):
            self._add(What.REPLICATED, "Hot", None, self._on_arrival(self._gb))

    def ledger(self) -> Ledger:
        """The days summed into months; an even stream is as many copies, each a day later."""
        days = self._terms.days
        ledger = Ledger(self._terms.months)
        month = np.minimum((np.arange(days + 1) // _DAYS).astype(np.int64), ledger.months - 1)
        for key, amounts in self._days.items():
            if self._cohort.arrive == "evenly":
                amounts = np.cumsum(amounts) / days
                amounts[days] = 0.0
            ledger.add(key, np.bincount(month, amounts, ledger.months).astype(np.float64))
        return ledger
