"""A lifecycle policy of a storage account as values, and as the JSON that Azure takes.

https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import msgspec

from azcost.meters.cohorts import BlobType, Cohort, Part

Move = Literal["tierToHot", "tierToCool", "tierToCold", "tierToArchive", "delete"]
# What Azure runs when several actions are due: the cheapest, which is the last of these.
MOVES: tuple[Move, ...] = ("tierToHot", "tierToCool", "tierToCold", "tierToArchive", "delete")
MAX_RULES = 100
MAX_PREFIXES = 10


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many days must have passed; an action needs all that are given."""

    modified: int | None = msgspec.field(default=None, name="daysAfterModificationGreaterThan")
    created: int | None = msgspec.field(default=None, name="daysAfterCreationGreaterThan")
    read: int | None = msgspec.field(default=None, name="daysAfterLastAccessTimeGreaterThan")
    moved: int | None = msgspec.field(default=None, name="daysAfterLastTierChangeGreaterThan")

    def since(self) -> Iterator[tuple[str, int]]:
        """Yield what is given, by the name of the field."""
        for name in self.__struct_fields__:
            days = getattr(self, name)
            if days is not None:
                yield name, days


class Action(msgspec.Struct, frozen=True):
    """A move to a tier, or deletion, and when."""

    move: Move
    condition: Condition


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Actions for the blobs that all filters let through."""

    name: str
    enabled: bool = True
    blob_types: tuple[BlobType, ...] = ("blockBlob",)
    prefixes: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    actions: dict[Part, tuple[Action, ...]]
    back_to_hot: bool = False
    """Whether blobs that the rule moved to Cool become Hot when they are read."""

    def applies(self, cohort: Cohort) -> bool:
        """Whether the rule is for all blobs of a cohort."""
        inside = not self.prefixes or cohort.prefix.startswith(self.prefixes)
        return inside and self._filtered(cohort)

    def is_for_some_of(self, cohort: Cohort) -> bool:
        """Whether the rule is for blobs of a cohort, but perhaps not for all of them."""
        return (
            self._filtered(cohort)
            and not self.applies(cohort)
            and any(prefix.startswith(cohort.prefix) for prefix in self.prefixes)
        )

    def _filtered(self, cohort: Cohort) -> bool:
        return (
            self.enabled
            and cohort.blob_type in self.blob_types
            and cohort.part in self.actions
            and all(cohort.tags.get(name) == value for name, value in self.tags)
        )


class Policy(msgspec.Struct, frozen=True):
    """The one policy of a storage account."""

    rules: tuple[Rule, ...]

    def rules_for(self, cohort: Cohort) -> list[Rule]:
        """The enabled rules that apply to a cohort."""
        return [rule for rule in self.rules if rule.applies(cohort)]

    def actions_for(self, cohort: Cohort) -> list[Action]:
        """What these rules may do to a cohort."""
        return [a for rule in self.rules_for(cohort) for a in rule.actions[cohort.part]]

    def without_access(self) -> Policy:
        """The policy without its actions by last access."""
        return Policy(tuple(_by_age(rule) for rule in self.rules))

    @property
    def tracks_access(self) -> bool:
        """Whether any enabled action needs last access times, which Azure bills for."""
        return any(
            action.condition.read is not None
            for rule in self.rules
            if rule.enabled
            for actions in rule.actions.values()
            for action in actions
        )


def _by_age(rule: Rule) -> Rule:
    actions: dict[Part, tuple[Action, ...]] = {
        part: tuple(action for action in own if action.condition.read is None)
        for part, own in rule.actions.items()
    }
    return msgspec.structs.replace(rule, actions=actions, back_to_hot=False)


def to_json(policy: Policy) -> str:
    """The policy as `az storage account management-policy create --policy` takes it."""
    return json.dumps({"rules": [_rule(rule) for rule in policy.rules]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    filters: dict[str, object] = {"blobTypes": list(rule.blob_types)}
    if rule.prefixes:
        filters["prefixMatch"] = list(rule.prefixes)
    if rule.tags:
        filters["blobIndexMatch"] = [
            {"name": name, "op": "==", "value": value} for name, value in rule.tags
        ]
    actions: dict[str, dict[str, object]] = {
        part: {action.move: msgspec.to_builtins(action.condition) for action in actions}
        for part, actions in rule.actions.items()
    }
    if rule.back_to_hot:
        actions["baseBlob"]["enableAutoTierToHotFromCool"] = True
    return {
        "enabled": rule.enabled,
        "name": rule.name,
        "type": "Lifecycle",
        "definition": {"actions": actions, "filters": filters},
    }
