"""Application gateways without anything behind them."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

TARGETS = ("properties.backendIPConfigurations", "properties.backendAddresses")

# What names the pools of a gateway: scale sets and interfaces of machines.
MEMBERS = ("microsoft.compute/", "microsoft.network/networkinterfaces")


@rule("Microsoft.Network/applicationGateways", category=Category.ORPHAN)
def application_gateway_without_backend(gateway: Resource, facts: Facts) -> Verdict:
    """Application gateways without anything behind them.

    Why it costs: A gateway is billed by the hour and by the capacity that it keeps ready,
    whether its pools are empty or not.

    Keep it when: It only redirects, or a scale set of no machines at the moment has its pool
    (both are left alone), or its services are about to come back. A stopped gateway is not
    billed and is left alone.

    Not checked: Traffic: without a backend every request gets an error.
    """
    if gateway.is_one_of("operationalState", "Stopped") or gateway.has("redirectConfigurations"):
        return None
    pools = gateway.each("backendAddressPools")
    if any(pool.has(path) for pool in pools for path in TARGETS):
        return None
    if any(one.type.startswith(MEMBERS) for one in facts.named_by(gateway.id)):
        return None
    addresses = tuple(
        one
        for front in gateway.each("frontendIPConfigurations")
        if (one := facts.get(front.text("properties.publicIPAddress.id")))
    )
    return leftover(
        gateway,
        facts,
        title=f"The application gateway {gateway.name} has nothing behind it",
        evidence=(
            Stated("backend pools, all empty", str(len(pools))),
            Stated("sku", gateway.text("sku.name") or "not said"),
            *(Stated("public address", one.name) for one in addresses),
        ),
        also=addresses,
        again="Make it again; its public address is then another one",
    )
