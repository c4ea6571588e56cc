"""A price row, as the Retail Prices API words it, and what it really offers.

The API has no field for the operating system or for spot: both are words inside
product, SKU and meter names. `offer` is the one place that reads them, for shipped
and for synced rows alike.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

import msgspec


class Purchase(StrEnum):
    """How a resource is paid for."""

    PAY_AS_YOU_GO = "pay-as-you-go"
    SPOT = "spot"
    RESERVED_1Y = "reserved-1y"
    RESERVED_3Y = "reserved-3y"
    SAVINGS_1Y = "savings-1y"
    SAVINGS_3Y = "savings-3y"
    DEV_TEST = "dev-test"


SAVINGS = (Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One price of one meter in one region.

    `type` is the API's: empty for Consumption, else `DevTestConsumption` or
    `Reservation 1 Year`, where `price` is for the whole term although `unit` says
    "1 Hour". `tier` is the quantity, in units of `unit`, from which the price holds.
    `savings_1y` and `savings_3y` are the savings plan's prices for the same unit.
    """

    region: str
    service: str
    product: str
    sku: str
    meter: str
    arm_sku: str
    unit: str
    type: str = ""
    tier: Decimal = Decimal(0)
    price: Decimal
    savings_1y: Decimal | None = None
    savings_3y: Decimal | None = None
    meter_id: str = ""
    effective: str = ""
    source: str
    rule: str = ""


class Offer(msgspec.Struct, frozen=True):
    """What a row sells: an operating system (virtual machines only) and a purchase.

    `rejected` says why a row must not be used for the size or meter that it names;
    empty for the rows that may.
    """

    os: str = ""
    purchase: str = ""
    rejected: str = ""


_TYPES = {
    "": Purchase.PAY_AS_YOU_GO.value,
    "DevTestConsumption": Purchase.DEV_TEST.value,
    "Reservation 1 Year": Purchase.RESERVED_1Y.value,
    "Reservation 3 Years": Purchase.RESERVED_3Y.value,
}
# Patterns stay text until they are needed: compiling them would be a part of every start.
_CLOUD_SERVICES = r"Cloud ?Services"
_DEDICATED_HOST = r"Dedicated ?Host"
_WINDOWS = r"\bWin(dows)?\b"


def spelling(size: str) -> str:
    """What the spellings of a size share: Azure has NC40ads_H100_v5 and NC40adsH100v5."""
    return size.replace("_", "").lower()


def offer(service: str, product: str, sku: str, meter: str, arm_sku: str, type_: str) -> Offer:
    """Classify a row by its names.

    Rules measured on 76,841 raw rows of 2026-01 to 2026-08: products called "Cloud
    Services" carry the Windows price under the plain size name (58 of 58 checked in
    mexicocentral), promotions and "A Series Basic" borrow plain size names too.
    """
    purchase = _TYPES.get(type_)
    if purchase is None:
        return Offer(rejected=f"a {type_} is not among the purchases azcost models")
    if meter.endswith("Expired"):
        return Offer(purchase=purchase, rejected="its meter has expired")
    if service != "Virtual Machines":
        return Offer(purchase=purchase)
    os = "windows" if re.search(_WINDOWS, product) or sku.startswith("windows-") else "linux"
    if re.search(_CLOUD_SERVICES, product):
        reason = "a Cloud Services product, which bills at the Windows price"
    elif re.search(_DEDICATED_HOST, product):
        reason = "a dedicated host, not a virtual machine"
    elif "Promo" in product and not arm_sku.endswith("_Promo"):
        reason = "a promotional price under the plain size name"
    elif " Basic" in product and not arm_sku.startswith("Basic_"):
        reason = "the Basic tier under the name of a Standard size"
    elif "Low Priority" in sku or "Low Priority" in meter:
        reason = "the retired Low Priority model"
    elif type_ and _is_spot(sku, meter):
        reason = "a spot machine of a dev/test subscription"
    else:
        reason = ""
    if _is_spot(sku, meter):
        purchase = Purchase.SPOT.value
    return Offer(os=os, purchase=purchase, rejected=reason)


def _is_spot(sku: str, meter: str) -> bool:
    return sku.endswith(" Spot") or meter.endswith(" Spot")
