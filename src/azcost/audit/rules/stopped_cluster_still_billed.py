"""Clusters that have been stopped for long, with what they leave billed."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.pools import CLUSTER
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
from azcost.audit.snapshot import Part

LONG_DAYS = 30
STOP = "microsoft.containerservice/managedclusters/stop/action"
# Azure keeps the activity log for so long, and a stopped cluster's state for a year.
# https://learn.microsoft.com/azure/aks/start-stop-cluster
LOG_DAYS = 90


@rule(CLUSTER, category=Category.KUBERNETES, needs=(Part.ACTIVITY,))
def stopped_cluster_still_billed(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters stopped for more than 30 days whose disks and addresses are billed.

    Why it costs: Stopping ends the nodes; volumes, load balancers and public addresses in
    the group of the nodes stay.

    Keep it when: It is started again, as before each release. Azure keeps the state of a
    stopped cluster for twelve months only.

    Not checked: What is on the volumes.
    """
    if not cluster.has("powerState.code"):
        return Unknown("Azure does not say whether the cluster runs")
    if not cluster.is_one_of("powerState.code", "Stopped"):
        return None
    stops = facts.events(cluster, STOP)
    days = (facts.today - stops[0].at.date()).days if stops else LOG_DAYS
    if days < LONG_DAYS:
        return None
    left = _left(cluster, facts)
    bill = facts.bill(cluster, *left)
    if bill.is_known and not bill.monthly.amount:
        return None
    since = f"{days} days" if stops else f"over {days} days"
    return Waste(
        title=f"The cluster {cluster.name} has been stopped for {since}, and is still billed",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("powerState", "Stopped"),
            Stated("stopped", str(stops[0].at.date()) if stops else "not in the log of 90 days"),
            Stated("left in its group of nodes", f"{len(left)} resources"),
            *evidence_of(bill),
        ),
        not_checked=("Whether its volumes are the only copy: keep snapshots before.",),
        steps=(
            az(
                "Delete the cluster; its group of nodes goes with it",
                "az aks delete --resource-group {} --name {} --yes",
                cluster.resource_group,
                cluster.name,
            ),
        ),
        undo=(
            az(
                "Instead: start it",
                "az aks start --resource-group {} --name {}",
                cluster.resource_group,
                cluster.name,
            ),
        ),
    )


def _left(cluster: Resource, facts: Facts) -> list[Resource]:
    subscription = facts.get(f"/subscriptions/{cluster.subscription}")
    group = (cluster.text("nodeResourceGroup") or "").lower()
    if subscription is None or not group:
        return []
    return [
        one for one in facts.in_subscription(subscription) if one.resource_group.lower() == group
    ]
