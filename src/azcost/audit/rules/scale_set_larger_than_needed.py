"""Scale sets of a fixed size with more instances than the busiest hour needs."""

from decimal import Decimal

from azcost.audit import machines
from azcost.audit.autoscale import autoscale_of
from azcost.audit.changes import changed
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
    rule,
)

DAYS = 14
# One instance can fail, or be updated, while another one works.
LEAST = 2


@rule(SCALE_SET, category=Category.RIGHTSIZE, metrics=(CPU, MEMORY))
def scale_set_larger_than_needed(scale_set: Resource, facts: Facts) -> Verdict:
    """Scale sets of a fixed size with more instances than their busiest hour needs.

    Why it costs: Every instance is billed by the hour, whatever it has to do.

    Keep it when: Instances hold something that others do not have (shards, sessions), or
    the set is sized for the loss of a whole zone.

    Not checked: Peaks shorter than an hour, and limits other than CPU and memory.
    """
    count = int(scale_set.sku.capacity or 0)
    machine = machines.machine_of(scale_set, facts)
    if is_of_kubernetes(scale_set) or count <= LEAST or machine is None:
        return None
    if autoscale_of(scale_set, facts):
        return None
    built = machine.built_with(facts)
    if built is None or built.memory_gib is None:
        return Unknown(f"what {machine.size} is built with is not known")
    cpu = facts.metric(scale_set, CPU, of="average", days=DAYS)
    free = facts.metric(scale_set, MEMORY, days=DAYS)
    known = [
        needed
        for needed, c, m in zip(
            instances_needed(count, cpu, free, float(built.memory_gib), LEAST),
            cpu.steps,
            free.steps,
            strict=True,
        )
        if c == c and m == m  # an hour without a value says nothing
    ]
    needed = max(known)
    if needed >= count:
        return None
    bill = machines.compute(facts, scale_set)
    share = Decimal(count - needed) / count
    return Waste(
        title=f"The busiest hour of {scale_set.name} needs {needed} of its {count} instances",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("instances", f"{count} x {machine.size}"),
            cpu.evidence("%"),
            free.evidence("bytes"),
            *evidence_of(bill),
        ),
        steps=_set(scale_set, "Fewer instances", needed),
        undo=_set(scale_set, "As it was", count),
    )


def _set(scale_set: Resource, title: str, count: int) -> tuple[Step, ...]:
    return (
        az(title, "az vmss scale --ids {} --new-capacity {}", scale_set.id, count),
        *changed(scale_set.id, {"sku": {"capacity": count}}),
    )
