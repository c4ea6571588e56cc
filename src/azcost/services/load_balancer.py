"""Load balancers: a base rate for the first five rules, each further rule, and data processed.

Prices: https://azure.microsoft.com/pricing/details/load-balancer/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Gigabytes, Hours
from azcost.meters.worldwide import listed_in
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import Quantity, gb, hours, plain

# What the meter "Included LB Rules and Outbound Rules" covers, says the pricing page.
_INCLUDED_RULES = 5


class LoadBalancer(Resource, frozen=True, kw_only=True):
    """One or more Azure load balancers that are alike.

    Left out: their public addresses (`public_ip`) and data sent out of Azure (`egress`).
    """

    kind: ClassVar[str] = "load_balancer"

    sku: Literal["Basic", "Standard", "Gateway"] = "Standard"
    """The SKU as Azure names it; Basic is free, Gateway chains network appliances."""
    tier: Literal["Regional", "Global"] = "Regional"
    """Whether it balances within a region or, as Global, across regions (Standard only)."""
    count: Count = Decimal(1)
    """How many of them."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule."""
    rules: Count = Decimal(1)
    """Load-balancing and outbound rules of each; the first five cost one base rate.

    Inbound NAT rules are free and do not count. Gateway bills none.
    """
    chains: Count = Decimal(0)
    """Front ends and network interfaces chained to each one of SKU Gateway."""
    data_processed_gb: Gigabytes = Decimal(0)
    """Data that all of them process in a month, in and out."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.tier == "Global" and self.sku != "Standard":
            raise ValueError("`tier`: only a Standard load balancer can be Global")
        if self.chains and self.sku != "Gateway":
            raise ValueError("`chains` are billed on `sku: Gateway`; leave them out")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield what runs by the hour, then the data."""
        if self.sku == "Basic":
            return
        label = f"{plain(self.count)} x {self._sku} load balancer"
        if self.sku == "Gateway":
            yield Charge(label, self._hours(Decimal(1)), self._meter("Gateway"))
            if self.chains:
                yield Charge("chains", self._hours(self.chains), self._meter("Gateway Chain"))
        elif self.rules:  # without any it costs nothing by the hour (pricing page)
            included = self._meter(f"{self._sku} Included LB Rules and Outbound Rules")
            yield Charge(label, self._hours(Decimal(1)), included)
            further = self.rules - _INCLUDED_RULES
            if further > 0:
                overage = self._meter(f"{self._sku} Overage LB Rules and Outbound Rules")
                yield Charge("rules over five", self._hours(further), overage)
        if self.data_processed_gb:
            data = self._meter(f"{self._sku} Data Processed")
            yield Charge("data processed", gb(self.data_processed_gb), data)

    def notes(self) -> Iterator[str]:
        """Say that a free load balancer is no longer to be had."""
        if self.sku == "Basic":
            yield "Azure retired Basic load balancers on 2025-09-30: price `sku: Standard`"

    @property
    def _sku(self) -> str:
        """The word of the price rows: "Global" is a tier of resources but a SKU of prices."""
        return "Global" if self.tier == "Global" else self.sku

    def _hours(self, each: Decimal) -> Quantity:
        return hours(each * self.count * self.hours.monthly)

    def _meter(self, meter: str) -> Meter:
        region = listed_in(self.region)
        service = "Load Balancer"
        return Meter(service=service, product=service, region=region, sku=self._sku, meter=meter)
