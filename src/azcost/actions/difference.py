"""What a change would change: the settings before and after, in words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Verb(StrEnum):
    """What is to be done to reach what is wanted."""

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"
    DELETE = "delete"


class Difference(msgspec.Struct, frozen=True):
    """A setting with its value before and after; empty where it is not there."""

    setting: str
    before: str
    after: str


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Difference, ...]:
    """The settings that differ, in the order of what comes after."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        Difference(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name) != after.get(name)
    )
