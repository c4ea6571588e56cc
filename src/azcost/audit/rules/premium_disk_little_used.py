"""Premium disks whose work a Standard SSD does."""

from decimal import Decimal

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
    percent,
    rule,
)
from azcost.meters.disks import DiskType
from azcost.money import Money
from azcost.services.managed_disk import ManagedDisk

DAYS = 14
TYPES: dict[str, tuple[DiskType, DiskType]] = {
    "premium_lrs": ("Premium_LRS", "StandardSSD_LRS"),
    "premium_zrs": ("Premium_ZRS", "StandardSSD_ZRS"),
}
# Up to so many GiB a Standard SSD has so many IOPS and MB/s ("Standard SSD size").
# https://learn.microsoft.com/azure/virtual-machines/disks-types#standard-ssd-size
LIMITS = ((4096, 500, 100), (8192, 2000, 400), (16384, 4000, 600), (32767, 6000, 750))
# What of them may be in use at the P99 of the hours (judgement).
HEADROOM = 0.60
SECONDS_A_MONTH = 730 * 3600


@rule("Microsoft.Compute/disks", category=Category.STORAGE, metrics=METRICS)
def premium_disk_little_used(disk: Resource, facts: Facts) -> Verdict:
    """Premium SSD disks whose IOPS and throughput a Standard SSD has, too.

    Why it costs: Premium SSD is sold for low latency at twice the price and more.

    Keep it when: A database or its log is on it and waits for every write; or the machine
    is alone and needs the better SLA that only premium disks give.

    Not checked: Latency, which is higher and varies more than that of Premium SSD.
    """
    types = TYPES.get(disk.sku.name.lower())
    size = disk.number("diskSizeGB")
    if (
        types is None
        or not size
        or size > LIMITS[-1][0]
        or not disk.is_one_of("diskState", "Attached")
    ):
        return None
    now, target = types
    load = load_of(disk, facts, DAYS)
    iops, mbps = next((i, m) for most, i, m in LIMITS if size <= most)
    if load.iops > iops * HEADROOM or load.mbps > mbps * HEADROOM:
        return None
    operations = Decimal(round(load.mean_iops * SECONDS_A_MONTH))
    share = share_saved(
        _list_price(disk, size, now, Decimal(0), facts),
        _list_price(disk, size, target, operations, facts),
    )
    if share is None:
        return Unknown(f"no list price of {target} in {disk.location} in {facts.currency}")
    if share <= 0:
        return None
    bill = facts.bill(disk)
    return Waste(
        title=f"A Standard SSD does what {disk.name} is asked to do, for {percent(share)} less",
        action=Action.TIER,
        confidence=load.confidence,
        saving=bill.saving(share),
        evidence=(
            Stated("size and type", f"{size:.0f} GiB {disk.sku.name}"),
            Stated("P99 of the hours", f"{load.iops:.0f} IOPS, {load.mbps:.1f} MB/s"),
            Stated("a Standard SSD has", f"{iops} IOPS, {mbps} MB/s"),
            Stated("operations, billed on a Standard SSD", f"{operations:,} a month"),
            *(one.evidence("a second") for one in load.windows),
            *evidence_of(bill),
        ),
        not_checked=load.not_checked,
        steps=_change(disk, target, "Deallocate its machine, then change the type"),
        undo=_change(disk, now, f"Back to {now}"),
    )


def _list_price(
    disk: Resource, size: float, type_: DiskType, operations: Decimal, facts: Facts
) -> Money | None:
    return facts.list_price(
        ManagedDisk(
            name="it",
            region=disk.location,
            type=type_,
            size_gb=Decimal(str(size)),
            operations=operations,
        )
    )


def _change(disk: Resource, type_: str, title: str) -> tuple[Step, ...]:
    return (
        az(title, "az disk update --ids {} --sku {}", disk.id, type_),
        *changed(disk.id, {"sku": {"name": type_}}),
    )
