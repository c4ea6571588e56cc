"""Disks that are billed as twice their size for a few gigabytes."""

import shlex
from decimal import Decimal

from azcost.audit.changes import made
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import share_saved
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
    said,
)
from azcost.meters.disks import DiskType, billed_gib
from azcost.money import Money
from azcost.services.managed_disk import ManagedDisk

# So little above the lower tier counts as a slip (judgement).
MOST_ABOVE = Decimal("1.10")
TYPES: tuple[DiskType, ...] = (
    "Standard_LRS", "StandardSSD_LRS", "StandardSSD_ZRS", "Premium_LRS", "Premium_ZRS",
)  # fmt: skip


@rule("Microsoft.Compute/disks", category=Category.STORAGE)
def disk_just_above_tier(disk: Resource, facts: Facts) -> Verdict:
    """Disks a little larger than a size tier, billed as the next one.

    Why it costs: Disks are billed by tiers of 32, 64, 128 GiB and so on; one of 130 GiB is
    billed as 256.

    Keep it when: It is nearly full. Then make it larger instead: up to the tier that it is
    billed as, it costs nothing.

    Not checked: How full it is. Disks cannot be made smaller: the data is to be copied.
    """
    type_ = next((one for one in TYPES if one.lower() == disk.sku.name.lower()), None)
    size = Decimal(str(disk.number("diskSizeGB") or 0))
    # A tier that was chosen for its speed is not one that the size led to.
    if type_ is None or not 0 < size <= 32767 or (disk.has("tier") and _is_raised(disk, size)):
        return None
    billed = billed_gib(size)
    lower = billed // 2
    if size > lower * MOST_ABOVE or lower < 32:
        return None
    share = share_saved(
        _list_price(disk, type_, size, facts), _list_price(disk, type_, Decimal(lower), facts)
    )
    if share is None:
        return Unknown(f"no list price of {type_} in {disk.location} in {facts.currency}")
    bill = facts.bill(disk)
    return Waste(
        title=f"{disk.name} has {size:.0f} GiB and is billed as {billed}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.LOW,
        saving=bill.saving(share, low=Decimal(0)),
        evidence=(
            Stated("size and type", f"{size:.0f} GiB {type_}"),
            Stated("list price", f"{percent(share)} less with {lower} GiB"),
            *evidence_of(bill),
        ),
        not_checked=("At the low end the data does not fit, and nothing is saved.",),
        steps=(
            Step("On the machine: how full it is", "df -h", "sh"),
            *_smaller(disk, type_, lower),
        ),
        undo=(said("The disk of before is the way back: keep it until the copy is in use"),),
        one_off=OneOff(None, "copying the data, and both disks until it is done"),
    )


def _is_raised(disk: Resource, size: Decimal) -> bool:
    """Whether `tier` (P30) is above what the size (P10) has by itself."""
    stated = disk.text("tier") or ""
    usual = {128: "P10", 256: "P15", 512: "P20", 1024: "P30", 2048: "P40", 4096: "P50"}
    return stated.upper() != usual.get(billed_gib(size), stated.upper())


def _list_price(disk: Resource, type_: DiskType, size: Decimal, facts: Facts) -> Money | None:
    return facts.list_price(ManagedDisk(name="it", region=disk.location, type=type_, size_gb=size))


def _smaller(disk: Resource, type_: DiskType, gib: int) -> tuple[Step, ...]:
    """Make an empty disk beside it, in the same zone."""
    name = f"{disk.name}-smaller"
    body = {
        "sku": {"name": type_},
        **({"zones": disk.zones} if disk.zones else {}),
        "properties": {"creationData": {"createOption": "Empty"}, "diskSizeGB": gib},
    }
    zone = f" --zone {shlex.quote(disk.zones[0])}" if disk.zones else ""
    return (
        az(
            f"Make a disk of {gib} GiB, attach it and copy what is on the old one",
            f"az disk create --resource-group {{}} --name {{}} --location {{}} --size-gb {gib} "
            f"--sku {{}}{zone}",
            disk.resource_group,
            name,
            disk.location,
            type_,
        ),
        *made(f"{disk.id.rpartition('/')[0]}/{name}", body, disk.location),
    )
