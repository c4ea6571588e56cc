"""Snapshots kept on premium storage."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import share_saved
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
    percent,
    rule,
)
from azcost.services.snapshot import Snapshot


@rule("Microsoft.Compute/snapshots", category=Category.STORAGE)
def premium_snapshot(snapshot: Resource, facts: Facts) -> Verdict:
    """Snapshots kept on premium storage.

    Why it costs: A snapshot is a copy that nothing runs on. On premium storage it costs more
    than twice as much, whatever the type of the disk that it is of.

    Keep it when: Disks are made from it all the time, and quickly.

    Not checked: How often disks are made from it.
    """
    if snapshot.sku.name.lower() != "premium_lrs":
        return None
    some = Decimal(100)  # the price is by GiB, so the share is that of any size
    region = snapshot.location
    share = share_saved(
        facts.list_price(Snapshot(name="it", region=region, size_gb=some, type="Premium_LRS")),
        facts.list_price(Snapshot(name="it", region=region, size_gb=some, type="Standard_LRS")),
    )
    if share is None:
        return Unknown(f"no list price of snapshots in {region} in {facts.currency}")
    bill = facts.bill(snapshot)
    return Waste(
        title=f"The snapshot {snapshot.name} is kept on premium storage",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(share),
        evidence=(
            Stated("sku", snapshot.sku.name),
            Stated("list price", f"{percent(share)} less on standard storage"),
            *evidence_of(bill),
        ),
        steps=_keep_on(snapshot, "Standard_LRS", "Keep it on standard storage"),
        undo=_keep_on(snapshot, "Premium_LRS", "Back to premium storage"),
    )


def _keep_on(snapshot: Resource, sku: str, title: str) -> tuple[Step, ...]:
    return (
        az(title, "az snapshot update --ids {} --sku {}", snapshot.id, sku),
        *changed(snapshot.id, {"sku": {"name": sku}}),
    )
