"""Snapshots of managed disks: the data that they hold, by month.

Prices: https://azure.microsoft.com/pricing/details/managed-disks/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import Count, Gigabytes
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb_months, plain

# Standard SSD has snapshot meters too, several times as dear, but a snapshot lies on Standard
# HDD or Premium SSD, whatever its disk (disks-understand-billing, "Snapshot billing").
_PRODUCTS = {
    "Standard_LRS": "Standard HDD Managed Disks",
    "Standard_ZRS": "Standard HDD Managed Disks",
    "Premium_LRS": "Premium SSD Managed Disks",
}


class Snapshot(Resource, frozen=True, kw_only=True):
    """Snapshots of managed disks, full or incremental.

    https://learn.microsoft.com/azure/virtual-machines/disks-understand-billing
    """

    kind: ClassVar[str] = "snapshot"

    size_gb: Gigabytes
    """Data that each snapshot holds, in GiB: what the disk uses, not its provisioned size.

    An incremental snapshot holds what changed since the one before; only the first is
    all of the used size.
    """
    count: Count = Decimal(1)
    """How many snapshots of this size are kept."""
    type: Literal["Standard_LRS", "Standard_ZRS", "Premium_LRS"] = "Standard_LRS"
    """Where they are kept. Incremental snapshots are always of a Standard type."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the data kept."""
        redundancy = self.type.split("_")[1]
        meter = Meter(
            service="Storage",
            region=self.region,
            product=_PRODUCTS[self.type],
            sku=f"Snapshots {redundancy}",
            meter=f"{redundancy} Snapshots",
        )
        label = f"{plain(self.count)} x {self.type} snapshot, data stored"
        yield Charge(label, gb_months(self.count * self.size_gb), meter)

    def notes(self) -> Iterator[str]:
        """Say what the size is taken for."""
        yield "`size_gb` is taken for the data in each snapshot, not for the size of its disk"
