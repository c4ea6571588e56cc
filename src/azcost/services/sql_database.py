"""Azure SQL databases: compute, licence, zone redundancy, storage and backups.

Prices: https://azure.microsoft.com/pricing/details/azure-sql-database/single/
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours
from azcost.meters.compute import COMMITTED
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, days, gb_months, hours, plain

_DTU = re.compile(r"Basic|S(?:0|1|2|3|4|6|7|9|12)|P(?:1|2|4|6|11|15)")
_VCORES = re.compile(r"(GP|BC|HS)_(Gen5|Fsv2|PRMS|MOPRMS)_(\d+)|(GP|HS)_S_(Gen5)_(\d+)")
_POOL = "SQL Database Single/Elastic Pool"
# Product and ARM SKU of a provisioned vCore. Meter names are left out where product and SKU
# name one series in every region: the source of indonesiacentral's rows has no meter names.
_PROVISIONED = {
    "GP_Gen5": (f"{_POOL} General Purpose - Compute Gen5", "SQLDB_GP_Compute_Gen5"),
    "GP_Fsv2": (f"{_POOL} General Purpose - Compute FSv2 Series", "FSv2Series_vCore"),
    "BC_Gen5": (f"{_POOL} Business Critical - Compute Gen5", "SQLDB_BC_Compute_Gen5"),
    "HS_Gen5": (
        "SQL Database SingleDB/Elastic Pool Hyperscale - Compute Gen5",
        "SQLDB_HyperScale_Compute_Gen5",
    ),
    "HS_PRMS": (
        f"{_POOL} Hyperscale - Premium Series Compute",
        "SQLDB_HyperScale_Compute_Premium",
    ),
    "HS_MOPRMS": (
        f"{_POOL} Hyperscale - Premium Series Memory Optimized Compute",
        "SQLDB_HyperScale_Compute_Premium_Memory_Optimized",
    ),
}
_SERVERLESS = {
    "GP": "SQL Database General Purpose - Serverless - Compute Gen5",
    "HS": "SQL Database Hyperscale - Serverless - Compute Gen5",
}
_LICENSED = {"GP": "General Purpose", "BC": "Business Critical"}
# Zone redundancy of these costs nothing, and Business Critical has no row of it:
# https://azure.microsoft.com/updates/azure-sql-database-zone-redundant-premium-databases-and-elastic-pools/
_ZONES_INCLUDED = ("BC", "Premium")
# https://learn.microsoft.com/azure/azure-sql/database/resource-limits-dtu-single-databases
_INCLUDED_GB = {"Basic": 2, "Standard": 250, "Premium": 500, "P11": 4096, "P15": 4096}
# Azure's calculator bills the maximum size and 30 % for the log: 50 GB as 65 in its export of
# 2026-06-24, and 32 GB, the default size, as 41.6 in that of 2024-08-10.
WITH_LOG = Decimal("1.3")
DEFAULT_GB = Decimal(32)
# https://learn.microsoft.com/azure/azure-sql/database/serverless-tier-overview#billing
GB_PER_VCORE = 3
# The rows of DTUs are per day, but Azure bills them by the hour (the page on service-tiers-dtu):
# a month of 730 hours is 30.42 days.
HOURS_PER_DAY = 24


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a serverless database uses for some hours of a month while it is online."""

    hours: Annotated[Decimal, Meta(ge=0, le=744)]
    """Hours a month; for what all loads leave of a month it is paused."""
    vcores: Amount = Decimal(0)
    """vCores used."""
    memory_gb: Gigabytes = Decimal(0)
    """Memory used; a third of it is billed when that is more than the vCores."""


class _Objective(msgspec.Struct, frozen=True):
    """A service objective, read from its name."""

    model: str  # dtu, provisioned or serverless
    tier: str
    series: str = ""
    vcores: int = 0

    @classmethod
    def parse(cls, sku: str) -> Self:
        """Raise ValueError for what azcost does not price."""
        if _DTU.fullmatch(sku):
            return cls("dtu", {"B": "Basic", "S": "Standard", "P": "Premium"}[sku[0]])
        found = _VCORES.fullmatch(sku)
        tier, series, vcores = (g for g in found.groups() if g) if found else ("", "", 0)
        if f"{tier}_{series}" not in _PROVISIONED:
            raise ValueError(
                f"`sku`: azcost prices no service objective {sku}; expected one such as S0, "
                "GP_Gen5_2, GP_S_Gen5_2, BC_Gen5_4 or HS_Gen5_4"
            )
        model = "serverless" if "_S_" in sku else "provisioned"
        return cls(model, tier, series, int(vcores))


