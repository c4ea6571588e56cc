"""Backups of databases for development that are copied to another region."""

from decimal import Decimal
from typing import Literal

from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
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
from azcost.money import Money
from azcost.services.sql_database import SqlDatabase

METER = "RA-GRS Data Stored"


@rule("Microsoft.Sql/servers/databases", category=Category.STORAGE)
def sql_geo_backups_in_development(database: Resource, facts: Facts) -> Verdict:
    """Backups of SQL databases for development that are copied to another region.

    Why it costs: Backups that are geo-redundant, as they are unless told otherwise, cost
    about twice as much as those that stay in their region.

    Keep it when: What is developed there could not be made again.

    Not checked: Backups that are there already: only new ones are stored as the setting
    says, so that the saving comes with the days of retention.
    """
    # properties.currentBackupStorageRedundancy since API version 2021-02-01
    if not database.is_one_of("currentBackupStorageRedundancy", "Geo"):
        return None
    if not is_for_development(database, facts):
        return None
    bill = facts.bill(database).only(meter=METER)
    # As much as the maximum size is free.
    if bill.is_known and not bill.items:
        return None
    local, geo = _price(database, facts, "LRS"), _price(database, facts, "RA-GRS")
    if local is None or geo is None:
        return Unknown(f"no price of backups in {database.location} is recorded")
    return Waste(
        title=f"Backups of {database.name} for development are copied to another region",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(1 - local.amount / geo.amount),
        evidence=(Stated("currentBackupStorageRedundancy", "Geo"), *evidence_of(bill)),
        steps=_set(database, "Local"),
        undo=_set(database, "Geo"),
    )


def _price(database: Resource, facts: Facts, redundancy: Literal["LRS", "RA-GRS"]) -> Money | None:
    """Backups of 100 GB; a serverless database without any load costs nothing beside them."""
    only_backups = SqlDatabase(
        name=database.name,
        region=database.location,
        sku="GP_S_Gen5_1",
        storage_gb=Decimal(0),
        backup_gb=Decimal(100),
        backup_redundancy=redundancy,
    )
    return facts.list_price(only_backups)


def _set(database: Resource, redundancy: str) -> tuple[Step, ...]:
    step = az(
        f"Store new backups as {redundancy}",
        "az sql db update --ids {} --backup-storage-redundancy {}",
        database.id,
        redundancy,
    )
    set_to = {"requestedBackupStorageRedundancy": redundancy}
    return (step, *changed(database.id, {"properties": set_to}))
