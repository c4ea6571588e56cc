"""What a resource is for, as far as its tags say so."""

from __future__ import annotations

import re

from azcost.audit.facts import Facts
from azcost.audit.resource import Resource

# Names of the tag, from the naming guide of the Cloud Adoption Framework ("Env") and usage.
# https://learn.microsoft.com/azure/cloud-adoption-framework/ready/azure-best-practices/resource-tagging
_ENVIRONMENT = frozenset({"env", "environment", "stage", "envtype"})
# Staging is left out: it often has to be what production is.
_DEVELOPMENT = frozenset(
    {"dev", "develop", "development", "test", "testing", "qa", "sandbox", "nonprod", "playground"}
)
_INTERRUPTIBLE = frozenset({"batch", "interruptible", "spot", "training", "sweep", "sweeps"})
_WORDS = re.compile(r"[a-z]+")


def is_for_development(resource: Resource, facts: Facts) -> bool:
    """Whether an environment tag says development or test.

    The nearest one counts: of the resource, else of its group, else of its subscription.
    """
    for one in (resource, *_around(resource, facts)):
        stated = [v for name, v in one.tags.items() if name.lower() in _ENVIRONMENT]
        if stated:
            return any(_words(value) & _DEVELOPMENT for value in stated)
    return False


def may_be_interrupted(tags: dict[str, str]) -> str | None:
    """The tag that says that the work can be stopped and done again, if there is one."""
    for name, value in tags.items():
        stated = _words(name) & _INTERRUPTIBLE
        if (stated and value.lower() not in ("false", "no", "0")) or (
            _words(value) & _INTERRUPTIBLE and "no" not in _words(value)
        ):
            return f"{name}={value}" if value else name
    return None


def says_only_what_for(value: str) -> bool:
    """Whether the value of a tag has no other words than those that are looked for here."""
    words = _words(value)
    return bool(words) and words <= _DEVELOPMENT | _INTERRUPTIBLE


def _around(resource: Resource, facts: Facts) -> tuple[Resource, ...]:
    subscription = f"/subscriptions/{resource.subscription}"
    ids = (f"{subscription}/resourceGroups/{resource.resource_group}", subscription)
    return tuple(found for id_ in ids if (found := facts.get(id_)))


def _words(text: str) -> frozenset[str]:
    joined = text.lower().replace("non-prod", "nonprod")
    return frozenset(_WORDS.findall(joined))
