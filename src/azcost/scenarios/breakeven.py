"""Where a commitment pays: how much of the time, and from which month on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

import msgspec

from azcost.architecture import Design
from azcost.errors import PriceNotFound
from azcost.estimate import LineItem, ResourceEstimate, Service
from azcost.meters.compute import COMMITTED
from azcost.money import Money, total
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.scenarios.changes import buying
from azcost.scenarios.parts import Part, Stays, changed, target
from azcost.units import MONTHS_PER_YEAR

YEARS = {
    Purchase.RESERVED_1Y: 1,
    Purchase.RESERVED_3Y: 3,
    Purchase.SAVINGS_1Y: 1,
    Purchase.SAVINGS_3Y: 3,
}


class Commitment(msgspec.Struct, frozen=True):
    """What is promised for one part, and when that is worth it.

    `utilisation` is the share of all hours from which on the commitment is cheaper than
    pay-as-you-go, `used` the share that the design uses, and `months` after how many
    months of such use pay-as-you-go would have cost as much as the whole term: whoever
    stops earlier has lost money. Both are None where pay-as-you-go has no price, or is
    never as dear.
    """

    part: str
    purchase: Purchase
    years: int
    monthly: Money
    utilisation: Decimal | None
    used: Decimal | None
    months: Decimal | None

    @property
    def whole(self) -> Money:
        """What the term costs in all, paid at once or by the month."""
        return self.monthly * (MONTHS_PER_YEAR * self.years)


class Margin(msgspec.Struct, frozen=True):
    """How many times as long a part may take as spot, before pay-as-you-go is cheaper."""

    part: str
    times: Decimal


Pricing = Callable[[Service], ResourceEstimate]


def commitments(
    after: Design, parts: Iterable[Part], price: Pricing, catalogue: Catalogue
) -> Iterator[Commitment]:
    """Yield what a changed design commits to, part by part; `price` prices one service."""
    for part in parts:
        service = after.expected.services[part.service]
        committed = [
            item for item in _items(part, service, price) if item.price.purchase in COMMITTED
        ]
        if committed:
            yield _commitment(part, service, committed, price, catalogue)


def margins(
    after: Design, parts: Iterable[Part], price: Pricing, catalogue: Catalogue
) -> Iterator[Margin]:
    """Yield how much dearer than spot pay-as-you-go is, for the parts that are spot."""
    for part in parts:
        items = _items(part, after.expected.services[part.service], price)
        spot = [item for item in items if item.price.purchase is Purchase.SPOT]
        cost = sum((item.cost.amount for item in spot), start=Decimal(0))
        on_demand = _on_demand(spot, catalogue)
        if cost and on_demand:
            yield Margin(part.name, on_demand / cost)


def _items(part: Part, service: Service, price: Pricing) -> list[LineItem]:
    """The lines of a part: those of a node pool begin with its name."""
    items = price(service).items
    if part.pool is None:
        return list(items)
    start = f"{target(part, service).name}: "
    return [item for item in items if item.charge.label.startswith(start)]


def _commitment(
    part: Part, service: Service, committed: list[LineItem], price: Pricing, catalogue: Catalogue
) -> Commitment:
    purchase = committed[0].price.purchase
    currency = catalogue.currency
    monthly = total((item.cost for item in committed), currency)
    full = _on_demand(committed, catalogue)
    replaced = _replaced(part, service, monthly, price)
    utilisation = months = used = None
    if full:
        utilisation = monthly.amount / full
    if full and replaced is not None:
        used = replaced / full
        if replaced > 0:
            months = monthly.amount * MONTHS_PER_YEAR * YEARS[purchase] / replaced
    return Commitment(part.name, purchase, YEARS[purchase], monthly, utilisation, used, months)


def _on_demand(committed: Iterable[LineItem], catalogue: Catalogue) -> Decimal | None:
    """What the committed hours would cost as pay-as-you-go; None without a price."""
    whole = Decimal(0)
    for item in committed:
        try:
            price = catalogue.price(item.charge.meter)
        except PriceNotFound:
            return None
        whole += price.cost_of(item.charge.quantity, item.charge.times).amount
    return whole


def _replaced(part: Part, service: Service, monthly: Money, price: Pricing) -> Decimal | None:
    """What of a month's pay-as-you-go bill a commitment takes the place of."""
    pay = next(one for one in buying() if one.name == Purchase.PAY_AS_YOU_GO)
    try:
        on_demand = price(changed(part, service, pay.change)).monthly
    except (Stays, ValueError):
        return None
    rest = price(service).monthly.amount - monthly.amount
    return on_demand.amount - rest
