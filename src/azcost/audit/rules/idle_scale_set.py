"""Scale sets whose instances run and do nothing."""

from azcost.audit import machines
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET
from azcost.audit.pools import CPU, is_of_kubernetes
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

DAYS = 14
# Advisor shuts down by the same two: P95 of the maximum CPU, and the network.
# https://learn.microsoft.com/azure/advisor/advisor-cost-recommendations
IDLE_CPU = 3.0
# What agents and updates of one machine move in a day (Flexera: 500 MiB), in bytes.
IDLE_BYTES_A_DAY = 500 * 1024**2
TRAFFIC = ("Network In Total", "Network Out Total")


@rule(SCALE_SET, category=Category.IDLE, metrics=(CPU, *TRAFFIC))
def idle_scale_set(scale_set: Resource, facts: Facts) -> Verdict:
    """Scale sets whose instances run and do nothing, by CPU and network over two weeks.

    Why it costs: Every instance is billed by the hour; the set itself is free.

    Keep it when: It waits for a failover, or works less often than every two weeks.

    Not checked: GPUs, which Azure Monitor does not see from outside, and what the processes
    do. Node pools of Kubernetes have a rule of their own.
    """
    count = int(scale_set.sku.capacity or 0)
    machine = machines.machine_of(scale_set, facts)
    if is_of_kubernetes(scale_set) or not count or machine is None:
        return None
    cpu = facts.metric(scale_set, CPU, of="maximum", days=DAYS)
    if cpu.quantile(95) >= IDLE_CPU:
        return None
    traffic = [facts.metric(scale_set, name, of="total", days=DAYS) for name in TRAFFIC]
    if sum(one.mean for one in traffic) * 24 >= IDLE_BYTES_A_DAY * count:
        return None
    built = machine.built_with(facts)
    has_gpus = built is None or built.gpus > 0
    bill = machines.compute(facts, scale_set)
    many = "instance runs and does" if count == 1 else f"{count} instances run and do"
    return Waste(
        title=f"The scale set {scale_set.name}: its {many} nothing",
        action=Action.STOP,
        confidence=Confidence.LOW if has_gpus else Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("instances", f"{count} x {machine.size}"),
            cpu.evidence("%"),
            *(one.evidence("bytes an hour") for one in traffic),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Take its instances away; the model of the set stays",
                "az vmss scale --ids {} --new-capacity 0",
                scale_set.id,
            ),
        ),
        undo=(az("As it was", "az vmss scale --ids {} --new-capacity {}", scale_set.id, count),),
    )
