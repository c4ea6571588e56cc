"""At what age blobs go where: what a policy comes to for blobs that are alike."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.meters.cohorts import TIERS, Cohort, StandardTier
from azcost.optimise.lifecycle.policy import MOVES, Action, Policy

_FAR_BACK = 1_000_000


class Schedule(msgspec.Struct, frozen=True):
    """Moves to ever colder tiers by age in days since modification, and deletion."""

    moves: tuple[tuple[StandardTier, int], ...] = ()
    delete: int | None = None

    def by_age(self, ages: NDArray[Any]) -> NDArray[np.int64]:
        """The coldest tier that is due at each age, as its place among the tiers."""
        due = np.zeros(len(ages), dtype=np.int64)
        for tier, age in self.moves:
            due[ages >= age] = np.maximum(due[ages >= age], TIERS.index(tier))
        return due

    def deleted_at(self, lifetime: int | None) -> int | None:
        """The age of deletion, by the policy or by the user, if there is any."""
        ends = [end for end in (self.delete, lifetime) if end is not None]
        return min(ends, default=None)

    def words(self, tier: StandardTier) -> str:
        """The schedule for a reader: `Hot -> Cool at 30 d -> Archive at 90 d`."""
        steps = [tier, *(f"{to} at {age:,} d" for to, age in self.moves)]
        if self.delete is not None:
            steps.append(f"deleted at {self.delete:,} d")
        return " -> ".join(steps) if len(steps) > 1 else f"stays in {tier}"


def scheduled(policy: Policy, cohort: Cohort, days: int) -> Schedule:
    """What the rules that apply to a cohort do to it within so many days.

    Ages are those at which the daily run finds the condition met: "greater than 30 days"
    is the run after 30 full days. A blob that is never read was last read when it was
    modified, or `idle_days` ago.
    """
    actions = policy.actions_for(cohort)
    tier, moves = TIERS.index(cohort.tier), list[tuple[StandardTier, int]]()
    first = cohort.age_days
    held = _FAR_BACK if cohort.tier_days is None else cohort.tier_days
    idle = first if cohort.idle_days is None else cohort.idle_days
    # The age at which each count of days was zero.
    zero = {
        "modified": 0,
        "created": first - max(first, cohort.created_days or 0),
        "read": first - idle,
        "moved": first - held,
    }
    age: int | None = first
    while age is not None and age <= first + days:
        due = [MOVES.index(action.move) for action in actions if _ready(action, zero) <= age]
        into = max(due, default=0)
        if into == len(TIERS):
            return Schedule(tuple(moves), age)
        if into > tier:
            tier, zero["moved"] = into, age
            moves.append((TIERS[into], age))
        later = [ready for action in actions if (ready := _ready(action, zero)) > age]
        age = min(later, default=None)
    return Schedule(tuple(moves))


def _ready(action: Action, zero: dict[str, int]) -> int:
    """The age at which every count of days has reached its limit."""
    return max(zero[name] + limit for name, limit in action.condition.since())
