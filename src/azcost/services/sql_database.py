"""Azure SQL databases: compute, licence, zone redundancy, storage and backups.

Prices: https://azure.microsoft.com/pricing/details/azure-sql-database/single/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

import msgspec
from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource, check_fields
from azcost.units import HOURS_PER_MONTH, days, gb_months, hours, plain

# How many GB a database of DTUs stores at most:
# https://learn.microsoft.com/azure/azure-sql/database/resource-limits-dtu-single-databases
_DTU_GB = (
    {"Basic": 2}
    | dict.fromkeys(("S0", "S1", "S2"), 250)
    | dict.fromkeys(("S3", "S4", "S6", "S7", "S9", "S12", "P1", "P2", "P4", "P6"), 1024)
    | dict.fromkeys(("P11", "P15"), 4096)
)
# The sizes in vCores, and how many GB those up to so many vCores store at most ("Max data size"):
# https://learn.microsoft.com/azure/azure-sql/database/resource-limits-vcore-single-databases
_USUAL = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80)
_GEN5_GB = {4: 1024, 6: 1536, 10: 2048, 20: 3072, 128: 4096}
_HYPERSCALE_GB = {192: 128 * 1024}  # .../service-tier-hyperscale
_VCORES = {
    "GP_Gen5": ((*_USUAL, 128), _GEN5_GB),
    "GP_S_Gen5": ((1, *_USUAL), {1: 512, 6: 1024, 10: 2048, 20: 3072, 80: 4096}),
    "GP_Fsv2": (
        (8, 10, 12, 14, 16, 18, 20, 24, 32, 36, 72),
        {14: 1024, 24: 1536, 36: 3072, 72: 4096},
    ),
    "BC_Gen5": ((*_USUAL, 128), _GEN5_GB),
    "HS_Gen5": (_USUAL, _HYPERSCALE_GB),
    "HS_S_Gen5": (_USUAL, _HYPERSCALE_GB),
    "HS_PRMS": ((*_USUAL, 64, 128, 160, 192), _HYPERSCALE_GB),
    "HS_MOPRMS": ((*_USUAL, 64), _HYPERSCALE_GB),
}
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
_ZONES_PRICED = ("GP_Gen5", "GP_S_Gen5")
# https://learn.microsoft.com/azure/azure-sql/database/resource-limits-dtu-single-databases
_INCLUDED_GB = {"Basic": 2, "Standard": 250, "Premium": 500, "P11": 4096, "P15": 4096}
# Azure's calculator bills the maximum size and 30 % for the log: 50 GB as 65 in its export of
# 2026-06-24, and 32 GB, the default size, as 41.6 in that of 2024-08-10.
WITH_LOG = Decimal("1.3")
DEFAULT_GB = Decimal(32)
# https://learn.microsoft.com/azure/azure-sql/database/serverless-tier-overview#billing
GB_PER_VCORE = 3
# "Min-max vCores" and "Min-max memory" of serverless sizes (the page on resource limits): an
# eighth of the vCores, and 3 GB for each of those, but at least:
_LEAST_VCORES = Decimal("0.5")
_LEAST_GB = {1: Decimal("2.02"), 2: Decimal("2.05"), 4: Decimal("2.1")}
_MONTH = 744  # hours of 31 days
# The rows of DTUs are per day, but Azure bills them by the hour (the page on service-tiers-dtu):
# a month of 730 hours is 30.42 days.
HOURS_PER_DAY = 24
# The fields that only some purchasing models have.
_ONLY = {
    "hours": ("DTU", "provisioned"),
    "load": ("serverless",),
    "min_vcores": ("serverless",),
    "min_memory_gb": ("serverless",),
}


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a serverless database uses for some hours of a month while it is online."""

    hours: Annotated[Decimal, Meta(ge=0, le=_MONTH)]
    """Hours a month; for what all loads leave of a month it is paused."""
    vcores: Amount = Decimal(0)
    """vCores used."""
    memory_gb: Gigabytes = Decimal(0)
    """Memory used; a third of it is billed when that is more than the vCores."""


