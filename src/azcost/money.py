"""Money: exact amounts that never mix currencies."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec


class Money(msgspec.Struct, frozen=True, order=False):
    """An exact amount in one currency (ISO 4217); rounded only when it is shown."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"Money takes a Decimal, not {type(self.amount).__name__}")

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise TypeError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.2f} {self.currency}"


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; zero of the currency when there is nothing to add."""
    return sum(amounts, start=Money(Decimal(0), currency))
