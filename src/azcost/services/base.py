"""What every service has in common."""

from collections.abc import Iterator
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
