"""Redis caches with more memory than they fill."""

from typing import NamedTuple

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
from azcost.services.redis import Redis

DAYS = 28
MEMORY, LOAD, CLIENTS = "allusedmemorypercentage", "allserverLoad", "allconnectedclients"
# Memory is the maximum and a tenth more (METHODS section 5); a fifth is left free, since Azure
# reserves a tenth for fail-over and one for fragmentation.
# https://learn.microsoft.com/azure/azure-cache-for-redis/cache-best-practices-memory-management
MARGIN, FULL_MEMORY = 1.1, 80.0
# Judged: under this load of the processor a quarter of the cores would do as well.
MOST_LOAD = 20.0
FULL_CLIENTS = 0.8


class Limits(NamedTuple):
    """What a size holds: GB, and clients at a time."""

    gb: float
    clients: int


# https://learn.microsoft.com/azure/azure-cache-for-redis/cache-planning-faq
C_SIZES = {
    1: Limits(1, 1_000), 2: Limits(2.5, 2_000), 3: Limits(6, 5_000), 4: Limits(13, 10_000),
    5: Limits(26, 15_000), 6: Limits(53, 20_000),
}  # fmt: skip
P_SIZES = {
    1: Limits(6, 7_500), 2: Limits(13, 15_000), 3: Limits(26, 30_000), 4: Limits(53, 40_000),
    5: Limits(120, 40_000),
}  # fmt: skip
SIZES = {("basic", "C"): C_SIZES, ("standard", "C"): C_SIZES, ("premium", "P"): P_SIZES}


@rule("Microsoft.Cache/redis", category=Category.RIGHTSIZE, metrics=(MEMORY, LOAD, CLIENTS))
def redis_larger_than_needed(cache: Resource, facts: Facts) -> Verdict:
    """Redis caches with more memory than they filled at any time in four weeks.

    Why it costs: A cache is billed by its size, full or empty.

    Keep it when: It is being filled for the first time, or its data grow.

    Not checked: The bandwidth of the smaller size. A cache cannot go from any size to C0,
    nor to a lower tier.
    """
    family, own = (cache.text("sku.family") or "").upper(), int(cache.number("sku.capacity") or 0)
    tier = cache.text("sku.name") or ""
    sizes = SIZES.get((tier.lower(), family), {})
    if own not in sizes or own == 1:
        return None
    memory, load, clients = (
        facts.metric(cache, name, of="maximum", days=DAYS) for name in (MEMORY, LOAD, CLIENTS)
    )
    if load.highest_day(99) > MOST_LOAD:
        return None
    filled = memory.maximum * MARGIN * sizes[own].gb
    fits = (
        size
        for size, limits in sizes.items()
        if size < own
        and filled <= FULL_MEMORY * limits.gb
        and clients.maximum <= FULL_CLIENTS * limits.clients
    )
    target = next(fits, None)
    if target is None:
        return None
    prices = [
        facts.list_price(Redis(name="it", region=cache.location, sku=f"{tier}_{family}{size}"))
        for size in (target, own)
    ]
    if prices[0] is None or prices[1] is None:
        return Unknown(f"no price of a {tier} {family}{target} in {cache.location} is recorded")
    bill = facts.bill(cache)
    return Waste(
        title=f"The cache {cache.name} would fit into a {family}{target}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.HIGH,
        saving=bill.saving(1 - prices[0].amount / prices[1].amount),
        evidence=(
            Stated("sku", f"{tier} {family}{own}"),
            memory.evidence("%"),
            load.evidence("%"),
            clients.evidence("clients"),
            *evidence_of(bill),
        ),
        steps=_set(cache, family, target),
        undo=_set(cache, family, own),
    )


def _set(cache: Resource, family: str, size: int) -> tuple[Step, ...]:
    step = az(
        f"Make it a {family}{size}; it scales in place",
        "az redis update --name {} --resource-group {} --vm-size {}",
        cache.name,
        cache.resource_group,
        f"{family}{size}",
    )
    sku = {"family": family, "capacity": size}
    return (step, *changed(cache.id, {"properties": {"sku": sku}}))
