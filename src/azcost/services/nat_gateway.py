"""NAT gateways: hours and data processed.

Prices: https://azure.microsoft.com/pricing/details/azure-nat-gateway/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Gigabytes, Hours
from azcost.meters.worldwide import listed_in
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb, hours, plain


class NatGateway(Resource, frozen=True, kw_only=True):
    """One or more NAT gateways, Standard or StandardV2: the price list has one price for both.

    Left out: their public addresses (`public_ip`), data sent out of Azure (`egress`), and
    the monthly fee for flow logs of StandardV2.
    """

    kind: ClassVar[str] = "nat_gateway"

    count: Count = Decimal(1)
    """How many of them."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule; used or not."""
    data_processed_gb: Gigabytes = Decimal(0)
    """Data through all of them in a month: sent, and received in return."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours, then the data."""
        label = f"{plain(self.count)} x NAT gateway"
        running = hours(self.count * self.hours.monthly)
        yield Charge(label, running, self._meter("Standard Gateway"))
        if self.data_processed_gb:
            data = self._meter("Standard Data Processed")
            yield Charge("data processed", gb(self.data_processed_gb), data)

    def _meter(self, meter: str) -> Meter:
        region = listed_in(self.region)
        service = "NAT Gateway"
        return Meter(service=service, product=service, region=region, sku="Standard", meter=meter)
