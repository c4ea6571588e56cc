"""Scale sets that have as many instances at night as at noon."""

from decimal import Decimal

from azcost.audit import machines
from azcost.audit.autoscale import autoscale_of
from azcost.audit.changes import made
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET
from azcost.audit.pools import CPU, MEMORY, instances_needed, is_of_kubernetes
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
    az,
    percent,
    rule,
)

DAYS = 28
LEAST = 1
# Scaling is work to set up and to test; for less it is not proposed (judgement).
MIN_SHARE = 0.20


@rule(SCALE_SET, category=Category.SCHEDULE, metrics=(CPU, MEMORY))
def scale_set_without_autoscale(scale_set: Resource, facts: Facts) -> Verdict:
    """Scale sets of a fixed size whose load comes and goes.

    Why it costs: Instances that the load needs at noon are billed at night as well.

    Keep it when: Instances take long to start, or hold something that others do not have.

    Not checked: How long an instance takes to start, and peaks shorter than an hour.
    """
    count = int(scale_set.sku.capacity or 0)
    machine = machines.machine_of(scale_set, facts)
    if is_of_kubernetes(scale_set) or count < 2 or machine is None:
        return None
    if autoscale_of(scale_set, facts):
        return None
    built = machine.built_with(facts)
    if built is None or built.memory_gib is None:
        return Unknown(f"what {machine.size} is built with is not known")
    cpu = facts.metric(scale_set, CPU, days=DAYS)
    free = facts.metric(scale_set, MEMORY, days=DAYS)
    hours = instances_needed(count, cpu, free, float(built.memory_gib), LEAST)
    share = 1 - sum(hours) / len(hours) / count
    if share < MIN_SHARE or max(hours) == min(hours):
        return None
    bill = machines.compute(facts, scale_set)
    return Waste(
        title=(
            f"The load of {scale_set.name} comes and goes, its {count} instances stay: "
            f"{percent(share)} of their hours are not needed"
        ),
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        # At least: it scales half as closely as the hours would allow.
        saving=bill.saving(Decimal(str(share)), low=Decimal(str(share)) / 2),
        evidence=(
            Stated("instances", f"{count} x {machine.size}"),
            Stated(
                "needed", f"{min(hours)} to {max(hours)}, {sum(hours) / len(hours):.1f} on average"
            ),
            cpu.evidence("%"),
            free.evidence("bytes"),
            *evidence_of(bill),
        ),
        steps=_follow_the_load(scale_set, max(min(hours), LEAST), count),
        undo=(
            az(
                "Fix the number again",
                "az monitor autoscale delete --resource-group {} --name {}\n"
                "az vmss scale --ids {} --new-capacity {}",
                scale_set.resource_group,
                f"{scale_set.name}-scale",
                scale_set.id,
                count,
            ),
        ),
    )


def _follow_the_load(scale_set: Resource, least: int, most: int) -> tuple[Step, ...]:
    name = f"{scale_set.name}-scale"
    return (
        az(
            "Let the number of instances follow the load",
            "az monitor autoscale create --resource-group {} --name {} --resource {} "
            "--min-count {} --max-count {} --count {}",
            scale_set.resource_group,
            name,
            scale_set.id,
            least,
            most,
            most,
        ),
        az(
            "Add an instance above 70 % CPU, and take one away below 30 %",
            "az monitor autoscale rule create --resource-group {} --autoscale-name {} "
            "--condition 'Percentage CPU > 70 avg 5m' --scale out 1\n"
            "az monitor autoscale rule create --resource-group {} --autoscale-name {} "
            "--condition 'Percentage CPU < 30 avg 10m' --scale in 1",
            *(scale_set.resource_group, name) * 2,
        ),
        *made(_settings_id(scale_set), _settings(scale_set, least, most), scale_set.location),
    )


def _settings_id(scale_set: Resource) -> str:
    group = scale_set.id.partition("/providers/")[0]
    return f"{group}/providers/Microsoft.Insights/autoscaleSettings/{scale_set.name}-scale"


def _settings(scale_set: Resource, least: int, most: int) -> dict[str, object]:
    capacity = {"minimum": str(least), "maximum": str(most), "default": str(most)}
    rules = (
        _rule(scale_set, "GreaterThan", 70, "PT5M", "Increase"),
        _rule(scale_set, "LessThan", 30, "PT10M", "Decrease"),
    )
    return {
        "properties": {
            "enabled": True,
            "targetResourceUri": scale_set.id,
            "profiles": [{"name": "load", "capacity": capacity, "rules": rules}],
        }
    }


def _rule(
    scale_set: Resource, operator: str, threshold: int, window: str, direction: str
) -> dict[str, object]:
    return {
        "metricTrigger": {
            "metricName": "Percentage CPU",
            "metricResourceUri": scale_set.id,
            "timeGrain": "PT1M",
            "statistic": "Average",
            "timeWindow": window,
            "timeAggregation": "Average",
            "operator": operator,
            "threshold": threshold,
        },
        "scaleAction": {
            "direction": direction,
            "type": "ChangeCount",
            "value": "1",
            "cooldown": "PT5M",
        },
    }
