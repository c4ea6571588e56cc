"""What projects leave behind: things that nothing uses any more."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import RESEARCH, Estate
from ..parts import address, ago, id_of

OLD = "demo-2025"
NETWORK = "Microsoft.Network"
READY = {"provisioningState": "Succeeded"}


def plant_old_network(estate: Estate) -> None:
    """The network of last year's demo, when its machines were gone."""
    for rule, kind, name, properties in (
        ("empty_virtual_network", "virtualNetworks", "demo-spare-net", {"subnets": []}),
        ("unused_network_security_group", "networkSecurityGroups", "demo-nsg", {"subnets": []}),
        ("unused_route_table", "routeTables", "demo-routes", {"routes": [{"name": "default"}]}),
        ("unused_ip_group", "ipGroups", "demo-offices", {"firewalls": [], "firewallPolicies": []}),
    ):
        estate.plant(rule, _left(estate, kind, name, **properties))
    subnets = [{"name": "web", "properties": {"addressPrefix": "10.9.1.0/24", "delegations": []}}]
    network = _left(estate, "virtualNetworks", "demo-net", subnets=subnets)
    estate.plant("empty_subnets", network)
    nic = _left(
        estate, "networkInterfaces", "demo-vm-nic",
        hostedWorkloads=[], ipConfigurations=[{"properties": {"privateIPAddress": "10.9.1.4"}}],
    )  # fmt: skip
    estate.plant("unattached_network_interface", nic)
    machines = estate.add(
        "Microsoft.Compute/availabilitySets", "demo-set", OLD, properties={"virtualMachines": []}
    )
    estate.plant("empty_availability_set", machines)


def plant_addresses(estate: Estate) -> None:
    """Addresses of machines and gateways that are gone."""
    for name in ("demo-vm-ip", "demo-vm-2-ip"):
        estate.plant("unassociated_public_ip", address(estate, name, OLD))
    out = address(
        estate, "demo-nat-ip", OLD,
        natGateway={"id": id_of(OLD, f"{NETWORK}/natGateways", "demo-nat")},
    )  # fmt: skip
    nat = _left(
        estate, "natGateways", "demo-nat", sku={"name": "Standard"},
        publicIpAddresses=[{"id": out.id}],
    )  # fmt: skip
    estate.bill_made_up(nat, "NAT Gateway", "Standard Gateway", "1.10")
    estate.plant("nat_gateway_without_subnet", nat)


def plant_ways_in(estate: Estate) -> None:
    """What led to the demo from outside, with nothing behind it."""
    pools = [{"name": "pool", "properties": {"backendAddresses": []}}]
    balancer = _left(
        estate, "loadBalancers", "demo-lb", sku={"name": "Standard"}, backendAddressPools=pools,
        loadBalancingRules=[{"name": "https"}],
    )  # fmt: skip
    estate.bill(balancer, "load_balancer")
    estate.plant("load_balancer_without_backend", balancer)
    front = _left(
        estate, "applicationGateways", "demo-gateway", backendAddressPools=pools,
        operationalState="Running",
    )  # fmt: skip
    estate.bill(front, "application_gateway", sku="Standard_v2", min_instances=1)
    front.properties["sku"] = {"name": "Standard_v2", "tier": "Standard_v2"}
    estate.plant("application_gateway_without_backend", front)
    gateway = _left(estate, "virtualNetworkGateways", "demo-vpn", gatewayType="Vpn")
    gateway.properties["sku"] = {"name": "VpnGw1AZ", "tier": "VpnGw1AZ"}
    estate.bill(gateway, "vpn_gateway", sku="VpnGw1AZ")
    estate.plant("gateway_without_connections", gateway)
    profile = _left(estate, "trafficManagerProfiles", "demo-dns", endpoints=[])
    estate.plant("traffic_manager_without_endpoints", profile)
    policy = _left(
        estate, "frontDoorWebApplicationFirewallPolicies", "demowaf",
        sku={"name": "Classic_AzureFrontDoor"}, frontendEndpointLinks=[], securityPolicyLinks=[],
    )  # fmt: skip
    estate.bill_made_up(policy, "Azure Front Door Service", "Policy", "0.16")
    estate.plant("unlinked_front_door_waf_policy", policy)


def plant_private_links(estate: Estate) -> None:
    """An endpoint to a store that was deleted, and the zone of a network that was."""
    state = {"privateLinkServiceConnectionState": {"status": "Disconnected"}}
    endpoint = _left(
        estate, "privateEndpoints", "demo-blob-pe",
        privateLinkServiceConnections=[{"properties": state}],
    )  # fmt: skip
    estate.bill_made_up(endpoint, "Virtual Network", "Standard Private Endpoint", "0.25")
    estate.plant("disconnected_private_endpoint", endpoint)
    zone = _left(
        estate, "privateDnsZones", "demo.internal", numberOfVirtualNetworkLinks=0,
        numberOfRecordSets=1,
    )  # fmt: skip
    estate.bill_made_up(zone, "Azure DNS", "Private Zone", "0.02")
    estate.plant("unlinked_private_dns_zone", zone)


def plant_web(estate: Estate) -> None:
    """The plan of a deleted web app, an empty pool of SQL, a connection and a certificate."""
    plan = estate.add(
        "Microsoft.Web/serverfarms", "demo-plan", OLD,
        sku={"name": "P1v3", "tier": "PremiumV3", "capacity": 1},
        properties={"numberOfSites": 0},
    )  # fmt: skip
    estate.bill_made_up(plan, "Azure App Service", "P1 v3 App", "3.90")
    estate.plant("plan_without_apps", plan)
    pool = estate.add(
        "Microsoft.Sql/servers/elasticPools", "demo-sql/tenants", OLD,
        sku={"name": "StandardPool", "tier": "Standard", "capacity": 50},
        properties={"state": "Ready"},
    )  # fmt: skip
    estate.bill_made_up(pool, "SQL Database", "eDTUs", "3.60")
    estate.plant("elastic_pool_without_databases", pool)
    connection = estate.add(
        "Microsoft.Web/connections", "office365", OLD,
        properties={"api": {"displayName": "Office 365 Outlook"}},
    )  # fmt: skip
    estate.plant("unused_api_connection", connection)
    certificate = estate.add(
        "Microsoft.Web/certificates", "demo-novavision-example", OLD,
        properties={"expirationDate": ago(140), "subjectName": "demo.novavision.example"},
    )  # fmt: skip
    estate.plant("expired_certificate", certificate)


def plant_empty_group(estate: Estate) -> None:
    """The group of a proof of concept from which everything was deleted."""
    group = estate.raw(
        id=f"{RESEARCH}/resourceGroups/poc-vision",
        type="Microsoft.Resources/subscriptions/resourceGroups",
        location="westeurope",
        properties=READY,
    )
    estate.plant("empty_resource_group", group)


def _left(
    estate: Estate, kind: str, name: str, sku: dict[str, str] | None = None, **properties: Any
) -> Resource:
    fields = {"sku": sku} if sku else {}
    return estate.add(f"{NETWORK}/{kind}", name, OLD, properties={**READY, **properties}, **fields)