class _Objective(msgspec.Struct, frozen=True):
    """A service objective, read from its name."""

    name: str
    model: str  # DTU, provisioned or serverless
    tier: str
    largest_gb: int
    family: str = ""
    vcores: int = 0

    @classmethod
    def parse(cls, sku: str) -> Self:
        """Raise ValueError for what Azure does not have, or azcost does not price."""
        for name, largest in _DTU_GB.items():
            if name.lower() == sku.lower():
                tier = {"B": "Basic", "S": "Standard", "P": "Premium"}[name[0]]
                return cls(name, "DTU", tier, largest)
        written, _, number = sku.rpartition("_")
        for family, (sizes, largest_gb) in _VCORES.items():
            if family.lower() == written.lower():
                vcores = next((size for size in sizes if str(size) == number), None)
                if vcores is None:
                    there = ", ".join(str(size) for size in sorted(sizes))
                    raise ValueError(f"`sku`: expected {family}_ and one of {there}")
                model = "serverless" if "_S_" in family else "provisioned"
                largest = next(gb for most, gb in largest_gb.items() if vcores <= most)
                return cls(f"{family}_{vcores}", model, family[:2], largest, family, vcores)
        raise ValueError(
            f"`sku`: azcost prices no service objective {sku}; expected one such as S0, "
            "GP_Gen5_2, GP_S_Gen5_2, BC_Gen5_4 or HS_Gen5_4"
        )

    @property
    def least_vcores(self) -> Decimal:
        """The vCores that a serverless database is billed at least while it is online."""
        return max(_LEAST_VCORES, Decimal(self.vcores) / 8)

    @property
    def least_gb(self) -> Decimal:
        """Memory that a serverless database has at least while it is online."""
        return _LEAST_GB.get(self.vcores, self.least_vcores * GB_PER_VCORE)


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
    # "Secondary replicas 0-4": the page on resource limits.
    ha_replicas: Annotated[int, Meta(ge=0, le=4)] = 0
    """Hyperscale: replicas for availability, each billed as the primary."""
    load: tuple[Load, ...] = ()
    """Serverless: what each database uses while it is online."""
    min_vcores: Amount | None = None
    """Serverless: vCores billed at least while it is online.

    If left out, the least that Azure allows: an eighth of its vCores, but 0.5.
    """
    min_memory_gb: Gigabytes | None = None
    """Serverless: least memory, billed like `min_vcores`; if left out, the least allowed."""
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
        objective = _Objective.parse(self.sku)
        check_fields(self, objective.model, _ONLY)
        for mistake in (*self._mistakes(objective), *self._serverless_mistakes(objective)):
            raise ValueError(mistake)

    def _mistakes(self, objective: _Objective) -> Iterator[str]:
        name, tier = objective.name, objective.tier
        provisioned = objective.model == "provisioned"
        zones = tier in _ZONES_INCLUDED or objective.family in _ZONES_PRICED
        if self.zone_redundant and not zones:
            yield (
                f"`zone_redundant`: azcost knows no price of it for {name}; leave it out, or use "
                "GP_Gen5 or BC_Gen5"
            )
        if self.hybrid_benefit and not (provisioned and tier in _LICENSED):
            yield f"`hybrid_benefit`: {name} needs no SQL Server licence; leave it out"
        if self.ha_replicas and not (provisioned and tier == "HS"):
            yield "`ha_replicas` are for provisioned Hyperscale databases: leave it out"
        if self.storage_gb is None and tier == "HS":
            yield "`storage_gb` is missing: the data that the Hyperscale database holds"
        if (self.storage_gb or 0) > objective.largest_gb:
            yield f"`storage_gb`: {name} has at most {objective.largest_gb:,} GB"

    def _serverless_mistakes(self, objective: _Objective) -> Iterator[str]:
        if objective.model != "serverless":
            return
        name, vcores, gb = objective.name, objective.vcores, objective.vcores * GB_PER_VCORE
        if any(load.vcores > vcores for load in self.load):
            yield f"`load`: {name} cannot use more than {vcores} vCores"
        if any(load.memory_gb > gb for load in self.load):
            yield f"`load`: {name} has at most {gb} GB of memory"
        if sum(load.hours for load in self.load) > _MONTH:
            yield f"`load`: a month has at most {_MONTH} hours; all loads together exceed it"
        for field, given, least, most in (
            ("min_vcores", self.min_vcores, objective.least_vcores, vcores),
            ("min_memory_gb", self.min_memory_gb, objective.least_gb, gb),
        ):
            if given is not None and not least <= given <= most:
                yield f"`{field}`: {name} takes {plain(least)} to {most}"

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield compute, then storage and backups."""
        objective = _Objective.parse(self.sku)
        if objective.model == "DTU":
            yield self._dtus(objective)
        elif objective.model == "serverless":
            yield from self._serverless(objective)
        else:
            yield from self._provisioned(objective)
        for charge in (self._storage(objective), *self._backups(objective)):
            if charge.quantity.amount:
                yield charge

    def notes(self) -> Iterator[str]:
        """Say what was assumed of a serverless database, and where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)
        serverless = _Objective.parse(self.sku).model == "serverless"
        if serverless and not self.load:
            yield "no `load` is given, so it is taken to be paused all month"
        if serverless and self.purchase in COMMITTED:
            yield "what it does not use of the savings plan is taken to serve other databases"

    def _dtus(self, objective: _Objective) -> Charge:
        sku = "B" if objective.tier == "Basic" else objective.name
        return Charge(
            f"{plain(self.count)} x {objective.name}, {self.purchase}",
            days(self.count * self.hours.monthly / HOURS_PER_DAY),
            self._meter(f"SQL Database Single {objective.tier}", sku),
            self.purchase,
        )

    def _provisioned(self, objective: _Objective) -> Iterator[Charge]:
        product, arm_sku = _PROVISIONED[objective.family]
        number = self.count * (1 + self.ha_replicas)
        label = f"{plain(number)} x {objective.name}"
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
        memory = self.min_memory_gb or objective.least_gb
        least = max(self.min_vcores or objective.least_vcores, memory / GB_PER_VCORE)
        billed = sum(
            load.hours * max(least, load.vcores, load.memory_gb / GB_PER_VCORE)
            for load in self.load
        )
        vcore_hours = hours(self.count * billed)
        label = f"{plain(self.count)} x {objective.name}"
        product = _SERVERLESS[objective.tier]
        vcore = self._meter(product, "1 vCore", arm_sku="1 vCore")
        yield Charge(f"{label}, {self.purchase}", vcore_hours, vcore, self.purchase)
        if self.zone_redundant:
            zones = self._meter(product, "1 vCore Zone Redundancy", arm_sku="1 vCore")
            zone_label = f"{label}, zone redundancy, {self.purchase}"
            yield Charge(zone_label, vcore_hours, zones, self.purchase)

    def _storage(self, objective: _Objective) -> Charge:
        tier = objective.tier
        if objective.model == "DTU":
            included = Decimal(_INCLUDED_GB.get(objective.name, _INCLUDED_GB[tier]))
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
        excess = Decimal(0) if objective.model == "DTU" else self.count * self.backup_gb
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
