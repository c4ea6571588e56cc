"""Deployments of Azure ML with more instances than their load needs."""

from decimal import Decimal
from math import ceil

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.machine_learning import DEPLOYMENT, machine_bill, ml, size_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Verdict,
    Waste,
    rule,
)
from azcost.audit.snapshot import Part

# METHODS section 5.2: the highest of the days' P99 over two weeks.
DAYS = 14
QUANTILE = 99
# What the remaining instances may be used to at that height: Azure's own autoscale examples
# for endpoints add an instance above so much.
# https://learn.microsoft.com/azure/machine-learning/how-to-autoscale-endpoints
MOST_USED = 70.0
# "For high availability, we recommend that you set the value to at least 3":
# https://learn.microsoft.com/azure/machine-learning/how-to-deploy-online-endpoints
LEAST_INSTANCES = 3
AUTOSCALE = "microsoft.insights/autoscalesettings"


@rule(
    DEPLOYMENT,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=("CpuUtilizationPercentage", "GpuUtilizationPercentage"),
)
def oversized_ml_deployment(deployment: Resource, facts: Facts) -> Verdict:
    """Managed deployments that would do their work with fewer instances, at three or more.

    Why it costs: Each instance is billed by the hour, whatever it does.

    Keep it when: A launch or a season is near, or answers have to be faster than one
    request at a time allows.

    Not checked: Latency, and peaks shorter than an hour's measurements show. Memory is
    left out: every instance holds the whole model, so that fewer instances need no more of
    it each.
    """
    count = int(deployment.sku.capacity or 1)
    managed = not deployment.is_one_of("endpointComputeType", "Kubernetes")
    if count <= LEAST_INSTANCES or not managed or _scales(deployment, facts):
        return None
    used = _used(deployment, facts)
    peak = max(one.highest_day(QUANTILE) for one in used)
    needed = max(ceil(count * peak / MOST_USED), LEAST_INSTANCES)
    if needed >= count:
        return None
    bill = machine_bill(deployment, facts)
    share = Decimal(count - needed) / count
    return Waste(
        title=f"The deployment {deployment.name} has {count} instances and needs {needed}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share, low=Decimal(1) / count),
        evidence=(
            Stated("instances", f"{count} x {size_of(deployment, facts)}"),
            Stated("busiest day", f"{peak:.0f} % (P{QUANTILE} of its hours' maxima)"),
            *(one.evidence("%") for one in used),
            *evidence_of(bill),
        ),
        not_checked=("The low end is one instance fewer.",),
        steps=_set(deployment, "Take the instances away", needed),
        undo=_set(deployment, "As it was", count),
    )


def _set(deployment: Resource, title: str, count: int) -> tuple[Step, ...]:
    return (
        ml(title, f"online-deployment update {{}} --set instance_count={count}", deployment),
        *changed(deployment.id, {"sku": {"capacity": count}}),
    )


def _scales(deployment: Resource, facts: Facts) -> bool:
    """Whether autoscale changes the instances by itself."""
    wanted = deployment.key
    return any(
        (one.text("targetResourceUri") or "").lower() == wanted for one in facts.by_type(AUTOSCALE)
    )


def _used(deployment: Resource, facts: Facts) -> list[Window]:
    """The processors that the load is on: also the GPUs, where the size has them."""
    size = facts.catalogue.vm_size(size_of(deployment, facts))
    names = ["CpuUtilizationPercentage"]
    if size is None or size.gpus:
        names.append("GpuUtilizationPercentage")
    return [facts.metric(deployment, name, of="maximum", days=DAYS) for name in names]
