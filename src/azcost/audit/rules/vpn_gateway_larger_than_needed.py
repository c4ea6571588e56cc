"""VPN gateways of a SKU that carries more than they ever do."""

from decimal import Decimal
from typing import Any

import msgspec

from azcost.audit.aggregation import peaks
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource, key_of
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.audit.silence import DAYS, counted
from azcost.services.vpn_gateway import VpnGateway

BANDWIDTH, CLIENTS = "AverageBandwidth", "P2SConnectionCount"


class Limits(msgspec.Struct, frozen=True):
    """What a SKU carries: Mbit/s of all tunnels, tunnels, clients at a time."""

    mbps: int
    tunnels: int
    clients: int


# "Gateway SKUs by tunnel, connection, and throughput", smallest first:
# https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus
SKUS = {
    "VpnGw1": Limits(650, 30, 250),
    "VpnGw2": Limits(1_000, 30, 500),
    "VpnGw3": Limits(1_250, 30, 1_000),
    "VpnGw4": Limits(5_000, 100, 5_000),
    "VpnGw5": Limits(10_000, 100, 10_000),
}
# A gateway can be resized within its generation only (the same page).
GENERATIONS = {
    "generation1": ("VpnGw1", "VpnGw2", "VpnGw3"),
    "generation2": ("VpnGw2", "VpnGw3", "VpnGw4", "VpnGw5"),
}
# The busiest hour of four weeks, of which Azure keeps the average, may fill so much of the
# smaller one: half, so that minutes may be twice as busy.
FULL = 0.5


@rule(
    "Microsoft.Network/virtualNetworkGateways",
    category=Category.RIGHTSIZE,
    metrics=(BANDWIDTH, CLIENTS),
)
def vpn_gateway_larger_than_needed(gateway: Resource, facts: Facts) -> Verdict:
    """VPN gateways of a SKU that carries more than they ever did in four weeks.

    Why it costs: The price of a gateway follows its SKU, and not what it carries.

    Keep it when: It has to take over for another gateway, or more sites are to come.

    Not checked: BGP routes and packets a second, and the throughput of a single tunnel,
    which is lower than that of the gateway.
    """
    sku = gateway.text("sku.name") or ""
    zonal = "AZ" if sku.endswith("AZ") else ""
    own = sku.removesuffix("AZ")
    generation = (gateway.text("vpnGatewayGeneration") or "").lower()
    if not gateway.is_one_of("gatewayType", "Vpn") or own not in SKUS or own == "VpnGw1":
        return None
    if generation not in GENERATIONS:
        return Unknown("Azure does not say of which generation the gateway is")
    bandwidth = peaks(facts, gateway, BANDWIDTH, DAYS)
    clients = counted(facts, gateway, CLIENTS, witness=BANDWIDTH)
    smaller = GENERATIONS[generation][: GENERATIONS[generation].index(own)]
    tunnels = _tunnels(gateway, facts)
    fits = (one for one in smaller if _carries(SKUS[one], bandwidth, clients, tunnels))
    target = next(fits, None)
    if target is None:
        return None
    bill = facts.bill(gateway).only(meter=sku)
    prices = [_price(facts, gateway, one) for one in (f"{target}{zonal}", sku)]
    if prices[0] is None or prices[1] is None:
        return Unknown(f"no price of a {target}{zonal} in {gateway.location} is recorded")
    return Waste(
        title=f"The VPN gateway {gateway.name} would fit into a {target}{zonal}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.HIGH,
        saving=bill.saving(1 - prices[0] / prices[1]),
        evidence=(
            Stated("sku.name", sku),
            Stated("tunnels", str(tunnels)),
            bandwidth.evidence("bytes/s"),
            clients.evidence("clients"),
            *evidence_of(bill),
        ),
        steps=_resize(gateway, f"{target}{zonal}"),
        undo=_resize(gateway, sku),
    )


def _carries(limits: Limits, bandwidth: Window, clients: Window, tunnels: int) -> bool:
    return (
        bandwidth.maximum * 8 / 1e6 <= FULL * limits.mbps
        and clients.maximum <= FULL * limits.clients
        and tunnels <= limits.tunnels
    )


def _tunnels(gateway: Resource, facts: Facts) -> int:
    connections = facts.by_type("Microsoft.Network/connections")
    return sum(
        key_of(one.text(end) or "") == gateway.key
        for one in connections
        for end in ("virtualNetworkGateway1.id", "virtualNetworkGateway2.id")
    )


def _price(facts: Facts, gateway: Resource, sku: Any) -> Decimal | None:
    price = facts.list_price(VpnGateway(name="gateway", region=gateway.location, sku=sku))
    return price.amount if price else None


def _resize(gateway: Resource, sku: str) -> tuple[Step, ...]:
    step = az(
        f"Make it a {sku}; connections drop for some minutes",
        "az network vnet-gateway update --ids {} --sku {}",
        gateway.id,
        sku,
    )
    return (step, *changed(gateway.id, {"properties": {"sku": {"name": sku, "tier": sku}}}))
