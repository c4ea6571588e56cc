"""Load balancers with rules and backends, and without traffic."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Step, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# https://learn.microsoft.com/azure/load-balancer/monitor-load-balancer-reference
TRAFFIC, WITNESS = ("ByteCount", "PacketCount"), "VipAvailability"
# Kubernetes makes and removes these by itself:
# https://learn.microsoft.com/azure/aks/load-balancer-standard
OF_KUBERNETES = ("kubernetes", "kubernetes-internal")
RULES = ("loadBalancingRules", "inboundNatRules", "outboundRules")


@rule(
    "Microsoft.Network/loadBalancers",
    category=Category.IDLE,
    metrics=(*TRAFFIC, WITNESS),
)
def idle_load_balancer(balancer: Resource, facts: Facts) -> Verdict:
    """Standard load balancers with rules and backends that no byte has passed for four weeks.

    Why it costs: A Standard load balancer is billed by the hour for its rules, with traffic
    or without.

    Keep it when: It is the way into a standby. Those of Kubernetes are left alone: the
    cluster makes and removes them with its services.

    Not checked: Its public addresses, which are billed apart and stay.
    """
    rules = sum(len(balancer.each(path)) for path in RULES)
    # Basic ones cost nothing, and Gateway ones have other meters; without rules, too.
    if balancer.sku.name.lower() != "standard" or not rules or not _has_backends(balancer):
        return None
    if balancer.name.lower() in OF_KUBERNETES:
        return None
    quiet = silence(facts, balancer, counts=TRAFFIC, witness=WITNESS)
    if quiet is None:
        return None
    bill = facts.bill(balancer)
    return Waste(
        title=f"No byte has passed the load balancer {balancer.name} for four weeks",
        action=Action.DELETE,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(Stated("rules", str(rules)), *quiet.evidence, *evidence_of(bill)),
        steps=(
            Step("Keep its template, to make it again", _export(balancer)),
            az("Delete it", "az network lb delete --ids {}", balancer.id),
        ),
        undo=(
            az(
                "Deploy the template that was kept",
                "az deployment group create --resource-group {} --template-file balancer.json",
                balancer.resource_group,
            ),
        ),
    )


def _has_backends(balancer: Resource) -> bool:
    pools = (pool.within("properties") for pool in balancer.each("backendAddressPools"))
    return any(
        pool.has("backendIPConfigurations") or pool.has("loadBalancerBackendAddresses")
        for pool in pools
    )


def _export(balancer: Resource) -> str:
    exported = az(
        "",
        "az group export --name {} --resource-ids {}",
        balancer.resource_group,
        balancer.id,
    )
    return f"{exported.code} > balancer.json"
