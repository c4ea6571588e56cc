"""What you know the cost of yourself: a licence, a quote, a service azcost does not price.

Prices: yours; the bill marks them as given and says from where.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar

from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import Amount, Count
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter, given
from azcost.services.base import Resource
from azcost.units import months, plain


class FixedCost(Resource, frozen=True, kw_only=True):
    """A monthly cost that the specification states."""

    kind: ClassVar[str] = "fixed_cost"

    monthly: Amount
    """What one of it costs a month, in the currency of the design."""
    source: Annotated[str, Meta(max_length=200, min_length=1)]
    """Where the figure is from: a quote, an invoice, a page with its date."""
    count: Count = Decimal(1)
    """How many of it."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the cost as it was given."""
        meter = Meter(service="given", region=self.region, meter=self.source)
        price = given(meter, self.monthly, catalogue.currency)
        label = f"{plain(self.count)} x {self.source}"
        yield Charge(label, months(self.count), meter, price=price)
