"""Azure Files: shares billed by what they hold and do, or by what they are provisioned for.

Prices: https://azure.microsoft.com/pricing/details/storage/files/
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar, Literal

import msgspec

from azcost.estimate import Charge
from azcost.fields import Amount, Gigabytes, Operations
from azcost.meters.blobs import geo_replication, is_geo
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, Quantity, gb, gb_months, gib_hours, hours, plain, units

_ZERO = Decimal(0)
# By tier: the product; what is not listed is pay-as-you-go.
_PROVISIONED = {
    "Premium": "Premium Files",
    "SSD": "Azure Files Provisioned v2",
    "HDD": "Azure Files Provisioned v2",
}
# The smallest share in GiB, and below what IOPS and throughput one may have:
# https://learn.microsoft.com/azure/storage/files/understanding-billing
_LEAST_GIB = {"Premium": Decimal(100), "SSD": Decimal(32), "HDD": Decimal(32)}
# The largest: 256 TiB of provisioned v2, 100 TiB of all others.
# https://learn.microsoft.com/azure/storage/files/storage-files-scale-targets
_MOST_GIB = {"SSD": 262_144, "HDD": 262_144}
_MOST_GIB_OF_OTHERS = 102_400


class _Performance(msgspec.Struct, frozen=True):
    """IOPS, or MiB/s, that a share may be provisioned for."""

    least: int
    most: int
    base: int
    per_gib: Decimal
    free: int = 0

    def of(self, gib: Decimal, asked: Decimal | None) -> Decimal:
        """What is asked for; if nothing is, what Azure recommends for the size."""
        if asked is not None:
            return max(asked, Decimal(self.least))
        more = (self.per_gib * gib).to_integral_value(ROUND_CEILING)
        return min(self.base + more, Decimal(self.most))


# Free is the least: rows named "Free" are in the price list for SSD only, and 32 GiB cost
# 3.20 USD there, which is their storage alone. https://techcommunity.microsoft.com/t5/
# azure-storage-blog/lower-costs-and-boost-flexibility-with-azure-files-provisioned/ba-p/4443621
_IOPS = {
    "SSD": _Performance(3000, 102_400, 3000, Decimal(1), free=3000),
    "HDD": _Performance(500, 50_000, 1000, Decimal("0.2")),
}
_MIBPS = {
    "SSD": _Performance(100, 10_340, 100, Decimal("0.1"), free=100),
    "HDD": _Performance(60, 5_120, 60, Decimal("0.02")),
}


class FileShare(Resource, frozen=True, kw_only=True):
    """A file share. Left out: paid bursting, soft-deleted shares, File Sync, reservations.

    What a tier does not bill for (operations of provisioned shares) costs nothing.
    """

    kind: ClassVar[str] = "file_share"

    tier: Literal["TransactionOptimized", "Hot", "Cool", "Premium", "SSD", "HDD"] = (
        "TransactionOptimized"
    )
    """The first three are pay-as-you-go, `Premium` is provisioned v1 (SSD), `SSD` and `HDD`
    are provisioned v2.
    """
    redundancy: Literal["LRS", "ZRS", "GRS", "GZRS"] = "LRS"
    """Copies in a zone, in several, or in a second region; SSDs have LRS and ZRS."""
    gb: Gigabytes = _ZERO
    """GiB used on average over the month, or GiB provisioned."""
    snapshot_gb: Gigabytes = _ZERO
    """GiB by which snapshots differ; of `SSD` and `HDD` only what overflows the share."""
    metadata_gb: Gigabytes = _ZERO
    """GiB of metadata; billed in Hot and Cool."""
    write_operations: Operations = _ZERO
    """Write transactions a month; billed, as the next three, when pay-as-you-go."""
    list_operations: Operations = _ZERO
    """List transactions a month."""
    read_operations: Operations = _ZERO
    """Read transactions a month."""
    other_operations: Operations = _ZERO
    """Other (protocol) transactions a month, except deleting, which is free."""
    retrieval_gb: Gigabytes = _ZERO
    """GiB read a month; billed in Cool."""
    write_gb: Gigabytes = _ZERO
    """GiB written a month; billed where pay-as-you-go copies them to a second region."""
    iops: Amount | None = None
    """IOPS of an `SSD` or `HDD` share; left out, what Azure recommends for its size."""
    throughput_mibps: Amount | None = None
    """MiB/s of an `SSD` or `HDD` share; left out, what Azure recommends for its size."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not offer."""
        if self.tier in ("Premium", "SSD") and is_geo(self.redundancy):
            raise ValueError(f"`redundancy`: {self.tier} shares have LRS and ZRS only")
        if self.tier not in _IOPS and (self.iops, self.throughput_mibps) != (None, None):
            raise ValueError(
                "`iops` and `throughput_mibps` are set on `SSD` and `HDD` shares (provisioned "
                f"v2); those of a {self.tier} share cannot be set: leave them out"
            )
        for field, asked, most in self._limits():
            if asked is not None and asked > most:
                raise ValueError(
                    f"`{field}`: a share of tier {self.tier} has at most {most:,}; give less, "
                    "or make it several shares"
                )

    def _limits(self) -> Iterator[tuple[str, Decimal | None, int]]:
        yield "gb", self.gb, _MOST_GIB.get(self.tier, _MOST_GIB_OF_OTHERS)
        if self.tier in _IOPS:
            yield "iops", self.iops, _IOPS[self.tier].most
            yield "throughput_mibps", self.throughput_mibps, _MIBPS[self.tier].most

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield whatever there is any of."""
        product = _PROVISIONED.get(self.tier, "Files v2")
        for what, quantity, name in self._billed():
            if quantity.amount:
                meter = Meter(
                    service="Storage",
                    region=self.region,
                    product=product,
                    meter=" ".join(name.split()),
                )
                yield Charge(f"{what}, {self.tier} {self.redundancy}", quantity, meter)
        if self._is_copied and self.write_gb:
            yield Charge("geo-replication", gb(self.write_gb), geo_replication(self.region))

    @property
    def _is_copied(self) -> bool:
        return self.tier not in _PROVISIONED and is_geo(self.redundancy)

    @property
    def _gib(self) -> Decimal:
        """The provisioned size: whole GiB, and at least the smallest share; 0 for no share."""
        if not self.gb:
            return _ZERO
        return max(self.gb.to_integral_value(ROUND_CEILING), _LEAST_GIB[self.tier])

    def _billed(self) -> Iterator[tuple[str, Quantity, str]]:
        if self.tier in _IOPS:
            yield from self._provisioned_v2()
        elif self.tier == "Premium":
            yield "storage", gb_months(self._gib), f"Premium {self.redundancy} Provisioned"
            snapshots = gb_months(self.snapshot_gb)
            yield "snapshots", snapshots, f"Premium {self.redundancy} Snapshots"
        elif self.tier == "TransactionOptimized":
            yield from self._transaction_optimized()
        else:
            yield from self._hot_or_cool()

    def _provisioned_v2(self) -> Iterator[tuple[str, Quantity, str]]:
        media = f"{self.tier} {self.redundancy}"
        overflow = _gib_hours(self.snapshot_gb)
        yield "storage", _gib_hours(self._gib), f"{media} Provisioned Storage"
        yield "snapshots", overflow, f"{media} Overflow Snapshot Usage"
        if self.gb:
            iops, mibps = self._performance()
            iops, mibps = iops - _IOPS[self.tier].free, mibps - _MIBPS[self.tier].free
            yield "IOPS", hours(iops * HOURS_PER_MONTH), f"{media} Provisioned IOPS"
            throughput = f"{media} Provisioned Throughput MiBPS"
            yield "throughput", hours(mibps * HOURS_PER_MONTH), throughput

    def _performance(self) -> tuple[Decimal, Decimal]:
        return (
            _IOPS[self.tier].of(self._gib, self.iops),
            _MIBPS[self.tier].of(self._gib, self.throughput_mibps),
        )

    def _transaction_optimized(self) -> Iterator[tuple[str, Quantity, str]]:
        redundancy = self.redundancy
        zone = redundancy if "ZRS" in redundancy else ""  # LRS and GRS share meters
        yield "storage", gb_months(self.gb), f"{redundancy} Data Stored"
        yield "snapshots", gb_months(self.snapshot_gb), f"{redundancy} Data Stored"
        yield "writes", units(self.write_operations), f"{redundancy} Write Operations"
        yield "lists", units(self.list_operations), f"{zone} List Operations"
        yield "reads", units(self.read_operations), f"{zone} Read Operations"
        yield "other operations", units(self.other_operations), f"{zone} Protocol Operations"

    def _hot_or_cool(self) -> Iterator[tuple[str, Quantity, str]]:
        tier = f"{self.tier} {self.redundancy}"
        shared = tier if self.redundancy == "GZRS" else self.tier
        yield "storage", gb_months(self.gb), f"{tier} Data Stored"
        yield "snapshots", gb_months(self.snapshot_gb), f"{tier} Data Stored"
        yield "metadata", gb_months(self.metadata_gb), f"{self.redundancy} Metadata"
        yield "writes", units(self.write_operations), f"{tier} Write Operations"
        yield "lists", units(self.list_operations), f"{tier} List Operations"
        yield "reads", units(self.read_operations), f"{self.tier} Read Operations"
        yield "other operations", units(self.other_operations), f"{shared} Other Operations"
        if self.tier == "Cool":
            yield "retrieval", gb(self.retrieval_gb), f"{shared} Data Retrieval"

    def notes(self) -> Iterator[str]:
        """Yield what was assumed of a provisioned share, and what is not counted of others."""
        if self.gb and self.gb < _LEAST_GIB.get(self.tier, 0):
            yield f"billed as the smallest {self.tier} share, {plain(self._gib)} GiB"
        if self.gb and self.tier in _IOPS:
            iops, mibps = self._performance()
            assumed = [f"{plain(iops)} IOPS"] if self.iops is None else []
            assumed += [f"{plain(mibps)} MiB/s"] if self.throughput_mibps is None else []
            if assumed:
                yield f"provisioned for {' and '.join(assumed)}, which Azure recommends by size"
        if self._is_copied and not self.write_gb:
            yield "replication to the second region is billed by the GB written: give `write_gb`"


def _gib_hours(gib: Decimal) -> Quantity:
    return gib_hours(gib * HOURS_PER_MONTH)
