"""The network: how requests come in, and how people and offices do."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import Estate, daily, office
from ..parts import address, id_of

NETWORK = "network-prod"


def build(estate: Estate) -> None:
    """A hub with gateways, the serving network, and private endpoints."""
    _networks(estate)
    front = estate.add(
        "Microsoft.Network/applicationGateways",
        "models-gateway",
        "serving-prod",
        properties={
            "sku": {"name": "WAF_v2", "tier": "WAF_v2"},
            "autoscaleConfiguration": {"minCapacity": 1, "maxCapacity": 6},
            "backendAddressPools": [{"properties": {"backendAddresses": [{"fqdn": "aks"}]}}],
            "operationalState": "Running",
        },
    )
    estate.bill(
        front, "application_gateway", sku="WAF_v2", connections=400,
        throughput_mbps=4, tls_connections_per_second=8,
    )  # fmt: skip
    estate.measure(front, "TotalRequests", 60_000)
    estate.measure(front, "CapacityUnits", 3, low=1)
    estate.measure(front, "CurrentConnections", 400)
    address(estate, "models-ip", "serving-prod", of=f"{front.id}/frontendIPConfigurations/f")
    balancer = estate.add(
        "Microsoft.Network/loadBalancers",
        "models-internal",
        "serving-prod",
        sku={"name": "Standard"},
        properties={
            "backendAddressPools": [{"properties": {"backendIPConfigurations": [{"id": "x"}]}}],
            "loadBalancingRules": [{"name": "https"}],
        },
    )
    estate.bill(balancer, "load_balancer", data_processed_gb=300)
    estate.measure(balancer, "ByteCount", 400e6)
    estate.measure(balancer, "PacketCount", 400e3)
    estate.measure(balancer, "VipAvailability", 100, low=100, peaks=1.0)
    _gateways(estate)
    _private_endpoints(estate)


def _networks(estate: Estate) -> None:
    names = ("hub", "serving", "research")
    for number, name in enumerate(names):
        subnets = [{"name": "default", "properties": {"ipConfigurations": [{"id": "used"}]}}]
        estate.add(
            "Microsoft.Network/virtualNetworks",
            f"{name}-net",
            NETWORK,
            properties={
                "addressSpace": {"addressPrefixes": [f"10.{number}.0.0/16"]},
                "subnets": subnets,
            },
        )
        estate.add(
            "Microsoft.Network/networkSecurityGroups",
            f"{name}-nsg",
            NETWORK,
            properties={"subnets": [{"id": f"{name}/default"}], "securityRules": []},
        )


def _gateways(estate: Estate) -> None:
    gateway = _simple(
        estate, "virtualNetworkGateways", "office-vpn", {"sku": {"name": "VpnGw1AZ"},
        "gatewayType": "Vpn", "vpnType": "RouteBased"},
    )  # fmt: skip
    estate.bill(gateway, "vpn_gateway", sku="VpnGw1AZ", site_to_site_tunnels=2)
    estate.measure(gateway, "TunnelAverageBandwidth", 4e6, week=office)
    estate.measure(gateway, "AverageBandwidth", 4e6, low=2e3, week=office)
    estate.measure(gateway, "P2SConnectionCount", 12, week=office)
    connection = {
        "virtualNetworkGateway1": {"id": gateway.id},
        "connectionStatus": "Connected",
        "connectionType": "IPsec",
    }
    _simple(estate, "connections", "office-tunnel", connection)
    address(estate, "office-vpn-ip", NETWORK, of=f"{gateway.id}/ipConfigurations/default")
    bastion = estate.add(
        "Microsoft.Network/bastionHosts",
        "hub-bastion",
        NETWORK,
        sku={"name": "Basic"},
        properties={"provisioningState": "Succeeded"},
    )
    estate.bill_made_up(bastion, "Azure Bastion", "Basic Gateway", "4.00")
    estate.measure(bastion, "sessions", 3, week=office)
    estate.measure(bastion, "usage_user", 8, low=2, week=office)
    address(estate, "bastion-ip", NETWORK, of=f"{bastion.id}/ipConfigurations/default")
    research = id_of(NETWORK, "Microsoft.Network/virtualNetworks", "research-net")
    nat = estate.add(
        "Microsoft.Network/natGateways",
        "research-nat",
        NETWORK,
        sku={"name": "Standard"},
        properties={"subnets": [{"id": f"{research}/subnets/default"}]},
    )
    estate.bill_made_up(nat, "NAT Gateway", "Standard Gateway", "1.00")
    estate.bill_made_up(nat, "NAT Gateway", "Standard Data Processed", "2.00")
    estate.measure(nat, "ByteCount", 2e9, week=daily)
    estate.measure(nat, "PacketCount", 2e6, week=daily)
    estate.measure(nat, "DatapathAvailability", 100, low=100, peaks=1.0)
    address(estate, "nat-ip", NETWORK, natGateway={"id": nat.id})


def _simple(estate: Estate, type_: str, name: str, properties: dict[str, Any]) -> Resource:
    return estate.add(f"Microsoft.Network/{type_}", name, NETWORK, properties=properties)


def _private_endpoints(estate: Estate) -> None:
    for name in ("blob", "openai", "postgres"):
        interface = id_of(NETWORK, "Microsoft.Network/networkInterfaces", f"{name}-pe-nic")
        endpoint = estate.add(
            "Microsoft.Network/privateEndpoints",
            f"{name}-pe",
            NETWORK,
            properties={
                "networkInterfaces": [{"id": interface}],
                "privateLinkServiceConnections": [
                    {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
                ],
            },
        )
        estate.bill_made_up(endpoint, "Virtual Network", "Standard Private Endpoint", "0.25")
        estate.measure(endpoint, "PEBytesIn", 60e6)
        estate.add(
            "Microsoft.Network/networkInterfaces",
            f"{name}-pe-nic",
            NETWORK,
            properties={"privateEndpoint": {"id": endpoint.id}},
        )
