"""Today, the policy and the optimum, side by side, and what would change the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.meters.cohorts import TIERS, Account, Cohort, StandardTier
from azcost.money import Money
from azcost.optimise.lifecycle import groups as grouping
from azcost.optimise.lifecycle.groups import Group
from azcost.optimise.lifecycle.idle import expected, goes_by_access
from azcost.optimise.lifecycle.ledger import Floats, Ledger, Terms, simulate
from azcost.optimise.lifecycle.optimum import MOST_AGES, cheapest, lives
from azcost.optimise.lifecycle.policy import MOVES, Policy
from azcost.optimise.lifecycle.prices import Line, Prices, total
from azcost.optimise.lifecycle.schedule import Schedule, scheduled
from azcost.pricing.catalogue import Catalogue

Way = Literal["today", "policy", "optimum"]
_SHOWN = 2


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """How to look: over so many days, and what reads may wait for.

    `high_priority` rehydrates archived blobs within an hour or so, dearer; `online_only`
    archives nothing, for archived blobs take hours to be read.
    """

    days: int = 365
    high_priority: bool = False
    online_only: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """What a way of keeping the blobs costs over the horizon."""

    way: Way
    lines: tuple[Line, ...]
    total: Money
    by_month: tuple[float, ...]


class RuleOutcome(msgspec.Struct, frozen=True):
    """A group of blobs that one rule is for: what becomes of it, and what that costs."""

    filter: str
    blobs: Decimal
    gb: Decimal
    schedules: dict[Way, str]
    totals: dict[Way, Money]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: outcomes by way, rules, the optimal policies and what was left out."""

    setting: Setting
    currency: str
    cohorts: tuple[Cohort, ...]
    outcomes: tuple[Outcome, ...]
    rules: tuple[RuleOutcome, ...]
    policies: tuple[tuple[Account, Policy], ...]
    without_rule: int
    left_out: tuple[tuple[StandardTier, str], ...]

    def outcome(self, way: Way) -> Outcome | None:
        """The outcome of a way; None of the policy when there is none."""
        return next((one for one in self.outcomes if one.way == way), None)

    @property
    def blobs(self) -> Decimal:
        """How many blobs there are, or will have come."""
        return sum((cohort.blobs for cohort in self.cohorts), start=Decimal(0))

    @property
    def gb(self) -> Decimal:
        """What they take together."""
        return sum((cohort.total_gb for cohort in self.cohorts), start=Decimal(0))

    @property
    def reads_known(self) -> bool:
        """Whether the description says how often blobs are read."""
        return any(cohort.reads is not None for cohort in self.cohorts)


class Desk:
    """Everything needed to simulate and price cohorts: the prices of their accounts."""

    def __init__(
        self,
        cohorts: Sequence[Cohort],
        policy: Policy | None,
        catalogue: Catalogue,
        setting: Setting,
    ) -> None:
        self.policy = policy
        self.setting = setting
        self.currency = catalogue.currency
        self.prices: dict[Account, Prices] = {}
        self._terms: dict[tuple[Account, bool], Terms] = {}
        for cohort in cohorts:
            if cohort.account not in self.prices:
                found = Prices(cohort.account, catalogue, high_priority=setting.high_priority)
                self.prices[cohort.account] = found
            self.prices[cohort.account].require(cohort.tier)

    def schedule(self, cohort: Cohort) -> Schedule:
        """What the policy does to a cohort."""
        if self.policy is None:
            return Schedule()
        by_access = goes_by_access(self.policy, cohort)
        policy = self.policy.without_access() if by_access else self.policy
        found = scheduled(policy, cohort, self.setting.days)
        for tier, _ in found.moves:
            self.prices[cohort.account].require(tier)
        return found

    def ledger(self, cohort: Cohort, schedule: Schedule) -> Ledger:
        """What a cohort is billed for under a schedule."""
        return simulate(cohort, schedule, self.terms(cohort.account, tracked=False))

    def under_policy(self, cohort: Cohort, schedule: Schedule) -> Ledger:
        """What a cohort is billed for under the policy, which comes to a schedule without reads."""
        if self.policy is None:
            return self.ledger(cohort, schedule)
        terms = self.terms(cohort.account, tracked=self.policy.tracks_access)
        if not goes_by_access(self.policy, cohort):
            return simulate(cohort, schedule, terms)
        for action in self.policy.actions_for(cohort):
            if action.move != "delete":
                self.prices[cohort.account].require(TIERS[MOVES.index(action.move)])
        return expected(self.policy, cohort, terms)

    def words(self, way: Way, cohort: Cohort, schedule: Schedule) -> str:
        """What becomes of a cohort, for a reader."""
        if way == "policy" and self.policy and goes_by_access(self.policy, cohort):
            return f"from {cohort.tier}, by last access"
        return schedule.words(cohort.tier)

    def terms(self, account: Account, *, tracked: bool) -> Terms:
        """The terms of a simulation in an account."""
        if (account, tracked) not in self._terms:
            prices = self.prices[account]
            self._terms[account, tracked] = Terms(
                days=self.setting.days,
                reading={tier: prices.reading(tier) for tier in TIERS},
                retrieving={tier: prices.retrieving(tier) for tier in TIERS},
                writes_gb=frozenset(t for t in TIERS if prices.bills_written_gb(t)),
                tracks_access=tracked,
            )
        return self._terms[account, tracked]

    def allowed(self, account: Account) -> list[StandardTier]:
        """The tiers that the optimum may use."""
        barred = {"Archive"} if self.setting.online_only else set()
        missing = self.prices[account].missing
        return [tier for tier in TIERS if tier not in missing and tier not in barred]

    def best(
        self,
        cohorts: Sequence[Cohort],
        schedules: Sequence[Schedule],
        most_ages: int = MOST_AGES,
    ) -> Schedule:
        """The one schedule that is cheapest for cohorts of an account.

        `schedules` are those of the policy; what they delete stays deleted.
        """
        account = cohorts[0].account
        ends = [s.deleted_at(c.lifetime_days) for c, s in zip(cohorts, schedules, strict=True)]
        found = lives(list(zip(cohorts, ends, strict=True)), self.setting.days)
        rates = self.prices[account].rates(float(found.gb.sum()))
        allowed = self.allowed(account)
        own = {cohort.tier for cohort in cohorts}
        return cheapest(found, rates, [t for t in TIERS if t in allowed or t in own], most_ages)

    def cost(self, ledgers: Iterable[tuple[Account, Ledger]]) -> Floats:
        """What ledgers cost by month, the volumes of an account taken together."""
        merged = self._merged(ledgers)
        return sum(
            (self.prices[account].by_month(ledger) for account, ledger in merged.items()),
            start=np.zeros(next(iter(merged.values())).months),
        )

    def lines(self, ledgers: Iterable[tuple[Account, Ledger]]) -> list[Line]:
        """What ledgers cost, exactly, the volumes of an account taken together."""
        merged = self._merged(ledgers)
        return [
            line
            for account, ledger in merged.items()
            for line in self.prices[account].lines(ledger)
        ]

    def _merged(self, ledgers: Iterable[tuple[Account, Ledger]]) -> dict[Account, Ledger]:
        merged: dict[Account, Ledger] = {}
        for account, ledger in ledgers:
            merged.setdefault(account, Ledger(ledger.months)).merge(ledger)
        return merged


