"""The JSON of a Terraform plan: `terraform show -json PLAN`.

https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from azcost.errors import AzcostError

PREFIX = "azurerm_"
_INDEX = re.compile(r"\[[^\]]*\]")


class Planned(msgspec.Struct, frozen=True):
    """A resource as planned; `refers` are the addresses that its attributes were made of."""

    address: str
    type: str
    values: Mapping[str, Any]
    refers: Mapping[str, tuple[str, ...]]

    def __getitem__(self, name: str) -> Any:
        """The value of an attribute; None if the plan does not know it."""
        return self.values.get(name)

    def block(self, name: str) -> Planned:
        """The first nested block of a name; one without values if there is none."""
        return next(iter(self.blocks(name)), self.inside({}))

    def blocks(self, name: str) -> list[Planned]:
        """All nested blocks of a name."""
        found = self.values.get(name)
        nested = found if isinstance(found, list) else [found] if found else []
        return [self.inside(one) for one in nested if isinstance(one, dict)]

    def inside(self, values: Mapping[str, Any]) -> Planned:
        """The values of a block, under the address of the resource."""
        return Planned(self.address, self.type, values, {})


class Plan(msgspec.Struct, frozen=True):
    """The resources of a plan, by address."""

    resources: Mapping[str, Planned]

    def follow(self, one: Planned, attribute: str) -> Planned | None:
        """The resource that an attribute names, if it is in the plan: by reference or by id."""
        for address in one.refers.get(attribute, ()):
            found = self._nearest(address, one.address)
            if found is not None:
                return found
        return None

    def below(self, type_: str, parent: Planned, attribute: str) -> Iterator[Planned]:
        """The resources of a type whose attribute names a parent."""
        for one in self.resources.values():
            if one.type == type_ and self.follow(one, attribute) is parent:
                yield one

    def region(self, one: Planned) -> str:
        """Where a resource is: its own location, else that of what it refers to, or nothing."""
        seen = set()
        waiting = [one]
        while waiting:
            here = waiting.pop(0)
            if here.address in seen:
                continue
            seen.add(here.address)
            if here["location"]:
                return str(here["location"])
            followed = (self.follow(here, attribute) for attribute in here.refers)
            waiting += [other for other in followed if other is not None]
        return ""

    def _nearest(self, reference: str, of: str) -> Planned | None:
        """The resource of a reference; of several instances the one with the same index."""
        if reference in self.resources:
            return self.resources[reference]
        index = _INDEX.search(of)
        with_index = reference + (index[0] if index else "")
        if with_index in self.resources:
            return self.resources[with_index]
        instances = [a for a in self.resources if _INDEX.sub("", a) == reference]
        return self.resources[instances[0]] if instances else None


def is_plan(text: str) -> bool:
    """Whether a text looks like the JSON of a plan."""
    return text.lstrip().startswith("{") and '"planned_values"' in text


class _Resource(msgspec.Struct, frozen=True):
    address: str
    type: str
    mode: str = "managed"
    values: dict[str, Any] | None = None


class _Module(msgspec.Struct, frozen=True):
    resources: list[_Resource] = []
    child_modules: list[_Module] = []


class _Values(msgspec.Struct, frozen=True):
    root_module: _Module


class _Configured(msgspec.Struct, frozen=True):
    address: str
    expressions: dict[str, Any] = {}


class _Call(msgspec.Struct, frozen=True):
    module: _Configuration | None = None


class _Configuration(msgspec.Struct, frozen=True):
    resources: list[_Configured] = []
    module_calls: dict[str, _Call] = {}


class _Root(msgspec.Struct, frozen=True):
    root_module: _Configuration | None = None


class _File(msgspec.Struct, frozen=True):
    planned_values: _Values
    configuration: _Root = _Root()


def read(text: str, file: str) -> Plan:
    """Read the JSON of a plan.

    Raises AzcostError for what is none; the binary plan itself is not read.
    """
    try:
        whole = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, RecursionError) as error:
        raise AzcostError(
            f"{file} is not the JSON of a Terraform plan ({error}): make it by "
            "`terraform show -json PLAN > plan.json`."
        ) from error
    configured = whole.configuration.root_module or _Configuration()
    references = dict(_references(configured, ""))
    return Plan(
        {
            one.address: Planned(
                one.address,
                one.type,
                one.values or {},
                references.get(_INDEX.sub("", one.address), {}),
            )
            for one in _resources(whole.planned_values.root_module)
            if one.mode == "managed"
        }
    )


def _resources(module: _Module) -> Iterator[_Resource]:
    yield from module.resources
    for child in module.child_modules:
        yield from _resources(child)


def _references(
    module: _Configuration, prefix: str
) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """The addresses that each attribute was made of, by the address without indices."""
    for one in module.resources:
        yield (
            prefix + one.address,
            {
                name: tuple(prefix + address for address in _addresses(value))
                for name, value in one.expressions.items()
                if isinstance(value, dict)
            },
        )
    for name, call in module.module_calls.items():
        yield from _references(call.module or _Configuration(), f"{prefix}module.{name}.")


def _addresses(expression: Mapping[str, Any]) -> list[str]:
    """`azurerm_x.y.id` and `azurerm_x.y` as `azurerm_x.y`, each once."""
    found = [
        ".".join(reference.split(".")[:2])
        for reference in expression.get("references") or []
        if isinstance(reference, str) and reference.startswith(PREFIX)
    ]
    return list(dict.fromkeys(found))
