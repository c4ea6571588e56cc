"""Disks whose export or upload was begun and never ended."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Unknown, Verdict, az, rule
from azcost.audit.snapshot import Part

# A link is for a download or an upload: nobody needs a week for one.
LONG_DAYS = 7
# Azure keeps the activity log for so long: what it does not mention is older.
LOG_DAYS = 90
OPEN = ("ActiveSAS", "ReadyToUpload", "ActiveUpload")
GRANT = "microsoft.compute/disks/begingetaccess/action"


@rule("Microsoft.Compute/disks", category=Category.ORPHAN, needs=(Part.ACTIVITY,))
def forgotten_disk_export(disk: Resource, facts: Facts) -> Verdict:
    """Disks that no machine holds and whose export or upload was begun over a week ago.

    Why it costs: The disk is billed like any other. As long as a link to it is open it does
    not count as unattached, so that nobody finds it.

    Keep it when: A backup product reads it by that link. Replicas of Azure Site Recovery are
    always in this state and are left alone.

    Not checked: Who has the link, with which whoever has it can read the whole disk.
    """
    if disk.managed_by or not disk.is_one_of("diskState", *OPEN):
        return None
    grants = facts.events(disk, GRANT)
    age = facts.days_since(disk.day("timeCreated"))
    if not grants and age is None:
        return Unknown("Azure does not say since when the link is open")
    open_ = (facts.today - grants[0].at.date()).days if grants else min(age or 0, LOG_DAYS)
    if open_ <= LONG_DAYS:
        return None
    return leftover(
        disk,
        facts,
        title=f"A link to the disk {disk.name} has been open for {open_} days",
        evidence=(
            Stated("diskState", disk.text("diskState") or ""),
            Stated("link given", str(grants[0].at.date()) if grants else "not in the log"),
            Stated("size and type", f"{disk.number('diskSizeGB') or 0:.0f} GiB {disk.sku.name}"),
        ),
        at_most=Confidence.MEDIUM,
        steps=(
            az("Close the link", "az disk revoke-access --ids {}", disk.id),
            az(
                "Keep a copy as a snapshot, then delete the disk",
                "az snapshot create --name {} --resource-group {} --source {} --incremental true\n"
                "az disk delete --ids {} --yes",
                f"{disk.name[:75]}-kept",
                disk.resource_group,
                disk.id,
                disk.id,
            ),
        ),
        undo=(
            az(
                "Make the disk again from the snapshot",
                "az disk create --name {} --resource-group {} --source {}",
                disk.name,
                disk.resource_group,
                f"{disk.name[:75]}-kept",
            ),
        ),
    )
