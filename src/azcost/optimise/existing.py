"""Commitments that were bought already: money that is spent whatever is bought now."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.optimise.apply import Floats
from azcost.optimise.flex_groups import Demand, Sku
from azcost.pricing.rows import Purchase

_COLUMNS = ("kind", "size", "region", "quantity", "ends")
_KINDS = {
    purchase.value: purchase
    for purchase in (
        Purchase.RESERVED_1Y, Purchase.RESERVED_3Y, Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y
    )
}  # fmt: skip
_PLANS = (Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y)
_MOST = Decimal(1_000_000)


class Commitment(msgspec.Struct, frozen=True):
    """A reservation of `quantity` machines, or a savings plan of `quantity` money per hour."""

    kind: Purchase
    sku: Sku | None
    quantity: Decimal
    ends: date | None
    subscription: str


class Sunk(msgspec.Struct, frozen=True):
    """Existing commitments in the terms of a demand.

    Units reserved by group, shape (groups,), money per hour by savings plan, and those
    reservations that fit no usage.
    """

    reserved: Floats
    plans: dict[Purchase, float]
    unused: tuple[Commitment, ...] = ()


def load(path: Path) -> tuple[Commitment, ...]:
    """Read a CSV with the columns kind, size, region, quantity, ends and, if wanted, subscription.

    `kind` is reserved-1y, reserved-3y, savings-1y or savings-3y; a savings plan has no size
    and region, and its quantity is the commitment per hour. `ends` may be empty.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AzcostError(f"{path} cannot be read: {error}") from error
    if not rows or any(column not in rows[0] for column in _COLUMNS):
        raise AzcostError(f"{path} needs the columns {', '.join(_COLUMNS)}, and a row at least.")
    return tuple(_commitment(row, f"{path}:{number}") for number, row in enumerate(rows, start=2))


def _commitment(row: dict[str, str | None], where: str) -> Commitment:
    cells = {key: (row.get(key) or "").strip() for key in (*_COLUMNS, "subscription")}
    kind = _KINDS.get(cells["kind"])
    if kind is None:
        raise AzcostError(
            f"{where}: kind `{cells['kind'][:40]}` is not one of {', '.join(_KINDS)}."
        )
    is_plan = kind in _PLANS
    if is_plan == bool(cells["size"]):
        raise AzcostError(
            f"{where}: a reservation names a size and region, a savings plan does not."
        )
    try:
        quantity = Decimal(cells["quantity"])
        ends = date.fromisoformat(cells["ends"]) if cells["ends"] else None
    except (InvalidOperation, ValueError):
        raise AzcostError(
            f"{where}: quantity must be a number and ends a day such as 2027-09-30."
        ) from None
    if not (quantity.is_finite() and 0 < quantity <= _MOST):
        raise AzcostError(f"{where}: quantity {cells['quantity'][:40]} is not in 0 to {_MOST:,}.")
    sku = None if is_plan else Sku(cells["size"], cells["region"].lower())
    return Commitment(kind, sku, quantity, ends, cells["subscription"])


def running(commitments: Iterable[Commitment], today: date) -> tuple[Commitment, ...]:
    """Those that have not ended."""
    return tuple(c for c in commitments if c.ends is None or c.ends >= today)


def sunk(commitments: Iterable[Commitment], demand: Demand) -> Sunk:
    """Lay commitments on the groups of a demand."""
    reserved = np.zeros(len(demand.groups))
    plans: dict[Purchase, float] = {}
    unused = []
    at = {
        member.sku: (number, float(member.ratio))
        for number, group in enumerate(demand.groups)
        for member in group.members
    }
    for one in commitments:
        if one.sku is None:
            plans[one.kind] = plans.get(one.kind, 0.0) + float(one.quantity)
        elif one.sku in at:
            number, ratio = at[one.sku]
            reserved[number] += ratio * float(one.quantity)
        else:
            unused.append(one)
    return Sunk(reserved, plans, tuple(unused))
