"""A bill as the JSON of `azcost estimate` has it: read from a file, or from an estimate."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from azcost.errors import AzcostError
from azcost.estimate import Estimate
from azcost.report import machine

_MOST_DIGITS = 30


class BillLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a resource is billed for; the fields are those of docs/estimate-json.md."""

    label: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    monthly: Decimal
    purchase: str
    product: str | None = None
    sku: str | None = None
    meter: str | None = None


class BillResource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource; without ranges it has no ends."""

    name: str
    kind: str
    region: str
    monthly: Decimal
    lines: tuple[BillLine, ...]
    low: Decimal | None = None
    high: Decimal | None = None


class Missing(msgspec.Struct, frozen=True):
    """A charge without a price, and why."""

    resource: str
    reason: str


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A priced design; without ranges it has no ends."""

    schema: int
    name: str
    currency: str
    monthly: Decimal
    resources: tuple[BillResource, ...]
    unpriced: tuple[Missing, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None


def of(estimate: Estimate, tables: str) -> Bill:
    """The bill of an estimate: what its JSON would be read as."""
    return msgspec.convert(machine.facts(estimate, tables), Bill)


def read(text: str, file: str) -> Bill | None:
    """The bill that the JSON of `azcost estimate` holds; None for another kind of file.

    Raises AzcostError for a damaged one, and for several in one file.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None  # YAML may begin like this, too; its reader says what is wrong
    if isinstance(found, list):
        raise AzcostError(f"{file} holds a list: save the estimate of one design per file.")
    return _bill(found, file) if "resources" in found else None


def _bill(found: dict[str, object], file: str) -> Bill:
    try:
        bill = msgspec.convert(found, Bill)
    except msgspec.ValidationError as error:
        raise AzcostError(f"{file} is no JSON of `azcost estimate`: {error}.") from error
    if bill.schema != machine.SCHEMA:
        raise AzcostError(
            f"{file} has schema {bill.schema}, this azcost reads {machine.SCHEMA}: "
            "estimate the design again."
        )
    if not all(map(_is_sane, _amounts(bill))):
        raise AzcostError(f"{file} has amounts that are no numbers, or beyond all measure.")
    if len({(one.name, one.kind) for one in bill.resources}) < len(bill.resources):
        raise AzcostError(f"{file} has two resources of one name and kind.")
    if sum((one.monthly for one in bill.resources), start=Decimal(0)) != bill.monthly:
        raise AzcostError(f"{file} does not add up: its `monthly` is not the sum of its resources.")
    return bill


def _amounts(bill: Bill) -> Iterator[Decimal]:
    yield from _given(bill.monthly, bill.low, bill.high)
    for one in bill.resources:
        yield from _given(one.monthly, one.low, one.high)
        for line in one.lines:
            yield from (line.quantity, line.unit_price, line.monthly)


def _given(*amounts: Decimal | None) -> Iterator[Decimal]:
    return (amount for amount in amounts if amount is not None)


def _is_sane(amount: Decimal) -> bool:
    return amount.is_finite() and amount.adjusted() < _MOST_DIGITS
