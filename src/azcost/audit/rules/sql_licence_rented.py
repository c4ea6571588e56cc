"""SQL databases that rent their SQL Server licences with the vCores."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

COMMANDS = {
    "microsoft.sql/servers/databases": "az sql db update --ids {} --license-type {}",
    "microsoft.sql/servers/elasticpools": "az sql elastic-pool update --ids {} --license-type {}",
    "microsoft.sql/managedinstances": "az sql mi update --ids {} --license-type {}",
}


@rule(
    "Microsoft.Sql/servers/databases",
    "Microsoft.Sql/servers/elasticPools",
    "Microsoft.Sql/managedInstances",
    category=Category.LICENCE,
)
def sql_licence_rented(database: Resource, facts: Facts) -> Verdict:
    """SQL databases, pools and instances that rent SQL Server licences with their vCores.

    Why it costs: The licence is a meter of its own beside the vCores. Whoever has licences
    with Software Assurance or subscriptions may bring them (Azure Hybrid Benefit) instead.

    Keep it when: You have no such licences to spare: nothing is saved then, which is the
    low end of the range.

    Not checked: Your licences. A core licence of Standard edition covers one vCore of
    General Purpose, one of Enterprise four, or one of Business Critical.
    """
    if not database.is_one_of("licenseType", "LicenseIncluded"):
        return None
    bill = facts.bill(database).only(product="License")
    # Serverless and new Hyperscale databases say "LicenseIncluded" and have no such meter.
    if bill.is_known and not bill.items:
        return None
    return Waste(
        title=f"{database.name} rents its SQL Server licences",
        action=Action.LICENCE,
        confidence=Confidence.LOW,
        saving=bill.saving(low=Decimal(0)),
        evidence=(Stated("licenseType", "LicenseIncluded"), *evidence_of(bill)),
        steps=_set(database, "Use licences that you have", "BasePrice"),
        undo=_set(database, "Rent them again", "LicenseIncluded"),
    )


def _set(database: Resource, title: str, licence: str) -> tuple[Step, ...]:
    return (
        az(title, COMMANDS[database.type], database.id, licence),
        *changed(database.id, {"properties": {"licenseType": licence}}),
    )
