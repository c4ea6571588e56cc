"""Premium SSD v2 and Ultra disks set to more IOPS or throughput than they use."""

import math
from decimal import Decimal
from typing import Literal

from azcost.audit.changes import changed
from azcost.audit.disk_load import METRICS, load_of
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import share_saved
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.money import Money
from azcost.services.managed_disk import ManagedDisk

DAYS = 14
# A fifth above the P99 of the hours (the Azure cost governance scripts' margin).
HEADROOM = 1.2
# What each type has at least, and Premium SSD v2 for free: IOPS, MB/s.
# https://learn.microsoft.com/azure/virtual-machines/disks-types
Provisioned = Literal["PremiumV2_LRS", "UltraSSD_LRS"]
TYPES: dict[str, tuple[Provisioned, int, int]] = {
    "premiumv2_lrs": ("PremiumV2_LRS", 3000, 125),
    "ultrassd_lrs": ("UltraSSD_LRS", 100, 1),
}
IOPS_PER_MBPS = 4  # the same page: 0.25 MB/s for each IOPS
# Ultra disks have no fewer than so many IOPS per GiB.
ULTRA_IOPS_PER_GIB = 1


@rule("Microsoft.Compute/disks", category=Category.STORAGE, metrics=METRICS)
def disk_performance_not_used(disk: Resource, facts: Facts) -> Verdict:
    """Premium SSD v2 and Ultra disks set to more IOPS or throughput than they use.

    Why it costs: These types are billed for the IOPS and MB/s that they are set to, every
    hour, used or not.

    Keep it when: The peak comes less often than every two weeks. Both can be changed while
    the machine runs, four times a day.

    Not checked: Bursts of minutes.
    """
    known = TYPES.get(disk.sku.name.lower())
    iops, mbps = disk.number("diskIOPSReadWrite"), disk.number("diskMBpsReadWrite")
    size = disk.number("diskSizeGB")
    if known is None or not size or not disk.is_one_of("diskState", "Attached"):
        return None
    if iops is None or mbps is None:
        return Unknown("Azure does not say what IOPS and throughput the disk is set to")
    type_, least_iops, least_mbps = known
    load = load_of(disk, facts, DAYS)
    if type_ == "UltraSSD_LRS":
        least_iops = max(least_iops, math.ceil(size * ULTRA_IOPS_PER_GIB))
    lower_mbps = min(mbps, max(least_mbps, math.ceil(load.mbps * HEADROOM)))
    lower_iops = min(
        iops, max(least_iops, math.ceil(load.iops * HEADROOM), lower_mbps * IOPS_PER_MBPS)
    )
    share = share_saved(
        _list_price(disk, type_, (size, iops, mbps), facts),
        _list_price(disk, type_, (size, lower_iops, lower_mbps), facts),
    )
    if share is None:
        return Unknown(f"no list price of {type_} in {disk.location} in {facts.currency}")
    if share <= 0:
        return None
    bill = facts.bill(disk)
    return Waste(
        title=f"{disk.name} is set to {iops:.0f} IOPS and {mbps:.0f} MB/s, and needs "
        f"{lower_iops:.0f} and {lower_mbps:.0f}",
        action=Action.TIER,
        confidence=load.confidence,
        saving=bill.saving(share),
        evidence=(
            Stated("size and type", f"{size:.0f} GiB {type_}"),
            Stated("P99 of the hours", f"{load.iops:.0f} IOPS, {load.mbps:.1f} MB/s"),
            *(one.evidence("a second") for one in load.windows),
            *evidence_of(bill),
        ),
        not_checked=load.not_checked,
        steps=_set(disk, "Set it lower, while it runs", lower_iops, lower_mbps),
        undo=_set(disk, "As it was", iops, mbps),
    )


def _set(disk: Resource, title: str, iops: float, mbps: float) -> tuple[Step, ...]:
    performance = {"diskIOPSReadWrite": round(iops), "diskMBpsReadWrite": round(mbps)}
    step = az(
        title,
        "az disk update --ids {} --disk-iops-read-write {} --disk-mbps-read-write {}",
        disk.id,
        *performance.values(),
    )
    return (step, *changed(disk.id, {"properties": performance}))


def _list_price(
    disk: Resource, type_: Provisioned, set_to: tuple[float, float, float], facts: Facts
) -> Money | None:
    size, iops, mbps = (Decimal(str(one)) for one in set_to)
    try:
        priced = ManagedDisk(
            name="it", region=disk.location, type=type_, size_gb=size, iops=iops, mbps=mbps
        )
    except ValueError:  # more than Azure sells today: an old disk
        return None
    return facts.list_price(priced)
