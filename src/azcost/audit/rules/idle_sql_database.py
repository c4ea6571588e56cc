"""SQL databases that nobody has connected to for four weeks."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import DAYS, silence

# Percent. A connection that was opened earlier would work; the engine alone stays below.
IDLE = 1.0
LOAD = ("cpu_percent", "log_write_percent")


@rule(
    "Microsoft.Sql/servers/databases",
    category=Category.DATABASE,
    metrics=("connection_successful", *LOAD),
)
def idle_sql_database(database: Resource, facts: Facts) -> Verdict:
    """SQL databases that nobody has connected to for four weeks, and that do nothing.

    Why it costs: A database is billed for the size that it is provisioned with, queried or
    not.

    Keep it when: It is read once a month or a year, for closing or for auditors; then a
    serverless one that pauses itself costs its storage only.

    Not checked: Backups for long-term retention, which outlive the database and are billed
    on. Databases of elastic pools, replicas and paused ones cost nothing of their own here.
    """
    if database.name.lower() == "master" or database.has("elasticPoolId"):
        return None
    if database.has("secondaryType") or database.is_one_of("status", "Paused"):
        return None
    if database.sku.tier.lower() in ("datawarehouse", "free", "system"):
        return None
    quiet = silence(facts, database, counts=("connection_successful",), witness=LOAD[0])
    if quiet is None:
        return None
    load = [facts.metric(database, name, of="maximum", days=DAYS) for name in LOAD]
    if any(one.quantile(99) >= IDLE for one in load):
        return None
    bill = facts.bill(database).without("Backup")
    server = database.id.split("/")[-3]
    return Waste(
        title=f"Nobody has connected to the database {database.name} for four weeks",
        action=Action.DELETE,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(
            Stated("currentServiceObjectiveName",
                   database.text("currentServiceObjectiveName") or "unknown"),
            *quiet.evidence,
            *(one.evidence("%") for one in load),
            *evidence_of(bill),
        ),
        steps=(
            az("Keep a copy; CONTAINER is a container of blobs, KEY the key of its account",
               "az sql db export --name {} --server {} --resource-group {} "
               "--storage-uri CONTAINER/copy.bacpac --storage-key KEY --storage-key-type "
               "StorageAccessKey --admin-user USER --admin-password PASSWORD",
               database.name, server, database.resource_group),
            az("Delete it", "az sql db delete --ids {}", database.id),
        ),
        undo=(
            az("Restore it within its backup retention; DELETED is the time of deletion",
               "az sql db restore --name {} --server {} --resource-group {} --dest-name {} "
               "--deleted-time DELETED",
               database.name, server, database.resource_group, database.name),
        ),
    )  # fmt: skip
