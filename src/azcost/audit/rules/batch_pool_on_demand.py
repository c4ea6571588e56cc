"""Node pools for work that may be interrupted, bought at the full price."""

from azcost.audit import machines
from azcost.audit.changes import made
from azcost.audit.environments import may_be_interrupted
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET
from azcost.audit.pools import WHICH, Pool, is_of_kubernetes, pool_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
)
from azcost.audit.spot import WORST_SHARE_DONE_AGAIN, spot_share
from azcost.pricing.rows import Purchase


@rule(SCALE_SET, category=Category.KUBERNETES)
def batch_pool_on_demand(nodes: Resource, facts: Facts) -> Verdict:
    """User node pools whose labels or tags say that the work may be interrupted, not on spot.

    Why it costs: Spot nodes are the same machines at a fraction of the price; Kubernetes
    starts the pods of a node that is taken back on another one.

    Keep it when: The work keeps no checkpoints, or must be done by a time.

    Not checked: How often Azure takes this size back in this region, and quota for spot.
    Pools whose labels do not say what they are for.
    """
    if not is_of_kubernetes(nodes):
        return None
    pool = pool_of(nodes, facts)
    if pool is None:
        return Unknown("its cluster is not in the snapshot")
    label = _label(pool)
    if not pool.is_user or pool.is_spot or not pool.count or label is None:
        return None
    share = spot_share(pool.machine, facts)
    if share is None:
        return Unknown(f"no spot price of {pool.machine.size} in {nodes.location} is recorded")
    if share.expected <= 0:
        return None
    bill = machines.compute(facts, nodes)
    return Waste(
        title=f"The pool {pool.name} of {pool.cluster.name} may be interrupted ({label}), "
        "and is not on spot",
        action=Action.COMMIT,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share.expected, low=share.low),
        evidence=(
            Stated("pool", f"{pool.count} x {pool.machine.size}, scaleSetPriority Regular"),
            Stated("list price a month, each", str(pool.machine.list_price(facts))),
            Stated("on spot", str(pool.machine.list_price(facts, purchase=Purchase.SPOT))),
            *evidence_of(bill),
        ),
        not_checked=(f"The low end has {percent(WORST_SHARE_DONE_AGAIN)} of the work done again.",),
        steps=_beside_it(pool),
        undo=(
            az(
                "Take the pool on spot away",
                f"az aks nodepool delete {WHICH}",
                *pool.path[:2],
                f"{pool.name[:11]}s",
            ),
        ),
        one_off=OneOff(None, "tolerations for the pods: nodes on spot carry a taint"),
    )


def _label(pool: Pool) -> str | None:
    """What says that it may be interrupted: labels and taints of the nodes, or tags."""
    for path in ("nodeLabels", "tags"):
        fields = pool.profile.within(path).fields
        stated = {name: str(value) for name, value in fields.items()}
        if found := may_be_interrupted(stated):
            return found
    taints = (text.partition(":")[0].partition("=") for text in pool.profile.texts("nodeTaints"))
    return may_be_interrupted({name: value for name, _, value in taints})


def _beside_it(pool: Pool) -> tuple[Step, ...]:
    return (
        az(
            "Make a pool on spot beside it",
            "az aks nodepool add --resource-group {} --cluster-name {} --name {} "
            "--node-vm-size {} --priority Spot --eviction-policy Delete --spot-max-price -1 "
            "--enable-cluster-autoscaler --min-count 0 --max-count {}",
            pool.cluster.resource_group,
            pool.cluster.name,
            f"{pool.name[:11]}s",  # names have at most 12 characters
            pool.machine.size,
            pool.count,
        ),
        *made(
            f"{pool.cluster.id}/agentPools/{pool.name[:11]}s",
            {
                "properties": {
                    "mode": "User",
                    "vmSize": pool.machine.size,
                    "scaleSetPriority": "Spot",
                    "scaleSetEvictionPolicy": "Delete",
                    "spotMaxPrice": -1,
                    "enableAutoScaling": True,
                    "minCount": 0,
                    "maxCount": pool.count,
                }
            },
        ),
        az(
            "When the pods tolerate it, take the old one away",
            f"az aks nodepool delete {WHICH}",
            *pool.path,
        ),
    )
