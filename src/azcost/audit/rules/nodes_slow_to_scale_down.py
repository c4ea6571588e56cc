"""Clusters of Azure ML whose nodes wait for long before they go."""

from datetime import timedelta
from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import COMPUTE, duration, machine_bill, ml, nodes_of
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
    percent,
    rule,
)
from azcost.audit.snapshot import Part

DAYS = 14
# https://learn.microsoft.com/azure/machine-learning/how-to-manage-optimize-cost
DEFAULT = timedelta(seconds=120)
# Longer ones are worth a question (findings catalogue, ml.cluster.idle_before_scaledown).
LONG = timedelta(minutes=30)
# Below this part of the node hours the rest of a cluster's bill matters more.
LEAST_SHARE = 0.05


@rule(
    COMPUTE,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=(
        "Microsoft.MachineLearningServices/workspaces: Active Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: Idle Nodes | ClusterName",
    ),
)
def nodes_slow_to_scale_down(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters of Azure ML whose nodes wait for more than half an hour after their jobs.

    Why it costs: A node is billed until it is released, and waits for further jobs for as
    long as the cluster says.

    Keep it when: Jobs follow one another at such distances, or nodes take very long to
    prepare: large images, data that is copied first.

    Not checked: How jobs arrive; more nodes will have to be started.
    """
    waits = duration(cluster.text("properties.scaleSettings.nodeIdleTimeBeforeScaleDown"))
    if not cluster.is_one_of("computeType", "AmlCompute"):
        return None
    if waits is None:
        return Unknown("Azure does not say how long its nodes wait")
    if waits <= LONG:
        return None
    least = cluster.number("properties.scaleSettings.minNodeCount") or 0
    nodes = nodes_of(cluster, facts, DAYS)
    share = nodes.scaled_share(least)
    if share < LEAST_SHARE:
        return None
    bill = machine_bill(cluster, facts)
    minutes = waits / timedelta(minutes=1)
    saved = Decimal(str(share)) * Decimal(str(1 - DEFAULT / waits))
    return Waste(
        title=f"Nodes of the cluster {cluster.name} wait {minutes:.0f} minutes before they go, "
        f"{percent(share)} of the node hours",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(saved, low=saved / 2),
        evidence=(
            Stated("nodeIdleTimeBeforeScaleDown", f"{minutes:.0f} minutes; the default is 2"),
            nodes.active.evidence("nodes"),
            nodes.idle.evidence("nodes"),
            *evidence_of(bill),
        ),
        not_checked=("The low end takes half of the waiting as still needed.",),
        steps=_set(cluster, "Let nodes go after two minutes", 120),
        undo=_set(cluster, "As it was", round(waits.total_seconds())),
    )


def _set(cluster: Resource, title: str, seconds: int) -> tuple[Step, ...]:
    scale = {"scaleSettings": {"nodeIdleTimeBeforeScaleDown": f"PT{seconds}S"}}
    return (
        ml(title, f"compute update {{}} --idle-time-before-scale-down {seconds}", cluster),
        *changed(cluster.id, {"properties": {"properties": scale}}),
    )
