"""App Service plans with more instances than their apps use."""

import math
from decimal import Decimal

from azcost.audit.aggregation import peaks
from azcost.audit.autoscale import autoscale_of
from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

DAYS = 14
# The busiest day's P99 may fill so much of the instances that stay (METHODS section 5;
# Advisor's own limit for machines that serve users is half of it, for others the same).
FULL_CPU, FULL_MEMORY = 70.0, 85.0
# One instance may fail; plans over several zones have three.
# https://learn.microsoft.com/azure/reliability/reliability-app-service
LEAST, LEAST_IN_ZONES = 2, 3
TIERS = ("basic", "standard", "premium", "isolated")


@rule(
    "Microsoft.Web/serverfarms",
    category=Category.RIGHTSIZE,
    metrics=("CpuPercentage", "MemoryPercentage"),
)
def app_service_instances_unused(plan: Resource, facts: Facts) -> Verdict:
    """App Service plans with more instances than the busiest day of two weeks used.

    Why it costs: Each instance of a plan is billed by the hour, and all of them run all
    apps.

    Keep it when: A campaign or a season is ahead, or the number follows a rule of yours
    outside of Azure's autoscaling.

    Not checked: Connections and ports for outgoing traffic, of which each instance has its
    own share, and whether a smaller size would do.
    """
    instances = int(plan.sku.capacity or 0)
    least = _least(plan, facts)
    if instances <= least or not plan.sku.tier.lower().startswith(TIERS):
        return None
    # Something else decides how many there are.
    if plan.flag("elasticScaleEnabled") or autoscale_of(plan, facts):
        return None
    cpu = peaks(facts, plan, "CpuPercentage", DAYS)
    memory = peaks(facts, plan, "MemoryPercentage", DAYS)
    needed = max(least, _needed(cpu, instances, FULL_CPU), _needed(memory, instances, FULL_MEMORY))
    if needed >= instances:
        return None
    bill = facts.bill(plan)
    return Waste(
        title=f"The plan {plan.name} has {instances} instances and uses {needed}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.HIGH,
        saving=bill.saving(1 - Decimal(needed) / instances),
        evidence=(
            Stated("sku", f"{instances} x {plan.sku.name}"),
            cpu.evidence("%"),
            memory.evidence("%"),
            *evidence_of(bill),
        ),
        steps=_set(plan, needed),
        undo=_set(plan, instances),
    )


def _least(plan: Resource, facts: Facts) -> int:
    if plan.flag("zoneRedundant"):
        return LEAST_IN_ZONES
    return 1 if is_for_development(plan, facts) else LEAST


def _needed(used: Window, instances: int, full: float) -> int:
    """Instances that carry what so many do now; the metric is their mean."""
    return math.ceil(round(used.highest_day(99) * instances / full, 6))


def _set(plan: Resource, instances: int) -> tuple[Step, ...]:
    step = az(
        f"Run {instances} instances",
        "az appservice plan update --name {} --resource-group {} --number-of-workers {}",
        plan.name,
        plan.resource_group,
        instances,
    )
    return (step, *changed(plan.id, {"sku": {"capacity": instances}}))
