"""Reservations that end, as events of a forecast: what they cover costs more from then on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from azcost.audit import commitments
from azcost.audit.resource import Resource
from azcost.audit.snapshot import Snapshot
from azcost.errors import PriceNotFound
from azcost.outlook import Event
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.units import hours

_TERMS = {"P1Y": Purchase.RESERVED_1Y, "P3Y": Purchase.RESERVED_3Y}
_DAY = hours(Decimal(24))


def endings(snapshot: Snapshot, catalogue: Catalogue) -> Iterator[Event]:
    """Yield an event for each reservation of machines that ends and does not renew itself.

    The amount is the difference of list prices, for machines that run on all day; nothing
    is said of one whose prices are not known.
    """
    for one in snapshot.resources:
        end = commitments.expiry(one) if one.type == commitments.RESERVATION.lower() else None
        if end is None or commitments.is_over(one) or one.flag("renew") is True:
            continue
        more = _dearer(one, catalogue)
        if more:
            name = commitments.name_of(one)
            what = f"the reservation {name} ends, and its machines run on"
            yield Event(end + timedelta(days=1), more, what, repeats=True)


def _dearer(reservation: Resource, catalogue: Catalogue) -> float | None:
    """What a day of its machines costs more without it, by list prices."""
    purchase = _TERMS.get(reservation.text("term") or "")
    size = catalogue.name("sizes", reservation.sku.name)
    quantity = reservation.number("quantity")
    if purchase is None or size is None or not quantity:
        return None
    meter = Meter(service="Virtual Machines", region=reservation.location, arm_sku=size, os="linux")
    try:
        full, reserved = (
            catalogue.price(meter, way).cost_of(_DAY).amount
            for way in (Purchase.PAY_AS_YOU_GO, purchase)
        )
    except PriceNotFound:
        return None
    return float(full - reserved) * float(quantity)
