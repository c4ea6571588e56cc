"""Database servers for development with a standby."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

COMMANDS = {
    "microsoft.dbforpostgresql/flexibleservers": "az postgres flexible-server update",
    "microsoft.dbformysql/flexibleservers": "az mysql flexible-server update",
}


@rule(
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.DBforMySQL/flexibleServers",
    category=Category.DATABASE,
)
def standby_in_development(server: Resource, facts: Facts) -> Verdict:
    """PostgreSQL and MySQL servers with a standby that are tagged as development or test.

    Why it costs: High availability is a second server with storage of its own, which is
    billed like the first.

    Keep it when: What is tested is the failover.

    Not checked: Whether somebody relies on it at night.
    """
    mode = server.text("highAvailability.mode") or ""
    if mode.lower() not in ("samezone", "zoneredundant"):
        return None
    if not is_for_development(server, facts):
        return None
    bill = facts.bill(server).without("Backup")
    return Waste(
        title=f"The server {server.name} for development has a standby",
        action=Action.RIGHTSIZE,
        confidence=Confidence.HIGH,
        saving=bill.saving(Decimal("0.5")),
        evidence=(
            Stated("highAvailability.mode", mode),
            Stated("sku.name", server.sku.name or "unknown"),
            *evidence_of(bill),
        ),
        steps=_set(server, "Disabled"),
        undo=_set(server, mode),
    )


def _set(server: Resource, mode: str) -> tuple[Step, ...]:
    step = az(
        f"High availability: {mode}",
        f"{COMMANDS[server.type]} --ids {{}} --high-availability {{}}",
        server.id,
        mode,
    )
    return (step, *changed(server.id, {"properties": {"highAvailability": {"mode": mode}}}))
