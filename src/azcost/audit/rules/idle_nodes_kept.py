"""Clusters of Azure ML that keep nodes running which no job uses."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import COMPUTE, machine_bill, ml, nodes_of, size_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Verdict,
    Waste,
    percent,
    rule,
)
from azcost.audit.snapshot import Part

# Cleancloud's window for clusters whose least number of nodes is above none.
DAYS = 14
# Nodes that work half of the time save the wait for new ones often enough.
MOST_IDLE = 0.5


@rule(
    COMPUTE,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=(
        "Microsoft.MachineLearningServices/workspaces: Active Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: Idle Nodes | ClusterName",
    ),
)
def idle_nodes_kept(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters of Azure ML whose least number of nodes waits for jobs most of the time.

    Why it costs: A cluster never scales below its least number of nodes, and waiting nodes
    are billed like working ones.

    Keep it when: Jobs must start at once; from none, a node takes some minutes to come.

    Not checked: How urgent the jobs are.
    """
    least = cluster.number("properties.scaleSettings.minNodeCount") or 0
    if not cluster.is_one_of("computeType", "AmlCompute") or least <= 0:
        return None
    nodes = nodes_of(cluster, facts, DAYS)
    share = nodes.kept_share(least)
    if share < MOST_IDLE:
        return None
    bill = machine_bill(cluster, facts)
    kept = "a node" if least == 1 else f"{least:.0f} nodes"
    never = nodes.active.maximum == 0
    return Waste(
        title=f"The cluster {cluster.name} keeps {kept}: {percent(share)} of its node hours idle",
        action=Action.STOP,
        confidence=Confidence.HIGH if never else Confidence.MEDIUM,
        saving=bill.saving(Decimal(str(share))),
        evidence=(
            Stated("minNodeCount", f"{least:.0f} of {size_of(cluster, facts)}"),
            nodes.active.evidence("nodes"),
            nodes.idle.evidence("nodes"),
            *evidence_of(bill),
        ),
        steps=_set(cluster, "Let it scale down to none", 0),
        undo=_set(cluster, "As it was", round(least)),
    )


def _set(cluster: Resource, title: str, least: int) -> tuple[Step, ...]:
    scale = {"scaleSettings": {"minNodeCount": least}}
    return (
        ml(title, f"compute update {{}} --min-instances {least}", cluster),
        *changed(cluster.id, {"properties": {"properties": scale}}),
    )
