"""Redis caches that nobody reads or writes."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# Clients and commands are never 0: Azure itself connects and asks.
# https://learn.microsoft.com/azure/azure-cache-for-redis/monitor-cache-reference
KEYS = ("allcachehits", "allcachemisses", "allsetcommands")
WITNESS = "allusedmemorypercentage"


@rule("Microsoft.Cache/redis", category=Category.IDLE, metrics=(*KEYS, WITNESS))
def idle_redis(cache: Resource, facts: Facts) -> Verdict:
    """Redis caches in which no key was looked up or set for four weeks.

    Why it costs: A cache is billed by its size; it cannot be stopped.

    Keep it when: It passes messages (publish and subscribe), which look up no keys.

    Not checked: Publish and subscribe, and what is in the cache.
    """
    quiet = silence(facts, cache, counts=KEYS, witness=WITNESS)
    if quiet is None:
        return None
    bill = facts.bill(cache)
    tier, family = cache.text("sku.name") or "", cache.text("sku.family") or ""
    size = f"{family}{cache.number('sku.capacity') or 0:.0f}"
    return Waste(
        title=f"No key of the cache {cache.name} was read or set for four weeks",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(Stated("sku", f"{tier} {size}"), *quiet.evidence, *evidence_of(bill)),
        steps=(az("Delete it", "az redis delete --ids {}", cache.id),),
        undo=(
            az("Make it again, empty and with new keys",
               "az redis create --name {} --resource-group {} --location {} --sku {} --vm-size {}",
               cache.name, cache.resource_group, cache.location, tier, size),
        ),
    )  # fmt: skip
