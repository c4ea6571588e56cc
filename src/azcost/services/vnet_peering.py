"""Peering of virtual networks: every gigabyte is billed on the way out and on the way in.

Prices: https://azure.microsoft.com/pricing/details/virtual-network/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import Gigabytes, Region
from azcost.meters.worldwide import listed_in
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import gb


class VnetPeering(Resource, frozen=True, kw_only=True):
    """Two peered virtual networks: what the traffic between them costs on both sides."""

    kind: ClassVar[str] = "vnet_peering"

    peer_region: Region = ""
    """The region of the other network; the same region if left out."""
    sent_gb: Gigabytes = Decimal(0)
    """Data from this network to the other one in a month."""
    received_gb: Gigabytes = Decimal(0)
    """Data from the other network to this one in a month."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield both ends of both directions."""
        peer = self.peer_region or self.region
        if peer == self.region:
            yield from self._within_region()
            return
        # Each end pays the rate of its own zone (pricing page). The rows are by region: in
        # those of 2026-08-15 the regions of a zone share one meter.
        for label, amount, source, target in (
            ("sent", self.sent_gb, self.region, peer),
            ("received", self.received_gb, peer, self.region),
        ):
            if amount:
                out, into = _between_regions("Egress", source), _between_regions("Ingress", target)
                yield Charge(f"data {label}, out of {source}", gb(amount), out)
                yield Charge(f"data {label}, into {target}", gb(amount), into)

    def _within_region(self) -> Iterator[Charge]:
        amount = gb(self.sent_gb + self.received_gb)
        if amount.amount:
            yield Charge("peered data, out", amount, self._worldwide("Intra-Region Egress"))
            yield Charge("peered data, in", amount, self._worldwide("Intra-Region Ingress"))

    def _worldwide(self, meter: str) -> Meter:
        return Meter(
            service="Virtual Network",
            # Sold worldwide: listed once for all regions of a cloud.
            region=listed_in(self.region),
            product="Virtual Network Peering",
            sku="Intra-Region",
            meter=meter,
        )


def _between_regions(direction: str, region: str) -> Meter:
    return Meter(
        service="Virtual Network",
        region=region,
        product="Global Virtual Network Peering",
        sku="Inter-Region",
        meter=f"Inter-Region {direction}",
    )
