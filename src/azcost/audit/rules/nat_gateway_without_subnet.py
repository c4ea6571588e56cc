"""NAT gateways without a subnet."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

ADDRESSES = ("publicIpAddresses", "publicIpPrefixes")


@rule("Microsoft.Network/natGateways", category=Category.ORPHAN)
def nat_gateway_without_subnet(gateway: Resource, facts: Facts) -> Verdict:
    """NAT gateways without a subnet.

    Why it costs: The gateway and its public addresses are billed by the hour, though nothing
    can send anything through them.

    Keep it when: Others have its addresses in their firewalls and a subnet is to use it again.

    Not checked: Who knows its addresses outside of Azure.
    """
    # StandardV2 may serve a whole network: Microsoft.Network, NatGatewayPropertiesFormat.
    if gateway.has("subnets") or gateway.has("sourceVirtualNetwork"):
        return None
    addresses = tuple(
        one
        for path in ADDRESSES
        for part in gateway.each(path)
        if (one := facts.get(part.text("id")))
    )
    return leftover(
        gateway,
        facts,
        title=f"The NAT gateway {gateway.name} serves no subnet",
        evidence=(
            Stated("subnets", "none"),
            *(Stated("public address", one.name) for one in addresses),
        ),
        also=addresses,
        again="Make it again; its addresses are then others",
    )
