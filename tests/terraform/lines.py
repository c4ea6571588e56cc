"""What a component of Infracost's is to azcost: a charge of a spec, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from terraform.cases import Planned

Spec = dict[str, Any]


class Line(msgspec.Struct, frozen=True):
    """The charge whose unit price a component is.

    `name` and `charge` are patterns for the component's name and for the charge's label;
    `unit` tells components of one name apart. `times` is for components that are priced for
    several units of the charge: an hour of a database with four vCores. `tier` counts
    the tiers of the price that are not free.
    """

    name: str
    spec: Spec
    charge: str
    unit: str = "*"
    times: int = 1
    tier: int = 0


class NotModelled(msgspec.Struct, frozen=True):
    """Components that azcost has no charge for, and why."""

    name: str
    why: str


Translation = Iterator[Line | NotModelled]
Translator = Callable[[Planned], Translation]


def lines(spec: Spec, charges: Mapping[str, str]) -> Iterator[Line]:
    """Yield a line for each component, which is the key, and our charge for it."""
    for name, charge in charges.items():
        yield Line(name, spec, charge)
