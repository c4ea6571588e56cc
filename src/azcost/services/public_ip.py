"""Public IPv4 addresses: hours by SKU, on their own or as a prefix. IPv6 addresses are free.

Prices: https://azure.microsoft.com/pricing/details/ip-addresses/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import hours, plain

# Per address of the prefix (pricing page), although Infracost bills a prefix as one address.
_PREFIX_METERS = {
    "Standard": "Standard Static IP Addresses",
    "Global": "Global Static Public IP",
}


class PublicIp(Resource, frozen=True, kw_only=True):
    """One or more public IPv4 addresses that are alike."""

    kind: ClassVar[str] = "public_ip"

    sku: Literal["Standard", "Basic"] = "Standard"
    """The SKU as Azure names it."""
    tier: Literal["Regional", "Global"] = "Regional"
    """Regional, or Global for load balancers across regions (Standard only)."""
    allocation: Literal["Static", "Dynamic"] = "Static"
    """Static addresses stay and cost, used or not; only Basic ones can be Dynamic."""
    prefix: bool = False
    """Whether they are a reserved range, billed for every address of it.

    Count the addresses: a /28 has 16, a /29 has 8, a /30 has 4, a /31 has 2.
    """
    count: Count = Decimal(1)
    """How many addresses."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule.

    A Dynamic address exists while the machine that it belongs to is allocated.
    """

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.sku == "Standard" and self.allocation == "Dynamic":
            raise ValueError(
                "`allocation`: a Standard address is Static; Dynamic needs `sku: Basic`"
            )
        if self.sku == "Basic" and (self.prefix or self.tier == "Global"):
            raise ValueError("`sku`: prefixes and Global addresses are Standard")
        # Two prefixes of a /30 are 8 addresses, but no prefixes together have an odd number:
        # https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-address-prefix
        if self.prefix and self.count != 1 and self.count % 2:
            raise ValueError("`count`: a prefix has 2, 4, 8 or 16 addresses; count them all")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours of the addresses."""
        sku = "Global" if self.tier == "Global" else self.sku
        what = "IP address of a prefix" if self.prefix else f"{self.allocation.lower()} IP address"
        meter = Meter(
            service="Virtual Network",
            region=self.region,
            product="Public IP Prefix" if self.prefix else "IP Addresses",
            sku=sku,
            meter=_PREFIX_METERS[sku] if self.prefix else f"{sku} IPv4 {self.allocation} Public IP",
        )
        running = hours(self.count * self.hours.monthly)
        yield Charge(f"{plain(self.count)} x {sku} {what}", running, meter)

    def notes(self) -> Iterator[str]:
        """Say that these addresses are no longer to be had, or that a prefix was not counted."""
        if self.prefix and self.count == 1:
            yield "one address of a prefix is in the bill: `count` all, 2 to 16 in each prefix"
        if self.sku == "Basic":
            yield "Azure retired Basic public IP addresses on 2025-09-30: price `sku: Standard`"
