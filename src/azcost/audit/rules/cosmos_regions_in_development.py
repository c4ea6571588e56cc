"""Cosmos DB accounts for development in several regions."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule


@rule("Microsoft.DocumentDB/databaseAccounts", category=Category.DATABASE)
def cosmos_regions_in_development(account: Resource, facts: Facts) -> Verdict:
    """Cosmos DB accounts in several regions that are tagged as development or test.

    Why it costs: Every region bills the throughput and the data of all containers again.

    Keep it when: What is tested is the failover, or writing in several regions.

    Not checked: Prices of the regions, which differ: each is taken to cost alike. Writes in
    several regions have a meter of their own, which ends with the last but one.
    """
    regions = account.each("locations")
    if len(regions) < 2 or not is_for_development(account, facts):
        return None
    bill = facts.bill(account).without("Backup")
    names = [one.text("locationName") or "unknown" for one in regions]
    first = min(regions, key=lambda one: one.number("failoverPriority") or 0)
    return Waste(
        title=f"{account.name} for development is in {len(regions)} regions",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(1 - Decimal(1) / len(regions)),
        evidence=(
            Stated("locations", ", ".join(names)),
            Stated(
                "enableMultipleWriteLocations",
                str(account.flag("enableMultipleWriteLocations") or False).lower(),
            ),
            *evidence_of(bill),
        ),
        steps=_set(account, "Keep the first region", (first.text("locationName") or "",)),
        undo=_set(account, "Add the others again", tuple(names)),
    )


def _set(account: Resource, title: str, regions: tuple[str, ...]) -> tuple[Step, ...]:
    places = " ".join(
        f"--locations regionName={{}} failoverPriority={number} isZoneRedundant=False"
        for number in range(len(regions))
    )
    command = f"az cosmosdb update --name {{}} --resource-group {{}} {places}"
    step = az(title, command, account.name, account.resource_group, *regions)
    locations = [
        {"locationName": name, "failoverPriority": number, "isZoneRedundant": False}
        for number, name in enumerate(regions)
    ]
    return (step, *changed(account.id, {"properties": {"locations": locations}}))
