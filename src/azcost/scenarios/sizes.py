"""Sizes of the same capability: no fewer vCPUs, no less memory, the same GPUs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from azcost.errors import AzcostError
from azcost.meters.compute import SIZE, has_premium_storage
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.scenarios.changes import NO_CHOICE, Family, Scenario
from azcost.scenarios.parts import Stays
from azcost.spec.reader import hints_of, plain_type

# More than so many times the vCPUs is another machine, however cheap.
_MOST_TIMES = 2
_VERSION = re.compile(r"_v(\d+)")
# Letters of https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
_PROCESSORS = {"AMD": "a", "ARM": "p"}
_CONDITIONS = {
    "Intel": "the software does not mind another family of machines",
    "AMD": "the software does not need what only Intel has (AMX), and is tested on AMD",
    "ARM": "everything, every container image too, is built for ARM64",
}


class _Size(msgspec.Struct, frozen=True):
    """What a size's name says: `d` has a local disk, `s` takes premium disks."""

    family: str
    version: int
    features: str

    @classmethod
    def parse(cls, name: str) -> _Size | None:
        named = SIZE.match(name)
        if named is None or named[3]:
            return None
        version = _VERSION.search(name)
        return cls(named[1], int(version[1]) if version else 1, named[4])

    @property
    def processor(self) -> str:
        for processor, letter in _PROCESSORS.items():
            if letter in self.features:
                return processor
        return "Intel"


def sizes(catalogue: Catalogue) -> Iterator[Scenario]:
    """Yield the cheapest other size for each make of processor."""
    known: dict[tuple[str, ...], str] = {}
    for processor, condition in _CONDITIONS.items():
        yield Scenario(
            name=f"other size, {processor}",
            family=Family.SIZE,
            change=_SameCapability(catalogue, processor, known).change,
            condition=f"{condition}; it is stopped to resize it",
        )


class _SameCapability:
    def __init__(
        self, catalogue: Catalogue, processor: str, known: dict[tuple[str, ...], str]
    ) -> None:
        self._catalogue = catalogue
        self._processor = processor
        self._known = known

    def change(self, part: Any, owner: Any) -> Any:
        """The part with the cheapest size, as it is bought today."""
        field = next((name for name, hint in hints_of(type(part)).items() if _is_size(hint)), "")
        if not field or owner.kind == "postgresql":  # which has sizes and prices of its own
            raise Stays(NO_CHOICE)
        os = getattr(part, "os", "linux")
        if self._processor == "ARM" and (os == "windows" or owner.kind.startswith("ml_")):
            raise Stays(f"{'Windows Server' if os == 'windows' else 'Azure ML'} has no ARM sizes")
        purchase = getattr(part, "purchase", Purchase.PAY_AS_YOU_GO)
        size = getattr(part, field)
        key = (size, owner.region, os, purchase, self._processor)
        if key not in self._known:
            self._known[key] = self._cheapest(size, owner.region, os, Purchase(purchase))
        best = self._known[key]
        if not best:
            raise Stays(f"no cheaper {self._processor} size with the capability of {size}")
        return replace(part, **{field: best})

    def _cheapest(self, size: str, region: str, os: str, purchase: Purchase) -> str:
        prices: dict[str, Decimal] = {}
        for name in [size, *self._candidates(size)]:
            meter = Meter(service="Virtual Machines", region=region, arm_sku=name, os=os)
            try:
                prices[name] = self._catalogue.price(meter, purchase).tiers[0].unit_price
            except AzcostError:  # not sold there, or not in this way
                continue
        best = min(prices, key=lambda name: prices[name], default="")
        return "" if best == size or size not in prices else best

    def _candidates(self, size: str) -> Iterator[str]:
        facts, words = self._catalogue.vm_size(size), _Size.parse(size)
        if facts is None or words is None or facts.memory_gib is None:
            raise Stays(f"what {size} is built with is not in the tables")
        rows = self._catalogue.query(
            "SELECT size, memory_gib FROM vm_sizes WHERE vcpus BETWEEN ? AND ? "
            "AND gpus = ? AND gpu_model = ? AND memory_gib != ''",
            (facts.vcpus, facts.vcpus * _MOST_TIMES, facts.gpus, facts.gpu_model),
        )
        for name, memory in rows:
            if Decimal(memory) < facts.memory_gib or name == size:
                continue
            other = _Size.parse(name)
            if other and other.processor == self._processor and _fits(words, other, size, name):
                yield name


def _fits(words: _Size, other: _Size, size: str, name: str) -> bool:
    """Not older, not burstable, with the disks that the size has."""
    burstable = other.family == "B" and words.family != "B"
    older = other.version < words.version
    no_local_disk = "d" in words.features and "d" not in other.features
    no_premium = has_premium_storage(size) and not has_premium_storage(name)
    return not (burstable or older or no_local_disk or no_premium or "_Promo" in name)


def _is_size(hint: Any) -> bool:
    return any(meta.extra and meta.extra.get("names") == "sizes" for meta in plain_type(hint)[1])