def plan(
    cohorts: Sequence[Cohort],
    policy: Policy | None,
    catalogue: Catalogue,
    setting: Setting,
) -> Plan:
    """Price today, the policy and the optimum for cohorts.

    Raises PriceNotFound when a tier that the blobs are in, or that the policy moves them
    to, has no price; other tiers without one are left out and named.
    """
    if not cohorts:
        raise AzcostError("There are no blobs to price.")
    desk = Desk(cohorts, policy, catalogue, setting)
    pairs = grouping.pooled([(cohort, desk.schedule(cohort)) for cohort in cohorts])
    whole, cohorts = cohorts, [cohort for cohort, _ in pairs]
    given = [schedule for _, schedule in pairs]
    grouped = grouping.groups(cohorts)
    best = {group: _best(desk, cohorts, given, group) for group in grouped}
    chosen = list(given)
    for group, schedule in best.items():
        for number in group.members:
            chosen[number] = msgspec.structs.replace(schedule, delete=given[number].delete)
    ways: dict[Way, list[Schedule]] = {"today": [Schedule()] * len(cohorts)}
    if policy is not None:
        ways["policy"] = given
    ways["optimum"] = chosen
    ledgers = {
        way: [
            (cohort.account, (desk.under_policy if way == "policy" else desk.ledger)(cohort, one))
            for cohort, one in zip(cohorts, schedules, strict=True)
        ]
        for way, schedules in ways.items()
    }
    policies, without = _policies(best, policy)
    return Plan(
        setting=setting,
        currency=desk.currency,
        cohorts=tuple(whole),
        outcomes=tuple(_outcome(desk, way, ledgers[way]) for way in ways),
        rules=tuple(_rule(desk, cohorts, group, ways, ledgers) for group in grouped),
        policies=policies,
        without_rule=without,
        left_out=tuple(
            (tier, why) for prices in desk.prices.values() for tier, why in prices.missing.items()
        ),
    )


def _best(
    desk: Desk, cohorts: Sequence[Cohort], given: Sequence[Schedule], group: Group
) -> Schedule:
    if group.filter.blob_type != "blockBlob":
        return Schedule()
    members = [cohorts[number] for number in group.members]
    return desk.best(members, [given[number] for number in group.members])


def _outcome(desk: Desk, way: Way, ledgers: Sequence[tuple[Account, Ledger]]) -> Outcome:
    lines = tuple(desk.lines(ledgers))
    return Outcome(
        way, lines, total(lines, desk.currency), tuple(float(m) for m in desk.cost(ledgers))
    )


def _rule(
    desk: Desk,
    cohorts: Sequence[Cohort],
    group: Group,
    ways: dict[Way, list[Schedule]],
    ledgers: dict[Way, list[tuple[Account, Ledger]]],
) -> RuleOutcome:
    members = [cohorts[number] for number in group.members]
    words, totals = {}, {}
    for way, schedules in ways.items():
        said = sorted({desk.words(way, cohorts[n], schedules[n]) for n in group.members})
        words[way] = "; ".join(said) if len(said) <= _SHOWN else "by age and tier"
        own = [ledgers[way][number] for number in group.members]
        totals[way] = total(desk.lines(own), desk.currency)
    return RuleOutcome(
        str(group.filter),
        sum((one.blobs for one in members), start=Decimal(0)),
        sum((one.total_gb for one in members), start=Decimal(0)),
        words,
        totals,
    )


def _policies(
    best: dict[Group, Schedule], policy: Policy | None
) -> tuple[tuple[tuple[Account, Policy], ...], int]:
    accounts = dict.fromkeys(group.filter.account for group in best)
    made, without = [], 0
    for account in accounts:
        own = [(g.filter, s) for g, s in best.items() if g.filter.account == account]
        written, left = grouping.written(own, policy)
        made.append((account, written))
        without += left
    return tuple(made), without
