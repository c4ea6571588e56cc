"""What a design costs: charges, priced into line items, summed into an estimate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from azcost import money
from azcost.errors import ConflictingPrices, PriceNotFound, UnitMismatch
from azcost.frames import frame
from azcost.money import Money
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter, Price, Slab
from azcost.pricing.rows import Purchase
from azcost.units import Quantity


class Charge(msgspec.Struct, frozen=True):
    """So much of a meter in a month, not priced yet.

    `times` buys the quantity repeatedly where tiers start anew each time: the free IOPS
    of a disk are per disk and hour, not per month. `pooled` says the opposite: the tiers
    are those of the account, and all resources of a design use them up together. A
    `price` that is given is not looked up.
    """

    label: str
    quantity: Quantity
    meter: Meter
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    times: Decimal = Decimal(1)
    pooled: bool = False
    price: Price | None = None


class Service(Protocol):
    """What a specification describes: something in a region that incurs charges."""

    @property
    def kind(self) -> str:
        """The word for it in a specification."""

    @property
    def name(self) -> str:
        """Its name in the specification."""

    @property
    def region(self) -> str:
        """The Azure region that it runs in."""

    @property
    def tags(self) -> dict[str, str]:
        """Tags, for grouping bills."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield what an average month of it is billed for.

        The catalogue is for facts about sizes, not for prices.
        """

    def notes(self) -> Iterator[str]:
        """Yield what a reader of the bill should know."""


class LineItem(msgspec.Struct, frozen=True):
    """A charge of a resource and its price; the cost is computed.

    `used` is how much of a pooled meter other resources have used before.
    """

    charge: Charge
    price: Price
    used: Decimal = Decimal(0)

    def slabs(self) -> Iterator[Slab]:
        """Yield the parts of the quantity by price tier."""
        return self.price.slabs(self.charge.quantity, self.charge.times, self.used)

    @property
    def cost(self) -> Money:
        """The cost of an average month."""
        return self.price.cost_of(self.charge.quantity, self.charge.times, self.used)


class Unpriced(msgspec.Struct, frozen=True):
    """A charge without a price: why, and the command that would fetch one, if any."""

    resource: str
    label: str
    reason: str
    command: str = ""

    @property
    def sentence(self) -> str:
        """The reason and the command in one."""
        return f"{self.reason} Fetch it: {self.command}" if self.command else self.reason


class Note(msgspec.Struct, frozen=True):
    """What the bill of a resource assumes or leaves out."""

    resource: str
    text: str


class Driver(msgspec.Struct, frozen=True):
    """A number with a range, by the fields that have it, and its share of the variance."""

    names: tuple[str, ...]
    share: Decimal


class Outcome(msgspec.Struct, frozen=True):
    """What a month's cost is for: so much of `what`, and how many of it the cost is told per."""

    what: str
    amount: Decimal
    per: Decimal
    label: str


class ResourceEstimate(msgspec.Struct, frozen=True):
    """One resource of the design with its line items.

    `least` and `most` are its cost with every range at its low and at its high end; `drawn`
    holds the ends between which 8 of 10 draws lie, if it has ranges that were drawn.
    """

    name: str
    kind: str
    region: str
    tags: dict[str, str]
    items: tuple[LineItem, ...]
    monthly: Money
    least: Money
    most: Money
    drawn: tuple[Money, Money] | None = None

    @property
    def low(self) -> Money:
        """What it costs at least in 9 of 10 draws, or as expected if that is less."""
        return self.drawn[0] if self.drawn else self.least

    @property
    def high(self) -> Money:
        """What it costs at most in 9 of 10 draws, or as expected if that is more."""
        return self.drawn[1] if self.drawn else self.most


class Estimate(msgspec.Struct, frozen=True):
    """A priced design: the monthly cost as expected, and what its ranges do to it.

    `together` names the fields whose ranges only make sense together, and so were drawn
    as one number.
    """

    name: str
    currency: str
    resources: tuple[ResourceEstimate, ...]
    unpriced: tuple[Unpriced, ...] = ()
    notes: tuple[Note, ...] = ()
    drawn: tuple[Money, Money] | None = None
    drivers: tuple[Driver, ...] = ()
    together: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    @property
    def monthly(self) -> Money:
        """The sum of all line items, and nothing else."""
        return money.total((r.monthly for r in self.resources), self.currency)

    @property
    def least(self) -> Money:
        """The monthly cost with every range at its low end."""
        return money.total((r.least for r in self.resources), self.currency)

    @property
    def most(self) -> Money:
        """The monthly cost with every range at its high end."""
        return money.total((r.most for r in self.resources), self.currency)

    @property
    def low(self) -> Money:
        """What it costs at least in 9 of 10 draws, or as expected if that is less."""
        return self.drawn[0] if self.drawn else self.least

    @property
    def high(self) -> Money:
        """What it costs at most in 9 of 10 draws, or as expected if that is more."""
        return self.drawn[1] if self.drawn else self.most

    @property
    def is_range(self) -> bool:
        """Whether the ends of its ranges differ from what is expected."""
        return not self.least == self.monthly == self.most

    def items(self) -> Iterator[LineItem]:
        """Yield every line item of every resource."""
        for resource in self.resources:
            yield from resource.items

    def to_frame(self) -> Any:
        """A pandas DataFrame with a row per line item, for notebooks.

        Quantities and costs are floats there; the exact ones are those of `items`.
        """
        return frame(
            ("resource", "kind", "region", "charge", "purchase", "quantity", "unit", "monthly"),
            (
                (
                    resource.name,
                    resource.kind,
                    resource.region,
                    item.charge.label,
                    item.price.purchase.value,
                    float(item.charge.quantity.amount),
                    item.charge.quantity.unit,
                    float(item.cost.amount),
                )
                for resource in self.resources
                for item in resource.items
            ),
        )


Pool = dict[Meter, Decimal]


def bill(
    charges: Iterable[Charge],
    resource: str,
    catalogue: Catalogue,
    unpriced: list[Unpriced],
    pool: Pool,
) -> tuple[LineItem, ...]:
    """Price the charges of a resource.

    Those without a price are added to `unpriced`, what pooled ones use to `pool`.
    """
    items = []
    for charge in charges:
        try:
            price = charge.price or catalogue.price(charge.meter, charge.purchase)
        except PriceNotFound as error:
            unpriced.append(Unpriced(resource, charge.label, error.message, error.command))
        except (ConflictingPrices, UnitMismatch) as error:
            unpriced.append(Unpriced(resource, charge.label, str(error)))
        else:
            used = pool.get(charge.meter, Decimal(0)) if charge.pooled else Decimal(0)
            items.append(LineItem(charge, price, used))
            if charge.pooled:
                pool[charge.meter] = used + charge.quantity.amount
    return tuple(items)


def cost(items: Iterable[LineItem], currency: str) -> Money:
    """The monthly cost of line items."""
    return money.total((item.cost for item in items), currency)
