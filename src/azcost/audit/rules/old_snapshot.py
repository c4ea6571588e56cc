"""Snapshots of disks that are still there, older than a quarter."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    az,
    rule,
    said,
)

# Steampipe Thrifty and the FinOps toolkit take the same.
OLD_DAYS = 90


@rule("Microsoft.Compute/snapshots", category=Category.ORPHAN)
def old_snapshot(snapshot: Resource, facts: Facts) -> Verdict:
    """Snapshots older than 90 days of disks that are still there.

    Why it costs: A snapshot is billed by the data that it holds, month after month. One that
    was made before a change is of no use when the change has proved itself.

    Keep it when: A rule or a contract wants it, or it is a state to go back to. What an image
    is made of, and what Azure Backup or Site Recovery made, is left alone.

    Not checked: What is on it. Deleting one of a chain of incremental snapshots frees only
    what no later one needs.
    """
    age = facts.days_since(snapshot.day("timeCreated"))
    if age is None:
        return Unknown("Azure does not say when the snapshot was made")
    source = facts.get(snapshot.text("creationData.sourceResourceId"))
    if age <= OLD_DAYS or source is None or facts.named_by(snapshot.id):
        return None
    chained = snapshot.flag("incremental") is True
    return leftover(
        snapshot,
        facts,
        title=f"The snapshot {snapshot.name} of {source.name} is {age} days old",
        evidence=(
            Stated("made", str(snapshot.day("timeCreated"))),
            Stated("of", source.id),
            Stated("incremental", "yes" if chained else "no"),
        ),
        at_most=Confidence.LOW if chained else Confidence.MEDIUM,
        steps=(
            az(
                "Delete it: there is no way back, the disk itself stays",
                "az snapshot delete --ids {}",
                snapshot.id,
            ),
        ),
        undo=(said("Nothing brings a deleted snapshot back"),),
    )
