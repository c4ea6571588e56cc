"""Application gateways: v2 by the hour and by capacity units, v1 by instance and data.

Prices: https://azure.microsoft.com/pricing/details/application-gateway/
How they are billed: https://learn.microsoft.com/azure/application-gateway/understanding-pricing
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb, hours, plain

# What one capacity unit carries, and what an instance reserves (understanding-pricing,
# "Capacity Unit", "Compute unit guidance", "Instance Count").
_MBPS = Decimal("2.22")
_CONNECTIONS = 2500
_TLS_CONNECTIONS_PER_SECOND = 50
_UNITS_PER_INSTANCE = 10

_V2 = {
    "Standard_v2": "Application Gateway Standard v2",
    "WAF_v2": "Application Gateway WAF v2",
    "Basic": "Application Gateway Basic v2",
}
_V1 = {"Standard": "Basic Application Gateway", "WAF": "WAF Application Gateway"}


class ApplicationGateway(Resource, frozen=True, kw_only=True):
    """One or more application gateways that are alike.

    The public address of a v2 gateway is in its price. Left out: data sent out of Azure
    (`egress`), and the lower WAF_v2 rates under a DDoS protection plan.
    """

    kind: ClassVar[str] = "application_gateway"

    sku: Literal[
        "Standard_v2",
        "WAF_v2",
        "Basic",
        "Standard_Small",
        "Standard_Medium",
        "Standard_Large",
        "WAF_Medium",
        "WAF_Large",
    ]
    """The SKU as Azure names it; those with a size are v1."""
    count: Count = Decimal(1)
    """How many: gateways of v2, instances of v1 (which bills each instance)."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule."""
    # "Instances per gateway", https://learn.microsoft.com/azure/azure-resource-manager/
    # management/azure-subscription-service-limits#azure-application-gateway-limits
    min_instances: Annotated[Decimal, Meta(ge=0, le=125)] = Decimal(0)
    """v2: instances that each gateway keeps ready; each reserves 10 capacity units.

    They are its instances with manual scaling, and its minimum with autoscaling.
    """
    capacity_units: Amount = Decimal(0)
    """v2: capacity units that each gateway uses, on average over `hours`.

    An hour with any traffic is billed one at least. If some hours need less than what is
    reserved and others more, give them entries of their own: the average hides what is
    used beyond the reserve.
    """
    throughput_mbps: Amount = Decimal(0)
    """v2: average throughput of each gateway; a capacity unit carries 2.22 Mbps."""
    connections: Amount = Decimal(0)
    """v2: persistent connections of each gateway; a capacity unit carries 2,500."""
    tls_connections_per_second: Amount = Decimal(0)
    """v2: new TLS connections per second of each gateway; a capacity unit carries 50."""
    data_processed_gb: Gigabytes = Decimal(0)
    """v1: data through all instances in a month, requests and responses."""

    def __post_init__(self) -> None:
        """Refuse what the SKU is not billed for."""
        load = self.throughput_mbps or self.connections or self.tls_connections_per_second
        if self.sku in _V2 and self.data_processed_gb:
            raise ValueError("`data_processed_gb` is billed on v1: v2 bills `capacity_units`")
        if self.sku not in _V2 and (self.min_instances or self.capacity_units or load):
            raise ValueError(
                f"{self.sku} is v1: it bills `count` instances and `data_processed_gb`"
            )
        if self.sku == "Basic" and (self.min_instances or load):
            raise ValueError(
                "what a capacity unit of Basic carries is not known to azcost: "
                "give `capacity_units`"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours, then the capacity or the data."""
        running = self.count * self.hours.monthly
        label = f"{plain(self.count)} x {self.sku} application gateway"
        if self.sku in _V2:
            words = "Basic" if self.sku == "Basic" else "Standard"
            product = _V2[self.sku]
            fixed = self._meter(product, words, "Fixed Cost")
            yield Charge(label, hours(running), fixed)
            if units := self._capacity_units():
                meter = self._meter(product, words, "Capacity Units")
                yield Charge("capacity units", hours(running * units), meter)
            return
        tier, size = self.sku.split("_")
        yield Charge(label, hours(running), self._meter(_V1[tier], size, "Gateway"))
        if self.data_processed_gb:
            # Listed under Standard only; the article's tables have one price for WAF too.
            meter = self._meter(_V1["Standard"], size, "Data Processed")
            yield Charge("data processed", gb(self.data_processed_gb), meter)

    def notes(self) -> Iterator[str]:
        """Say that v1 is no longer to be had, and that an idle v2 is not the usual one."""
        if self.sku not in _V2:
            yield "Azure retired application gateways v1 on 2026-04-28: price a v2 SKU"
        elif not self._capacity_units():
            yield "no capacity units are in the bill: give `capacity_units`, or the load"

    def _capacity_units(self) -> Decimal:
        """What is billed of each gateway: the reserve, or the scarcest of what it carries.

        A load that one unit can carry is billed as one (understanding-pricing, example 3).
        """
        load = max(
            self.throughput_mbps / _MBPS,
            self.connections / _CONNECTIONS,
            self.tls_connections_per_second / _TLS_CONNECTIONS_PER_SECOND,
        )
        carried = max(load, Decimal(1)) if load else load
        return max(self.min_instances * _UNITS_PER_INSTANCE, self.capacity_units, carried)

    def _meter(self, product: str, sku: str, words: str) -> Meter:
        return Meter(
            service="Application Gateway",
            region=self.region,
            product=product,
            sku=sku,
            meter=f"{sku} {words}",
        )
