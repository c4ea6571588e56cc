"""What a resource costs a month, as billed, and what of it a change would save."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from azcost.audit.costs import CostLine, amounts
from azcost.money import Money, total

# A month of the bill: the last 30 complete days, times an average month over 30 days.
WINDOW_DAYS = 30
AVERAGE_MONTH = Decimal("30.4375")
_ZERO, _ONE = Decimal(0), Decimal(1)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One meter of a resource: its amortised cost and its quantity of an average month.

    `is_committed` says that a reservation or savings plan pays it, run or not. The quantity
    is in the meter's own unit: hours of machines, gigabytes of logs.
    """

    resource: str
    service: str
    product: str
    meter: str
    pricing_model: str
    is_committed: bool
    monthly: Decimal
    quantity: Decimal = _ZERO


class Claim(msgspec.Struct, frozen=True):
    """The part of a resource's meter, a month, that a finding would save."""

    resource: str
    meter: str
    amount: Decimal


class Saving(msgspec.Struct, frozen=True):
    """What a change saves a month: at least, probably, at best.

    It is net: what reservations and savings plans pay is in `high` only, since it is saved
    when something else uses them. `claims` add up to `expected`.
    """

    low: Money
    expected: Money
    high: Money
    claims: tuple[Claim, ...] = ()


class Bill(msgspec.Struct, frozen=True):
    """The meters of one or more resources, from the amortised cost that was billed.

    `is_known` is false when costs could not be read: every saving is then None, never 0.
    """

    currency: str
    items: tuple[Item, ...]
    is_known: bool = True

    @property
    def monthly(self) -> Money:
        """The amortised cost of an average month."""
        return total((Money(one.monthly, self.currency) for one in self.items), self.currency)

    @property
    def quantity(self) -> Decimal:
        """What was used in an average month, of meters that share a unit."""
        return sum((one.quantity for one in self.items), start=_ZERO)

    @property
    def committed(self) -> Money:
        """The part of it that reservations and savings plans pay."""
        return self._sum(one for one in self.items if one.is_committed)

    def only(self, *, service: str = "", product: str = "", meter: str = "") -> Bill:
        """The meters whose names contain these words, in any case."""
        chosen = (
            one
            for one in self.items
            if service.lower() in one.service.lower()
            and product.lower() in one.product.lower()
            and meter.lower() in one.meter.lower()
        )
        return Bill(self.currency, tuple(chosen), self.is_known)

    def without(self, *words: str) -> Bill:
        """The meters that have none of these words in their product or name, in any case."""
        named = ((one, f"{one.product} {one.meter}".lower()) for one in self.items)
        kept = (one for one, name in named if not any(word.lower() in name for word in words))
        return Bill(self.currency, tuple(kept), self.is_known)

    def part(self, share: Decimal) -> Bill:
        """A share of every meter: of one that several resources are billed by."""
        items = tuple(
            msgspec.structs.replace(one, monthly=one.monthly * share, quantity=one.quantity * share)
            for one in self.items
        )
        return Bill(self.currency, items, self.is_known)

    def saving(
        self,
        share: Decimal = _ONE,
        *,
        low: Decimal | None = None,
        high: Decimal | None = None,
        keep: Money | None = None,
        keep_at_most: Money | None = None,
    ) -> Saving | None:
        """What ending a `share` of the bill saves, less what is to be paid instead (`keep`).

        `low` and `high` are the shares at the ends where they differ, `keep_at_most` what
        may have to be paid in the worst case. None when the costs are not known.
        """
        if not self.is_known:
            return None
        free = [one for one in self.items if not one.is_committed]
        running, whole = self._sum(free).amount, self.monthly.amount
        stays = keep.amount if keep else _ZERO
        worst = keep_at_most.amount if keep_at_most else stays
        ends = (
            running * (share if low is None else low) - worst,
            running * share - stays,
            whole * (share if high is None else high) - stays,
        )
        least, expected, most = (max(end, _ZERO) for end in ends)
        return Saving(
            Money(min(least, expected), self.currency),
            Money(expected, self.currency),
            Money(max(most, expected), self.currency),
            tuple(_claims(free, expected, running)),
        )

    def _sum(self, items: Iterable[Item]) -> Money:
        return total((Money(one.monthly, self.currency) for one in items), self.currency)


def _claims(items: list[Item], expected: Decimal, running: Decimal) -> Iterable[Claim]:
    if expected > 0:
        part = expected / running
        for one in items:
            yield Claim(one.resource, one.meter, one.monthly * part)


def item(line: CostLine) -> Item:
    """The average month of a line: its last 30 days, fewer where the bill is shorter."""
    window = line.amortised_days()[-WINDOW_DAYS:]
    used = amounts(line.quantity)[-WINDOW_DAYS:]
    days = max(len(window), 1)
    return Item(
        resource=line.resource,
        service=line.service,
        product=line.product,
        meter=line.meter,
        pricing_model=line.pricing_model,
        is_committed=line.is_committed,
        monthly=sum(window, start=_ZERO) * AVERAGE_MONTH / days,
        quantity=sum(used, start=_ZERO) * AVERAGE_MONTH / days,
    )
