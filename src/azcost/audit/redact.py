"""A snapshot that can be shown to others: names, ids and addresses replaced."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from azcost.audit.environments import says_only_what_for
from azcost.audit.resource import Resource
from azcost.audit.snapshot import Snapshot

_HEX = 10
# Parts of names that Azure gives itself, by which rules know what a resource is for.
_AFFIXES = re.compile(
    r"^(mc_|ms-asr-|asrseeddisk-|azurebackup_|pvc-|aks-|kubernetes$|shutdown-computevm-)"
    r"|(-asrreplica|-asr|_rst)$",
    re.I,
)
# What names of Azure's own stand in ids: they say what it is, not whose.
_AZURES_NAMES = frozenset({
    "default", "azurebastionsubnet", "azurefirewallmanagementsubnet", "azurefirewallsubnet",
    "gatewaysubnet", "routeserversubnet", "$default", "$logs",
})  # fmt: skip
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_GUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.I)
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_HOST = re.compile(
    r"(?<![\w.-])[\w-]+(?=(?:\.[\w-]+)*\.(?:windows|azure|azurecr|microsoft)\.)", re.I
)
# Keys whose value a person wrote freely.
_FREE = frozenset({
    "description", "displayname", "friendlyname", "adminusername", "computername", "owner",
    "createdby", "lastmodifiedby", "notes", "comment", "fqdn", "domainnamelabel", "caller",
    "subjectname", "canonicalname", "hostname", "hostnames", "enabledhostnames", "customdomain",
})  # fmt: skip
# Keys whose value is a word of Azure's, even where somebody has called a thing the same.
_AZURES_WORDS = frozenset({"timegrain"})
# Beside these, a "name" is that of a part that somebody made, and not of a SKU or a model.
_PARTS = frozenset({"id", "properties", "vmSize", "lun", "definition", "managedDisk"})


class _Redactor:
    """Replaces words by tokens of a keyed hash: the same word by the same token."""

    def __init__(self, key: bytes, names: Iterable[str]) -> None:
        self._key = key
        self._names = {name.lower() for name in names}

    def token(self, word: str) -> str:
        digest = hmac.digest(self._key, word.lower().encode(), "sha256").hex()[:_HEX]
        return f"x{digest}"

    def name(self, name: str) -> str:
        """A name, with the parts that Azure gives."""
        if not name or name.lower() in _AZURES_NAMES:
            return name
        found = _AFFIXES.search(name)
        if found is None:
            return self.token(name)
        start, end = found.group(1) or "", found.group(2) or ""
        inner = name[len(start) : len(name) - len(end)]
        return f"{start}{self.token(inner) if inner else ''}{end}"

    def id(self, id_: str) -> str:
        """An ARM id: every second word is a name, but for namespaces of providers."""
        words = id_.split("/")
        for place in range(len(words)):
            before = words[place - 1].lower() if place else ""
            if self._is_name(words, place) and before != "providers":
                guid = _GUID.fullmatch(words[place])
                words[place] = self._guid(words[place]) if guid else self.name(words[place])
        return "/".join(words)

    def _is_name(self, words: list[str], place: int) -> bool:
        """Whether a word of an id is a name: ids are pairs, a provider's types one more."""
        last = max((n for n in range(place) if words[n].lower() == "providers"), default=None)
        if last is None:
            return place >= 2 and place % 2 == (0 if words[0] == "" else 1)
        return place > last + 2 and (place - last) % 2 == 1

    def _guid(self, guid: str) -> str:
        digits = hmac.digest(self._key, guid.lower().encode(), "sha256").hex()
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
        return "-".join(parts)

    def text(self, text: str) -> str:
        """Any text: ids, mails, hosts, addresses and known names in it are replaced."""
        if text.lower() in self._names:
            return self.name(text)
        if text.lower().startswith(("/subscriptions/", "/providers/")):
            return self.id(text)
        text = _MAIL.sub(lambda found: f"{self.token(found[0])}@redacted.invalid", text)
        text = _HOST.sub(lambda found: self.token(found[0]), text)
        text = _ADDRESS.sub("192.0.2.1", text)
        return _GUID.sub(lambda found: self._guid(found[0]), text)

    def json(self, value: Any, key: str = "") -> Any:
        """Foreign JSON, with what people wrote freely replaced altogether."""
        if isinstance(value, dict):
            named = "name" in value and bool(_PARTS & set(value))
            return {
                self.text(k): self.token(str(inner))
                if named and k == "name"
                else self.json(inner, k)
                for k, inner in value.items()
            }
        if isinstance(value, list):
            return [self.json(one, key) for one in value]
        if not isinstance(value, str) or key.lower() in _AZURES_WORDS:
            return value
        return self.token(value) if value and key.lower() in _FREE else self.text(value)

    def tag(self, name: str, value: str) -> str:
        """The value of a tag, but for those that rules read, which say nothing of whom."""
        if not value or (says_only_what_for(value) and not _AFFIXES.search(name)):
            return value
        return self.token(value)

    def dimension(self, dimension: str) -> str:
        """What a metric was split by, `ClusterName=gpus`: Azure's word, and a name."""
        words, equals, value = dimension.partition("=")
        return f"{words}{equals}{self.text(value)}"

    def resource(self, one: Resource) -> Resource:
        return msgspec.structs.replace(
            one,
            id=self.id(one.id),
            name=self.name(one.name),
            resource_group=self.name(one.resource_group),
            subscription=self.text(one.subscription),
            managed_by=self.id(one.managed_by),
            tags={self.text(k): self.tag(k, v) for k, v in one.tags.items()},
            properties=self.json(one.properties),
        )


def redact(snapshot: Snapshot, key: bytes) -> Snapshot:
    """A snapshot without names, ids, mails, addresses and values of tags.

    The same name becomes the same token everywhere, so rules find the same. `key` is
    random and not kept: without it nobody can test whether a token stands for a guess.
    """
    everything = (*snapshot.subscriptions, *snapshot.resources)
    names = {name for one in everything for name in (one.name, one.resource_group)}
    redactor = _Redactor(key, names - {""})
    return msgspec.structs.replace(
        snapshot,
        subscriptions=tuple(redactor.resource(one) for one in snapshot.subscriptions),
        resources=tuple(redactor.resource(one) for one in snapshot.resources),
        metrics=_each(
            _each(snapshot.metrics, redactor.id, "resource"), redactor.dimension, "dimension"
        ),
        costs=snapshot.costs
        and msgspec.structs.replace(
            snapshot.costs,
            lines=_each(
                _each(snapshot.costs.lines, redactor.id, "resource"), redactor.id, "benefit"
            ),
        ),
        utilisation=_each(snapshot.utilisation, redactor.id, "benefit"),
        recommendations=tuple(
            msgspec.structs.replace(
                one,
                id=redactor.id(one.id),
                resource=redactor.id(one.resource),
                properties=redactor.json(one.properties),
            )
            for one in snapshot.recommendations
        ),
        activity=_each(_each(snapshot.activity, redactor.id, "resource"), redactor.name, "caller"),
        unread=_each(_each(snapshot.unread, redactor.text, "scope"), redactor.text, "reason"),
    )


def _each(found: tuple[Any, ...], change: Callable[[str], str], field: str) -> tuple[Any, ...]:
    return tuple(
        msgspec.structs.replace(one, **{field: change(getattr(one, field))}) for one in found
    )
