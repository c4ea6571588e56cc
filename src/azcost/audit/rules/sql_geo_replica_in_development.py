"""Geo-replicas of databases that are for development or test."""

from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule


@rule("Microsoft.Sql/servers/databases", category=Category.DATABASE)
def sql_geo_replica_in_development(database: Resource, facts: Facts) -> Verdict:
    """Geo-replicas of SQL databases that are tagged as development or test.

    Why it costs: A geo-replica is a database of its own, billed like the first one.

    Keep it when: What is tested is the failover itself.

    Not checked: Whether it belongs to a failover group, from which it must be taken first.
    """
    # properties.secondaryType since API version 2021-02-01: Geo, Named or Standby.
    if not database.is_one_of("secondaryType", "Geo", "Standby"):
        return None
    if not is_for_development(database, facts):
        return None
    bill = facts.bill(database).without("Backup")
    return Waste(
        title=f"The database {database.name} for development has a replica in {database.location}",
        action=Action.DELETE,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("secondaryType", database.text("secondaryType") or ""),
            Stated("tags", ", ".join(f"{k}={v}" for k, v in database.tags.items())
                   or "of its group or subscription"),
            *evidence_of(bill),
        ),
        steps=(az("Delete the replica", "az sql db delete --ids {}", database.id),),
        undo=(
            az("Make it again from the first one; PRIMARY is its server",
               "az sql db replica create --name {} --server PRIMARY --resource-group {} "
               "--partner-server {}",
               database.name, database.resource_group, database.id.split("/")[-3]),
        ),
    )  # fmt: skip
