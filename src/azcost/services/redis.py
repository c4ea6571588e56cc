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
from azcost.meters.compute import COMMITTED
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
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
# Nodes of an instance, where a user cannot choose:
# https://learn.microsoft.com/azure/azure-cache-for-redis/cache-reserved-pricing
_NODES = {"Basic": 1, "Standard": 2, "Enterprise": 2, "EnterpriseFlash": 3}
# Standard and Premium have two meters: "C1 Cache" of 2014 is a cache of two nodes, "C1 Cache
# Instance" of 2019 one node, and the one that the Retail API calls primary. Basic and
# Enterprise have only the former, and it is a node.
_WHOLE_CACHE_METERS = ("Basic", "Enterprise", "EnterpriseFlash")
AtLeastOne = Annotated[Decimal, Meta(ge=1, le=10**6)]


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
    shards: AtLeastOne = Decimal(1)
    """Premium: shards of a clustered cache."""
    replicas_per_primary: AtLeastOne = Decimal(1)
    """Premium: replicas of each primary."""
    count: Count = Decimal(1)
    """How many caches."""
    hours: Hours = ALWAYS
    """How long they exist; a cache cannot be stopped."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought."""

    def __post_init__(self) -> None:
        """Refuse tiers that Azure does not have, and clusters where it has none."""
        if self._tier not in _PRODUCTS or "_" not in self.sku:
            raise ValueError(
                f"`sku`: expected a tier ({', '.join(_PRODUCTS)}) and a size, such as Balanced_B5"
            )
        clustered = self.shards > 1 or self.replicas_per_primary > 1
        if clustered and self._tier != "Premium":
            raise ValueError("`shards` and `replicas_per_primary` are for Premium caches")

    @property
    def _tier(self) -> str:
        return self.sku.partition("_")[0]

    @property
    def _nodes(self) -> Decimal:
        if self._tier == "Premium":
            return self.shards * (1 + self.replicas_per_primary)
        managed = 2 if self.high_availability else 1
        return Decimal(_NODES.get(self._tier, managed))

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours of all nodes."""
        size = self.sku.partition("_")[2]
        whole = self._tier in _WHOLE_CACHE_METERS
        meter = Meter(
            service="Redis Cache",
            region=self.region,
            product=_PRODUCTS[self._tier],
            sku=size,
            meter=f"{size} Cache" if whole else f"{size} Cache Instance",
        )
        nodes = self.count * self._nodes
        monthly = HOURS_PER_MONTH if self.purchase in COMMITTED else self.hours.monthly
        label = f"{plain(nodes)} x {self.sku} node, {self.purchase}"
        yield Charge(label, hours(nodes * monthly), meter, self.purchase)
