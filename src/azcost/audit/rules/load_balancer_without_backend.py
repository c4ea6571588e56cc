"""Load balancers that have nothing to balance."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

# What names the pools of a load balancer: scale sets and interfaces of machines.
MEMBERS = ("microsoft.compute/", "microsoft.network/networkinterfaces")


@rule("Microsoft.Network/loadBalancers", category=Category.ORPHAN)
def load_balancer_without_backend(balancer: Resource, facts: Facts) -> Verdict:
    """Load balancers that have nothing to send their traffic to.

    Why it costs: A Standard load balancer is billed by the hour for its rules, and its public
    addresses too, whether its pools are empty or not.

    Keep it when: A scale set of no machines at the moment, or a stopped cluster, has its pool
    (both are left alone). Basic ones cost nothing and are left alone as well.

    Not checked: Whether the machines behind it are to be made again.
    """
    if balancer.sku.name.lower() == "basic" or _has_targets(balancer):
        return None
    if any(one.type.startswith(MEMBERS) for one in facts.named_by(balancer.id)):
        return None
    addresses = tuple(
        one
        for front in balancer.each("frontendIPConfigurations")
        if (one := facts.get(front.text("properties.publicIPAddress.id")))
    )
    pools = balancer.each("backendAddressPools")
    return leftover(
        balancer,
        facts,
        title=f"The load balancer {balancer.name} has nothing behind it",
        evidence=(
            Stated("backend pools, all empty", str(len(pools))),
            Stated("rules", str(len(balancer.each("loadBalancingRules")))),
            *(Stated("public address", one.name) for one in addresses),
        ),
        also=addresses,
        again="Make it again; a public address is then another one",
    )


def _has_targets(balancer: Resource) -> bool:
    """Whether a pool has members, by interface or by address, or a NAT rule a machine."""
    members = (
        pool.has("properties.backendIPConfigurations")
        or any(
            one.has("properties.ipAddress")
            for one in pool.each("properties.loadBalancerBackendAddresses")
        )
        for pool in balancer.each("backendAddressPools")
    )
    rules = balancer.each("inboundNatRules")
    return any(members) or any(one.has("properties.backendIPConfiguration") for one in rules)
