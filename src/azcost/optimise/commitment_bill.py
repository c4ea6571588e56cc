"""A strategy priced again, exactly: the same quantities through the prices of the catalogue.

The optimiser reckons in floats. What it chose is billed here in Decimal, from the recorded
price rows; both must agree to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from azcost import money
from azcost.money import Money
from azcost.optimise.commitments import Part
from azcost.optimise.flex_groups import Group
from azcost.optimise.strategies import commitment_of
from azcost.pricing.rows import Purchase
from azcost.units import HOURS_PER_MONTH, HOURS_PER_YEAR, MONTHS_PER_YEAR, hours

YEARS = {
    Purchase.RESERVED_1Y: 1,
    Purchase.RESERVED_3Y: 3,
    Purchase.SAVINGS_1Y: 1,
    Purchase.SAVINGS_3Y: 3,
}
# Unit-hours are averages of floats: below this they are the rounding of these.
_DIGITS = 9


class Reservation(msgspec.Struct, frozen=True, kw_only=True):
    """A number of machines of a group's unit, reserved for a term."""

    scope: str
    group: Group
    purchase: Purchase
    count: Decimal

    @property
    def monthly(self) -> Money:
        """What it costs a month, used or not."""
        return self.group.prices[self.purchase].cost_of(hours(self.count * HOURS_PER_MONTH))

    @property
    def bound(self) -> Money:
        """The money that it binds over the whole term."""
        term = hours(self.count * HOURS_PER_YEAR * YEARS[self.purchase])
        return self.group.prices[self.purchase].cost_of(term)

    @property
    def break_even(self) -> Decimal:
        """The share of the hours that must be used for it to pay."""
        reserved, payg = self.group.rate(self.purchase), self.group.rate(Purchase.PAY_AS_YOU_GO)
        if reserved is None or not payg:
            raise ValueError(f"{self.group.unit.size} has no price for {self.purchase}")
        return reserved / payg

    @property
    def break_even_month(self) -> Decimal:
        """The months of full use after which its whole price is earned."""
        return self.break_even * YEARS[self.purchase] * MONTHS_PER_YEAR


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A savings plan: money per hour for a term.

    `break_even` is the share of the commitment that must be used for it to pay, as the
    history's mix of products uses it; None when the history used nothing.
    """

    scope: str
    purchase: Purchase
    hourly: Decimal
    currency: str
    break_even: Decimal | None

    @property
    def monthly(self) -> Money:
        """What it costs a month, used or not."""
        return Money(self.hourly * HOURS_PER_MONTH, self.currency)

    @property
    def bound(self) -> Money:
        """The money that it binds over the whole term."""
        return Money(self.hourly * HOURS_PER_YEAR * YEARS[self.purchase], self.currency)

    @property
    def break_even_month(self) -> Decimal | None:
        """The months of full use after which its whole price is earned."""
        years = YEARS[self.purchase]
        return None if self.break_even is None else self.break_even * years * MONTHS_PER_YEAR


def purchases(parts: Sequence[Part], currency: str) -> list[Reservation | Plan]:
    """What is bought in each scope, reservations first."""
    found: list[Reservation | Plan] = []
    for part in parts:
        found += _reservations(part)
        commitment = commitment_of(part.strategy)
        if part.strategy.plan and commitment > 0:
            found.append(
                Plan(
                    scope=part.scope.name,
                    purchase=part.strategy.plan,
                    hourly=commitment,
                    currency=currency,
                    break_even=_break_even(part),
                )
            )
    return found


def _reservations(part: Part) -> list[Reservation | Plan]:
    bought = zip(
        part.scope.demand.groups, part.strategy.reserves, part.strategy.reserved, strict=True
    )
    return [
        Reservation(
            scope=part.scope.name, group=group, purchase=purchase, count=Decimal(int(units))
        )
        for group, purchase, units in bought
        if purchase and units > 0
    ]


def _break_even(part: Part) -> Decimal | None:
    """Money spent of the plan against what it covered at pay-as-you-go prices."""
    demand, applied = part.scope.demand, part.outcome.applied
    at = 0 if part.strategy.plan is Purchase.SAVINGS_3Y else 1
    worth = float(demand.rates(Purchase.PAY_AS_YOU_GO) @ applied.planned[at])
    return Decimal(str(applied.spent[at] / worth)) if worth > 0 else None


def monthly(parts: Sequence[Part], currency: str) -> Money:
    """What an average month of the history would have cost: exact, without what is sunk."""
    bought = [purchase.monthly for purchase in purchases(parts, currency)]
    rest = [cost for part in parts for cost in _uncovered(part)]
    return money.total([*bought, *rest], currency)


def _uncovered(part: Part) -> list[Money]:
    applied = part.outcome.applied
    return [
        group.prices[Purchase.PAY_AS_YOU_GO].cost_of(
            hours(round(Decimal(str(units / applied.hours)) * HOURS_PER_MONTH, _DIGITS))
        )
        for group, units in zip(part.scope.demand.groups, applied.uncovered.tolist(), strict=True)
    ]
