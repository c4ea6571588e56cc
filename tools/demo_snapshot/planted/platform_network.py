"""Gateways, firewalls and addresses of networks that nobody uses any more."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import COST_DAYS, Estate, office, steady
from ..parts import address, id_of, vm

LAB = "gpu-lab"
NETWORK = "Microsoft.Network"


def plant_front_of_old_api(estate: Estate) -> None:
    """The gateway of last year's API, and one that was sized for its launch."""
    old = _gateway(estate, "api-v1-gateway", minimum=2, requests=0, units=20)
    estate.plant("idle_application_gateway", old)
    launch = _gateway(estate, "launch-gateway", minimum=8, requests=3_000, units=9)
    estate.plant("application_gateway_reserve_unused", launch)


def _gateway(estate: Estate, name: str, *, minimum: int, requests: int, units: int) -> Resource:
    made = estate.add(
        f"{NETWORK}/applicationGateways",
        name,
        LAB,
        properties={
            "sku": {"name": "Standard_v2", "tier": "Standard_v2"},
            "autoscaleConfiguration": {"minCapacity": minimum, "maxCapacity": 10},
            "backendAddressPools": [{"properties": {"backendAddresses": [{"fqdn": "api"}]}}],
            "operationalState": "Running",
        },
    )
    estate.bill(made, "application_gateway", sku="Standard_v2", min_instances=minimum)
    estate.measure(made, "TotalRequests", requests)
    estate.measure(made, "CurrentConnections", requests / 100)
    estate.measure(made, "CapacityUnits", units, week=steady)
    return made


def plant_landing_zone(estate: Estate) -> None:
    """A landing zone that was tried out: firewall, Bastion, NAT, load balancer."""
    firewall = estate.add(
        f"{NETWORK}/azureFirewalls",
        "landing-firewall",
        LAB,
        properties={
            "sku": {"name": "AZFW_VNet", "tier": "Standard"},
            "ipConfigurations": [{"name": "config"}],
        },
    )
    estate.bill_made_up(firewall, "Azure Firewall", "Standard Deployment", "30.00")
    estate.measure(firewall, "DataProcessed", 0)
    estate.measure(firewall, "FirewallHealth", 100, low=100, peaks=1.0)
    estate.plant("idle_firewall", firewall)
    bastion = estate.add(
        f"{NETWORK}/bastionHosts", "landing-bastion", LAB, sku={"name": "Standard"}, properties={}
    )
    estate.bill_made_up(bastion, "Azure Bastion", "Standard Gateway", "7.00")
    estate.measure(bastion, "sessions", 0)
    estate.measure(bastion, "usage_user", 3, week=steady)
    estate.plant("idle_bastion", bastion)
    network = id_of(LAB, f"{NETWORK}/virtualNetworks", "landing")
    nat = estate.add(
        f"{NETWORK}/natGateways",
        "landing-nat",
        LAB,
        sku={"name": "Standard"},
        properties={"subnets": [{"id": f"{network}/subnets/default"}]},
    )
    estate.bill_made_up(nat, "NAT Gateway", "Standard Gateway", "1.00")
    estate.measure(nat, "ByteCount", 0)
    estate.measure(nat, "PacketCount", 0)
    estate.measure(nat, "DatapathAvailability", 100, low=100, peaks=1.0)
    estate.plant("idle_nat_gateway", nat)
    balancer = estate.add(
        f"{NETWORK}/loadBalancers",
        "landing-lb",
        LAB,
        sku={"name": "Standard"},
        properties={
            "backendAddressPools": [{"properties": {"backendIPConfigurations": [{"id": "x"}]}}],
            "loadBalancingRules": [{"name": "https"}],
        },
    )
    estate.bill(balancer, "load_balancer")
    estate.measure(balancer, "ByteCount", 0)
    estate.measure(balancer, "PacketCount", 0)
    estate.measure(balancer, "VipAvailability", 100, low=100, peaks=1.0)
    estate.plant("idle_load_balancer", balancer)


