"""When there is spot capacity: a Markov chain whose hazards depend on the age of a run.

Runs of availability, and of its absence, are heavy-tailed: what has lasted long goes on.
So the chain's phase is whether there is capacity, and since how long, in buckets
(METHODS 2.3). With one bucket it is the memoryless chain of an eviction rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

# The age of a run in slots where its buckets begin; each is about 1.6 times the last.
AGES = (1, 2, 3, 5, 8, 13, 22, 37, 62)


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """Availability by slots of `slot_hours`.

    `flips` has the probabilities that a run ends with its slot: row 0 of runs without
    capacity, row 1 with; a column for each bucket of `ages`. Phases are numbered without
    capacity first, then by bucket.
    """

    slot_hours: float
    ages: tuple[int, ...]
    flips: Floats

    @property
    def phases(self) -> int:
        """How many phases there are."""
        return 2 * len(self.ages)

    @property
    def available(self) -> Flags:
        """Which phases have capacity; shape (phases,)."""
        return np.arange(self.phases) >= len(self.ages)

    def transitions(self) -> Floats:
        """Probabilities from phase (row) to phase of the next slot; shape (phases, phases).

        A run that goes on leaves its bucket with the probability of one over the bucket's
        width, so that it stays as long as the bucket is wide on average.
        """
        buckets = len(self.ages)
        matrix = np.zeros((self.phases, self.phases))
        for state in (0, 1):
            for bucket in range(buckets):
                row = state * buckets + bucket
                flip = self.flips[state, bucket]
                matrix[row, (1 - state) * buckets] = flip
                older = self._older(bucket)
                matrix[row, row] += (1 - flip) * (1 - older)
                if older:
                    matrix[row, row + 1] = (1 - flip) * older
        return matrix

    def _older(self, bucket: int) -> float:
        last = bucket + 1 == len(self.ages)
        return 0.0 if last else 1 / (self.ages[bucket + 1] - self.ages[bucket])

    def stationary(self) -> Floats:
        """How often each phase is met in the long run; shape (phases,)."""
        system = np.vstack([self.transitions().T - np.eye(self.phases), np.ones(self.phases)])
        target = np.zeros(self.phases + 1)
        target[-1] = 1
        shares = np.clip(np.linalg.lstsq(system, target, rcond=None)[0], 0, None)
        return np.asarray(shares / shares.sum())

    def share(self) -> float:
        """The share of time with capacity."""
        return float(self.stationary()[self.available].sum())

    def first_bucket(self, state: int) -> int:
        """The bucket of a run that was there before anybody looked: the median one."""
        buckets = len(self.ages)
        shares = self.stationary()[state * buckets : (state + 1) * buckets]
        return int(np.searchsorted(np.cumsum(shares), shares.sum() / 2))

    def phases_of(self, available: Flags) -> Integers:
        """The phases of what was seen; both of shape (paths, slots)."""
        buckets = len(self.ages)
        starts = np.array(self.ages)
        first = np.array([starts[self.first_bucket(state)] for state in (0, 1)])
        age = first[available[:, 0].astype(int)]
        phases = np.empty(available.shape, dtype=np.int64)
        for slot in range(available.shape[1]):
            now = available[:, slot]
            if slot:
                age = np.where(now == available[:, slot - 1], age + 1, 1)
            phases[:, slot] = now * buckets + np.searchsorted(starts, age, side="right") - 1
        return phases

    def sample(self, paths: int, slots: int, rng: np.random.Generator) -> Integers:
        """Draw phases from the long run onwards; shape (paths, slots)."""
        cumulative = np.cumsum(self.transitions(), axis=1)
        phases = np.empty((paths, slots), dtype=np.int64)
        phases[:, 0] = rng.choice(self.phases, size=paths, p=self.stationary())
        for slot in range(1, slots):
            ends = cumulative[phases[:, slot - 1]]
            drawn = (rng.random((paths, 1)) > ends).sum(axis=1)
            phases[:, slot] = np.minimum(drawn, self.phases - 1)
        return phases


def memoryless(*, evictions_per_hour: float, wait_hours: float, slot_hours: float) -> Chain:
    """The chain of an eviction rate, and of an average wait until there is capacity again."""
    ends = -math.expm1(-evictions_per_hour * slot_hours)
    returns = -math.expm1(-slot_hours / wait_hours) if wait_hours else 1.0
    return Chain(slot_hours=slot_hours, ages=(1,), flips=np.array([[returns], [ends]]))


def fit(windows: Iterable[Flags], slot_hours: float) -> Chain:
    """The chain of recorded windows of availability, each of shape (slots,).

    The first run of a window counts from its first change on, for nobody knows how old it
    is. Every bucket is given one more slot with the average hazard of its side, so that
    what was seen once is not taken for certain.
    """
    slots = np.zeros((2, len(AGES)))
    ends = np.zeros((2, len(AGES)))
    for window in windows:
        _count(np.asarray(window, dtype=bool), slots, ends)
    average = (ends.sum(axis=1) + 0.5) / (slots.sum(axis=1) + 1)
    flips = (ends + average[:, None]) / (slots + 1)
    return Chain(slot_hours=slot_hours, ages=AGES, flips=flips)


def _count(window: Flags, slots: Floats, ends: Floats) -> None:
    """Add a window's slots, and the ends of runs, by state and bucket."""
    changes = np.flatnonzero(window[1:] != window[:-1]) + 1
    for begin, end in zip(changes, (*changes[1:], len(window)), strict=False):
        is_last = end == len(window)  # of whose last slot no next one is known
        ages = np.arange(1, end - begin + (0 if is_last else 1))
        buckets = np.searchsorted(AGES, ages, side="right") - 1
        state = int(window[begin])
        slots[state] += np.bincount(buckets, minlength=len(AGES))
        if not is_last:
            ends[state, buckets[-1]] += 1
