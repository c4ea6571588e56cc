"""The cases of ../shared/cases/terraform: planned resources, and the prices Infracost printed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec


class _Component(msgspec.Struct):
    name: str
    unit: str
    price: Decimal
    price_abs_tol: Decimal = Decimal(0)


class _Part(msgspec.Struct):
    components: list[_Component]
    subresources: list[_Part]
    name: str = ""
    address: str = ""


class _Expected(msgspec.Struct):
    resources: list[_Part]


class Component(msgspec.Struct, frozen=True):
    """A price that Infracost printed.

    `name` starts with the sub-resource that has it: `os_disk/Storage (S4, LRS)`. Where
    the price was computed from a rounded cost, `tolerance` is what that leaves open.
    """

    name: str
    unit: str
    price: Decimal
    tolerance: Decimal


class Planned(msgspec.Struct, frozen=True):
    """A resource, or a block nested in it, as a plan has it."""

    address: str
    type: str
    values: dict[str, Any]
    references: dict[str, str]
    plan: dict[str, Planned]

    def __getitem__(self, name: str) -> Any:
        """The value of an attribute; None where the plan has none."""
        return self.values.get(name)

    def block(self, name: str) -> Planned:
        """The only nested block of this name; Terraform plans it as a list."""
        (found,) = self.blocks(name)
        return found

    def blocks(self, name: str) -> list[Planned]:
        """The nested blocks of this name."""
        return [msgspec.structs.replace(self, values=block) for block in self[name] or []]

    def follow(self, name: str) -> Planned:
        """The resource that an attribute refers to."""
        return self.plan[self.references[name]]


class Case(msgspec.Struct, frozen=True):
    """A resource, and the prices that Infracost printed for it."""

    folder: str
    resource: Planned
    components: tuple[Component, ...]


def all_cases(folder: Path) -> Iterator[Case]:
    """Yield every resource of every case that has prices."""
    for path in sorted(folder.glob("*/expected.json")):
        expected = msgspec.json.decode(path.read_bytes(), type=_Expected)
        plan = _plan(json.loads(path.with_name("plan.json").read_text()))
        for part in expected.resources:
            yield Case(path.parent.name, plan[part.address], tuple(_components(part)))


def nth(name: str, number: int) -> str:
    """What a sub-resource is called here: its name, and from the second on its number."""
    return name if number == 1 else f"{name} {number}"


def _components(part: _Part, prefix: str = "") -> Iterator[Component]:
    for found in part.components:
        yield Component(prefix + found.name, found.unit, found.price, found.price_abs_tol)
    seen = Counter[str]()
    for sub in part.subresources:
        seen[sub.name] += 1
        yield from _components(sub, f"{prefix}{nth(sub.name, seen[sub.name])}/")


def _plan(text: dict[str, Any]) -> dict[str, Planned]:
    references = {
        resource["address"]: _references(resource.get("expressions", {}))
        for resource in text["configuration"]["root_module"]["resources"]
    }
    plan: dict[str, Planned] = {}
    for found in text["planned_values"]["root_module"]["resources"]:
        address = found["address"]
        configured = references[address.split("[")[0]]
        plan[address] = Planned(address, found["type"], found.get("values", {}), configured, plan)
    return plan


def _references(expressions: dict[str, Any]) -> dict[str, str]:
    """The resource that each attribute refers to; Terraform lists it last."""
    return {
        name: expression["references"][-1]
        for name, expression in expressions.items()
        if isinstance(expression, dict) and expression.get("references")
    }
