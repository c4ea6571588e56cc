"""Private endpoints: hours, and the data that they process in each direction.

Prices: https://azure.microsoft.com/pricing/details/private-link/
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


class PrivateEndpoint(Resource, frozen=True, kw_only=True):
    """One or more private endpoints, whatever they lead to.

    Each resource behind Private Link needs one, and a storage account one for blobs and
    one for files. Left out: the private DNS zones.
    """

    kind: ClassVar[str] = "private_endpoint"

    count: Count = Decimal(1)
    """How many of them."""
    hours: Hours = ALWAYS
    """When they exist: `always`, hours a month, or a weekly schedule."""
    inbound_gb: Gigabytes = Decimal(0)
    """Data into the services behind all of them in a month."""
    outbound_gb: Gigabytes = Decimal(0)
    """Data out of the services behind all of them in a month."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours, then the data by direction."""
        label = f"{plain(self.count)} x private endpoint"
        running = hours(self.count * self.hours.monthly)
        yield Charge(label, running, self._meter("Private Endpoint"))
        if self.inbound_gb:
            ingress = self._meter("Data Processed - Ingress")
            yield Charge("inbound data", gb(self.inbound_gb), ingress)
        if self.outbound_gb:
            egress = self._meter("Data Processed - Egress")
            yield Charge("outbound data", gb(self.outbound_gb), egress)

    def _meter(self, words: str) -> Meter:
        return Meter(
            service="Virtual Network",
            # Sold worldwide: listed once for all regions of a cloud.
            region=listed_in(self.region),
            product="Virtual Network Private Link",
            sku="Standard",
            meter=f"Standard {words}",
        )
