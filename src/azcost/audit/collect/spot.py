"""Spot: how often machines of the sizes in use are evicted, and what they have cost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from azcost.audit.collect.inventory import graph
from azcost.audit.collect.reader import Reader
from azcost.audit.resource import Resource, from_arm
from azcost.audit.snapshot import Part

_TYPES = (
    "'microsoft.compute/skuspotevictionrate/location',"
    "'microsoft.compute/skuspotpricehistory/ostype/location'"
)
# Where the size of machines stands, by type: below the properties, and within a list.
_SIZES = {
    "microsoft.compute/virtualmachines": "hardwareProfile.vmSize",
    "microsoft.machinelearningservices/workspaces/computes": "properties.vmSize",
    "microsoft.containerservice/managedclusters/agentpools": "vmSize",
}
_WORD = re.compile(r"\w+")


def rates(reader: Reader, resources: list[Resource]) -> list[Resource]:
    """Eviction rates (28 days) and prices (90 days) of the sizes in use, where they are."""
    sizes, regions = set[str](), set[str]()
    found: list[Resource] = []
    for one in resources:
        for size in _sizes(one):
            if _WORD.fullmatch(size) and _WORD.fullmatch(one.location or ""):
                sizes.add(size.lower())
                regions.add(one.location)
    if not sizes:
        return found
    query = (
        f"SpotResources | where type in~ ({_TYPES}) "
        f"| where sku.name in~ ({_listed(sizes)}) and location in~ ({_listed(regions)}) "
        "| project id, name, type, location, sku, properties | order by id asc"
    )
    with reader.reading(Part.SPOT):
        found += [from_arm(one) for one in graph(reader, query) if one.get("id")]
    reader.say(f"spot: {len(found):,} rates and prices")
    return found


def _sizes(one: Resource) -> Iterator[str]:
    if one.type == "microsoft.compute/virtualmachinescalesets":
        yield one.sku.name
    elif one.type in _SIZES:
        yield one.text(_SIZES[one.type]) or ""


def _listed(words: set[str]) -> str:
    return ",".join(f"'{word}'" for word in sorted(words))
