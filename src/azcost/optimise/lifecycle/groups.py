"""Which blobs share a rule, and the policy that gives each group its schedule."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from azcost.meters.cohorts import TIERS, Account, BlobType, Cohort, Part, StandardTier
from azcost.optimise.lifecycle.policy import (
    MAX_PREFIXES,
    MAX_RULES,
    MOVES,
    Action,
    Condition,
    Policy,
    Rule,
)
from azcost.optimise.lifecycle.schedule import Schedule


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule can tell blobs apart by, within one account."""

    account: Account
    part: Part
    blob_type: BlobType
    prefix: str
    tags: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, cohort: Cohort) -> Filter:
        """The narrowest filter that lets a cohort through."""
        return cls(
            account=cohort.account,
            part=cohort.part,
            blob_type=cohort.blob_type,
            prefix=cohort.prefix,
            tags=tuple(sorted(cohort.tags.items())),
        )

    def covers(self, other: Filter) -> bool:
        """Whether a rule with this filter would run on the blobs of another as well."""
        return (
            (self.account, self.part, self.blob_type)
            == (other.account, other.part, other.blob_type)
            and other.prefix.startswith(self.prefix)
            and set(self.tags) <= set(other.tags)
        )

    def __str__(self) -> str:
        words = [self.prefix or "all blobs"]
        words += [f"{name}={value}" for name, value in self.tags]
        if self.part != "baseBlob":
            words.append(f"{self.part}s")
        if self.blob_type != "blockBlob":
            words.append(f"{self.blob_type}s")
        return ", ".join(words)


_Alike = tuple[Part, tuple[tuple[str, str], ...], tuple[tuple[StandardTier, int], ...]]


class Group(msgspec.Struct, frozen=True):
    """Cohorts that one rule treats alike, by the numbers of the cohorts."""

    filter: Filter
    members: tuple[int, ...]


def groups(cohorts: Sequence[Cohort]) -> list[Group]:
    """Cohorts by the rule that they need; a rule has no exceptions, so the widest wins."""
    filters = [Filter.of(cohort) for cohort in cohorts]
    distinct = sorted(set(filters), key=lambda one: (len(one.prefix), len(one.tags), str(one)))
    widest: dict[Filter, Filter] = {}
    tops: list[Filter] = []
    for one in distinct:
        widest[one] = next((top for top in tops if top.covers(one)), one)
        if widest[one] is one:
            tops.append(one)
    members: dict[Filter, list[int]] = {}
    for number, one in enumerate(filters):
        members.setdefault(widest[one], []).append(number)
    return [Group(top, tuple(members[top])) for top in tops]


def pooled(pairs: Sequence[tuple[Cohort, Schedule]]) -> list[tuple[Cohort, Schedule]]:
    """Cohorts that differ in number and size only as one: all costs are linear in both."""
    alike: dict[bytes, list[tuple[Cohort, Schedule]]] = {}
    one = Decimal(1)
    for cohort, schedule in pairs:
        same = msgspec.structs.replace(
            cohort, name="", blobs=one, mb=None, gb=one, upload_writes=None
        )
        alike.setdefault(msgspec.json.encode((same, schedule)), []).append((cohort, schedule))
    return [(_sum([cohort for cohort, _ in found]), found[0][1]) for found in alike.values()]


def _sum(cohorts: Sequence[Cohort]) -> Cohort:
    blobs = sum((one.blobs for one in cohorts), start=Decimal(0))
    uploads = sum((one.uploads for one in cohorts), start=Decimal(0))
    gb = sum((one.total_gb for one in cohorts), start=Decimal(0))
    return msgspec.structs.replace(
        cohorts[0], blobs=blobs, mb=None, gb=gb, upload_writes=uploads / blobs
    )


def written(
    schedules: Sequence[tuple[Filter, Schedule]], before: Policy | None
) -> tuple[Policy, int]:
    """A policy that gives each filter its schedule, and how many filters found no place.

    What an earlier policy deletes stays deleted, and its rules for parts that are not
    described here stay as they are. Filters that agree share rules of ten prefixes each;
    of more than a hundred rules those that come first are kept.
    """
    described = {one.part for one, _ in schedules}
    kept = [rule for old in (before.rules if before else ()) if (rule := _kept(old, described))]
    alike: dict[_Alike, list[str]] = {}
    for one, schedule in schedules:
        if schedule.moves and one.blob_type == "blockBlob":
            alike.setdefault((one.part, one.tags, schedule.moves), []).append(one.prefix)
    taken = {rule.name for rule in kept}
    made, left = list(kept), 0
    for (part, tags, moves), prefixes in alike.items():
        for start in range(0, len(prefixes), MAX_PREFIXES):
            some = prefixes[start : start + MAX_PREFIXES]
            if len(made) == MAX_RULES:
                left += len(some)
                continue
            name = _name(part, moves, taken)
            made.append(
                Rule(
                    name=name,
                    prefixes=tuple(prefix for prefix in some if prefix),
                    tags=tags,
                    actions={part: tuple(_action(part, tier, age) for tier, age in moves)},
                )
            )
    return Policy(tuple(made)), left


def _kept(old: Rule, described: set[Part]) -> Rule | None:
    actions = {
        part: tuple(a for a in own if part not in described or a.move == "delete")
        for part, own in old.actions.items()
    }
    actions = {part: own for part, own in actions.items() if own}
    if not actions:
        return None
    back = old.back_to_hot and any(a.move == "tierToCool" for a in actions.get("baseBlob", ()))
    return msgspec.structs.replace(old, actions=actions, back_to_hot=back)


def _action(part: Part, tier: StandardTier, age: int) -> Action:
    move = MOVES[TIERS.index(tier)]
    return Action(move, Condition(modified=age) if part == "baseBlob" else Condition(created=age))


def _name(part: Part, moves: Sequence[tuple[StandardTier, int]], taken: set[str]) -> str:
    """A name of letters, digits and dashes that says what the rule does."""
    words = [f"{tier.lower()}-{age}" for tier, age in moves]
    base = "-".join([*([] if part == "baseBlob" else [part]), *words])
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name
