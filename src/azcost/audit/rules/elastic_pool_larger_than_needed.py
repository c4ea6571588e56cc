"""Elastic pools with more vCores or eDTUs than their databases use together."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

DAYS = 14
# The highest of the days' P99 may fill so much of the smaller pool (METHODS section 5).
FULL = 80.0
OF_VCORES = ("cpu_percent", "log_write_percent", "physical_data_read_percent", "workers_percent")
OF_DTUS = ("dtu_consumption_percent", "workers_percent")
# Sizes of pools: https://learn.microsoft.com/azure/azure-sql/database/resource-limits-dtu-elastic-pools
# and .../resource-limits-vcore-elastic-pools (Gen5)
VCORES = (2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 32, 40, 80)
SIZES = {
    "basic": (50, 100, 200, 300, 400, 800, 1200, 1600),
    "standard": (50, 100, 200, 300, 400, 800, 1200, 1600, 2000, 2500, 3000),
    "premium": (125, 250, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000),
    "generalpurpose": VCORES,
    "businesscritical": VCORES,
}


@rule(
    "Microsoft.Sql/servers/elasticPools",
    category=Category.RIGHTSIZE,
    metrics=(*OF_VCORES, OF_DTUS[0]),
)
def elastic_pool_larger_than_needed(pool: Resource, facts: Facts) -> Verdict:
    """Elastic pools with more vCores or eDTUs than the busiest day of two weeks used.

    Why it costs: A pool is billed for its size, however little its databases use.

    Keep it when: More databases are to come, or the end of a month is busier.

    Not checked: Memory, which SQL Server fills whatever it has, and the number of databases
    and of gigabytes that a smaller pool takes: Azure refuses what does not fit.
    """
    tier = pool.sku.tier.lower()
    size = int(pool.sku.capacity or 0)
    if size not in SIZES.get(tier, ()):
        return None
    # One database may be given at most so much: less than that the pool cannot have.
    least = pool.number("perDatabaseSettings.maxCapacity") or 0
    smaller = [one for one in SIZES[tier] if least <= one < size]
    if not smaller:
        return None
    names = OF_DTUS if tier in ("basic", "standard", "premium") else OF_VCORES
    load = [facts.metric(pool, name, of="maximum", days=DAYS) for name in names]
    peak = max(one.highest_day(99) for one in load)
    target = next((one for one in smaller if peak * size <= FULL * one), None)
    if target is None:
        return None
    bill = facts.bill(pool).without("Backup", "Data Stored")
    unit = "eDTUs" if names is OF_DTUS else "vCores"
    return Waste(
        title=f"The pool {pool.name} has {size} {unit} and would do with {target}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(1 - Decimal(target) / size),
        evidence=(
            Stated("sku", f"{pool.sku.name}, {size} {unit}"),
            *(one.evidence("%") for one in load),
            *evidence_of(bill),
        ),
        steps=_set(pool, target),
        undo=_set(pool, size),
    )


def _set(pool: Resource, size: int) -> tuple[Step, ...]:
    step = az(
        f"Give it {size}; connections drop for a moment",
        "az sql elastic-pool update --ids {} --capacity {}",
        pool.id,
        size,
    )
    return (step, *changed(pool.id, {"sku": {"capacity": size}}))
