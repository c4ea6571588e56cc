"""VPN and ExpressRoute gateways with connections that carry nothing."""

from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource, key_of
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import DAYS, counted

VPN, CLIENTS = "AverageBandwidth", "P2SConnectionCount"
EXPRESS_ROUTE = "ExpressRouteGatewayBitsPerSecond"
# Of the SKU ErGwScale, which has metrics of its own.
SCALABLE = f"Scalable{EXPRESS_ROUTE}"
# Judged: keep-alives and BGP stay well below this many bytes a second.
KEEP_ALIVE = 1_000
BITS = 8


@rule(
    "Microsoft.Network/virtualNetworkGateways",
    category=Category.IDLE,
    metrics=(VPN, CLIENTS, EXPRESS_ROUTE, SCALABLE),
)
def idle_virtual_network_gateway(gateway: Resource, facts: Facts) -> Verdict:
    """VPN and ExpressRoute gateways whose connections have carried nothing for four weeks.

    Why it costs: A gateway is billed by the hour of its SKU, connected or not, and takes
    most of an hour to make, so that nobody deletes one lightly.

    Keep it when: It is the second way to the same office, kept for when the first fails.

    Not checked: Routes and name servers on the other side that point to it. A gateway
    without any connection is another finding.
    """
    # Of a gateway without connections and clients nothing can be heard.
    clients = gateway.has("vpnClientConfiguration")
    connections = _connections(gateway, facts)
    if not connections and not clients:
        return None
    is_vpn = gateway.is_one_of("gatewayType", "Vpn")
    scales = gateway.is_one_of("sku.name", "ErGwScale")
    name = VPN if is_vpn else SCALABLE if scales else EXPRESS_ROUTE
    least = KEEP_ALIVE if is_vpn else KEEP_ALIVE * BITS
    traffic = facts.metric(gateway, name, days=DAYS)
    if traffic.quantile(99) > least:
        return None
    windows: tuple[Window, ...] = (traffic,)
    if is_vpn and clients:
        connected = counted(facts, gateway, CLIENTS, witness=VPN)
        if connected.maximum > 0:
            return None
        windows = (traffic, connected)
    bill = facts.bill(gateway)
    return Waste(
        title=f"The gateway {gateway.name} has carried nothing for four weeks",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM if len(connections) > 1 else Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("gatewayType", gateway.text("gatewayType") or "unknown"),
            Stated("sku.name", gateway.text("sku.name") or "unknown"),
            Stated("connections", str(len(connections))),
            *(one.evidence() for one in windows),
            *evidence_of(bill),
        ),
        steps=(
            *(
                az("Delete the connection", "az network vpn-connection delete --ids {}", one.id)
                for one in connections
            ),
            az("Delete the gateway", "az network vnet-gateway delete --ids {}", gateway.id),
        ),
        undo=(
            az("Make it again (30 to 45 minutes), then its connections",
               "az network vnet-gateway create --name {} --resource-group {} --vnet VNET "
               "--public-ip-addresses ADDRESS --gateway-type {} --sku {}",
               gateway.name, gateway.resource_group,
               gateway.text("gatewayType") or "Vpn", gateway.text("sku.name") or "VpnGw1AZ"),
        ),
    )  # fmt: skip


def _connections(gateway: Resource, facts: Facts) -> tuple[Resource, ...]:
    """The connections that end at a gateway."""
    return tuple(
        one
        for one in facts.by_type("Microsoft.Network/connections")
        for end in ("virtualNetworkGateway1.id", "virtualNetworkGateway2.id")
        if key_of(one.text(end) or "") == gateway.key
    )
