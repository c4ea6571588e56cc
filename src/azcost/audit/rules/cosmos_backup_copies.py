"""Cosmos DB accounts that keep more periodic backups than the two that are free."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

# Two copies are free: https://learn.microsoft.com/azure/cosmos-db/periodic-backup-restore-introduction
FREE_COPIES = 2
# What Azure makes unless told otherwise, and the least that it lets be kept (the same page).
LEAST_RETENTION_HOURS = 8
PATH = "backupPolicy.periodicModeProperties"


@rule("Microsoft.DocumentDB/databaseAccounts", category=Category.STORAGE)
def cosmos_backup_copies(account: Resource, facts: Facts) -> Verdict:
    """Cosmos DB accounts that keep more periodic backups than the two that are free.

    Why it costs: From the third copy on each one is billed for all data of the account.

    Keep it when: Rules ask for backups of several days. The continuous backup of 7 days
    costs nothing to keep, and restores to any second.

    Not checked: Whether the account can have continuous backups: not all features allow it.
    """
    interval = account.number(f"{PATH}.backupIntervalInMinutes") or 0
    retention = account.number(f"{PATH}.backupRetentionIntervalInHours") or 0
    if not account.is_one_of("backupPolicy.type", "Periodic") or not interval:
        return None
    copies = retention * 60 / interval
    if copies <= FREE_COPIES:
        return None
    bill = facts.bill(account).only(meter="Backup Data Stored")
    # An account without data has copies of nothing.
    if bill.is_known and not bill.items:
        return None
    return Waste(
        title=f"{account.name} keeps {copies:.0f} backups, of which two are free",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(Decimal(1)),
        evidence=(
            Stated("backupIntervalInMinutes", f"{interval:.0f}"),
            Stated("backupRetentionIntervalInHours", f"{retention:.0f}"),
            *evidence_of(bill),
        ),
        steps=_set(
            account,
            interval=max(interval, LEAST_RETENTION_HOURS * 60 / FREE_COPIES),
            retention=max(interval * FREE_COPIES / 60, LEAST_RETENTION_HOURS),
        ),
        undo=_set(account, interval=interval, retention=retention),
    )


def _set(account: Resource, *, interval: float, retention: float) -> tuple[Step, ...]:
    step = az(
        f"Keep backups for {retention:.0f} hours",
        "az cosmosdb update --name {} --resource-group {} --backup-interval {} "
        "--backup-retention {}",
        account.name,
        account.resource_group,
        round(interval),
        round(retention),
    )
    kept = {
        "backupIntervalInMinutes": round(interval),
        "backupRetentionIntervalInHours": round(retention),
    }
    policy = {"type": "Periodic", "periodicModeProperties": kept}
    return (step, *changed(account.id, {"properties": {"backupPolicy": policy}}))
