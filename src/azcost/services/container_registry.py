"""Container registries: days by tier, stored images, replicas, and builds.

Prices: https://azure.microsoft.com/pricing/details/container-registry/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import Amount, Gigabytes, Region
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import DAYS_PER_MONTH, Quantity, days, gb_months

# https://learn.microsoft.com/azure/container-registry/container-registry-skus
_INCLUDED_GB = {"Basic": Decimal(10), "Standard": Decimal(100), "Premium": Decimal(500)}


class ContainerRegistry(Resource, frozen=True, kw_only=True):
    """A container registry and its geo-replicas."""

    kind: ClassVar[str] = "container_registry"

    sku: Literal["Basic", "Standard", "Premium"]
    """The service tier; 10, 100 or 500 GB of storage are included."""
    storage_gb: Gigabytes = Decimal(0)
    """Images stored, in GB, what is included too; each replica holds as much again."""
    geo_replications: tuple[Region, ...] = ()
    """Regions that the registry is replicated to, besides its own (Premium only)."""
    task_vcpu_seconds: Amount = Decimal(0)
    """vCPU seconds that ACR Tasks build in a month; 6,000 are free."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.geo_replications and self.sku != "Premium":
            raise ValueError("`geo_replications` need `sku: Premium`")
        if len(set(self.geo_replications)) < len(self.geo_replications):
            raise ValueError("`geo_replications` names a region twice: one replica a region")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the tier, what is stored beyond it, and the same for each replica."""
        unit = self._meter(f"{self.sku} Registry Unit")
        yield Charge(f"{self.sku} registry", days(DAYS_PER_MONTH), unit)
        extra = max(self.storage_gb - _INCLUDED_GB[self.sku], Decimal(0))
        if extra:
            yield Charge("storage beyond the tier's", gb_months(extra), self._meter("Data Stored"))
        for region in self._replicas():
            unit = self._meter("Premium Registry Replication Unit", region)
            yield Charge(f"replica in {region}", days(DAYS_PER_MONTH), unit)
            if extra:
                stored = self._meter("Premium GB Registry Replication Data Stored", region)
                yield Charge(f"replica in {region}, storage", gb_months(extra), stored)
        if self.task_vcpu_seconds:
            seconds = Quantity(self.task_vcpu_seconds, "Seconds")
            yield Charge("ACR Tasks, vCPU time", seconds, self._meter("Task vCPU Duration"))

    def notes(self) -> Iterator[str]:
        """Yield what was assumed of replicas."""
        if self._replicas():
            # "You incur Premium registry fees for each region" and "storage is billed per
            # geo-replica": https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication
            yield (
                "each replica is taken to include 500 GB of storage like the registry; "
                "the transfer of images between regions is not in the bill"
            )

    def _replicas(self) -> list[str]:
        """The regions replicated to; a registry moved to one of them needs no replica there."""
        return [region for region in self.geo_replications if region != self.region]

    def _meter(self, meter: str, region: str = "") -> Meter:
        return Meter(
            service="Container Registry",
            region=region or self.region,
            product="Container Registry",
            sku=self.sku,
            meter=meter,
        )
