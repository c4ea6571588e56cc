"""Performance that is paid for on disks that belong to no machine."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.leftovers import KEEP_TAG
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.meters.disks import DiskType
from azcost.money import Money
from azcost.services.managed_disk import ManagedDisk

# The performance that is in the price of the size, or the least that can be set:
# https://learn.microsoft.com/azure/virtual-machines/disks-types
PREMIUM_V2_IOPS, PREMIUM_V2_MBPS = 3000, 125
ULTRA_LEAST_IOPS, ULTRA_IOPS_PER_GIB, ULTRA_KB_PER_IO = 100, 1, 4
IOPS, MBPS = "diskIOPSReadWrite", "diskMBpsReadWrite"
TYPES: dict[str, DiskType] = {"premiumv2_lrs": "PremiumV2_LRS", "ultrassd_lrs": "UltraSSD_LRS"}


@rule("Microsoft.Compute/disks", category=Category.TIER)
def unattached_disk_performance(disk: Resource, facts: Facts) -> Verdict:
    """Premium SSD v2 and Ultra disks that no machine holds, set to more than the least.

    Why it costs: IOPS and throughput of these disks are billed by the hour as they are set,
    also while nothing can read the disk. They can be set again in a minute.

    Keep it when: The disk is attached again within the day: Azure changes these settings
    only a few times a day.

    Not checked: Whether the disk is needed at all. If not, deleting it saves more.
    """
    type_ = TYPES.get(disk.sku.name.lower())
    if type_ is None or disk.managed_by or not disk.is_one_of("diskState", "Unattached"):
        return None
    size, iops, mbps = (disk.number(path) for path in ("diskSizeGB", IOPS, MBPS))
    if not size or iops is None or mbps is None:
        return Unknown("Azure does not say what the disk is set to")
    least_iops, least_mbps = _least(type_, size)
    if disk.has_tag(KEEP_TAG) or (iops <= least_iops and mbps <= least_mbps):
        return None
    now = _list_price(disk, type_, size, iops, mbps, facts)
    then = _list_price(disk, type_, size, min(iops, least_iops), min(mbps, least_mbps), facts)
    if now is None or then is None:
        return Unknown(f"no list price of {type_} in {disk.location} in {facts.currency}")
    bill = facts.bill(disk)
    return Waste(
        title=f"Nothing reads {disk.name}, and it is set to {iops:,.0f} IOPS and {mbps:,.0f} MB/s",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(1 - then.amount / now.amount),
        evidence=(
            Stated("diskState", "Unattached"),
            Stated("size and type", f"{size:.0f} GiB {type_}"),
            Stated("list price now, and at the least", f"{now}, {then}"),
            *evidence_of(bill),
        ),
        steps=_set(disk, "Set it to the least", min(iops, least_iops), min(mbps, least_mbps)),
        undo=_set(disk, "Set it as it was, before it is attached", iops, mbps),
    )


def _least(type_: DiskType, size_gib: float) -> tuple[float, float]:
    if type_ == "PremiumV2_LRS":
        return PREMIUM_V2_IOPS, PREMIUM_V2_MBPS
    iops = max(ULTRA_LEAST_IOPS, ULTRA_IOPS_PER_GIB * size_gib)
    return iops, max(1, round(iops * ULTRA_KB_PER_IO / 1000))


def _list_price(
    disk: Resource, type_: DiskType, size: float, iops: float, mbps: float, facts: Facts
) -> Money | None:
    """None, too, for what Azure does not sell, such as more IOPS than the size allows."""
    try:
        service = ManagedDisk(
            name=disk.name,
            region=disk.location,
            type=type_,
            size_gb=Decimal(str(size)),
            iops=Decimal(str(iops)),
            mbps=Decimal(str(mbps)),
        )
    except ValueError:
        return None
    return facts.list_price(service)


def _set(disk: Resource, title: str, iops: float, mbps: float) -> tuple[Step, ...]:
    performance = {"diskIOPSReadWrite": round(iops), "diskMBpsReadWrite": round(mbps)}
    step = az(
        title,
        "az disk update --ids {} --disk-iops-read-write {} --disk-mbps-read-write {}",
        disk.id,
        *performance.values(),
    )
    return (step, *changed(disk.id, {"properties": performance}))
