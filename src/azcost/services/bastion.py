"""Azure Bastion: hours of the host and of its further scale units, and outbound data.

Prices: https://azure.microsoft.com/pricing/details/azure-bastion/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Gigabytes, Hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb, hours, plain


class Bastion(Resource, frozen=True, kw_only=True):
    """One or more Bastion hosts that are alike; they are billed from deployment, used or not.

    Left out: their public addresses (`public_ip`).
    """

    kind: ClassVar[str] = "bastion"

    sku: Literal["Developer", "Basic", "Standard", "Premium"] = "Basic"
    """The SKU as Azure names it; Developer is free, its data too."""
    count: Count = Decimal(1)
    """How many hosts: one serves all networks that are peered with its own."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule."""
    extra_scale_units: Annotated[Decimal, Meta(ge=0, le=48)] = Decimal(0)
    """Scale units of each host beyond the two that it comes with (Standard, Premium).

    A host has at most 50: https://learn.microsoft.com/azure/bastion/bastion-overview.
    """
    outbound_gb: Gigabytes = Decimal(0)
    """Data from all hosts to their users in a month."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.extra_scale_units and self.sku in ("Developer", "Basic"):
            raise ValueError(
                f"`extra_scale_units`: {self.sku} does not scale; use Standard or Premium"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hosts, their further scale units, and the data."""
        # No hours and no data are billed of it, says Microsoft's "Azure Bastion cost
        # optimization principles" (learn.microsoft.com, 2025-11-20).
        if self.sku == "Developer":
            return
        running = self.count * self.hours.monthly
        label = f"{plain(self.count)} x {self.sku} Bastion"
        yield Charge(label, hours(running), self._meter("Gateway"))
        if self.extra_scale_units:
            further = hours(running * self.extra_scale_units)
            yield Charge("further scale units", further, self._meter("Additional Gateway"))
        if self.outbound_gb:
            yield Charge("outbound data", gb(self.outbound_gb), self._meter("Data Transfer Out"))

    def _meter(self, words: str) -> Meter:
        return Meter(
            service="Azure Bastion",
            region=self.region,
            product="Azure Bastion",
            sku=self.sku,
            meter=f"{self.sku} {words}",
        )
