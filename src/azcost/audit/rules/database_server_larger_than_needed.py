"""PostgreSQL and MySQL servers with more vCores than they use."""

import re
from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

DAYS = 14
POSTGRESQL = "microsoft.dbforpostgresql/flexibleservers"
# The highest of the days' P99 may fill so much of the smaller size; memory is the maximum
# and a tenth more (METHODS section 5).
FULL, MARGIN = 80.0, 1.1
# Sizes of the series D and E: they differ in nothing but their number of vCores.
# https://learn.microsoft.com/azure/postgresql/compute-storage/concepts-compute
VCORES = (2, 4, 8, 16, 32, 48, 64, 96)
_SIZE = re.compile(r"(Standard_[DE])(\d+)([a-z]*_v\d)", re.IGNORECASE)
# What 2 vCores of the slowest series do, and each further pair again, up to (the same page):
IOPS_OF_2_VCORES, MOST_IOPS = 3_200, 18_000
COMMANDS = {POSTGRESQL: "postgres", "microsoft.dbformysql/flexibleservers": "mysql"}


@rule(
    "Microsoft.DBforPostgreSQL/flexibleServers",
    "Microsoft.DBforMySQL/flexibleServers",
    category=Category.RIGHTSIZE,
    metrics=(
        "cpu_percent",
        "memory_percent",
        "Microsoft.DBforPostgreSQL/flexibleServers: iops",
        "Microsoft.DBforMySQL/flexibleServers: io_consumption_percent",
    ),
)
def database_server_larger_than_needed(server: Resource, facts: Facts) -> Verdict:
    """PostgreSQL and MySQL servers with more vCores than the busiest day of two weeks used.

    Why it costs: Compute is billed by the vCore, twice with high availability.

    Keep it when: A season is ahead, or the cache that came with the memory is what makes
    it fast.

    Not checked: The most connections of the smaller size, which follow its memory, and
    burstable sizes, which cost less and slow down when their credits are used up.
    """
    found = _SIZE.fullmatch(server.sku.name)
    if found is None or server.is_one_of("state", "Stopped") or int(found[2]) not in VCORES:
        return None
    own = int(found[2])
    smaller = [one for one in VCORES if one < own]
    if not smaller:
        return None
    cpu = facts.metric(server, "cpu_percent", of="maximum", days=DAYS)
    memory = facts.metric(server, "memory_percent", of="maximum", days=DAYS)
    disk = _disk(server, facts)
    target = next(
        (
            one
            for one in smaller
            if cpu.highest_day(99) * own <= FULL * one
            and memory.maximum * MARGIN * own <= 100 * one
            and _reads(server, disk, own, one)
        ),
        None,
    )
    if target is None:
        return None
    size = f"{found[1]}{target}{found[3]}"
    bill = facts.bill(server).without("Backup", "Storage")
    return Waste(
        title=f"The server {server.name} has {own} vCores and would do with {target}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.HIGH,
        saving=bill.saving(1 - Decimal(target) / own),
        evidence=(
            Stated("sku.name", server.sku.name),
            cpu.evidence("%"),
            memory.evidence("%"),
            disk.evidence(),
            *evidence_of(bill),
        ),
        steps=_set(server, size),
        undo=_set(server, server.sku.name),
    )


def _disk(server: Resource, facts: Facts) -> Window:
    """What it asks of its disk: operations a second, of MySQL a percentage."""
    name = "iops" if server.type == POSTGRESQL else "io_consumption_percent"
    return facts.metric(server, name, of="maximum", days=DAYS)


def _reads(server: Resource, disk: Window, own: int, target: int) -> bool:
    """Whether a smaller size is allowed enough operations of the disk."""
    if server.type == POSTGRESQL:
        allowed = min(IOPS_OF_2_VCORES * target / 2, MOST_IOPS)
        return disk.highest_day(99) * 100 <= FULL * allowed
    return disk.highest_day(99) * own <= FULL * target


def _set(server: Resource, size: str) -> tuple[Step, ...]:
    step = az(
        f"Make it a {size}; it restarts",
        f"az {COMMANDS[server.type]} flexible-server update --ids {{}} --sku-name {{}}",
        server.id,
        size,
    )
    return (step, *changed(server.id, {"sku": {"name": size}}))
