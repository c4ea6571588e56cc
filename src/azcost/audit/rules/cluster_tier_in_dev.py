"""Clusters for development that pay for a promise of availability."""

from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.pools import CLUSTER
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

# Azure advises the Free tier for fewer than ten nodes; it takes up to 1,000.
# https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers
ADVISED_NODES = 10


@rule(CLUSTER, category=Category.KUBERNETES)
def cluster_tier_in_dev(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters for development, by their tags, on the tier Standard or Premium.

    Why it costs: The tier is a promise of availability (Premium: of long-term support) for a
    fee by the hour; the Free tier runs the same nodes.

    Keep it when: The version is out of its usual support (Premium), or work of others stops
    when the cluster does.

    Not checked: How many requests its API server gets.
    """
    tier = cluster.sku.tier
    if tier.lower() not in ("standard", "premium") or not is_for_development(cluster, facts):
        return None
    # An Automatic cluster has no Free tier.
    if cluster.sku.name.lower() == "automatic":
        return None
    nodes = sum(int(pool.number("count") or 0) for pool in cluster.each("agentPoolProfiles"))
    small = nodes <= ADVISED_NODES and tier.lower() == "standard"
    bill = facts.bill(cluster)
    return Waste(
        title=f"The cluster {cluster.name} is for development and pays for the tier {tier}",
        action=Action.TIER,
        confidence=Confidence.HIGH if small else Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("sku.tier", tier),
            Stated("nodes", str(nodes)),
            Stated("tags", ", ".join(f"{name}={value}" for name, value in cluster.tags.items())),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "To the Free tier",
                "az aks update --resource-group {} --name {} --tier free",
                cluster.resource_group,
                cluster.name,
            ),
            *changed(cluster.id, {"sku": {"tier": "Free"}}),
        ),
        undo=(
            az(
                "As it was",
                "az aks update --resource-group {} --name {} --tier {}",
                cluster.resource_group,
                cluster.name,
                tier.lower(),
            ),
            *changed(cluster.id, {"sku": {"tier": tier}}),
        ),
    )
