"""Provisioned SQL databases that serverless would bill less."""

import re
from decimal import Decimal

import numpy as np

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
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
from azcost.services.sql_database import Load, SqlDatabase
from azcost.units import HOURS_PER_MONTH

DAYS = 28
_GENERAL_PURPOSE = re.compile(r"GP_Gen5_(\d+)", re.IGNORECASE)
# The least vCores of a provisioned database, and half of the 80 percent to which one is filled.
SMALLEST, HALF_FULL = 2, 40.0
# Less is not worth a change of how it is billed.
LEAST_SHARE = Decimal("0.2")
# While it is online an eighth of the vCores is billed, and half a vCore at least:
# https://learn.microsoft.com/azure/azure-sql/database/serverless-tier-overview
LEAST_VCORES, EIGHTH = 0.5, 0.125


@rule(
    "Microsoft.Sql/servers/databases",
    category=Category.TIER,
    metrics=("cpu_percent",),
)
def sql_database_fits_serverless(database: Resource, facts: Facts) -> Verdict:
    """General Purpose databases that serverless of the same size would bill less.

    Why it costs: Provisioned vCores are billed at all hours. Serverless bills, by the
    second, what is used, at more per vCore, and with the licence in the price.

    Keep it when: It is busy for more than about half of all hours, has a reservation, or
    its first query after a pause may not wait a minute.

    Not checked: Memory: serverless bills 3 GB as a vCore where that is more than the CPU.
    With all memory in use at all hours nothing would be saved, which is the low end; with
    pauses more than is said here.
    """
    found = _GENERAL_PURPOSE.fullmatch(database.text("currentServiceObjectiveName") or "")
    if found is None or database.has("elasticPoolId") or database.has("secondaryType"):
        return None
    vcores = int(found[1])
    peaks = facts.metric(database, "cpu_percent", of="maximum", days=DAYS)
    # A load that fits into half the vCores at all times needs a smaller size: another finding.
    if vcores > SMALLEST and peaks.highest_day(99) <= HALF_FULL:
        return None
    cpu = facts.metric(database, "cpu_percent", days=DAYS)
    used = _vcores(cpu, vcores)
    price = facts.list_price(_serverless(database, vcores, used))
    most = facts.list_price(_serverless(database, vcores, Decimal(vcores)))
    bill = facts.bill(database).without("Backup", "Data Stored")
    if price is None or most is None:
        return Unknown(f"no price of GP_S_Gen5_{vcores} in {database.location} is recorded")
    saving = bill.saving(keep=price, keep_at_most=most)
    if saving is None:
        return Unknown("without the bill nothing can be said: serverless costs more when busy")
    if saving.expected.amount <= LEAST_SHARE * bill.monthly.amount:
        return None
    return Waste(
        title=f"The database {database.name} uses {used:.1f} of {vcores} vCores on average",
        action=Action.TIER,
        confidence=Confidence.LOW,
        saving=saving,
        evidence=(
            Stated("serverless, at list price", _said(price)),
            cpu.evidence("%"),
            *evidence_of(bill),
        ),
        steps=_set(database, "GP_S_Gen5", vcores),
        undo=_set(database, "GP_Gen5", vcores),
    )


def _vcores(cpu: Window, vcores: int) -> Decimal:
    """The vCores that serverless would bill on average, without any pause."""
    least = max(LEAST_VCORES, vcores * EIGHTH)
    billed = np.maximum(cpu.measured / 100 * vcores, least)
    return Decimal(str(round(float(np.mean(billed, dtype=np.float64)), 4)))


def _serverless(database: Resource, vcores: int, used: Decimal) -> SqlDatabase:
    load = Load(hours=HOURS_PER_MONTH, vcores=used)
    return SqlDatabase(
        name=database.name,
        region=database.location,
        sku=f"GP_S_Gen5_{vcores}",
        load=(load,),
        storage_gb=Decimal(0),
    )


def _said(price: Money) -> str:
    return f"{price.amount:.2f} {price.currency} a month"


def _set(database: Resource, name: str, vcores: int) -> tuple[Step, ...]:
    step = az(
        f"Make it a {name}_{vcores}; connections drop for a moment",
        "az sql db update --ids {} --service-objective {}",
        database.id,
        f"{name}_{vcores}",
    )
    return (step, *changed(database.id, {"sku": {"name": name, "capacity": vcores}}))
