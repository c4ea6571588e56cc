"""Quantities and the units they are in.

Unit names follow FOCUS ("Hours", "GB-Months", "GiB-Hours", "Units"); how Azure's price
rows spell them is a table, `data/pricing/units.csv`.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

# Azure's own month: 8,760 hours a year over twelve months. Its pricing calculators bill it.
HOURS_PER_MONTH = Decimal(730)
HOURS_PER_YEAR = Decimal(8760)
MONTHS_PER_YEAR = 12
# Days of an average month, for what is prorated by the day: 30.4167.
AVERAGE_DAYS = HOURS_PER_MONTH / 24
# What a month of a per-day meter is to the calculators (container registry: 30 x 0.1666).
DAYS_PER_MONTH = Decimal(30)
# Azure's GB are binary: the calculators bill 1 TB as 1,024 GB.
GB_PER_TB = Decimal(1024)


class Quantity(msgspec.Struct, frozen=True):
    """An amount in a unit."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.unit}"


def hours(amount: Decimal) -> Quantity:
    """Hours, or unit-hours where several of a thing run."""
    return Quantity(amount, "Hours")


def months(amount: Decimal | int) -> Quantity:
    """Months of a thing billed by the month, or of several: 3 disks are 3 months."""
    return Quantity(Decimal(amount), "Months")


def days(amount: Decimal) -> Quantity:
    """Days of a thing billed by the day."""
    return Quantity(amount, "Days")


def gb(amount: Decimal) -> Quantity:
    """Gigabytes moved, read or ingested."""
    return Quantity(amount, "GB")


def gb_months(amount: Decimal) -> Quantity:
    """Gigabytes kept for a month."""
    return Quantity(amount, "GB-Months")


def gib_hours(amount: Decimal) -> Quantity:
    """Binary gigabytes kept or used for an hour."""
    return Quantity(amount, "GiB-Hours")


def units(amount: Decimal | int) -> Quantity:
    """Operations, tokens, images: whatever is counted."""
    return Quantity(Decimal(amount), "Units")


def plain(number: Decimal) -> str:
    """The number without exponent or trailing zeros, thousands separated."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
