"""Clusters of Azure ML whose nodes have more GPUs than their jobs use."""

from decimal import Decimal

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import (
    COMPUTE,
    first_cluster_again,
    machine_bill,
    nodes_of,
    second_cluster,
    size_of,
    while_active,
    workspace_of,
)
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    rule,
)
from azcost.audit.snapshot import Part
from azcost.money import Money
from azcost.pricing.catalogue import VmSize
from azcost.services.virtual_machine import VirtualMachine

DAYS = 28
# Findings catalogue, ml.cluster.gpu_underused; the mean of all GPUs of a node.
UNDERUSED = 30.0


@rule(
    COMPUTE,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=(
        "Microsoft.MachineLearningServices/workspaces: Active Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: Idle Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: GpuUtilization | ClusterName",
    ),
)
def unused_gpus_in_nodes(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters of Azure ML with several GPUs a node, of which jobs use less than a third.

    Why it costs: A node is billed for all its GPUs; code that was not written for several
    uses one.

    Keep it when: Jobs need the memory of all of them, or the node's other resources.

    Not checked: The memory of the GPUs that jobs fill; which of several kinds of jobs it
    was.
    """
    size = facts.catalogue.vm_size(size_of(cluster, facts))
    workspace = workspace_of(cluster, facts)
    if not cluster.is_one_of("computeType", "AmlCompute") or workspace is None:
        return None
    if size is None or size.gpus < 2:
        return None
    nodes = nodes_of(cluster, facts, DAYS)
    if nodes.active.maximum == 0:
        return None
    split = f"ClusterName={cluster.name}"
    all_hours = facts.metric_if_any(workspace, "GpuUtilization", days=DAYS, dimension=split)
    gpus = while_active(all_hours, nodes.active)
    if gpus.quantile(95) >= UNDERUSED:
        return None
    smaller = _smaller(size, cluster.location, facts)
    if smaller is None:
        return None
    target, ratio = smaller
    bill = machine_bill(cluster, facts)
    return Waste(
        title=f"Jobs on {cluster.name} use {gpus.quantile(95):.0f} % of {size.gpus} GPUs a node",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(1 - ratio, low=Decimal(0)),
        evidence=(
            Stated("size", f"{size.size}, {size.gpus} x {size.gpu_model}"),
            Stated("smaller size", f"{target.size}, {target.gpus} x {target.gpu_model}"),
            Stated("its price", f"{ratio:.0%}, by the price list"),
            gpus.evidence("%"),
            *evidence_of(bill),
        ),
        not_checked=("The low end: the jobs need the memory of all GPUs.",),
        steps=second_cluster(
            "Make a second cluster of the smaller size", cluster, "small", target.size
        ),
        undo=first_cluster_again(cluster, "small"),
    )


def _smaller(size: VmSize, region: str, facts: Facts) -> tuple[VmSize, Decimal] | None:
    """The size with at least a third of the GPUs, the same ones, that saves most."""
    rows = facts.catalogue.query(
        "SELECT size FROM vm_sizes WHERE gpu_model = ? AND gpus * 3 >= ? AND gpus < ?",
        (size.gpu_model, size.gpus, size.gpus),
    )
    price = _price(size, region, facts)
    if price is None:
        return None
    found = [
        (cost.amount / price.amount, known)
        for (name,) in rows
        if (known := facts.catalogue.vm_size(name)) and (cost := _price(known, region, facts))
    ]
    ratio, target = min(found, key=lambda one: one[0], default=(Decimal(1), size))
    return (target, ratio) if ratio < 1 else None


def _price(size: VmSize, region: str, facts: Facts) -> Money | None:
    return facts.list_price(VirtualMachine(name="node", region=region, size=size.size))
