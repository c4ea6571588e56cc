"""Which requests may leave: reading is a short list, and all else is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec


class Permit(msgspec.Struct, frozen=True):
    """A method, and a pattern for the whole path of its requests, in any case."""

    method: str
    path: str

    def covers(self, method: str, path: str) -> bool:
        """Whether it permits a request."""
        return method == self.method and bool(re.fullmatch(self.path, path, re.IGNORECASE))


_SUBSCRIPTION = "/+subscriptions/[^/]+"
# Everything that only reads: GET, and the queries that Azure takes by POST.
READS = (
    Permit("GET", r"/.*"),
    Permit("POST", r"/providers/Microsoft\.ResourceGraph/resources"),
    Permit("POST", r"/.+/providers/Microsoft\.CostManagement/(query|forecast)"),
    Permit("POST", rf"{_SUBSCRIPTION}/metrics:getBatch"),
    Permit(
        "POST",
        rf"{_SUBSCRIPTION}/providers/Microsoft\.Compute/locations/[^/]+/placementScores/spot/generate",
    ),
)


def is_permitted(permits: Iterable[Permit], method: str, path: str) -> bool:
    """Whether one of the permits covers a request."""
    return any(one.covers(method, path) for one in permits)
