"""Redis: the nodes of Azure Managed Redis and of Azure Cache for Redis, by the hour.

Prices: https://azure.microsoft.com/pricing/details/managed-redis/
and https://azure.microsoft.com/pricing/details/cache/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource, check_fields
from azcost.units import HOURS_PER_MONTH, hours, plain

_PRODUCTS = {
    "Basic": "Azure Redis Cache Basic",
    "Standard": "Azure Redis Cache Standard",
    "Premium": "Azure Redis Cache Premium",
    "Enterprise": "Azure Redis Cache Enterprise",
    "EnterpriseFlash": "Azure Redis Cache Enterprise Flash",
    "Balanced": "Azure Managed Redis - Balanced",
    "MemoryOptimized": "Azure Managed Redis - Memory Optimized",
    "ComputeOptimized": "Azure Managed Redis - Compute Optimized",
    "FlashOptimized": "Azure Managed Redis - Flash Optimized",
}
# Sizes of each tier, from the price rows of all regions.
_CACHE_SIZES = "C0 C1 C2 C3 C4 C5 C6"
_SIZES = {
    "Basic": _CACHE_SIZES,
    "Standard": _CACHE_SIZES,
    "Premium": "P1 P2 P3 P4 P5",
    "Enterprise": "E1 E5 E10 E20 E50 E100 E200 E400",
    "EnterpriseFlash": "F300 F700 F1500",
    "Balanced": "B0 B1 B3 B5 B10 B20 B50 B100 B150 B250 B350 B500 B700 B1000",
    "MemoryOptimized": "M10 M20 M50 M100 M150 M250 M350 M500 M700 M1000 M1500 M2000",
    "ComputeOptimized": "X1 X3 X5 X10 X20 X50 X100 X150 X250 X350 X500 X700",
    "FlashOptimized": "A250 A500 A700 A1000 A1500 A2000 A4500",
}
# The fields that only some tiers have.
_ONLY = {
    "high_availability": ("Balanced", "MemoryOptimized", "ComputeOptimized", "FlashOptimized"),
    "shards": ("Premium",),
    "replicas_per_primary": ("Premium",),
}
# Nodes of an instance, where a user cannot choose:
# https://learn.microsoft.com/azure/azure-cache-for-redis/cache-reserved-pricing
_NODES = {"Basic": 1, "Standard": 2, "Enterprise": 2, "EnterpriseFlash": 3}
# Standard and Premium have two meters: "C1 Cache" of 2014 is a cache of two nodes, "C1 Cache
# Instance" of 2019 one node, and the one that the Retail API calls primary. Basic and
# Enterprise have only the former, and it is a node.
_WHOLE_CACHE_METERS = ("Basic", "Enterprise", "EnterpriseFlash")
# 30 shards of a primary and a replica, 20 with two replicas, 15 with three:
# https://learn.microsoft.com/azure/azure-cache-for-redis/cache-how-to-premium-clustering
# and at most three replicas: .../cache-how-to-multi-replicas
_MAX_CLUSTERED_NODES = 60


class Redis(Resource, frozen=True, kw_only=True):
    """A Redis cache.

    Left out: storage for persistence, and the traffic of geo-replication. A geo-replica is
    a cache of its own.
    """

    kind: ClassVar[str] = "redis"

    sku: Annotated[str, Meta(max_length=40)]
    """The tier and size: `Balanced_B5` (Azure Managed Redis), `Standard_C1`, `Premium_P2`."""
    high_availability: bool = True
    """Azure Managed Redis: whether there are two nodes rather than one."""
    shards: Annotated[int, Meta(ge=1, le=30)] = 1
    """Premium: shards of a clustered cache."""
    replicas_per_primary: Annotated[int, Meta(ge=1, le=3)] = 1
    """Premium: replicas of each primary."""
    count: Count = Decimal(1)
    """How many caches."""
    hours: Hours = ALWAYS
    """How long they exist; a cache cannot be stopped."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not have, and what the tier does not have."""
        tier, _ = self._tier_and_size
        check_fields(self, tier, _ONLY)
        if self._nodes(tier) > _MAX_CLUSTERED_NODES:
            most = _MAX_CLUSTERED_NODES // (1 + self.replicas_per_primary)
            raise ValueError(
                f"`shards`: with {self.replicas_per_primary} replicas each there are at most {most}"
            )

    @property
    def _tier_and_size(self) -> tuple[str, str]:
        """The SKU taken apart, in Azure's own case. Raises ValueError where Azure has none."""
        written, _, size = self.sku.partition("_")
        tier = next((tier for tier in _SIZES if tier.lower() == written.lower()), None)
        if tier is None:
            raise ValueError(
                f"`sku`: expected a tier ({', '.join(_SIZES)}) and a size, such as Balanced_B5"
            )
        sizes = _SIZES[tier].split()
        if size.upper() not in sizes:
            raise ValueError(f"`sku`: expected {tier}_ and one of {', '.join(sizes)}")
        return tier, size.upper()

    def _nodes(self, tier: str) -> int:
        if tier == "Premium":
            return self.shards * (1 + self.replicas_per_primary)
        managed = 2 if self.high_availability else 1
        return _NODES.get(tier, managed)

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours of all nodes."""
        tier, size = self._tier_and_size
        whole = tier in _WHOLE_CACHE_METERS
        meter = Meter(
            service="Redis Cache",
            region=self.region,
            product=_PRODUCTS[tier],
            sku=size,
            meter=f"{size} Cache" if whole else f"{size} Cache Instance",
        )
        nodes = self.count * self._nodes(tier)
        monthly = HOURS_PER_MONTH if self.purchase in COMMITTED else self.hours.monthly
        label = f"{plain(nodes)} x {tier}_{size} node, {self.purchase}"
        yield Charge(label, hours(nodes * monthly), meter, self.purchase)

    def notes(self) -> Iterator[str]:
        """Say where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)
