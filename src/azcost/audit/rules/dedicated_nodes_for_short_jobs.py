"""Clusters of Azure ML that run short jobs on nodes nobody may take away."""

from decimal import Decimal

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import (
    COMPUTE,
    first_cluster_again,
    machine_bill,
    nodes_of,
    second_cluster,
    size_of,
)
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    rule,
)
from azcost.audit.snapshot import Part
from azcost.fields import Hours
from azcost.services.ml_compute_cluster import MlComputeCluster

DAYS = 28
# Jobs as short as this lose little when they start again (findings catalogue,
# ml.cluster.dedicated_to_lowpri).
SHORT_HOURS = 4
HOUR = Hours(Decimal(1), "1")


@rule(
    COMPUTE,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=(
        "Microsoft.MachineLearningServices/workspaces: Active Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: Idle Nodes | ClusterName",
    ),
)
def dedicated_nodes_for_short_jobs(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters of Azure ML with dedicated nodes whose jobs take less than four hours.

    Why it costs: Low-priority nodes cost a fraction of dedicated ones; they may be taken
    away, and the job starts again. Azure ML does that by itself.

    Keep it when: A result is needed at a certain time, or the region has no spare nodes of
    the size.

    Not checked: Whether jobs can be started again, what quota of low-priority cores there
    is, and how often nodes of this size are taken away.
    """
    settings = cluster.within("properties")
    is_kept = (settings.number("scaleSettings.minNodeCount") or 0) > 0
    if not cluster.is_one_of("computeType", "AmlCompute") or is_kept:
        return None
    if not settings.is_one_of("vmPriority", "Dedicated"):
        return None
    nodes = nodes_of(cluster, facts, DAYS)
    longest = nodes.longest_hours
    if not 0 < longest <= SHORT_HOURS:
        return None
    ratio = _ratio(cluster, facts)
    if ratio is None:
        return Unknown(f"no price of low-priority {size_of(cluster, facts)} in {cluster.location}")
    bill = machine_bill(cluster, facts)
    return Waste(
        title=f"The cluster {cluster.name} works for at most {longest} hours at a time "
        "on dedicated nodes",
        action=Action.TIER,
        confidence=Confidence.LOW,
        saving=bill.saving(1 - ratio, low=Decimal(0)),
        evidence=(
            Stated("vmPriority", "Dedicated"),
            Stated("low-priority price", f"{ratio:.0%} of the dedicated one, by the price list"),
            nodes.active.evidence("nodes"),
            *evidence_of(bill),
        ),
        not_checked=("The low end is a cluster whose jobs cannot be started again.",),
        steps=second_cluster(
            "Make a second cluster for jobs that can start again, and send them there",
            cluster,
            "low",
            size_of(cluster, facts),
            "low_priority",
        ),
        undo=first_cluster_again(cluster, "low"),
    )


def _ratio(cluster: Resource, facts: Facts) -> Decimal | None:
    """What a low-priority node costs, as a part of a dedicated one."""
    prices = [
        facts.list_price(
            MlComputeCluster(
                name="node",
                region=cluster.location,
                size=size_of(cluster, facts),
                hours=HOUR,
                vm_priority=priority,
            )
        )
        for priority in ("LowPriority", "Dedicated")
    ]
    low, dedicated = prices
    if low is None or dedicated is None or not dedicated.amount:
        return None
    return low.amount / dedicated.amount
