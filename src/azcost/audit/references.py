"""Which resources name which others in their properties: who names one may use it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from azcost.audit.resource import Resource, key_of, parent_of

# What names resources in order to watch, list, lock or switch them, and does not use them.
_WATCHERS = (
    "microsoft.advisor/", "microsoft.alertsmanagement/", "microsoft.authorization/",
    "microsoft.consumption/", "microsoft.costmanagement/", "microsoft.devtestlab/",
    "microsoft.insights/", "microsoft.network/networkwatchers", "microsoft.portal/",
    "microsoft.resources/", "microsoft.security/",
)  # fmt: skip


def references(resources: Iterable[Resource]) -> dict[str, tuple[str, ...]]:
    """By the key of what is named, the keys of the resources that name it.

    Naming a part (an address pool, a subnet) names the whole too. What a resource says of
    itself, its own parts and what it is part of does not count.
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for one in resources:
        if not one.type.startswith(_WATCHERS):
            for key in _named(one):
                found[key][one.key] = None
    return {key: tuple(names) for key, names in found.items()}


def _named(resource: Resource) -> set[str]:
    named: set[str] = set()
    for id_ in _ids([resource.properties, resource.managed_by]):
        key = key_of(id_)
        while key and key not in named:
            named.add(key)
            key = parent_of(key)
    own = f"{resource.key}/"
    return {key for key in named if not f"{key}/".startswith(own) and not own.startswith(f"{key}/")}


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value[:15].lower() == "/subscriptions/":
            yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _ids(name)
            yield from _ids(one)
    elif isinstance(value, list):
        for one in value:
            yield from _ids(one)
