"""Reading a lifecycle policy, with every mistake noted by its path.

Taken as Azure documents it: one policy of at most 100 rules, ten prefixes and ten tags
to a rule, tiers for block blobs only, and one age condition to an action
(https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from azcost.errors import AzcostError
from azcost.meters.cohorts import BlobType, Part
from azcost.optimise.lifecycle.policy import (
    MAX_PREFIXES,
    MAX_RULES,
    MOVES,
    Action,
    Condition,
    Policy,
    Rule,
)
from azcost.spec.problems import did_you_mean

_MAX_BYTES = 5_000_000
_MAX_DAYS = 36_500  # beyond a century a figure is a slip of the keyboard
_MAX_NAME = 256
_AGES = {
    "daysAfterModificationGreaterThan": "modified",
    "daysAfterCreationGreaterThan": "created",
    "daysAfterLastAccessTimeGreaterThan": "read",
    "daysAfterLastTierChangeGreaterThan": "moved",
}
_BACK_TO_HOT = "enableAutoTierToHotFromCool"
# What `az ... show` and ARM templates put around the policy.
_WRAPPING = ("properties", "policy", "id", "name", "type", "resourceGroup", "lastModifiedTime",
             "apiVersion", "dependsOn", "systemData")  # fmt: skip


class PolicyError(AzcostError):
    """A policy that Azure would refuse, with every mistake that was found in it."""

    def __init__(self, file: str, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


def read(path: Path) -> Policy:
    """Read a policy from a JSON file. Raises PolicyError, or AzcostError without a file."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise AzcostError(f"{path} cannot be read: {error.strerror}.") from error
    if len(raw) > _MAX_BYTES:
        raise PolicyError(str(path), [f"is larger than {_MAX_BYTES // 1_000_000} MB"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(str(path), ["is not UTF-8 text: save the file as UTF-8"]) from error
    return parse(text, str(path))


def parse(text: str, file: str) -> Policy:
    """Read a policy from JSON, bare or as ARM wraps it; `file` names it in errors."""
    reading = _Reading()
    try:
        found = json.loads(text, object_pairs_hook=reading.pairs)
    except json.JSONDecodeError as error:
        raise PolicyError(file, [f"line {error.lineno}: is not valid JSON: {error.msg}"]) from error
    except RecursionError as error:
        raise PolicyError(file, ["is nested too deeply to be a policy"]) from error
    policy = reading.policy(found)
    if reading.problems:
        raise PolicyError(file, reading.problems)
    return policy


def _meant(key: str, known: list[str]) -> str:
    """The nearest of Azure's long names, which mostly differ from each other by a letter."""
    near = get_close_matches(key, known, n=1)
    return f": did you mean {near[0]}?" if near else did_you_mean(key, known)


class _Reading:
    """Notes mistakes and carries on; what it returns must not be used if it noted any."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def note(self, path: str, message: str) -> None:
        self.problems.append(f"{path}: {message}" if path else message)

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key in {key for key, _ in pairs}:
            if sum(key == other for other, _ in pairs) > 1:
                self.note(key[:60], "is given twice in one object, and only the last would count")
        return dict(pairs)

    def policy(self, found: Any) -> Policy:
        path = ""
        for key in ("properties", "policy"):
            if isinstance(found, dict) and key in found:
                self._unknown(found, path, [*_WRAPPING, "rules"])
                found, path = found[key], f"{path}{key}."
        rules = found.get("rules") if isinstance(found, dict) else None
        if isinstance(found, dict):
            self._unknown(found, path.rstrip("."), ["rules", *_WRAPPING])
        if not isinstance(rules, list) or not rules:
            self.note(f"{path}rules", "expected a list with at least one rule")
            return Policy(())
        if len(rules) > MAX_RULES:
            self.note(f"{path}rules", f"{len(rules)} rules; a policy has at most {MAX_RULES}")
        made = [self._rule(rule, f"{path}rules[{at}]") for at, rule in enumerate(rules)]
        names: dict[str, int] = {}
        for at, rule in enumerate(made):
            if rule.name and rule.name in names:
                message = f"{rule.name} is the name of rules[{names[rule.name]}] too"
                self.note(f"{path}rules[{at}].name", message)
            names.setdefault(rule.name, at)
        return Policy(tuple(made))

    def _rule(self, found: Any, path: str) -> Rule:
        rule = self._object(found, path, ["enabled", "name", "type", "definition"])
        name = rule.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= _MAX_NAME:
            self.note(f"{path}.name", f"expected a name of at most {_MAX_NAME} characters")
            name = ""
        if rule.get("type", "Lifecycle") != "Lifecycle":
            self.note(f"{path}.type", "expected Lifecycle, the only type there is")
        inner = f"{path}.definition"
        definition = self._object(rule.get("definition"), inner, ["actions", "filters"])
        filters = self._filters(definition.get("filters"), f"{inner}.filters")
        actions, back_to_hot = self._actions(
            definition.get("actions"), f"{inner}.actions", filters["blob_types"]
        )
        return Rule(
            name=name,
            enabled=self._flag(rule.get("enabled"), f"{path}.enabled", usual=True),
            actions=actions,
            back_to_hot=back_to_hot,
            **filters,
        )

    def _filters(self, found: Any, path: str) -> dict[str, Any]:
        filters = self._object(found, path, ["blobTypes", "prefixMatch", "blobIndexMatch"])
        types = filters.get("blobTypes")
        known = ["blockBlob", "appendBlob"]
        if not isinstance(types, list) or not types:
            self.note(f"{path}.blobTypes", "expected a list of blockBlob, appendBlob or both")
            types = []
        for at, one in enumerate(types):
            if one not in known:
                expected = f"expected {' or '.join(known)}, not {str(one)[:60]}"
                self.note(f"{path}.blobTypes[{at}]", expected)
        prefixes = list(self._texts(filters.get("prefixMatch"), f"{path}.prefixMatch"))
        for at, prefix in enumerate(prefixes):
            if not prefix or prefix.startswith("/"):
                self.note(f"{path}.prefixMatch[{at}]", "begins with the name of a container")
        return {
            "blob_types": tuple(cast(BlobType, one) for one in types if one in known),
            "prefixes": tuple(prefixes),
            "tags": tuple(self._tags(filters.get("blobIndexMatch"), f"{path}.blobIndexMatch")),
        }

    def _tags(self, found: Any, path: str) -> Iterator[tuple[str, str]]:
        for at, one in enumerate(self._list(found, path)):
            tag = self._object(one, f"{path}[{at}]", ["name", "op", "value"])
            if tag.get("op", "==") != "==":
                self.note(f"{path}[{at}].op", "expected ==, the only one there is")
            name, value = tag.get("name"), tag.get("value")
            if isinstance(name, str) and name and isinstance(value, str):
                yield name, value
            else:
                self.note(f"{path}[{at}]", "expected `name` and `value` as texts")

    def _actions(
        self, found: Any, path: str, types: tuple[BlobType, ...]
    ) -> tuple[dict[Part, tuple[Action, ...]], bool]:
        parts: tuple[Part, ...] = ("baseBlob", "snapshot", "version")
        given = self._object(found, path, list(parts))
        actions: dict[Part, tuple[Action, ...]] = {}
        back_to_hot = False
        for part in parts:
            if part not in given:
                continue
            own = f"{path}.{part}"
            extra = [_BACK_TO_HOT] if part == "baseBlob" else []
            moves = self._object(given[part], own, [*MOVES, *extra])
            back_to_hot |= self._flag(moves.get(_BACK_TO_HOT), f"{own}.{_BACK_TO_HOT}", usual=False)
            actions[part] = tuple(
                Action(move, self._condition(moves[move], f"{own}.{move}", part, move))
                for move in MOVES
                if move in moves
            )
            self._check_moves(own, actions[part], types)
        if not any(actions.values()):
            self.note(path, "expected an action for baseBlob, snapshot or version")
        cool = [one for one in actions.get("baseBlob", ()) if one.move == "tierToCool"]
        if back_to_hot and not any(one.condition.read is not None for one in cool):
            self.note(
                f"{path}.baseBlob.{_BACK_TO_HOT}",
                "needs tierToCool.daysAfterLastAccessTimeGreaterThan",
            )
        return actions, back_to_hot

    def _check_moves(self, path: str, actions: Sequence[Action], types: Sequence[BlobType]) -> None:
        for action in actions:
            if action.move != "delete" and "appendBlob" in types:
                self.note(f"{path}.{action.move}", "append blobs can be deleted, but not moved")

    def _condition(self, found: Any, path: str, part: Part, move: str) -> Condition:
        given = self._object(found, path, list(_AGES))
        days = {_AGES[key]: self._days(value, f"{path}.{key}") for key, value in given.items()}
        ages = [key for key in days if key != "moved"]
        if part != "baseBlob" and set(ages) != {"created"}:
            self.note(path, f"a {part} needs daysAfterCreationGreaterThan, and has no other age")
        elif len(ages) != 1:
            self.note(path, f"needs exactly one of {', '.join(list(_AGES)[:3])}")
        if "moved" in days and move != "tierToArchive":
            self.note(f"{path}.{list(_AGES)[3]}", "is for tierToArchive only")
        return Condition(**days)

    def _days(self, found: Any, path: str) -> int:
        whole = isinstance(found, int | float) and not isinstance(found, bool)
        if not whole or found != found or not 0 <= found <= _MAX_DAYS or found != int(found):
            self.note(path, f"expected a whole number of days from 0 to {_MAX_DAYS:,}")
            return 0
        return int(found)

    def _flag(self, found: Any, path: str, *, usual: bool) -> bool:
        if found is None:
            return usual
        if not isinstance(found, bool):
            self.note(path, "expected true or false")
        return found is True

    def _object(self, found: Any, path: str, known: list[str]) -> dict[str, Any]:
        if not isinstance(found, dict):
            missing = "is missing: " if found is None else ""
            self.note(path, f"{missing}expected an object with {', '.join(known)}")
            return {}
        self._unknown(found, path, known)
        return {key: value for key, value in found.items() if key in known and value is not None}

    def _unknown(self, found: dict[str, Any], path: str, known: list[str]) -> None:
        for key in found:
            if key not in known:
                own = f"{path}.{key[:60]}" if path else key[:60]
                self.note(own, f"unknown key{_meant(key, known)}")

    def _list(self, found: Any, path: str) -> list[Any]:
        if found is None:
            return []
        if not isinstance(found, list):
            self.note(path, "expected a list")
            return []
        if len(found) > MAX_PREFIXES:
            self.note(path, f"{len(found)} entries; a rule has at most {MAX_PREFIXES}")
        return found

    def _texts(self, found: Any, path: str) -> Iterator[str]:
        for at, one in enumerate(self._list(found, path)):
            if isinstance(one, str):
                yield one
            else:
                self.note(f"{path}[{at}]", "expected text")
