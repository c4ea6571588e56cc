"""The parts of a design that can be changed one by one: services, and node pools of clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from azcost.architecture import Architecture
from azcost.estimate import Service


class Stays(Exception):
    """A part cannot be changed in this way; the text says why. Never leaves the scenarios."""


class Part(msgspec.Struct, frozen=True):
    """A service by its place in the design, or one of its node pools."""

    service: int
    pool: int | None = None
    name: str = ""


# What becomes of a part; `owner` is the service that it is, or belongs to. Raises Stays, or
# ValueError where Azure does not sell that.
Change = Callable[[Any, Any], Any]


def parts(architecture: Architecture) -> Iterator[Part]:
    """Yield the parts of every service, in the design's order."""
    for number, service in enumerate(architecture.services):
        pools = getattr(service, "node_pools", ())
        if not pools:
            yield Part(number, name=service.name)
        for place, pool in enumerate(pools):
            yield Part(number, place, f"{service.name} {pool.name}")


def changed(part: Part, service: Service, *changes: Change) -> Any:
    """The service with a part of it changed, one change after the other."""
    for change in changes:
        if part.pool is None:
            service = change(service, service)
        else:
            pools = list(service.node_pools)  # type: ignore[attr-defined]
            pools[part.pool] = change(pools[part.pool], service)
            service = replace(service, node_pools=tuple(pools))  # type: ignore[type-var]
    return service


def target(part: Part, service: Service) -> Any:
    """The service, or the node pool, that a part names."""
    return service if part.pool is None else service.node_pools[part.pool]  # type: ignore[attr-defined]
