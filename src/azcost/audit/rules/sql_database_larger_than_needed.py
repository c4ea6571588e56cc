"""SQL databases with more vCores or DTUs than they use."""

import re
from decimal import Decimal

import msgspec

from azcost.audit.bill import Bill
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.services.sql_database import SqlDatabase

DAYS = 14
# The highest of the days' P99 may fill so much of the smaller size (METHODS section 5).
FULL = 80.0
GB = 1024**3
# Of a vCore each of these is a share: CPU, log, data IO and workers grow with the vCores.
# https://learn.microsoft.com/azure/azure-sql/database/resource-limits-vcore-single-databases
OF_VCORES = (
    "cpu_percent",
    "log_write_percent",
    "physical_data_read_percent",
    "workers_percent",
)
# The highest of CPU, data IO and log: .../resource-limits-dtu-single-databases
OF_DTUS = ("dtu_consumption_percent", "workers_percent")
VCORES = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80)
DTUS = {
    "S": {"S0": 10, "S1": 20, "S2": 50, "S3": 100, "S4": 200, "S6": 400, "S7": 800, "S9": 1600,
          "S12": 3000},
    "P": {"P1": 125, "P2": 250, "P4": 500, "P6": 1000, "P11": 1750, "P15": 4000},
}  # fmt: skip
_VCORE = re.compile(r"((?:GP|BC|HS)_Gen5)_(\d+)", re.IGNORECASE)


class Size(msgspec.Struct, frozen=True):
    """A service objective, and how much it has of what its metrics are shares of."""

    name: str
    amount: int


@rule(
    "Microsoft.Sql/servers/databases",
    category=Category.RIGHTSIZE,
    metrics=(*OF_VCORES, OF_DTUS[0]),
)
def sql_database_larger_than_needed(database: Resource, facts: Facts) -> Verdict:
    """SQL databases with more vCores or DTUs than the busiest day of two weeks used.

    Why it costs: vCores, their licences and DTUs are billed as provisioned.

    Keep it when: A month's end or a season is busier than the last two weeks, or the data
    that queries read would no longer fit into memory.

    Not checked: Memory: SQL Server fills whatever it has, so that its use says nothing. With
    fewer vCores less is cached and more is read. Below S3 there are no columnstore indexes.
    """
    objective = database.text("currentServiceObjectiveName") or ""
    sizes = _sizes(objective)
    own = next((one for one in sizes if one.name.lower() == objective.lower()), None)
    if own is None or database.has("elasticPoolId") or database.has("secondaryType"):
        return None
    if own == sizes[0] or database.is_one_of("status", "Paused"):
        return None
    names = OF_VCORES if "_" in objective else OF_DTUS
    load = [facts.metric(database, name, of="maximum", days=DAYS) for name in names]
    peak = max(one.highest_day(99) for one in load)
    smaller = [one for one in sizes if one.amount < own.amount and _holds(database, one)]
    target = next((one for one in smaller if peak * own.amount <= FULL * one.amount), None)
    if target is None:
        return None
    bill = _compute(facts.bill(database), objective)
    share = _share(database, facts, target, own)
    if share is None:
        return Unknown(f"no prices of {target.name} and {own.name} are recorded")
    return Waste(
        title=f"The database {database.name} would fit into {target.name}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("currentServiceObjectiveName", objective),
            *(one.evidence("%") for one in load),
            *evidence_of(bill),
        ),
        steps=_set(database, target),
        undo=_set(database, own),
    )


def _sizes(objective: str) -> tuple[Size, ...]:
    """The sizes of the tier of an objective, smallest first; none of what is not resized."""
    if found := _VCORE.fullmatch(objective):
        return tuple(Size(f"{found[1]}_{vcores}", vcores) for vcores in VCORES)
    return tuple(Size(name, dtus) for name, dtus in DTUS.get(objective[:1].upper(), {}).items())


def _holds(database: Resource, size: Size) -> bool:
    """Whether Azure sells the size with the maximum size that the database has."""
    try:
        _service(database, size)
    except ValueError:
        return False
    return True


def _service(database: Resource, size: Size) -> SqlDatabase:
    largest = Decimal(str((database.number("maxSizeBytes") or 0) / GB))
    return SqlDatabase(
        name=database.name, region=database.location, sku=size.name, storage_gb=largest
    )


def _compute(bill: Bill, objective: str) -> Bill:
    """What follows the size: of vCores compute and licences, of DTUs all but backups."""
    return bill.without("Backup", "Data Stored") if "_" in objective else bill.without("Backup")


def _share(database: Resource, facts: Facts, target: Size, own: Size) -> Decimal | None:
    """What the smaller size saves: vCores cost alike, and DTUs by the list."""
    if "_" in own.name:
        return 1 - Decimal(target.amount) / own.amount
    prices = [facts.list_price(_service(database, one)) for one in (target, own)]
    if prices[0] is None or prices[1] is None:
        return None
    return 1 - prices[0].amount / prices[1].amount


def _set(database: Resource, size: Size) -> tuple[Step, ...]:
    step = az(
        f"Make it a {size.name}; connections drop for a moment",
        "az sql db update --ids {} --service-objective {}",
        database.id,
        size.name,
    )
    # Within a tier only the number of vCores or DTUs differs.
    return (step, *changed(database.id, {"sku": {"capacity": size.amount}}))
