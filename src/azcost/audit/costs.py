"""What was billed: a line per resource and meter, with its amounts by day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from azcost.audit.resource import key_of
from azcost.errors import AzcostError

NAMES = (
    "resource", "service", "product", "meter", "charge_type", "pricing_model", "benefit", "unit",
)  # fmt: skip
# Pricing models of what is paid whether the resource runs or not.
COMMITTED = frozenset({"reservation", "savingsplan"})


class CostRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a cost query or export: one meter of one resource on one day.

    The names are those of Cost Management: `service` is its MeterCategory, `product` its
    MeterSubCategory, `charge_type` Usage, Purchase, UnusedReservation and so on,
    `pricing_model` OnDemand, Reservation, SavingsPlan or Spot, `benefit` the id of the
    reservation or savings plan. `resource` is empty where the row has none. Amounts are in
    the one currency of the snapshot: whoever collects refuses others.
    """

    day: date
    resource: str = ""
    service: str = ""
    product: str = ""
    meter: str = ""
    charge_type: str = "Usage"
    pricing_model: str = "OnDemand"
    benefit: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(0)
    actual: Decimal = Decimal(0)
    amortised: Decimal = Decimal(0)


# Azure is from 2010; days after the calendar's last cannot be counted.
YEARS = (2010, 2999)
_DAYS = range(1, 10_000)
# What is above is damaged, and no sum of the bill.
_MOST = Decimal(10) ** 18


class CostLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All days of one meter of one resource; the names are those of `CostRow`.

    `actual`, `amortised` and `quantity` are one decimal per day of `Costs`, with blanks
    between; a day without a row is 0.
    """

    resource: str = ""
    service: str = ""
    product: str = ""
    meter: str = ""
    charge_type: str = "Usage"
    pricing_model: str = "OnDemand"
    benefit: str = ""
    unit: str = ""
    actual: str
    amortised: str
    quantity: str = ""

    @property
    def is_committed(self) -> bool:
        """Whether a reservation or savings plan pays: stopping the resource saves nothing."""
        return self.pricing_model.replace(" ", "").lower() in COMMITTED

    def amortised_days(self) -> list[Decimal]:
        """The amortised amounts by day."""
        return amounts(self.amortised)

    def actual_days(self) -> list[Decimal]:
        """The actual amounts by day."""
        return amounts(self.actual)


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """The bill of `days` complete days from `first_day` on, in the snapshot's currency."""

    first_day: date
    days: int
    lines: tuple[CostLine, ...] = ()

    def __post_init__(self) -> None:
        """Refuse days that no bill has, and lines of other days."""
        if not YEARS[0] <= self.first_day.year <= YEARS[1] or self.days not in _DAYS:
            raise ValueError(f"there is no bill of {self.days} days from {self.first_day} on")
        for line in self.lines:
            if not line.actual.count(" ") == line.amortised.count(" ") == self.days - 1:
                raise ValueError(f"the costs of {line.meter} are not of {self.days} days")

    @property
    def last_day(self) -> date:
        """The last complete day."""
        return self.first_day + timedelta(days=self.days - 1)

    def by_resource(self) -> dict[str, list[CostLine]]:
        """The lines by the key of their resource; those without one are under an empty key."""
        found: dict[str, list[CostLine]] = {}
        for line in self.lines:
            found.setdefault(key_of(line.resource) if line.resource else "", []).append(line)
        return found


def from_rows(rows: Iterable[CostRow], first_day: date, last_day: date) -> Costs:
    """Costs from rows in any order, those of one meter and day added up.

    Rows outside of the days are left out. Raises ValueError when the days run backwards.
    """
    days = (last_day - first_day).days + 1
    if days < 1:
        raise ValueError(f"the costs end on {last_day}, before they start on {first_day}")
    sums: dict[tuple[str, ...], list[list[Decimal]]] = {}
    ids: dict[str, str] = {}
    for row in rows:
        offset = (row.day - first_day).days
        if 0 <= offset < days:
            key = ids.setdefault(key_of(row.resource), row.resource) if row.resource else ""
            names = (key, *(getattr(row, name) for name in NAMES[1:]))
            if names not in sums:
                sums[names] = [[Decimal(0)] * days for _ in range(3)]
            for column, amount in zip(
                sums[names], (row.actual, row.amortised, row.quantity), strict=True
            ):
                column[offset] += amount
    lines = (_line(names, columns) for names, columns in sums.items())
    return Costs(first_day=first_day, days=days, lines=tuple(lines))


def _line(names: tuple[str, ...], columns: list[list[Decimal]]) -> CostLine:
    named: dict[str, Any] = dict(zip(NAMES, names, strict=True))
    actual, amortised, quantity = (" ".join(f"{one:f}" for one in column) for column in columns)
    return CostLine(actual=actual, amortised=amortised, quantity=quantity, **named)


def amounts(text: str) -> list[Decimal]:
    """The decimals of a line; raises AzcostError for what is none."""
    try:
        found = [Decimal(word) for word in text.split()]
    except InvalidOperation:
        found = [Decimal("NaN")]
    if not all(one.is_finite() and abs(one) < _MOST for one in found):
        raise AzcostError(f"The costs hold '{text[:40]}', which is no amount: collect them anew.")
    return found
