"""Managed disks that belong to no machine."""

from decimal import Decimal

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.leftovers import GRACE_DAYS, SURE_DAYS, VOLUME_TAGS, is_kept
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
from azcost.money import Money
from azcost.services.snapshot import Snapshot

# These are billed for the performance that they are set to, and lie in one zone.
BY_PERFORMANCE = ("premiumv2_lrs", "ultrassd_lrs")
PERFORMANCE = ("diskIOPSReadWrite", "diskMBpsReadWrite")


@rule("Microsoft.Compute/disks", category=Category.ORPHAN)
def unattached_disk(disk: Resource, facts: Facts) -> Verdict:
    """Managed disks that belong to no machine.

    Why it costs: A disk is billed by its size, attached or not, and outlives the machine
    that it was made for unless somebody ticked "delete with VM".

    Keep it when: It is the only copy of something, or waits for a machine to be rebuilt.
    Replicas of Azure Site Recovery, volumes of Kubernetes and shared disks are left alone.

    Not checked: What is on the disk, and whether a backup has it too.
    """
    if not disk.is_one_of("diskState", "Unattached") or disk.managed_by or _is_kept_apart(disk):
        return None
    since = disk.day("lastOwnershipUpdateTime")
    idle = facts.days_since(since or disk.day("timeCreated"))
    if idle is None:
        return Unknown("Azure does not say when the disk was last attached")
    if idle < GRACE_DAYS:
        return None
    bill = facts.bill(disk)
    return Waste(
        title=f"The disk {disk.name} has belonged to no machine for {idle} days",
        action=Action.DELETE,
        confidence=Confidence.HIGH if since and idle >= SURE_DAYS else Confidence.MEDIUM,
        saving=bill.saving(keep_at_most=_snapshot_of_all(disk, facts)),
        evidence=(
            Stated("diskState", "Unattached"),
            Stated("last attached", str(since or "unknown")),
            Stated("size and type", f"{disk.number('diskSizeGB') or 0:.0f} GiB {disk.sku.name}"),
            *(
                Stated(path, f"{disk.number(path) or 0:.0f}")
                for path in PERFORMANCE
                if disk.sku.name.lower() in BY_PERFORMANCE
            ),
            *evidence_of(bill),
        ),
        not_checked=() if since else ("When it was last attached: its creation was taken.",),
        steps=_keep_and_delete(disk),
        undo=_restore(disk),
    )


def _is_kept_apart(disk: Resource) -> bool:
    """Whether something else than a machine has a use for it."""
    return is_kept(disk) or disk.has_tag(*VOLUME_TAGS) or (disk.number("maxShares") or 0) > 1


def _snapshot_of_all(disk: Resource, facts: Facts) -> Money | None:
    """A snapshot of the whole disk at list price: the most that keeping a copy can cost."""
    size = Decimal(str(disk.number("diskSizeGB") or 0))
    return facts.list_price(Snapshot(name="copy", region=disk.location, size_gb=size))


def _keep_and_delete(disk: Resource) -> tuple[Step, ...]:
    return (
        az(
            "Keep a copy as a snapshot, which is billed by what is used",
            "az snapshot create --name {} --resource-group {} --location {} --source {} "
            "--sku Standard_LRS --incremental true",
            _copy(disk),
            disk.resource_group,
            disk.location,
            disk.id,
        ),
        az("Delete the disk", "az disk delete --ids {} --yes", disk.id),
    )


def _restore(disk: Resource) -> tuple[Step, ...]:
    command = "az disk create --name {} --resource-group {} --location {} --sku {} --source {}"
    values = [disk.name, disk.resource_group, disk.location, disk.sku.name, _copy(disk)]
    if disk.zones:
        command, values = f"{command} --zone {{}}", [*values, disk.zones[0]]
    if disk.sku.name.lower() in BY_PERFORMANCE:
        command += " --disk-iops-read-write {} --disk-mbps-read-write {}"
        values += [f"{disk.number(path) or 0:.0f}" for path in PERFORMANCE]
    return (az("Make the disk again from the snapshot", command, *values),)


def _copy(disk: Resource) -> str:
    return f"{disk.name[:75]}-kept"
