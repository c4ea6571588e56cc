"""Snapshots of disks that are gone."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import SURE_DAYS, leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Unknown, Verdict, az, rule

DISK = "Microsoft.Compute/disks"
SOURCE = "creationData.sourceResourceId"


@rule("Microsoft.Compute/snapshots", category=Category.ORPHAN)
def snapshot_of_deleted_disk(snapshot: Resource, facts: Facts) -> Verdict:
    """Snapshots, older than 30 days, of disks that are gone.

    Why it costs: A snapshot is billed by the data that it holds, month after month, and the
    machine that it could bring back is not there any more.

    Keep it when: It was made on purpose before the disk was deleted: it may be the only copy.
    What an image is made of, and what Azure Backup or Site Recovery made, is left alone.

    Not checked: What is on it, and whether there is another copy.
    """
    source = snapshot.text(SOURCE)
    if source is None or f"/{DISK}/".lower() not in source.lower():
        return None
    if facts.get(source) is not None or facts.named_by(snapshot.id):
        return None
    if not _was_read(source, facts):
        return Unknown("its disk is in a subscription that was not read")
    facts.need_all_of(DISK)
    age = facts.days_since(snapshot.day("timeCreated"))
    if age is None:
        return Unknown("Azure does not say when the snapshot was made")
    if age <= SURE_DAYS:
        return None
    return leftover(
        snapshot,
        facts,
        title=f"The disk of the snapshot {snapshot.name} is gone, and it is {age} days old",
        evidence=(
            Stated("made", str(snapshot.day("timeCreated"))),
            Stated("of", f"{source}, which does not exist"),
            Stated("size of the disk", f"{snapshot.number('diskSizeGB') or 0:.0f} GiB"),
        ),
        at_most=Confidence.MEDIUM,
        steps=(
            az(
                "Ask for a link, and copy it with azcopy to a container of the tier Archive "
                "if it is the only copy",
                "az snapshot grant-access --ids {} --duration-in-seconds 86400",
                snapshot.id,
            ),
            az(
                "Delete it: there is no way back but that copy",
                "az snapshot revoke-access --ids {}\naz snapshot delete --ids {}",
                snapshot.id,
                snapshot.id,
            ),
        ),
        undo=(
            az(
                "Make it again from the copy",
                "az snapshot create --name {} --resource-group {} --source COPY.vhd",
                snapshot.name,
                snapshot.resource_group,
            ),
        ),
    )


def _was_read(id_: str, facts: Facts) -> bool:
    """Whether an id is in a subscription of the snapshot."""
    return any(id_.lower().startswith(f"{one.key}/") for one in facts.snapshot.subscriptions)
