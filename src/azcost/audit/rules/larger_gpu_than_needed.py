"""Clusters of Azure ML whose jobs would fit on a smaller kind of GPU."""

from decimal import Decimal

from azcost.audit.facts import Facts, Window, evidence_of
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
# Gigabytes of memory of the smallest and the largest kind, and trillions of operations a second
# of its tensor cores at 16 bits without sparsity: NVIDIA's data sheets of the PCIe cards, as
# https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf
GPUS = {
    "T4": (16, 16, 65),
    "V100": (16, 32, 112),
    "A100": (40, 80, 312),
    "H100": (80, 94, 756),
}
# What the smaller GPU may be filled and used to at most.
MOST = 0.8


@rule(
    COMPUTE,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=(
        "Microsoft.MachineLearningServices/workspaces: Active Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: Idle Nodes | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: GpuUtilization | ClusterName",
        "Microsoft.MachineLearningServices/workspaces: GpuMemoryUtilization | ClusterName",
    ),
)
def larger_gpu_than_needed(cluster: Resource, facts: Facts) -> Verdict:
    """Clusters of Azure ML whose jobs fill and use so little that a smaller GPU would do.

    Why it costs: An A100 costs three times what a T4 does. A model that fits into 16 GB and
    leaves the GPU waiting most of the time trains as fast on the smaller one.

    Keep it when: The jobs need formats or links that the smaller GPU lacks (bfloat16,
    NVLink), or a larger model is next.

    Not checked: Memory bandwidth, formats, and the machine around the GPU. Frameworks that
    take all memory at once hide how little they need.
    """
    size = facts.catalogue.vm_size(size_of(cluster, facts))
    workspace = workspace_of(cluster, facts)
    if not cluster.is_one_of("computeType", "AmlCompute") or workspace is None:
        return None
    if size is None or size.gpu_model not in GPUS:
        return None
    nodes = nodes_of(cluster, facts, DAYS)
    if nodes.active.maximum == 0:
        return None
    split = f"ClusterName={cluster.name}"
    used, filled = (
        while_active(
            facts.metric_if_any(workspace, name, of="maximum", days=DAYS, dimension=split),
            nodes.active,
        )
        for name in ("GpuUtilization", "GpuMemoryUtilization")
    )
    smaller = _smaller(size, cluster.location, facts, used, filled)
    if smaller is None:
        return None
    target, ratio = smaller
    bill = machine_bill(cluster, facts)
    return Waste(
        title=f"Jobs on {cluster.name} would fit on {target.gpu_model} instead of {size.gpu_model}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.LOW,
        saving=bill.saving(1 - ratio, low=Decimal(0)),
        evidence=(
            Stated("size", f"{size.size}, {size.gpus} x {size.gpu_model}"),
            Stated("smaller size", f"{target.size}, {target.gpus} x {target.gpu_model}"),
            Stated("its price", f"{ratio:.0%}, by the price list"),
            used.evidence("%"),
            filled.evidence("% of memory"),
            *evidence_of(bill),
        ),
        not_checked=("The low end: the jobs do not run on it, or for so much longer.",),
        steps=second_cluster(
            "Make a second cluster of that size and send a job there", cluster, "small", target.size
        ),
        undo=first_cluster_again(cluster, "small"),
    )


def _smaller(
    size: VmSize, region: str, facts: Facts, used: Window, filled: Window
) -> tuple[VmSize, Decimal] | None:
    """The cheapest size with as many GPUs of a kind that memory and work fit on.

    It has at least half of the processors, which feed the GPUs.
    """
    # Which memory a size has is not known: what is used is a share of the most that it may be,
    # and what a smaller one offers the least.
    _, memory, speed = GPUS[size.gpu_model]
    needed = filled.maximum / 100 * memory / MOST
    work = used.quantile(95) / 100 * speed / MOST
    fitting = [
        model
        for model, (least, _, offered) in GPUS.items()
        if model != size.gpu_model and least >= needed and offered >= work
    ]
    price = _price(size.size, region, facts)
    if price is None:
        return None
    found = [
        (cost.amount / price.amount, name)
        for model in fitting
        for (name,) in facts.catalogue.query(
            "SELECT size FROM vm_sizes WHERE gpu_model = ? AND gpus = ? AND vcpus * 2 >= ?",
            (model, size.gpus, size.vcpus),
        )
        if (cost := _price(name, region, facts))
    ]
    ratio, name = min(found, default=(Decimal(1), ""))
    target = facts.catalogue.vm_size(name)
    return (target, ratio) if target and ratio < 1 else None


def _price(size: str, region: str, facts: Facts) -> Money | None:
    return facts.list_price(VirtualMachine(name="node", region=region, size=size))
