"""Policies that go by the last access: what becomes of blobs that are read at random.

Each blob is read on a day with the chance 1 - exp(-rate), on its own. So the share of the
blobs in a tier, so many days there and so many days idle, is a chain that one array pass
moves on by a day; the costs are expectations and need no drawing of lots.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from azcost.meters.blobs import MINIMUM_DAYS
from azcost.meters.cohorts import TIERS, Cohort
from azcost.optimise.lifecycle.ledger import (
    Course,
    Floats,
    Ledger,
    Terms,
    Whole,
    counted,
    days_in_tier,
    rates_by_age,
)
from azcost.optimise.lifecycle.policy import MOVES, Action, Policy

_DELETE = len(TIERS)


def goes_by_access(policy: Policy, cohort: Cohort) -> bool:
    """Whether a cohort's course depends on when its blobs are read."""
    return any(step.per_month for step in cohort.reads or ()) and any(
        action.condition.read is not None for action in policy.actions_for(cohort)
    )


def expected(policy: Policy, cohort: Cohort, terms: Terms) -> Ledger:
    """Count what a cohort is billed for under a policy, in expectation.

    Where a rule says so, a blob that is read in Cool goes back to Hot: a write of Hot, and
    early deletion of Cool if it is due. Azure does so once in 30 days at most, here always.
    Reading an archived blob reads a copy, and does not count as an access.
    """
    warms = any(rule.back_to_hot for rule in policy.rules_for(cohort))
    chain = _Chain(cohort, policy.actions_for(cohort), terms.days, warms=warms)
    chances = 1.0 - np.exp(-rates_by_age(cohort, cohort.age_days, terms.days))
    for day in range(terms.days):
        chain.run_policy(day)
        chain.pass_day(day, float(chances[day]))
    if cohort.arrive == "now":
        chain.delete_due(terms.days)
    return counted(cohort, chain.course, terms)


class _Chain:
    """Shares of the blobs by (tier, days in it, days idle); counts stop at the last limit."""

    def __init__(
        self, cohort: Cohort, actions: Sequence[Action], days: int, *, warms: bool
    ) -> None:
        limits = [dict(action.condition.since()) for action in actions]
        idle = max(limit.get("read", 0) for limit in limits)
        held = max(limit.get("moved", 0) for limit in limits)
        stays = [max(held, MINIMUM_DAYS.get(tier, 0)) for tier in TIERS]
        self.course = Course.empty(days)
        self._cohort = cohort
        self._actions = actions
        self._warms = warms
        self._idle = np.arange(idle + 1)
        self._stays = [np.arange(longest + 1) for longest in stays]
        self._shares = [np.zeros((longest + 1, idle + 1)) for longest in stays]
        self._shares[TIERS.index(cohort.tier)][self._begin(cohort)] = 1.0
        elder = max(cohort.age_days, cohort.created_days or 0) - cohort.age_days
        self._ages = {"modified": cohort.age_days, "created": cohort.age_days + elder}

    def _begin(self, cohort: Cohort) -> tuple[int, int]:
        held = days_in_tier(cohort)
        longest = len(self._stays[TIERS.index(cohort.tier)]) - 1
        unread = cohort.age_days if cohort.idle_days is None else cohort.idle_days
        return (longest if held is None else min(held, longest)), min(unread, len(self._idle) - 1)

    def run_policy(self, day: int) -> None:
        """Move and delete what is due at the beginning of a day."""
        self.delete_due(day)
        for left in self._held():
            due = self._due(left, day)
            for into in range(left + 1, len(TIERS)):
                if (due == into).any():
                    self._move(left, into, day, self._shares[left] * (due == into))

    def _held(self) -> list[int]:
        """The tiers that any blobs are in."""
        return [code for code, shares in enumerate(self._shares) if shares.any()]

    def delete_due(self, day: int) -> None:
        """Delete what is due at the beginning of a day, by the policy or the user."""
        lifetime = self._cohort.lifetime_days
        everything = lifetime is not None and self._cohort.age_days + day >= lifetime
        for left in self._held():
            gone = (self._due(left, day) == _DELETE) | everything
            if gone.any():
                self._leave(left, day, self._shares[left] * gone)

    def pass_day(self, day: int, chance: float) -> None:
        """Let a day pass in which each online blob is read with a chance."""
        after = [np.zeros_like(shares) for shares in self._shares]
        for code in self._held():
            shares = self._shares[code]
            self.course.there[code, day] = shares.sum()
            read = shares * (0.0 if TIERS[code] == "Archive" else chance)
            after[code] += _later(_later(shares - read, 1), 0)
            if self._warms and TIERS[code] == "Cool":
                self._note_leaving(code, day, read, self._stays[code] + 1)
                self.course.moved[0, day] += read.sum()
                after[0][0, 0] += read.sum()
            else:
                after[code][:, 0] += _later(read.sum(axis=1), 0)
        self._shares = after

    def _due(self, left: int, day: int) -> Whole:
        """The coldest that is due, by days in the tier and days idle."""
        found = np.zeros(self._shares[left].shape, dtype=np.int64)
        for action in self._actions:
            ready = np.ones_like(found, dtype=bool)
            for name, limit in action.condition.since():
                if name == "read":
                    ready &= (self._idle >= limit)[None, :]
                elif name == "moved":
                    ready &= (self._stays[left] >= limit)[:, None]
                else:
                    ready &= self._ages[name] + day >= limit
            found[ready] = np.maximum(found[ready], MOVES.index(action.move))
        return found

    def _leave(self, left: int, day: int, shares: Floats) -> None:
        self._note_leaving(left, day, shares, self._stays[left])
        self._shares[left] -= shares

    def _note_leaving(self, left: int, day: int, shares: Floats, stayed: Whole) -> None:
        missing = np.maximum(0.0, MINIMUM_DAYS.get(TIERS[left], 0) - stayed)
        self.course.short[left, day] += float((shares.sum(axis=1) * missing).sum())

    def _move(self, left: int, into: int, day: int, shares: Floats) -> None:
        self._leave(left, day, shares)
        self.course.moved[into, day] += shares.sum()
        self._shares[into][0] += shares.sum(axis=0)


def _later(shares: Floats, axis: int) -> Floats:
    """Shares a day later along an axis; the last place gathers all that is beyond it."""
    moved = np.roll(shares, 1, axis)
    first, last = [slice(None)] * shares.ndim, [slice(None)] * shares.ndim
    first[axis], last[axis] = slice(0, 1), slice(-1, None)
    over = moved[tuple(first)].copy()
    moved[tuple(first)] = 0.0
    moved[tuple(last)] += over
    return moved
