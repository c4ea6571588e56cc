"""Restored logs that nobody put away again."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.log_workspaces import TABLE
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)

# How Azure names them: https://learn.microsoft.com/azure/azure-monitor/logs/restore
ENDING = "_rst"
METER = "Data Restore"


@rule(TABLE, category=Category.OBSERVABILITY)
def restored_logs_kept(table: Resource, facts: Facts) -> Verdict:
    """Tables of restored logs that are still there.

    Why it costs: A restore is billed by the gigabyte and day until its table is deleted, as
    two terabytes at least.

    Keep it when: Somebody still searches it.

    Not checked: Who does. What was restored is still in long-term retention.
    """
    if not table.name.lower().endswith(ENDING):
        return None
    workspace = facts.parent(table)
    if workspace is None:
        return Unknown("its workspace was not read")
    restored = [
        one for one in facts.children(workspace, TABLE) if one.name.lower().endswith(ENDING)
    ]
    if len(restored) > 1:
        return Unknown(f"the bill has {len(restored)} restores in one sum")
    bill = facts.bill(workspace).only(meter=METER)
    if bill.is_known and not bill.monthly.amount:
        return None
    source = table.text("restoredLogs.sourceTable") or "unknown"
    return Waste(
        title=f"Logs restored from {source} are still kept in {table.name}",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("restored from", source),
            Stated("from", table.text("restoredLogs.startRestoreTime") or "unknown"),
            Stated("until", table.text("restoredLogs.endRestoreTime") or "unknown"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Delete the restored table",
                "az monitor log-analytics workspace table delete --ids {} --yes",
                table.id,
            ),
        ),
        undo=(
            az(
                "Restore it again",
                "az monitor log-analytics workspace table restore create --resource-group {} "
                "--workspace-name {} --name {} --restore-source-table {} "
                "--start-restore-time {} --end-restore-time {}",
                table.resource_group,
                workspace.name,
                table.name,
                source,
                table.text("restoredLogs.startRestoreTime") or "START",
                table.text("restoredLogs.endRestoreTime") or "END",
            ),
        ),
    )
