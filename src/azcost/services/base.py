"""What every service has in common."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from azcost.fields import Region


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that every kind of service has."""

    name: Annotated[str, Meta(max_length=10_000)]
    """What the bill calls it; unique in the file."""
    region: Region
    """The Azure region it runs in; the design's region if left out."""
    tags: dict[str, str] = {}
    """Tags, for bills by team or by purpose."""

    def notes(self) -> Iterator[str]:
        """Yield what a reader of the bill should know: what was assumed or left out."""
        yield from ()


def check_fields(resource: Resource, mode: str, only: Mapping[str, tuple[str, ...]]) -> None:
    """Raise ValueError for a field that is given although the mode does not have it.

    `only` names the modes that have a field; a field that it leaves out belongs to all.
    """
    for field in msgspec.structs.fields(resource):
        modes = only.get(field.name, (mode,))
        if mode not in modes and getattr(resource, field.name) != field.default:
            raise ValueError(
                f"`{field.name}` is for {', '.join(modes)}, not for {mode}: leave it out"
            )
