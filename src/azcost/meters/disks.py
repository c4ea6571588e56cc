"""Managed disks, whoever mounts them: a month by type, size and performance.

Prices: https://azure.microsoft.com/pricing/details/managed-disks/
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Literal

import msgspec

from azcost.estimate import Charge
from azcost.fields import Amount, Count, Gigabytes, Operations
from azcost.meters.compute import has_premium_storage
from azcost.pricing.price import Meter
from azcost.units import HOURS_PER_MONTH, gib_hours, hours, months, plain, units

# Azure's own names (DiskStorageAccountTypes of its compute API).
DiskType = Literal[
    "Standard_LRS",
    "StandardSSD_LRS",
    "StandardSSD_ZRS",
    "Premium_LRS",
    "Premium_ZRS",
    "PremiumV2_LRS",
    "UltraSSD_LRS",
]

# Up to so many GiB, and the number of the tier that they are billed as (P10, E10, S10).
# https://learn.microsoft.com/azure/virtual-machines/disks-types, tables of sizes.
_TIERS = (
    (4, 1), (8, 2), (16, 3), (32, 4), (64, 6), (128, 10), (256, 15), (512, 20), (1024, 30),
    (2048, 40), (4096, 50), (8192, 60), (16384, 70), (32767, 80),
)  # fmt: skip
# The same page: "Max disk size" of Premium SSD v2 and Ultra Disk.
_MAX_PROVISIONED_GIB = 65536
_PREMIUM = ("Premium", "Ultra")  # types that need a size with premium storage
_IOPS_PER_MBPS = 4  # "0.25 MB/s for each provisioned IOPS"
# https://learn.microsoft.com/azure/virtual-machines/managed-disks-overview#os-disk
_MAX_OS_DISK_GIB = 4095


class _Tiered(msgspec.Struct, frozen=True):
    """A type that is billed by size tier; `operations` is the SKU that counts its I/O.

    Bills show the I/O of every size under one SKU: S4 and E4 LRS in
    https://learn.microsoft.com/azure/virtual-machines/disks-understand-billing (S20 and
    E30 disks), E10 ZRS on a published bill of 2026-03 (E4 disks). The rows of the other sizes cost
    the same in all 16 regions; E1 to E3 have none. "Disk Transactions" is another meter,
    up to three times as dear, that no bill was seen to use.
    """

    product: str
    letter: str
    redundancy: str
    operations: str = ""
    min_gib: int = 4


class _Provisioned(msgspec.Struct, frozen=True):
    """A type that is billed for the capacity, IOPS and throughput it is set to.

    Limits, and what is free: disks-types, "Ultra Disk performance" and "Premium SSD v2
    performance", as of 2026-08-11.
    """

    product: str
    sku: str
    label: str
    iops_per_gib: int
    max_iops: int
    max_mbps: int
    free_iops: int = 0
    free_mbps: int = 0


_TIERED = {
    # The smallest Standard HDD is S4, 32 GiB.
    "Standard_LRS": _Tiered("Standard HDD Managed Disks", "S", "LRS", "S4 LRS", 32),
    "StandardSSD_LRS": _Tiered("Standard SSD Managed Disks", "E", "LRS", "E4 LRS"),
    "StandardSSD_ZRS": _Tiered("Standard SSD Managed Disks", "E", "ZRS", "E10 ZRS"),
    "Premium_LRS": _Tiered("Premium SSD Managed Disks", "P", "LRS"),
    "Premium_ZRS": _Tiered("Premium SSD Managed Disks", "P", "ZRS"),
}
_PROVISIONED = {
    # 3,000 IOPS and 125 MB/s of each disk are free; the rows' tiers say so too.
    "PremiumV2_LRS": _Provisioned(
        "Azure Premium SSD v2", "Premium LRS", "Premium SSD v2", 500, 80_000, 2_000, 3000, 125
    ),
    "UltraSSD_LRS": _Provisioned("Ultra Disks", "Ultra LRS", "Ultra", 1000, 400_000, 10_000),
}


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """A managed disk, or several that are alike."""

    type: DiskType
    """The kind of disk as Azure names it: `Premium_LRS`."""
    size_gb: Gigabytes
    """Size in GiB, used or not: 200 is billed as the next tier, P15 (256 GiB).

    PremiumV2_LRS and UltraSSD_LRS have no tiers and are billed by the GiB.
    """
    count: Count = Decimal(1)
    """How many of them: in all, or on each machine."""
    iops: Amount | None = None
    """IOPS it is set to. PremiumV2_LRS: 3,000 are free. UltraSSD_LRS: needed."""
    mbps: Amount | None = None
    """MB/s it is set to. PremiumV2_LRS: 125 are free. UltraSSD_LRS: needed."""
    operations: Operations = Decimal(0)
    """Billable reads and writes of each disk in a month; only Standard types bill them.

    One counts up to 256 KiB on Standard SSD and 16 KiB on Standard HDD. Azure stops
    counting at an hourly cap per disk, which is not applied here.
    """

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        largest = _TIERS[-1][0] if self.type in _TIERED else _MAX_PROVISIONED_GIB
        if self.size_gb > largest:
            raise ValueError(f"`size_gb`: a {self.type} disk has at most {largest:,} GiB")
        if self.type in _TIERED and (self.iops, self.mbps) != (None, None):
            raise ValueError(
                f"`iops` and `mbps` of a {self.type} disk come with its size: leave them "
                "out, or use PremiumV2_LRS or UltraSSD_LRS"
            )
        if self.type == "UltraSSD_LRS" and None in (self.iops, self.mbps):
            raise ValueError(
                "`iops` and `mbps`: an UltraSSD_LRS disk is billed for both: give both"
            )
        if self.type in _PROVISIONED and self.size_gb:
            self._check_performance(_PROVISIONED[self.type])

    def _check_performance(self, kind: _Provisioned) -> None:
        free = Decimal(kind.free_iops)
        iops = max(self.iops or Decimal(0), free)
        most = max(min(kind.iops_per_gib * self.gib, Decimal(kind.max_iops)), free)
        if iops > most:
            raise ValueError(
                f"`iops`: a {self.type} disk of {plain(self.gib)} GiB has at most {plain(most)}; "
                f"give fewer, or a larger disk (up to {kind.max_iops:,})"
            )
        most = min(iops / _IOPS_PER_MBPS, Decimal(kind.max_mbps))
        if self.mbps is not None and self.mbps > most:
            raise ValueError(
                f"`mbps`: a {self.type} disk of {plain(iops)} IOPS has at most {plain(most)}; "
                f"give fewer, or more `iops` (up to {kind.max_mbps:,})"
            )

    @property
    def gib(self) -> Decimal:
        """The size that is billed where there are no tiers: steps of 1 GiB (disks-types)."""
        return self.size_gb.to_integral_value(ROUND_CEILING)


def billed_gib(size_gb: Decimal) -> int:
    """The size, in GiB, of the tier that a disk of a tiered type is billed as."""
    return next(largest for largest, _ in _TIERS if size_gb <= largest)


def disk_charges(
    disk: Disk, *, region: str, machines: Decimal = Decimal(1), role: str = "disk"
) -> Iterator[Charge]:
    """Yield the charges of a disk on each of `machines`, for a whole month.

    Disks are billed whether the machine runs or not. `role` names it in the bill.
    """
    if not disk.size_gb:
        return
    count = disk.count * machines
    if disk.type in _TIERED:
        yield from _tiered(disk, _TIERED[disk.type], region, count, role)
    else:
        yield from _provisioned(disk, _PROVISIONED[disk.type], region, count, role)


def check_os_disk(disk: Disk | None) -> None:
    """Raise ValueError for what no machine boots from (disks-types, "Usable as OS Disk?")."""
    if disk is None:
        return
    if disk.type in _PROVISIONED:
        raise ValueError(f"`os_disk`: no machine boots from {disk.type}; make it a data disk")
    if disk.count != 1:
        raise ValueError("`os_disk`: every machine has one; leave out its `count`")
    if disk.size_gb > _MAX_OS_DISK_GIB:
        raise ValueError(
            f"`os_disk`: it has at most {_MAX_OS_DISK_GIB:,} GiB; put the rest on a data disk"
        )


def disks_of_machines(
    os_disk: Disk | None, data_disks: Iterable[Disk], *, region: str, machines: Decimal
) -> Iterator[Charge]:
    """Yield the charges of the disks that each of `machines` has."""
    if os_disk is not None:
        yield from disk_charges(os_disk, region=region, machines=machines, role="OS disk")
    for number, disk in enumerate(data_disks, start=1):
        yield from disk_charges(disk, region=region, machines=machines, role=f"data disk {number}")


def notes_on_disks(size: str, os_disk: Disk | None, data_disks: Iterable[Disk]) -> Iterator[str]:
    """Yield what the bill of a machine leaves out, and disks that its size does not take.

    Those are not refused, for only the name of the size speaks against them. Premium SSD v2
    and Ultra Disk need premium storage too: disks-deploy-premium-v2 and vm-naming-conventions
    of https://learn.microsoft.com/azure/virtual-machines.
    """
    disks = [disk for disk in (os_disk, *data_disks) if disk]
    if os_disk is None:
        yield "no OS disk is in the bill: give `os_disk`, unless it is ephemeral, which is free"
    premium = dict.fromkeys(disk.type for disk in disks if disk.type.startswith(_PREMIUM))
    if premium and not has_premium_storage(size):
        yield (
            f"{size} has no premium storage, so Azure refuses its {' and '.join(premium)} "
            "disks: use StandardSSD_LRS, or a size with an s after its vCPUs (Standard_D4s_v5)"
        )
    yield from notes_on_operations(disks)


def notes_on_operations(disks: Iterable[Disk]) -> Iterator[str]:
    """Yield a note where disks that bill their I/O were given none."""
    if any(_bills_operations(disk) and disk.size_gb and not disk.operations for disk in disks):
        yield "Standard disks bill reads and writes, and the bill has none: give `operations`"


def _bills_operations(disk: Disk) -> bool:
    return disk.type in _TIERED and bool(_TIERED[disk.type].operations)


def _tiered(disk: Disk, kind: _Tiered, region: str, count: Decimal, role: str) -> Iterator[Charge]:
    gib = max(disk.size_gb, Decimal(kind.min_gib))
    number = next(number for largest, number in _TIERS if gib <= largest)
    sku = f"{kind.letter}{number} {kind.redundancy}"
    label = f"{plain(count)} x {sku} {role}"
    # The whole name of the meter: "P10 LRS Disk Mount", a fee for sharing, is about a 19th of it.
    yield Charge(label, months(count), _meter(region, kind.product, sku, "Disk"))
    if disk.operations and kind.operations:
        meter = _meter(region, kind.product, kind.operations, "Disk Operations")
        yield Charge(f"{label}, operations", units(disk.operations * count), meter)


def _provisioned(
    disk: Disk, kind: _Provisioned, region: str, count: Decimal, role: str
) -> Iterator[Charge]:
    label = f"{plain(count)} x {kind.label} {role}"
    capacity = gib_hours(disk.gib * count * HOURS_PER_MONTH)
    meter = _meter(region, kind.product, kind.sku, "Provisioned Capacity")
    yield Charge(f"{label}, capacity", capacity, meter)
    for what, amount, free, words in (
        ("IOPS", disk.iops, kind.free_iops, "Provisioned IOPS"),
        ("throughput", disk.mbps, kind.free_mbps, "Provisioned Throughput (MBps)"),
    ):
        if amount is not None and amount > free:
            # Tiers are per disk and hour: they start anew for each.
            meter = _meter(region, kind.product, kind.sku, words)
            times = count * HOURS_PER_MONTH
            yield Charge(f"{label}, {what}", hours(amount), meter, times=times)


def _meter(region: str, product: str, sku: str, words: str) -> Meter:
    return Meter(service="Storage", region=region, product=product, sku=sku, meter=f"{sku} {words}")
