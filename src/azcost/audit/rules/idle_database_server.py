"""PostgreSQL and MySQL servers that no application connects to."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

DAYS = 28
POSTGRESQL = "microsoft.dbforpostgresql/flexibleservers"
# PostgreSQL has connections of its own and of Azure's, so that 0 never comes: Flexera takes
# up to 10 as none. MySQL's count is 0 when nobody is there.
OWN_CONNECTIONS = {POSTGRESQL: 10, "microsoft.dbformysql/flexibleservers": 0}
# Percent. Judged: what backups and vacuuming need by themselves.
IDLE_CPU = 10.0
COMMANDS = {POSTGRESQL: "postgres", "microsoft.dbformysql/flexibleservers": "mysql"}


@rule(
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.DBforMySQL/flexibleServers",
    category=Category.DATABASE,
    metrics=("active_connections", "cpu_percent"),
)
def idle_database_server(server: Resource, facts: Facts) -> Verdict:
    """PostgreSQL and MySQL servers that no application has connected to for four weeks.

    Why it costs: A server is billed for its size and its storage, asked or not.

    Keep it when: It is the standby of another region, or is read once a month.

    Not checked: What is in its databases. Stopping helps for a week only: Azure starts a
    server again after 7 days, and bills the storage meanwhile.
    """
    # A replica has no clients by design, and a stopped server no size to pay for.
    if server.is_one_of("state", "Stopped") or server.is_one_of("replicationRole", "AsyncReplica"):
        return None
    own = OWN_CONNECTIONS[server.type]
    connections = facts.metric(server, "active_connections", of="maximum", days=DAYS)
    if connections.maximum > own:
        return None
    cpu = facts.metric(server, "cpu_percent", of="maximum", days=DAYS)
    if cpu.highest_day(99) >= IDLE_CPU:
        return None
    bill = facts.bill(server)
    program = COMMANDS[server.type]
    return Waste(
        title=f"No application has connected to the server {server.name} for four weeks",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM if own else Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("sku.name", server.sku.name or "unknown"),
            Stated("connections of its own", f"up to {own}"),
            connections.evidence("connections"),
            cpu.evidence("%"),
            *evidence_of(bill),
        ),
        steps=(
            az("Stop it and wait some days: does anybody call?",
               f"az {program} flexible-server stop --ids {{}}", server.id),
            az("Keep a dump of its databases (pg_dump, mysqldump), then delete it",
               f"az {program} flexible-server delete --ids {{}}", server.id),
        ),
        undo=(az("Start it again, before it is deleted",
                 f"az {program} flexible-server start --ids {{}}", server.id),),
    )  # fmt: skip
