"""Azure Cosmos DB: throughput, storage, the analytical store and backups, in every region.

Prices: https://azure.microsoft.com/pricing/details/cosmos-db/
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar, Literal

import msgspec

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours, Operations, Region, Share
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource, check_fields
from azcost.units import HOURS_PER_MONTH, gb, gb_months, hours, plain, units

# https://learn.microsoft.com/azure/cosmos-db/autoscale-faq: the bill shows the meter of standard
# throughput, its quantity times 1.5; with multi-region writes, autoscale costs no more. An hour
# is billed as a tenth of the maximum at least.
AUTOSCALE = Decimal("1.5")
LEAST_UTILIZATION = Decimal("0.1")
# https://learn.microsoft.com/azure/reliability/reliability-cosmos-db-nosql: 25 % more, waived for
# autoscale and for multi-region writes.
ZONE_REDUNDANT = Decimal("1.25")
# https://learn.microsoft.com/azure/cosmos-db/periodic-backup-restore-introduction
FREE_COPIES = 2
# RU/s that a container or database has at least:
# https://learn.microsoft.com/azure/cosmos-db/concepts-limits#minimum-throughput-limits
LEAST_RU = 400
# The maximum of autoscale is set "in increments of 1000 RU/s":
# https://learn.microsoft.com/azure/cosmos-db/provision-throughput-autoscale
AUTOSCALE_STEP = 1000

_THROUGHPUT = ("provisioned", "autoscale")
# The fields that only some capacity modes have.
_ONLY = {
    "ru_per_second": _THROUGHPUT,
    "utilization": ("autoscale",),
    "request_units": ("serverless",),
    "hours": _THROUGHPUT,
    "additional_regions": _THROUGHPUT,
    "multi_region_writes": _THROUGHPUT,
}
# The fields that only some backups have; the meter of restores names continuous ones only.
_ONLY_BACKUP = {
    "backup_copies": ("periodic",),
    "restored_gb": ("continuous-7-days", "continuous-30-days"),
}
_ANALYTICS = "Azure Cosmos DB Analytics Storage"
_PITR = "Azure Cosmos DB - PITR"


class AdditionalRegion(msgspec.Struct, frozen=True, kw_only=True):
    """A region besides the one that the resource is in."""

    region: Region
    """The region."""
    zone_redundant: bool = False
    """Whether it uses availability zones."""


class CosmosDb(Resource, frozen=True, kw_only=True):
    """Containers of an account with request units, of any API.

    Left out: the free tier, dedicated gateways, traffic between regions, and the
    vCore-based DocumentDB.
    """

    kind: ClassVar[str] = "cosmos_db"

    capacity_mode: Literal["provisioned", "autoscale", "serverless"] = "provisioned"
    """How request units are provided."""
    ru_per_second: Amount | None = None
    """Throughput of all containers and databases; with autoscale the maximum."""
    utilization: Share = Decimal(1)
    """Autoscale: the highest throughput of an hour, on average, as a share of the maximum."""
    request_units: Operations = Decimal(0)
    """Serverless: request units consumed in a month."""
    hours: Hours = ALWAYS
    """How long the throughput is provisioned."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How request units are bought."""
    zone_redundant: bool = False
    """Whether its region uses availability zones."""
    additional_regions: tuple[AdditionalRegion, ...] = ()
    """Regions that the account is replicated to, each with throughput and data of its own."""
    multi_region_writes: bool = False
    """Whether every region takes writes."""
    storage_gb: Gigabytes = Decimal(0)
    """Data and indexes, in each region."""
    analytical_storage_gb: Gigabytes = Decimal(0)
    """Data in the analytical store, in each region."""
    analytical_writes: Operations = Decimal(0)
    """Write operations of the analytical store in a month."""
    analytical_reads: Operations = Decimal(0)
    """Read operations of the analytical store in a month."""
    backup: Literal["periodic", "continuous-7-days", "continuous-30-days"] = "periodic"
    """How backups are taken; the continuous tier of 7 days costs nothing to keep."""
    backup_copies: Count = Decimal(FREE_COPIES)
    """Periodic backups kept: retention divided by interval; two are free."""
    restored_gb: Gigabytes = Decimal(0)
    """Data restored from continuous backups in a month."""

    def __post_init__(self) -> None:
        """Refuse what belongs to another capacity mode, and what Azure does not have."""
        check_fields(self, self.capacity_mode, _ONLY)
        check_fields(self, self.backup, _ONLY_BACKUP)
        if self.ru_per_second is None and self.capacity_mode != "serverless":
            raise ValueError("`ru_per_second` is missing: the throughput to pay for")
        throughput = self.ru_per_second or Decimal(0)
        if self.capacity_mode == "autoscale" and throughput % AUTOSCALE_STEP:
            raise ValueError("`ru_per_second`: the maximum of autoscale is a multiple of 1,000")
        if 0 < throughput < LEAST_RU:
            raise ValueError(
                f"`ru_per_second`: a container or database has at least {LEAST_RU}; for less "
                "use `capacity_mode: serverless`"
            )
        regions = {self.region}
        for other in self.additional_regions:
            if other.region in regions:
                raise ValueError(
                    f"`additional_regions` names {other.region} twice, or the account's own: "
                    "list each other region once"
                )
            regions.add(other.region)

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield each region's throughput and data, then what the account bills once."""
        zones = {self.region: self.zone_redundant}
        zones |= {other.region: other.zone_redundant for other in self.additional_regions}
        for region, zone_redundant in zones.items():
            yield from self._throughput(region, ZONE_REDUNDANT if zone_redundant else Decimal(1))
            yield from (charge for charge in self._data(region) if charge.quantity.amount)
        yield from (charge for charge in self._once() if charge.quantity.amount)

    def _throughput(self, region: str, zone_factor: Decimal) -> Iterator[Charge]:
        if self.ru_per_second is None:
            return
        label = f"{plain(self.ru_per_second)} RU/s"
        hundreds = self.ru_per_second / 100
        if self.capacity_mode == "autoscale":
            factor = Decimal(1) if self.multi_region_writes else AUTOSCALE
            hundreds *= max(self.utilization, LEAST_UTILIZATION)
            label += f", autoscale {plain(hundreds * 100)} x {factor}"
        else:
            factor = Decimal(1) if self.multi_region_writes else zone_factor
            hundreds = hundreds.to_integral_value(ROUND_CEILING)
        monthly = HOURS_PER_MONTH if self.purchase in COMMITTED else self.hours.monthly
        meter = "100 Multi-master RU/s" if self.multi_region_writes else "100 RU/s"
        yield Charge(
            f"{label}, {region}",
            hours(hundreds * factor * monthly),
            _meter(region, "Azure Cosmos DB", self._sku, meter),
            self.purchase,
        )

    @property
    def _sku(self) -> str:
        return "mRUs" if self.multi_region_writes else "RUs"

    def _data(self, region: str) -> Iterator[Charge]:
        yield Charge(
            f"data stored, {region}",
            gb_months(self.storage_gb),
            _meter(region, "Azure Cosmos DB", self._sku, "Data Stored"),
        )
        yield Charge(
            f"analytical data stored, {region}",
            gb_months(self.analytical_storage_gb),
            _meter(region, _ANALYTICS, "Standard", "Standard Data Stored"),
        )
        if self.backup == "continuous-30-days":
            yield Charge(
                f"continuous backup, {region}",
                gb(self.storage_gb),
                _meter(region, _PITR, "Backup", "Cont 30D Bckp Continuous Backup"),
            )

    def _once(self) -> Iterator[Charge]:
        factor = ZONE_REDUNDANT if self.zone_redundant else Decimal(1)
        yield Charge(
            "request units",
            units(self.request_units * factor),
            _meter(self.region, "Azure Cosmos DB serverless", "RUs", "1M RUs"),
            self.purchase,
        )
        yield Charge(
            "analytical write operations",
            units(self.analytical_writes),
            _meter(self.region, _ANALYTICS, "Standard", "Standard Write Operations"),
        )
        yield Charge(
            "analytical read operations",
            units(self.analytical_reads),
            _meter(self.region, _ANALYTICS, "Standard", "Standard Read Operations"),
        )
        if self.backup == "periodic":
            yield Charge(
                "periodic backups",
                gb_months(self.storage_gb * max(self.backup_copies - FREE_COPIES, Decimal(0))),
                _meter(self.region, "Azure Cosmos DB Snapshot", "Standard", "Backup Data Stored"),
            )
        yield Charge(
            "data restored",
            gb(self.restored_gb),
            _meter(self.region, _PITR, "Backup", "Cont 30D Bckp Data Restore"),
        )

    def notes(self) -> Iterator[str]:
        """Say what autoscale was taken to use, and where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)
        if self.capacity_mode == "autoscale" and self.utilization == 1:
            yield "autoscale is billed as if every hour reached its maximum: give `utilization`"


def _meter(region: str, product: str, sku: str, meter: str) -> Meter:
    return Meter(service="Azure Cosmos DB", region=region, product=product, sku=sku, meter=meter)
