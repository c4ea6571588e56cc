"""Meters, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from azcost.errors import UnitMismatch
from azcost.money import Money
from azcost.pricing.rows import Purchase
from azcost.units import Quantity

# Costs are rounded once, per slab, so that bills add up exactly: a picodollar.
PRECISION = Decimal("1e-12")
# The rule of a price that the specification states.
GIVEN = "given"


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """What is metered, in the words of the Retail Prices API; empty means any.

    `os` is for virtual machines: "linux", "windows", or "licence" for what Windows adds.
    """

    service: str
    region: str
    product: str = ""
    sku: str = ""
    meter: str = ""
    arm_sku: str = ""
    os: str = ""

    def __str__(self) -> str:
        words = (self.product, self.sku, self.meter, self.arm_sku)
        distinct = list(dict.fromkeys(w for w in words if w))
        return " / ".join([self.service, *distinct, *([self.os] if self.os else [])])


class Tier(msgspec.Struct, frozen=True):
    """A unit price that holds from `start` blocks of the price's unit upwards."""

    start: Decimal
    unit_price: Decimal


class Slab(msgspec.Struct, frozen=True):
    """The part of a quantity that falls into one tier, in blocks of the price's unit."""

    blocks: Decimal
    unit_price: Decimal
    cost: Money


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """The price of a meter: graduated tiers per block of a unit, and where it is from.

    `per` is the block: "10K" operations are Quantity(10000, "Units"), and a one-year
    reservation is priced per 8,760 hours. `unit` is Azure's spelling of it. `rule` is
    empty for a recorded price and else names how it was derived; `basis` has the figures
    that the rule used.
    """

    meter: Meter
    meter_id: str
    purchase: Purchase
    per: Quantity
    unit: str
    tiers: tuple[Tier, ...]
    currency: str
    effective: str
    source: str
    observed_on: str
    rule: str = ""
    basis: str = ""

    @property
    def fidelity(self) -> str:
        """`recorded` as some source saw it, `derived` by `rule`, or `given` by the user."""
        if self.rule == GIVEN:
            return GIVEN
        return "derived" if self.rule else "recorded"

    def slabs(
        self, quantity: Quantity, times: Decimal = Decimal(1), used: Decimal = Decimal(0)
    ) -> Iterator[Slab]:
        """Split a quantity over the tiers.

        Tiers are graduated: each part of the quantity costs what its own tier says. `times`
        buys the same quantity repeatedly, each time from the first tier; `used` is what of
        the tiers others have used up before. Raises UnitMismatch when the meter is priced
        per another unit.
        """
        if quantity.unit != self.per.unit:
            raise UnitMismatch(
                f"{self.meter} in {self.meter.region} is priced per {self.unit}, "
                f"not in {quantity.unit}. Please report this; it is a fault of azcost."
            )
        begin = used / self.per.amount
        end = begin + quantity.amount / self.per.amount
        for tier, following in zip(self.tiers, (*self.tiers[1:], None), strict=True):
            stop = end if following is None else min(end, following.start)
            part = stop - max(begin, tier.start)
            if part > 0:
                blocks = part * times
                cost = (blocks * tier.unit_price).quantize(PRECISION, ROUND_HALF_EVEN)
                yield Slab(blocks, tier.unit_price, Money(cost, self.currency))

    def cost_of(
        self, quantity: Quantity, times: Decimal = Decimal(1), used: Decimal = Decimal(0)
    ) -> Money:
        """What the quantity costs; zero of the currency for a quantity of zero."""
        slabs = self.slabs(quantity, times, used)
        return sum((slab.cost for slab in slabs), start=Money(Decimal(0), self.currency))


def given(meter: Meter, monthly: Decimal, currency: str) -> Price:
    """A price per month that nobody looked up: the specification states it."""
    return Price(
        meter=meter,
        meter_id="",
        purchase=Purchase.PAY_AS_YOU_GO,
        per=Quantity(Decimal(1), "Months"),
        unit="1/Month",
        tiers=(Tier(Decimal(0), monthly),),
        currency=currency,
        effective="",
        source="the specification",
        observed_on="",
        rule=GIVEN,
    )
