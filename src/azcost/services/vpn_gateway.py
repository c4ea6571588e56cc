"""VPN gateways of virtual networks: hours by SKU, connections over the included ones, data.

Prices: https://azure.microsoft.com/pricing/details/vpn-gateway/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Gigabytes, Hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb, hours, plain

# What the price of a gateway includes, by the pricing page; Infracost bills over 128 clients too.
_INCLUDED_TUNNELS = 10
_INCLUDED_CLIENTS = 128

# The most tunnels of a gateway, zone-redundant or not; all others have 30:
# https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus
_MOST_TUNNELS = {"Basic": 10, "VpnGw4": 100, "VpnGw5": 100}
_MOST_TUNNELS_OF_OTHERS = 30

# The price list has no connections of these two. Those of all other SKUs have one price.
_CONNECTIONS_OF = {"VpnGw4AZ": "VpnGw4", "VpnGw5AZ": "VpnGw5"}

# Azure's billing zones, as https://github.com/elecnix/infra-cost-model read them on 2026-09-24:
# in the Retail Prices API the regions of a zone share one Bandwidth meter, in line with
# https://azure.microsoft.com/pricing/details/bandwidth/ (israelcentral, on which the two
# disagree, is left out). The price of a region without a known zone is not found.
_ZONES = {
    "Zone 1": (
        "canadacentral canadaeast centralus eastus eastus2 francecentral francesouth "
        "germanynorth germanywestcentral italynorth mexicocentral northcentralus northeurope "
        "norwayeast norwaywest polandcentral southcentralus spaincentral swedencentral "
        "swedensouth switzerlandnorth switzerlandwest uksouth ukwest westcentralus westeurope "
        "westus westus2 westus3"
    ),
    "Zone 2": (
        "australiacentral australiacentral2 australiaeast australiasoutheast centralindia "
        "eastasia japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth "
        "qatarcentral southeastasia southindia westindia"
    ),
    "Zone 3": "brazilsouth southafricanorth southafricawest uaecentral uaenorth",
    "US Gov Zone 1": "usgovarizona usgovtexas usgovvirginia",
}
_ZONE_OF = {region: zone for zone, regions in _ZONES.items() for region in regions.split()}


class VpnGateway(Resource, frozen=True, kw_only=True):
    """One or more VPN gateways that are alike, each with its own connections.

    Left out: gateways of Virtual WAN, the Advanced Connectivity Add-On, public addresses
    (`public_ip`) and data to sites and clients (`egress`).
    """

    kind: ClassVar[str] = "vpn_gateway"

    sku: Literal[
        "Basic",
        "VpnGw1",
        "VpnGw2",
        "VpnGw3",
        "VpnGw4",
        "VpnGw5",
        "VpnGw1AZ",
        "VpnGw2AZ",
        "VpnGw3AZ",
        "VpnGw4AZ",
        "VpnGw5AZ",
    ]
    """The SKU as Azure names it."""
    count: Count = Decimal(1)
    """How many gateways."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule."""
    site_to_site_tunnels: Count = Decimal(0)
    """Tunnels of each gateway to other sites; the first 10 are included."""
    point_to_site_connections: Count = Decimal(0)
    """Clients connected to each gateway at the same time; the first 128 are included."""
    vnet_to_vnet_gb: Gigabytes = Decimal(0)
    """Data that all gateways send to networks in other regions in a month."""

    def __post_init__(self) -> None:
        """Refuse more tunnels than a gateway has."""
        most = _MOST_TUNNELS.get(self.sku.removesuffix("AZ"), _MOST_TUNNELS_OF_OTHERS)
        if self.site_to_site_tunnels > most:
            raise ValueError(
                f"`site_to_site_tunnels`: a {self.sku} has at most {most}; use a larger SKU (up "
                "to 100), or more gateways (`count`)"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the gateways, the connections over the included ones, and the data."""
        gateway = "Basic Gateway" if self.sku == "Basic" else self.sku
        running = self.count * self.hours.monthly
        label = f"{plain(self.count)} x {self.sku} VPN gateway"
        yield Charge(label, hours(running), self._meter(self.sku, gateway))
        connections = _CONNECTIONS_OF.get(self.sku, self.sku)
        tunnels = self.site_to_site_tunnels - _INCLUDED_TUNNELS
        if tunnels > 0:
            meter = self._meter(connections, "S2S Connection")
            yield Charge("site-to-site tunnels over 10", hours(running * tunnels), meter)
        clients = self.point_to_site_connections - _INCLUDED_CLIENTS
        if clients > 0:
            meter = self._meter(connections, "P2S Connection")
            yield Charge("point-to-site connections over 128", hours(running * clients), meter)
        if self.vnet_to_vnet_gb:
            yield Charge("data to other networks", gb(self.vnet_to_vnet_gb), self._data())

    def _meter(self, sku: str, meter: str) -> Meter:
        service = "VPN Gateway"
        return Meter(service=service, product=service, region=self.region, sku=sku, meter=meter)

    def _data(self) -> Meter:
        return Meter(
            service="VPN Gateway",
            region=_ZONE_OF.get(self.region, self.region),
            product="VPN Gateway Bandwidth",
            meter="Inter-Virtual Network Data Transfer Out",
        )
