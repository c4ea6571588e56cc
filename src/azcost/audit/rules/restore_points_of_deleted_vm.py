"""Restore points of machines that are gone."""

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

VM = "Microsoft.Compute/virtualMachines"


@rule("Microsoft.Compute/restorePointCollections", category=Category.ORPHAN)
def restore_points_of_deleted_vm(collection: Resource, facts: Facts) -> Verdict:
    """Collections of restore points whose machine is gone.

    Why it costs: Restore points hold copies of the machine's disks and are billed like
    snapshots, also when the machine was deleted long ago.

    Keep it when: They are the only copy of the machine. What Azure Backup made (AzureBackup_)
    goes with its own rules and is left alone.

    Not checked: How many points there are and what is on them.
    """
    source = collection.text("source.id")
    if source is None:
        return Unknown("Azure does not say which machine the points are of")
    if facts.get(source) is not None:
        return None
    if not any(source.lower().startswith(f"{one.key}/") for one in facts.snapshot.subscriptions):
        return Unknown("its machine is in a subscription that was not read")
    facts.need_all_of(VM)
    return leftover(
        collection,
        facts,
        title=f"The machine of the restore points {collection.name} is gone",
        evidence=(Stated("source.id", f"{source}, which does not exist"),),
        at_most=Confidence.MEDIUM,
        steps=(
            az(
                "Delete them: there is no way back",
                "az restore-point collection delete --ids {}",
                collection.id,
            ),
        ),
        undo=(said("Nothing brings deleted restore points back"),),
    )
