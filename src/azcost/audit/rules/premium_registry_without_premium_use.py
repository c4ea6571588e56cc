"""Premium container registries that use nothing of Premium."""

from decimal import Decimal

from azcost.audit.changes import changed
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
from azcost.services.container_registry import ContainerRegistry

REGISTRY = "Microsoft.ContainerRegistry/registries"
REPLICATION = f"{REGISTRY}/replications"
DAYS = 14
GIB = 1024**3
# Properties that only Premium has, by what they are when they are in use:
# https://learn.microsoft.com/azure/container-registry/container-registry-skus
PREMIUM_LISTS = ("privateEndpointConnections", "networkRuleSet.ipRules", "dataEndpointHostNames")
PREMIUM_WORDS = {
    "encryption.status": "enabled",
    "zoneRedundancy": "Enabled",
    "policies.trustPolicy.status": "enabled",
    "policies.quarantinePolicy.status": "enabled",
    "policies.retentionPolicy.status": "enabled",
    "policies.softDeletePolicy.status": "enabled",
    "publicNetworkAccess": "Disabled",
    "networkRuleSet.defaultAction": "Deny",
}
PREMIUM_CHILDREN = (
    "connectedRegistries",
    "agentPools",
    "tokens",
    "exportPipelines",
    "importPipelines",
)


@rule(REGISTRY, category=Category.TIER, metrics=("StorageUsed",))
def premium_registry_without_premium_use(registry: Resource, facts: Facts) -> Verdict:
    """Premium container registries that use no feature that Standard does not have.

    Why it costs: Premium costs two and a half times what Standard does. It includes more
    storage, which is taken into account here.

    Keep it when: Many nodes pull large images at once: Premium allows more of it.

    Not checked: How fast images are pulled.
    """
    if registry.sku.name.lower() != "premium" or _uses_premium(registry, facts):
        return None
    stored = facts.metric(registry, "StorageUsed", days=DAYS)
    gb = Decimal(str(round(stored.maximum / GIB, 2)))
    standard = facts.list_price(
        ContainerRegistry(name="it", region=registry.location, sku="Standard", storage_gb=gb)
    )
    if standard is None:
        return Unknown(f"no price of Standard registries in {registry.location}")
    bill = facts.bill(registry)
    if bill.is_known and bill.monthly.amount <= standard.amount:
        return None
    return Waste(
        title=f"The registry {registry.name} is Premium and uses nothing of it",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(keep=standard),
        evidence=(
            Stated("sku", registry.sku.name),
            Stated("as Standard, list price a month", f"{standard} with {gb:,.0f} GB"),
            stored.evidence("bytes"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Make it Standard; images and addresses stay",
                "az acr update --name {} --resource-group {} --sku Standard",
                registry.name,
                registry.resource_group,
            ),
            *changed(registry.id, {"sku": {"name": "Standard"}}),
        ),
        undo=(
            az(
                "Make it Premium again",
                "az acr update --name {} --resource-group {} --sku Premium",
                registry.name,
                registry.resource_group,
            ),
            *changed(registry.id, {"sku": {"name": "Premium"}}),
        ),
    )


def _uses_premium(registry: Resource, facts: Facts) -> bool:
    children = {one.type.rpartition("/")[2] for one in facts.children(registry)}
    # A registry that was replicated has itself as the first replication.
    replications = facts.children(registry, REPLICATION)
    return (
        any(registry.has(path) for path in PREMIUM_LISTS)
        or any(registry.is_one_of(path, word) for path, word in PREMIUM_WORDS.items())
        or bool(registry.flag("dataEndpointEnabled"))
        or any(one.location != registry.location for one in replications)
        or bool(children & {name.lower() for name in PREMIUM_CHILDREN})
    )
