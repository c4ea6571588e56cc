"""Other sizes that a machine could be: what they have, and what they cost in its region."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache

import msgspec

from azcost.errors import AzcostError
from azcost.meters.compute import SIZE, OperatingSystem, has_premium_storage
from azcost.pricing.catalogue import Catalogue, VmSize
from azcost.pricing.price import Meter

# Data disks that a size takes, for each vCPU, and network interfaces from so many vCPUs on:
# the least of the tables of the B, D, E and F series (D2s_v5: 4 disks, 2 interfaces).
# https://learn.microsoft.com/azure/virtual-machines/sizes/overview
_DISKS_PER_VCPU = 2
_INTERFACES = ((16, 8), (8, 4), (1, 2))
# Series that a move is proposed to. B sizes are left out: they are cheaper by the hour and
# slower by more (METHODS of azcost, docs/rightsizing), and so are sizes for special work.
_GENERAL = frozenset({"D", "DS", "E", "F", "FS"})
# From this version on disks are NVMe, and machines of generation 1 do not start.
# https://learn.microsoft.com/azure/virtual-machines/enable-nvme-interface
_NVME = 6
_VERSION = re.compile(r"_v(\d+)$")


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What the work on a machine needs."""

    vcpus: float
    memory_gib: float
    disks: int = 0
    interfaces: int = 1


class Named(msgspec.Struct, frozen=True):
    """What the name of a size says: `a` is AMD, `p` ARM, `d` has a local disk."""

    family: str
    version: int
    features: str

    @property
    def processor(self) -> str:
        """The maker of its processor."""
        return "ARM" if "p" in self.features else "AMD" if "a" in self.features else "Intel"


def named(size: str) -> Named | None:
    """The words of a size's name; None for constrained cores and names not understood."""
    found = SIZE.match(size)
    if found is None or found[3]:
        return None
    version = _VERSION.search(size)
    return Named(found[1], int(version[1]) if version else 1, found[4])


def fits(size: VmSize, need: Need) -> bool:
    """Whether a size has what is needed."""
    most = next(count for vcpus, count in _INTERFACES if size.vcpus >= vcpus)
    return (
        size.vcpus >= need.vcpus
        and size.memory_gib is not None
        and float(size.memory_gib) >= need.memory_gib
        and size.vcpus * _DISKS_PER_VCPU >= need.disks
        and most >= need.interfaces
    )


def cheapest_that_fits(
    catalogue: Catalogue, size: str, region: str, os: OperatingSystem, need: Need
) -> str | None:
    """The cheapest size of the general series that has what is needed, if it is another one.

    Never with fewer features than `size` (premium disks, local disk), of an older version,
    or of another processor architecture.
    """
    cheapest_first = _replacements(catalogue, size, region, os)
    best = next((one.size for one in cheapest_first if fits(one, need)), None)
    return None if best == size else best


@lru_cache(maxsize=10_000)
def successor(catalogue: Catalogue, size: str, region: str, os: OperatingSystem) -> str | None:
    """The cheapest newer size of the same family, processor and vCPUs with as much memory."""
    now, words = catalogue.vm_size(size), named(size)
    price = price_of(catalogue, region, os, size)
    if now is None or words is None or now.memory_gib is None or price is None:
        return None
    candidates = [
        other
        for other in _known(catalogue)
        if (other.vcpus, other.gpus) == (now.vcpus, now.gpus)
        and (other.memory_gib or 0) >= now.memory_gib
        and (theirs := named(other.size))
        and theirs.version > words.version
        and _family(theirs) == _family(words)
        and theirs.processor == words.processor
        and _keeps_features(size, other.size)
    ]
    best = next(_cheapest_first(candidates, catalogue, region, os), None)
    best_price = best and price_of(catalogue, region, os, best.size)
    return best.size if best and best_price and best_price < price else None


def replaces(size: str, other: str) -> bool:
    """Whether software and disks of a size also run on another."""
    words, theirs = named(size), named(other)
    if words is None or theirs is None or theirs.family not in _GENERAL:
        return False
    return (
        (words.processor == "ARM") == (theirs.processor == "ARM")
        and theirs.version >= words.version
        and _keeps_features(size, other)
    )


def _keeps_features(size: str, other: str) -> bool:
    words, theirs = named(size), named(other)
    if words is None or theirs is None:
        return False
    if theirs.version >= _NVME > words.version:
        return False
    return ("d" in theirs.features or "d" not in words.features) and (
        has_premium_storage(other) or not has_premium_storage(size)
    )


def _family(words: Named) -> str:
    """DS and FS are what the D and F series with premium disks were called once."""
    return {"DS": "D", "FS": "F"}.get(words.family, words.family)


@lru_cache(maxsize=10_000)
def _replacements(
    catalogue: Catalogue, size: str, region: str, os: OperatingSystem
) -> tuple[VmSize, ...]:
    """What a size may become without being larger, the size itself among it."""
    now = catalogue.vm_size(size)
    if now is None or now.memory_gib is None:
        return ()
    candidates = [
        other
        for other in _known(catalogue)
        if other.vcpus <= now.vcpus
        and (other.memory_gib or 0) <= now.memory_gib
        and replaces(size, other.size)
    ]
    return tuple(_cheapest_first(candidates, catalogue, region, os))


def _cheapest_first(
    candidates: Iterable[VmSize], catalogue: Catalogue, region: str, os: OperatingSystem
) -> Iterator[VmSize]:
    """Yield those that are sold in the region; of equal prices the newest first."""
    found = [
        (price, -words.version, one.size, one)
        for one in candidates
        if (words := named(one.size)) and (price := price_of(catalogue, region, os, one.size))
    ]
    yield from (one for *_, one in sorted(found, key=lambda found: found[:3]))


@lru_cache(maxsize=100_000)
def price_of(catalogue: Catalogue, region: str, os: OperatingSystem, size: str) -> Decimal | None:
    """What a size costs an hour in a region, pay as you go; None where it is not sold."""
    if size not in _sold(catalogue, region):
        return None
    meter = Meter(service=_SERVICE, region=region, arm_sku=size, os=os)
    try:
        return catalogue.price(meter).tiers[0].unit_price
    except AzcostError:  # not sold in this way, which is no fault of the audit's
        return None


@lru_cache(maxsize=256)
def _sold(catalogue: Catalogue, region: str) -> frozenset[str]:
    rows = catalogue.rows("n.arm_sku", "n.service = ? AND p.region = ?", (_SERVICE, region))
    return frozenset(row[0] for row in rows if "Promo" not in row[0])


_SERVICE = "Virtual Machines"


@lru_cache(maxsize=4)
def _known(catalogue: Catalogue) -> tuple[VmSize, ...]:
    rows = catalogue.query("SELECT size FROM vm_sizes WHERE gpus = 0")
    return tuple(found for (size,) in rows if (found := catalogue.vm_size(size)))
