"""A storage account's lifecycle policy: rules put into what there is, none silently replaced.

Azure takes the whole policy at once, so writing a rule means to read all, merge and write all
(https://learn.microsoft.com/rest/api/storagerp/management-policies/create-or-update).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from azcost.actions.difference import Difference, Verb, differences
from azcost.errors import AzcostError
from azcost.optimise.lifecycle import policy_reader
from azcost.optimise.lifecycle.policy import MAX_RULES, Policy, to_json

API_VERSION = "2023-05-01"
Json = dict[str, Any]
_ACCOUNT = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Storage"
    r"/storageAccounts/[a-z0-9]{3,24}",
    re.IGNORECASE,
)


class StoragePolicy(msgspec.Struct, frozen=True):
    """The rules of an account as Azure's JSON, with all that is in them."""

    rules: tuple[Json, ...]

    @property
    def etag(self) -> str:
        """What the rules say: Azure has no tag for policies."""
        return json.dumps([plain(one) for one in self.rules], sort_keys=True)

    def body(self) -> Json:
        """The JSON of the PUT."""
        return {"properties": {"policy": {"rules": list(self.rules)}}}

    def by_name(self) -> dict[str, Json]:
        """The rules by their names, whose case counts."""
        return {str(one.get("name")): one for one in self.rules}


class RuleChange(msgspec.Struct, frozen=True):
    """What becomes of a rule; `is_refused` where it would be replaced and may not be."""

    name: str
    verb: Verb
    differences: tuple[Difference, ...]
    is_refused: bool = False


class PolicyChange(msgspec.Struct, frozen=True):
    """What leads from the policy that exists to the one that is wanted; None is no policy."""

    account: str
    before: StoragePolicy | None
    after: StoragePolicy | None
    rules: tuple[RuleChange, ...]

    @property
    def verb(self) -> Verb:
        """What is to be done to the policy."""
        if self.refused or all(one.verb is Verb.NOTHING for one in self.rules):
            return Verb.NOTHING
        if self.after is None:
            return Verb.DELETE
        return Verb.UPDATE if self.before else Verb.CREATE

    @property
    def refused(self) -> tuple[str, ...]:
        """The names of the rules that would have to be replaced; nothing is done then."""
        return tuple(one.name for one in self.rules if one.is_refused)


def account_id(text: str) -> str:
    """The ARM id of a storage account; raises AzcostError for what is none."""
    account = f"/{text.strip('/')}"
    if not _ACCOUNT.fullmatch(account):
        raise AzcostError(
            f"{text} is not the id of a storage account: az storage account show --name NAME "
            "--query id prints it."
        )
    return account


def path_of(account: str) -> str:
    """The ARM id of an account's one policy."""
    return f"{account}/managementPolicies/default"


def storage_policy(document: Json) -> StoragePolicy:
    """A policy from Azure's JSON."""
    policy = (document.get("properties") or {}).get("policy") or {}
    return StoragePolicy(tuple(one for one in policy.get("rules") or [] if isinstance(one, dict)))


def towards(
    account: str, wanted: Policy, found: StoragePolicy | None, *, replaces: bool
) -> PolicyChange:
    """Put rules into the policy that is there; those of other names stay as they are.

    A rule that is there and says something else is replaced only if `replaces`, and otherwise
    nothing is done at all. Raises AzcostError for more rules than Azure takes.
    """
    before = found.by_name() if found else {}
    new = {str(one["name"]): one for one in json.loads(to_json(wanted))["rules"]}
    changes = tuple(_rule_change(name, before.get(name), one) for name, one in new.items())
    if not replaces:
        changes = tuple(_refused(one) for one in changes)
    changed = {one.name for one in changes if one.verb is not Verb.NOTHING}
    merged = {**before, **{name: one for name, one in new.items() if name in changed}}
    if len(merged) > MAX_RULES:
        raise AzcostError(
            f"{account} has {len(before)} rules, and {len(merged) - len(before)} more make "
            f"{len(merged)}: a policy has at most {MAX_RULES}."
        )
    return PolicyChange(account, found, StoragePolicy(tuple(merged.values())), changes)


def back(
    account: str,
    saved: StoragePolicy | None,
    written: StoragePolicy | None,
    found: StoragePolicy | None,
    *,
    replaces: bool,
) -> PolicyChange:
    """Put back the policy that was `saved` before another was `written`.

    If somebody has changed a rule since, nothing is done unless `replaces`.
    """
    before, then = _rules(found), _rules(saved)
    names = [*then, *(name for name in before if name not in then)]
    changes = [_rule_change(name, before.get(name), then.get(name)) for name in names]
    if not replaces:
        ours = _rules(written)
        changes = [
            msgspec.structs.replace(one, is_refused=True)
            if one.verb is not Verb.NOTHING and not _same(before.get(one.name), ours.get(one.name))
            else one
            for one in changes
        ]
    return PolicyChange(account, found, saved, tuple(changes))


def _rules(policy: StoragePolicy | None) -> dict[str, Json]:
    return policy.by_name() if policy else {}


def _same(one: Json | None, other: Json | None) -> bool:
    return (one and plain(one)) == (other and plain(other))


def _refused(one: RuleChange) -> RuleChange:
    return msgspec.structs.replace(one, is_refused=one.verb is Verb.UPDATE)


def _rule_change(name: str, before: Json | None, after: Json | None) -> RuleChange:
    what = differences(_settings(before), _settings(after))
    if before is None or after is None:
        verb = Verb.CREATE if before is None else Verb.DELETE
    else:
        verb = Verb.UPDATE if what else Verb.NOTHING
    return RuleChange(name, verb, what)


def plain(rule: Json) -> Json:
    """A rule without what Azure adds to it or leaves out; one that is not understood as it is."""
    try:
        policy = policy_reader.parse(json.dumps({"rules": [rule]}), "rule")
    except policy_reader.PolicyError:
        return rule
    found: Json = json.loads(to_json(policy))["rules"][0]
    return found


def _settings(rule: Json | None) -> Mapping[str, str]:
    if rule is None:
        return {}
    inner = plain(rule)
    return {key: value for key, value in _leaves(inner, "") if key not in ("name", "type")}


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every value of a rule in words, by its path without the parts that all have."""
    if isinstance(value, dict):
        for key, one in value.items():
            inner = path if key in ("definition", "actions") else f"{path}.{key}".lstrip(".")
            yield from _leaves(one, inner)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield path, ", ".join(value)
    elif value is not None:
        yield path, value if isinstance(value, str) else json.dumps(value)


def saved_as(change: PolicyChange) -> Json:
    """What undoes a change, for a file."""
    return {
        "account": change.account,
        "before": change.before and list(change.before.rules),
        "written": change.after and list(change.after.rules),
    }


def saved_from(text: str, file: str) -> tuple[str, StoragePolicy | None, StoragePolicy | None]:
    """The account, what it had before and what was written; raises AzcostError."""
    try:
        saved = json.loads(text)["lifecycle_policy"]
        before, written = (_policy_in(saved[key]) for key in ("before", "written"))
        return account_id(str(saved["account"])), before, written
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AzcostError(f"{file} is no file that azcost lifecycle apply saved.") from error


def _policy_in(rules: Sequence[Json] | None) -> StoragePolicy | None:
    if rules is None:
        return None
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        raise TypeError(rules)
    return StoragePolicy(tuple(rules))
