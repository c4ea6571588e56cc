"""Prices that nobody recorded, from those that somebody did.

Only where the rule was measured (`data/pricing/README.md` has the errors) and never for
spot or savings plans, which Azure sets per region. A derived price says so wherever it
is shown.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from msgspec.structs import replace

from azcost.errors import PriceNotFound
from azcost.pricing.price import GIVEN, Meter, Price, Tier
from azcost.pricing.rows import SAVINGS, Purchase
from azcost.pricing.trace import Trace
from azcost.units import HOURS_PER_YEAR, Quantity

# What the rules do, in a sentence for the foot of a bill.
RULES = {
    GIVEN: "not Azure's: the specification states it, and where it is from",
    "linux-less-licence": "derived: the source held the Windows price; Linux is less the licence",
    "linux-plus-licence": "derived: Windows = Linux + the licence of this size in other regions",
    "windows-less-linux": "derived: licence = the Windows price less the Linux price",
    "dev-test-is-linux": "derived: dev/test subscriptions pay no Windows licence: the Linux price",
    "ratio-of-size": "derived: reservation = pay-as-you-go x this size's ratio in other regions",
}
_TERMS = {
    Purchase.RESERVED_1Y: HOURS_PER_YEAR,
    Purchase.RESERVED_3Y: 3 * HOURS_PER_YEAR,
}

Derived = tuple[Price, tuple[Trace, ...]]


class Known(Protocol):
    """What the rules start from: recorded prices, and what was learned from them."""

    def trace(self, meter: Meter, purchase: Purchase = Purchase.PAY_AS_YOU_GO) -> Trace:
        """The price of a meter, with its rows; raises PriceNotFound."""

    def licence(self, size: str) -> Decimal | None:
        """What Windows adds to a size per hour."""

    def reservation_ratio(self, size: str, purchase: Purchase) -> tuple[Decimal, str] | None:
        """A reservation's share of the pay-as-you-go price, and where it was seen."""


def derive(known: Known, meter: Meter, purchase: Purchase) -> Derived | None:
    """The price by the first rule that applies, with the traces it stands on."""
    if meter.service != "Virtual Machines" or not meter.arm_sku:
        return None
    try:
        return _by_rule(known, meter, purchase)
    except PriceNotFound:
        return None  # a rule without the price it starts from gives no price


def _by_rule(known: Known, meter: Meter, purchase: Purchase) -> Derived | None:
    if purchase is Purchase.PAY_AS_YOU_GO and meter.os == "windows":
        return _windows(known, meter)
    if meter.os == "licence" and purchase in (Purchase.PAY_AS_YOU_GO, *SAVINGS):
        return _licence(known, meter, purchase)
    if purchase is Purchase.DEV_TEST and meter.os in ("windows", "linux"):
        return _dev_test(known, meter)
    if purchase in _TERMS and meter.os == "linux":
        return _reservation(known, meter, purchase)
    return None


def _windows(known: Known, meter: Meter) -> Derived | None:
    licence = known.licence(meter.arm_sku)
    if licence is None:
        return None
    linux = known.trace(replace(meter, os="linux"))
    base = linux.price.tiers[0].unit_price
    basis = f"{base} + {licence} an hour"
    return _flat(linux.price, base + licence, meter, "linux-plus-licence", basis), (linux,)


def _licence(known: Known, meter: Meter, purchase: Purchase) -> Derived | None:
    """The difference, by the savings plan where that has a price for Windows too."""
    windows = _first(known, replace(meter, os="windows"), purchase)
    linux = known.trace(replace(meter, os="linux"), windows.price.purchase)
    dearer, cheaper = (trace.price.tiers[0].unit_price for trace in (windows, linux))
    if dearer <= cheaper:
        return None
    basis = f"{dearer} - {cheaper} an hour"
    price = _flat(windows.price, dearer - cheaper, meter, "windows-less-linux", basis)
    return price, (windows, linux)


def _first(known: Known, meter: Meter, purchase: Purchase) -> Trace:
    """The price for a purchase, else for pay-as-you-go."""
    try:
        return known.trace(meter, purchase)
    except PriceNotFound:
        return known.trace(meter)


def _dev_test(known: Known, meter: Meter) -> Derived:
    linux = known.trace(replace(meter, os="linux"))
    per_hour = linux.price.tiers[0].unit_price
    price = _flat(linux.price, per_hour, meter, "dev-test-is-linux", f"{per_hour} an hour")
    return replace(price, purchase=Purchase.DEV_TEST), (linux,)


def _reservation(known: Known, meter: Meter, purchase: Purchase) -> Derived | None:
    ratio = known.reservation_ratio(meter.arm_sku, purchase)
    if ratio is None:
        return None
    linux = known.trace(meter)
    term = _TERMS[purchase]
    # Azure's own reservation prices are whole dollars or cents: more digits would pretend.
    whole = (linux.price.tiers[0].unit_price * ratio[0] * term).quantize(Decimal("0.01"))
    base = linux.price.tiers[0].unit_price
    basis = f"{base} an hour x {ratio[0]} (seen in {ratio[1]}) x {term:,f} hours"
    price = _flat(linux.price, whole, meter, "ratio-of-size", basis)
    return replace(price, purchase=purchase, per=Quantity(term, "Hours")), (linux,)


def _flat(base: Price, unit_price: Decimal, meter: Meter, rule: str, basis: str) -> Price:
    """A price like `base`, of another amount; the meter id is not that of a derived price."""
    named = replace(base.meter, os=meter.os)
    tiers = (Tier(Decimal(0), unit_price),)
    return replace(base, meter=named, meter_id="", tiers=tiers, rule=rule, basis=basis)
