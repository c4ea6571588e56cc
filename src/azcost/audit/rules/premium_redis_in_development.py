"""Premium Redis caches for development that use nothing of what is premium."""

from azcost.audit.changes import MOVED
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.services.redis import Redis

# Sizes of as much memory: https://learn.microsoft.com/azure/azure-cache-for-redis/cache-planning-faq
STANDARD = {1: "C3", 2: "C4", 3: "C5", 4: "C6"}
# Clusters, networks, persistence, links to other caches: .../cache-overview#feature-comparison
FEATURES = ("subnetId", "linkedServers")
PERSISTENCE = ("rdb-backup-enabled", "aof-backup-enabled")


@rule("Microsoft.Cache/redis", category=Category.TIER)
def premium_redis_in_development(cache: Resource, facts: Facts) -> Verdict:
    """Premium Redis caches for development that use nothing of what is premium.

    Why it costs: The premium tier costs more than the standard one with as much memory, for
    clusters, networks of one's own, persistence and replicas elsewhere.

    Keep it when: What is tested needs the speed of production.

    Not checked: Throughput, which is higher in the premium tier. A cache cannot be moved to
    a lower tier: another one is made, and keys must be set again.
    """
    if not cache.is_one_of("sku.name", "Premium") or not is_for_development(cache, facts):
        return None
    size = int(cache.number("sku.capacity") or 0)
    target = STANDARD.get(size)
    if target is None or _uses_premium(cache):
        return None
    prices = [
        facts.list_price(Redis(name="it", region=cache.location, sku=sku))
        for sku in (f"Standard_{target}", f"Premium_P{size}")
    ]
    if prices[0] is None or prices[1] is None:
        return Unknown(f"no price of a Standard {target} in {cache.location} is recorded")
    bill = facts.bill(cache)
    return Waste(
        title=f"The cache {cache.name} for development is premium and uses nothing of it",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(1 - prices[0].amount / prices[1].amount),
        evidence=(
            Stated("sku", f"Premium P{size}"),
            Stated("premium features", "none"),
            *evidence_of(bill),
        ),
        steps=(
            az("Make a standard one under another name, and point the applications to it",
               "az redis create --name {} --resource-group {} --location {} --sku Standard "
               "--vm-size {}",
               f"{cache.name[:60]}-s", cache.resource_group, cache.location, target),
            MOVED,
            az("Delete the premium one", "az redis delete --ids {}", cache.id),
        ),
        undo=(
            az("Make the premium one again, empty and with new keys",
               "az redis create --name {} --resource-group {} --location {} --sku Premium "
               "--vm-size {}",
               cache.name, cache.resource_group, cache.location, f"P{size}"),
        ),
    )  # fmt: skip


def _uses_premium(cache: Resource) -> bool:
    return (
        any(cache.has(path) for path in FEATURES)
        or any(cache.flag(f"redisConfiguration.{path}") for path in PERSISTENCE)
        or (cache.number("shardCount") or 1) > 1
        or (cache.number("replicasPerPrimary") or 1) > 1
        or bool(cache.zones)
    )
