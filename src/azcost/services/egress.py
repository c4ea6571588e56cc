"""Data that leaves a region: to the Internet, or to another Azure region.

Prices: https://azure.microsoft.com/pricing/details/bandwidth/

Data into Azure is free, and so is data between the availability zones of a region
(https://learn.microsoft.com/azure/reliability/availability-zones-overview), although the
price list still has a meter for it.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import Gigabytes
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb

# No row carries it, the Azure Pricing Calculator grants it: its export of 2026-06-24 has
# 200 GB from East US to East Asia at (200 - 5) x 0.05. (The 100 GB to the Internet that are
# free each month are the first tier of the rows.)
_FREE_GB_BETWEEN_REGIONS = 5


class Egress(Resource, frozen=True, kw_only=True):
    """Data from one region to one kind of place in a month.

    Peered networks (`vnet_peering`) and gateways between networks bill their data
    themselves.
    """

    kind: ClassVar[str] = "egress"

    to: Literal["Internet", "same continent", "other continent"] = "Internet"
    """Where it goes: the Internet, or an Azure region of the same or another continent.

    To other continents only the price from North America and Europe can be looked up.
    """
    gb: Gigabytes
    """Gigabytes in a month.

    Entries to the Internet share its free gigabytes and volume tiers. Put all traffic from
    a region to other regions into one entry: each gets the free gigabytes for itself.
    """
    routing_preference: Literal["MicrosoftRouting", "InternetRouting"] = "MicrosoftRouting"
    """To the Internet: over Microsoft's network, as by default, or over those of ISPs."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.to != "Internet" and self.routing_preference == "InternetRouting":
            raise ValueError(
                "`routing_preference`: data between Azure regions stays on Microsoft's "
                "network; leave it out, or say `to: Internet`"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the data that is not free by rule; what is free by tier, the price knows."""
        free = 0 if self.to == "Internet" else _FREE_GB_BETWEEN_REGIONS
        if self.gb > free:
            yield Charge(f"data to {self.to}", gb(self.gb - free), self._meter(), pooled=True)

    def _meter(self) -> Meter:
        product, sku, meter = self._words()
        return Meter(service="Bandwidth", region=self.region, product=product, sku=sku, meter=meter)

    def _words(self) -> tuple[str, str, str]:
        """Product, SKU and meter of the price list."""
        microsoft = "Rtn Preference: MGN"
        if self.to == "same continent":
            return microsoft, "Standard", "Standard Inter-Region Data Transfer"
        if self.to == "other continent":  # as bills name it
            meter = "Inter Continent Data Transfer Out - NAM or EU To Any"
            return "Bandwidth Inter-Region", "Inter-Region", meter
        isps = "Bandwidth - Routing Preference: Internet"
        product = isps if self.routing_preference == "InternetRouting" else microsoft
        return product, "Standard", "Standard Data Transfer Out"
