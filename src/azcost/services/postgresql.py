"""Azure Database for PostgreSQL flexible servers: compute, storage, performance and backups.

Prices: https://azure.microsoft.com/pricing/details/postgresql/flexible-server/
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours, VmSize
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, Quantity, gb_months, hours, months, plain

_FLEXIBLE = "Azure Database for PostgreSQL Flexible Server"
_STORAGE = "Az DB for PostgreSQL Flexible Server Storage"
_TIERS = {"D": "General Purpose", "E": "Memory Optimized"}
_BURSTABLE = re.compile(r"Standard_(B\d+m?s)")
# An "i" says that the size has a host of its own: E104ids_v5 is of the Edsv5 series.
_SIZE = re.compile(r"Standard_([DE])(\d+)i?([a-z]*)_(v\d)")


class PostgreSql(Resource, frozen=True, kw_only=True):
    """Flexible servers of one size; a read replica is a server like any other.

    Left out: confidential and M-series sizes, Ultra disks, extended support, single
    servers, and Azure Cosmos DB for PostgreSQL.
    """

    kind: ClassVar[str] = "postgresql"

    size: VmSize
    """The size as Azure names it: `Standard_D4ds_v5`."""
    count: Count = Decimal(1)
    """How many servers."""
    high_availability: bool = False
    """Whether each has a standby, in its zone or another: twice the compute and storage."""
    hours: Hours = ALWAYS
    """When they run; a stopped server keeps paying for its storage."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the compute hours are bought."""
    storage_gb: Gigabytes
    """Storage provisioned for each server, in GiB."""
    storage_type: Literal["Premium SSD", "Premium SSD v2"] = "Premium SSD"
    """The kind of storage."""
    additional_iops: Amount = Decimal(0)
    """IOPS bought for each server beyond those of its disk.

    Premium SSD v2 comes with 3,000, from 400 GiB with 12,000:
    https://learn.microsoft.com/azure/postgresql/compute-storage/concepts-storage-premium-ssd-v2
    """
    additional_mbps: Amount = Decimal(0)
    """Premium SSD v2: MB/s beyond the 125 of the disk, 500 from 400 GiB."""
    backup_gb: Gigabytes = Decimal(0)
    """Backups of each server beyond what is free: as much as its storage.

    Geo-redundant backups count twice:
    https://learn.microsoft.com/azure/postgresql/backup-restore/concepts-backup-restore
    """

    def __post_init__(self) -> None:
        """Refuse what is not sold as a flexible server."""
        self._vcores_and_meter()
        if self.additional_mbps and self.storage_type == "Premium SSD":
            raise ValueError("`additional_mbps` needs `storage_type: Premium SSD v2`")
        # https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-high-availability
        if self.high_availability and _BURSTABLE.fullmatch(self.size):
            raise ValueError(
                f"`high_availability`: burstable sizes such as {self.size} have none; leave it "
                "out, or use a D or E size"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield compute, then storage and what goes with it."""
        servers = self.count * (2 if self.high_availability else 1)
        yield self._compute(servers)
        for charge in (*self._storage(servers), self._backups()):
            if charge.quantity.amount:
                yield charge

    def notes(self) -> Iterator[str]:
        """Say where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)

    def _compute(self, servers: Decimal) -> Charge:
        vcores, meter = self._vcores_and_meter()
        monthly = HOURS_PER_MONTH if self.purchase in COMMITTED else self.hours.monthly
        label = f"{plain(servers)} x {self.size}, {self.purchase}"
        return Charge(label, hours(servers * vcores * monthly), meter, self.purchase)

    def _vcores_and_meter(self) -> tuple[int, Meter]:
        """What an hour of a server is billed: vCores of a series, or one burstable size."""
        if burstable := _BURSTABLE.fullmatch(self.size):
            size = burstable[1]
            sku, name = (size.upper(),) * 2 if size in ("B1ms", "B2s") else (size, f"{size} vCore")
            return 1, self._meter(f"{_FLEXIBLE} Burstable BS Series Compute", sku, name)
        found = _SIZE.fullmatch(self.size)
        if found is None:
            raise ValueError(
                f"`size`: {self.size} is no flexible server; expected a size such as "
                "Standard_B2s, Standard_D4ds_v5 or Standard_E8ads_v5"
            )
        family, vcores, features, version = found.groups()
        series = f"{_TIERS[family]} {family}{features}{version} Series"
        product = f"{_FLEXIBLE} {series} Compute"
        if self.purchase in (Purchase.RESERVED_1Y, Purchase.RESERVED_3Y):
            return int(vcores), self._meter(product, "vCore", "vCore")
        # The SKU "vCore" has hourly prices too, but rounded ones (0.101 for 0.1005).
        name = "1 vCore" if version == "v6" or features == "bds" else "vCore"
        return int(vcores), self._meter(product, "1 vCore", name)

    def _storage(self, servers: Decimal) -> Iterator[Charge]:
        iops = months(servers * self.additional_iops)
        if self.storage_type == "Premium SSD":
            stored = self._meter(_STORAGE, "Storage", "Storage Data Stored")
            yield Charge("storage", gb_months(servers * self.storage_gb), stored)
            scaled = self._meter(_STORAGE, "IOPS Scaling", "IOPS Scaling Provisioned IOPS")
            yield Charge("additional IOPS", iops, scaled)
            return
        v2 = "Premium SSD v2"
        stored = self._meter(_STORAGE, f"{v2} Storage", f"{v2} Storage Data Stored")
        yield Charge(f"{v2} storage", Quantity(servers * self.storage_gb, "GiB-Months"), stored)
        yield Charge(
            "additional IOPS",
            iops,
            self._meter(_STORAGE, f"{v2} IOPS", f"{v2} IOPS Provisioned IOPS"),
        )
        throughput = "Premium SSDv2 Throughput"
        yield Charge(
            "additional MB/s",
            months(servers * self.additional_mbps),
            self._meter(_STORAGE, throughput, f"{throughput} Prov Throughput (MBps)"),
        )

    def _backups(self) -> Charge:
        sku = "Backup Storage LRS"
        meter = self._meter(f"{_FLEXIBLE} Backup Storage", sku, f"{sku} Data Stored")
        return Charge("backups", gb_months(self.count * self.backup_gb), meter)

    def _meter(self, product: str, sku: str, meter: str) -> Meter:
        return Meter(
            service="Azure Database for PostgreSQL",
            region=self.region,
            product=product,
            sku=sku,
            meter=meter,
        )
