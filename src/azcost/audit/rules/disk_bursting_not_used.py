"""Disks that pay for on-demand bursting and never burst."""

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

DAYS = 28
# "Disk On-demand Burst Operations": operations above what the size has, each hour.
BURSTS = "DiskPaidBurstIOPS"


@rule("Microsoft.Compute/disks", category=Category.STORAGE, metrics=(BURSTS,))
def disk_bursting_not_used(disk: Resource, facts: Facts) -> Verdict:
    """Premium disks with on-demand bursting switched on that did not burst for four weeks.

    Why it costs: The switch has a fee of its own a month, on top of what bursts cost.

    Keep it when: It is there for a rare event, such as a restore or the end of a quarter.

    Not checked: What came before the four weeks.
    """
    if disk.flag("burstingEnabled") is not True:
        return None
    bursts = facts.metric(disk, BURSTS, days=DAYS)
    if bursts.maximum > 0:
        return None
    bill = facts.bill(disk).only(meter="Burst")
    return Waste(
        title=f"{disk.name} pays for on-demand bursting and did not burst in {DAYS} days",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("burstingEnabled", "true"),
            Stated("size and type", f"{disk.number('diskSizeGB') or 0:.0f} GiB {disk.sku.name}"),
            bursts.evidence("operations an hour"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Switch it off",
                "az disk update --ids {} --enable-bursting false",
                disk.id,
            ),
            *changed(disk.id, {"properties": {"burstingEnabled": False}}),
        ),
        undo=(
            az("Switch it on again", "az disk update --ids {} --enable-bursting true", disk.id),
            *changed(disk.id, {"properties": {"burstingEnabled": True}}),
        ),
    )