class SqlDatabase(Resource, frozen=True, kw_only=True):
    """Single databases of one service objective.

    Left out: elastic pools, geo-replicas, DC and M-series, and the free offer. Hyperscale
    is priced as databases made since December 2023 are: without a licence.
    """

    kind: ClassVar[str] = "sql_database"

    sku: Annotated[str, Meta(max_length=20)]
    """The service objective: `Basic`, `S0`, `P1`, `GP_Gen5_2`, `GP_S_Gen5_2`, `HS_Gen5_4`."""
    count: Count = Decimal(1)
    """How many databases."""
    hours: Hours = ALWAYS
    """How long they exist, unless serverless; storage is billed all month."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the compute is bought."""
    hybrid_benefit: bool = False
    """Whether you bring SQL Server licences; only provisioned `GP` and `BC` need any."""
    zone_redundant: bool = False
    """Whether its replicas are in several zones; General Purpose bills that."""
    ha_replicas: Count = Decimal(0)
    """Hyperscale: replicas for availability, each billed as the primary."""
    load: tuple[Load, ...] = ()
    """Serverless: what each database uses while it is online."""
    min_vcores: Amount = Decimal("0.5")
    """Serverless: vCores billed at least while it is online."""
    min_memory_gb: Gigabytes = Decimal("2.1")
    """Serverless: least memory, billed like `min_vcores`; 2.1 GB go with 0.5 to 4 vCores."""
    storage_gb: Gigabytes | None = None
    """The maximum size; of Hyperscale, the data that it holds.

    If left out, 32 GB, or what is included in the DTUs.
    """
    backup_gb: Gigabytes = Decimal(0)
    """Point-in-time backups beyond what is free; with DTUs all of them are.

    As much as the maximum size is free: give the excess, which Azure's invoice shows.
    """
    long_term_backup_gb: Gigabytes = Decimal(0)
    """Backups kept by a long-term retention policy."""
    backup_redundancy: Literal["LRS", "ZRS", "RA-GRS", "RA-GZRS"] = "RA-GRS"
    """How backups are stored."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell, or does not sell together."""
        for mistake in self._mistakes(_Objective.parse(self.sku)):
            raise ValueError(mistake)

    def _mistakes(self, objective: _Objective) -> Iterator[str]:
        model, tier = objective.model, objective.tier
        priced = tier in _ZONES_INCLUDED or (tier, objective.series) == ("GP", "Gen5")
        if self.zone_redundant and not priced:
            yield f"`zone_redundant`: azcost knows no price of it for {self.sku}"
        if self.load and model != "serverless":
            yield "`load` is for serverless databases, such as GP_S_Gen5_2"
        if any(load.vcores > objective.vcores for load in self.load):
            yield f"`load`: {self.sku} cannot use more than {objective.vcores} vCores"
        if self.ha_replicas and (model, tier) != ("provisioned", "HS"):
            yield "`ha_replicas` are for provisioned Hyperscale databases"
        if self.storage_gb is None and tier == "HS":
            yield "`storage_gb` is missing: the data that the Hyperscale database holds"
        if tier == "Basic" and (self.storage_gb or 0) > _INCLUDED_GB["Basic"]:
            yield "`storage_gb`: a Basic database has 2 GB at most"

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield compute, then storage and backups."""
        objective = _Objective.parse(self.sku)
        if objective.model == "dtu":
            yield self._dtus(objective)
        elif objective.model == "serverless":
            yield from self._serverless(objective)
        else:
            yield from self._provisioned(objective)
        for charge in (self._storage(objective), *self._backups(objective)):
            if charge.quantity.amount:
                yield charge

    def notes(self) -> Iterator[str]:
        """Say what was assumed of a serverless database."""
        if "_S_" in self.sku and not self.load:
            yield "no `load` is given, so it is taken to be paused all month"
        if "_S_" in self.sku and self.purchase in COMMITTED:
            yield "what it does not use of the savings plan is taken to serve other databases"

    def _dtus(self, objective: _Objective) -> Charge:
        sku = "B" if objective.tier == "Basic" else self.sku
        return Charge(
            f"{plain(self.count)} x {self.sku}, {self.purchase}",
            days(self.count * self.hours.monthly / HOURS_PER_DAY),
            self._meter(f"SQL Database Single {objective.tier}", sku),
            self.purchase,
        )

    def _provisioned(self, objective: _Objective) -> Iterator[Charge]:
        product, arm_sku = _PROVISIONED[f"{objective.tier}_{objective.series}"]
        number = self.count * (1 + self.ha_replicas)
        label = f"{plain(number)} x {self.sku}"
        monthly = HOURS_PER_MONTH if self.purchase in COMMITTED else self.hours.monthly
        vcore_hours = hours(number * objective.vcores * monthly)
        vcore = self._meter(product, "vCore", arm_sku=arm_sku)
        yield Charge(f"{label}, {self.purchase}", vcore_hours, vcore, self.purchase)
        if self.zone_redundant and objective.tier not in _ZONES_INCLUDED:
            zones = self._meter(product, "vCore ZR Zone Redundancy", arm_sku=f"{arm_sku}_ZR")
            zone_label = f"{label}, zone redundancy, {self.purchase}"
            yield Charge(zone_label, vcore_hours, zones, self.purchase)
        if objective.tier in _LICENSED and not self.hybrid_benefit:
            # One row for all regions; commitments do not cover it.
            product = f"{_POOL} {_LICENSED[objective.tier]} - SQL License"
            licence = self._meter(product, "vCore", "vCore", region="Global")
            licensed = hours(number * objective.vcores * self.hours.monthly)
            yield Charge(f"{label}, SQL Server licence", licensed, licence)

    def _serverless(self, objective: _Objective) -> Iterator[Charge]:
        least = max(self.min_vcores, self.min_memory_gb / GB_PER_VCORE)
        billed = sum(
            load.hours * max(least, load.vcores, load.memory_gb / GB_PER_VCORE)
            for load in self.load
        )
        vcore_hours = hours(self.count * billed)
        label = f"{plain(self.count)} x {self.sku}"
        product = _SERVERLESS[objective.tier]
        vcore = self._meter(product, "1 vCore", arm_sku="1 vCore")
        yield Charge(f"{label}, {self.purchase}", vcore_hours, vcore, self.purchase)
        if self.zone_redundant:
            zones = self._meter(product, "1 vCore Zone Redundancy", arm_sku="1 vCore")
            zone_label = f"{label}, zone redundancy, {self.purchase}"
            yield Charge(zone_label, vcore_hours, zones, self.purchase)

    def _storage(self, objective: _Objective) -> Charge:
        tier = objective.tier
        if objective.model == "dtu":
            included = Decimal(_INCLUDED_GB.get(self.sku, _INCLUDED_GB[tier]))
            size = max((self.storage_gb or included) - included, Decimal(0))
            meter = self._meter(f"SQL Database {tier} - Storage", tier, "Data Stored")
        elif tier == "HS":
            size = self.storage_gb or Decimal(0)
            words = ("SQL Database Hyperscale - Storage", "Hyperscale", "Hyperscale Data Stored")
            meter = self._meter(*words)
        else:
            size = (DEFAULT_GB if self.storage_gb is None else self.storage_gb) * WITH_LOG
            zones = self.zone_redundant and tier not in _ZONES_INCLUDED
            sku = f"{_LICENSED[tier]} Zone Redundancy" if zones else _LICENSED[tier]
            meter = self._meter(f"{_POOL} {_LICENSED[tier]} - Storage", sku, f"{sku} Data Stored")
        return Charge("storage", gb_months(self.count * size), meter)

    def _backups(self, objective: _Objective) -> Iterator[Charge]:
        stored = self.backup_redundancy
        if objective.tier == "HS":
            single = "SQL Database SingleDB Hyperscale"
            recent = (f"{single} - Storage", f"Backup - {stored}", f"Backup - {stored} Data Stored")
            long_term = f"{single} - LTR Backup Storage"
        else:
            recent = (f"{_POOL} PITR Backup Storage", f"Backup {stored}", f"{stored} Data Stored")
            long_term = "SQL Database - LTR Backup Storage"
        excess = Decimal(0) if objective.model == "dtu" else self.count * self.backup_gb
        label = f"point-in-time backups, {stored}"
        yield Charge(label, gb_months(excess), self._meter(*recent))
        yield Charge(
            f"long-term backups, {stored}",
            gb_months(self.count * self.long_term_backup_gb),
            self._meter(long_term, f"Backup {stored}", f"Backup {stored} Data Stored"),
        )

    def _meter(
        self, product: str, sku: str, meter: str = "", *, arm_sku: str = "", region: str = ""
    ) -> Meter:
        return Meter(
            service="SQL Database",
            region=region or self.region,
            product=product,
            sku=sku,
            meter=meter,
            arm_sku=arm_sku,
        )
