"""Node pools of a fixed size whose load comes and goes."""

from decimal import Decimal

from azcost.audit import machines
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET
from azcost.audit.pools import (
    CPU,
    MEMORY,
    instances_needed,
    is_of_kubernetes,
    pool_of,
    scaled,
    scaled_back,
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
    percent,
    rule,
)

DAYS = 14
# For less than a fifth of its hours it is not worth a change (judgement).
MIN_SHARE = 0.20


@rule(SCALE_SET, category=Category.KUBERNETES, metrics=(CPU, MEMORY))
def pool_without_autoscaler(nodes: Resource, facts: Facts) -> Verdict:
    """User node pools of a fixed number of nodes, with hours that need fewer of them.

    Why it costs: Nodes that pods need at noon are billed at night as well; the autoscaler
    takes away those that are empty, and costs nothing.

    Keep it when: Pods cannot be moved (local data, no replicas), or new nodes take too long.

    Not checked: The requests of the pods, by which the autoscaler decides: where they ask
    for more than they use, fewer nodes go. At the low end half of the hours stay.
    """
    if not is_of_kubernetes(nodes):
        return None
    pool = pool_of(nodes, facts)
    if pool is None:
        return Unknown("its cluster is not in the snapshot")
    if not pool.is_user or pool.scales or pool.count < 2:
        return None
    built = pool.machine.built_with(facts)
    if built is None or built.memory_gib is None:
        return Unknown(f"what {pool.machine.size} is built with is not known")
    cpu = facts.metric(nodes, CPU, days=DAYS)
    free = facts.metric(nodes, MEMORY, days=DAYS)
    hours = instances_needed(pool.count, cpu, free, float(built.memory_gib))
    share = 1 - sum(hours) / len(hours) / pool.count
    if share < MIN_SHARE:
        return None
    bill = machines.compute(facts, nodes)
    exact = Decimal(str(share))
    return Waste(
        title=f"{percent(share)} of the node hours of the pool {pool.name} of "
        f"{pool.cluster.name} are not needed, and it has no autoscaler",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(exact, low=exact / 2),
        evidence=(
            Stated("pool", f"{pool.count} x {pool.machine.size}, enableAutoScaling false"),
            Stated("needed", f"{min(hours)} to {max(hours)} nodes"),
            cpu.evidence("%"),
            free.evidence("bytes"),
            *evidence_of(bill),
        ),
        steps=scaled("Let the number of nodes follow the pods", pool, min(hours), pool.count),
        undo=scaled_back("Fix the number again", pool),
    )
