"""Gateways of virtual networks that nobody is connected by."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

CONNECTION = "Microsoft.Network/connections"


@rule("Microsoft.Network/virtualNetworkGateways", category=Category.ORPHAN)
def gateway_without_connections(gateway: Resource, facts: Facts) -> Verdict:
    """VPN and ExpressRoute gateways without a connection and without clients.

    Why it costs: A gateway is billed by the hour for its size, connected or not, and takes
    half an hour or more to make again.

    Keep it when: A connection is about to be made. Gateways that people dial in to
    (point-to-site) have no connection and are left alone.

    Not checked: Traffic: without a connection there is none.
    """
    facts.need_all_of(CONNECTION)
    if gateway.has("vpnClientConfiguration"):
        return None
    if any(one.type == CONNECTION.lower() for one in facts.named_by(gateway.id)):
        return None
    addresses = tuple(
        one
        for part in gateway.each("ipConfigurations")
        if (one := facts.get(part.text("properties.publicIPAddress.id")))
    )
    return leftover(
        gateway,
        facts,
        title=f"Nobody is connected by the gateway {gateway.name}",
        evidence=(
            Stated("connections that name it", "none"),
            Stated("vpnClientConfiguration", "none"),
            Stated("sku", gateway.text("sku.name") or "not said"),
            *(Stated("public address", one.name) for one in addresses),
        ),
        also=addresses,
        again="Make it again; its address is then another one",
    )
