"""Node pools of Kubernetes on which nothing runs."""

from azcost.audit import machines
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET
from azcost.audit.pools import (
    CPU,
    GIB,
    MEMORY,
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
# Below both, a node runs only what each node must run (InfraOptimizer: 10 % CPU, 15 % memory).
IDLE_CPU = 10.0
IDLE_MEMORY = 0.15


@rule(SCALE_SET, category=Category.KUBERNETES, metrics=(CPU, MEMORY))
def idle_node_pool(nodes: Resource, facts: Facts) -> Verdict:
    """User node pools whose nodes have neither CPU nor memory in use for two weeks.

    Why it costs: Nodes are billed by the hour, with pods on them or without.

    Keep it when: The pool waits for jobs that come less often; then let it scale to zero.

    Not checked: Which pods are on it, and GPUs, which Azure Monitor does not see.
    """
    if not is_of_kubernetes(nodes):
        return None
    pool = pool_of(nodes, facts)
    if pool is None:
        return Unknown("its cluster is not in the snapshot")
    # Zero nodes cost nothing.
    if not pool.is_user or not pool.count:
        return None
    built = pool.machine.built_with(facts)
    if built is None or built.memory_gib is None:
        return Unknown(f"what {pool.machine.size} is built with is not known")
    cpu = facts.metric(nodes, CPU, of="maximum", days=DAYS)
    free = facts.metric(nodes, MEMORY, days=DAYS)
    used = 1 - free.quantile(1) / (float(built.memory_gib) * GIB)
    if cpu.quantile(99) >= IDLE_CPU or used >= IDLE_MEMORY:
        return None
    bill = machines.compute(facts, nodes)
    many = "node runs" if pool.count == 1 else f"{pool.count} nodes run"
    return Waste(
        title=f"The {many} without work in the pool {pool.name} of {pool.cluster.name}",
        action=Action.STOP,
        confidence=Confidence.LOW if built.gpus else Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("pool", f"{pool.count} x {pool.machine.size}, mode User"),
            Stated("memory in use at most", percent(used)),
            cpu.evidence("%"),
            free.evidence("bytes"),
            *evidence_of(bill),
        ),
        steps=scaled("Let it scale to zero, and back when pods ask for it", pool, 0, pool.most),
        undo=scaled_back("As it was", pool),
    )