def plant_lines_to_offices(estate: Estate) -> None:
    """The tunnel to an office that closed, a large gateway, and a line nobody laid."""
    closed = _vpn(estate, "munich-vpn", "VpnGw1AZ", "Generation1", 200)
    estate.plant("idle_virtual_network_gateway", closed)
    large = _vpn(estate, "lisbon-vpn", "VpnGw2AZ", "Generation1", 2_000_000)
    estate.plant("vpn_gateway_larger_than_needed", large)
    line = estate.add(
        f"{NETWORK}/expressRouteCircuits",
        "datacentre-line",
        LAB,
        sku={"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"},
        properties={
            "circuitProvisioningState": "Enabled",
            "serviceProviderProvisioningState": "NotProvisioned",
            "serviceProviderProperties": {
                "serviceProviderName": "Equinix",
                "peeringLocation": "Amsterdam",
                "bandwidthInMbps": 200,
            },
        },
    )
    estate.bill_made_up(line, "ExpressRoute", "Standard Metered Data 200 Mbps Circuit", "4.80")
    estate.event(line, f"{NETWORK}/expressRouteCircuits/write", 75)
    estate.plant("unprovisioned_expressroute_circuit", line)
    silent = estate.add(
        f"{NETWORK}/expressRouteCircuits",
        "archive-line",
        LAB,
        sku={"name": "Standard_MeteredData", "tier": "Standard", "family": "MeteredData"},
        properties={
            "circuitProvisioningState": "Enabled",
            "serviceProviderProvisioningState": "Provisioned",
        },
    )
    estate.bill_made_up(silent, "ExpressRoute", "Standard Metered Data 50 Mbps Circuit", "1.80")
    estate.measure(silent, "BitsInPerSecond", 900, week=steady)
    estate.measure(silent, "BitsOutPerSecond", 700, week=steady)
    estate.plant("idle_expressroute_circuit", silent)


def _vpn(estate: Estate, name: str, sku: str, generation: str, bytes_a_second: int) -> Resource:
    made = estate.add(
        f"{NETWORK}/virtualNetworkGateways",
        name,
        LAB,
        properties={
            "sku": {"name": sku},
            "gatewayType": "Vpn",
            "vpnType": "RouteBased",
            "vpnGatewayGeneration": generation,
        },
    )
    estate.bill(made, "vpn_gateway", sku=sku)
    estate.measure(made, "AverageBandwidth", bytes_a_second, week=office)
    estate.add(
        f"{NETWORK}/connections",
        f"{name}-tunnel",
        LAB,
        properties={
            "virtualNetworkGateway1": {"id": made.id},
            "connectionType": "IPsec",
            "connectionStatus": "Connected",
        },
    )
    return made


def plant_second_endpoint(estate: Estate) -> None:
    """Two teams, one network, two endpoints to the same vault."""
    network = id_of("network-prod", f"{NETWORK}/virtualNetworks", "research-net")
    vault = id_of("tools-prod", "Microsoft.KeyVault/vaults", "nv-research-kv")
    for name in ("research-kv-pe", "vision-kv-pe"):
        made = estate.add(
            f"{NETWORK}/privateEndpoints",
            name,
            LAB,
            properties={
                "subnet": {"id": f"{network}/subnets/default"},
                "privateLinkServiceConnections": [
                    {
                        "properties": {
                            "privateLinkServiceId": vault,
                            "groupIds": ["vault"],
                            "privateLinkServiceConnectionState": {"status": "Approved"},
                        }
                    }
                ],
            },
        )
        estate.bill_made_up(made, "Virtual Network", "Standard Private Endpoint", "0.25")
        estate.measure(made, "PEBytesIn", 60e6)
    estate.plant("duplicate_private_endpoint", made)


def plant_address_of_machine_that_is_off(estate: Estate) -> None:
    """A machine that was deallocated two weeks too early to be remembered."""
    off = vm(
        estate, "annotation-web", LAB, "Standard_D2s_v5", state="deallocated", until=COST_DAYS,
        os_sku="StandardSSD_LRS",
    )  # fmt: skip
    estate.event(off, "Microsoft.Compute/virtualMachines/deallocate/action", 40)
    interface = id_of(LAB, f"{NETWORK}/networkInterfaces", "annotation-web-nic")
    kept = address(estate, "annotation-web-ip", LAB, of=f"{interface}/ipConfigurations/default")
    estate.plant("public_ip_of_deallocated_vm", kept)
    estate.plant("deallocated_vm_disks", off)
