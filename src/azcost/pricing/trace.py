"""How a price was found: the rows that were looked at, and what became of each."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from azcost.pricing.price import Price


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A row that names the meter asked for; `rejected` says why it was not taken."""

    service: str
    product: str
    sku: str
    meter: str
    arm_sku: str
    region: str
    unit: str
    type: str
    os: str
    purchase: str
    rejected: str
    tier: Decimal
    price: Decimal
    savings_1y: Decimal | None
    savings_3y: Decimal | None
    meter_id: str
    effective: str
    source: str
    rule: str
    block: Decimal | None
    unit_name: str | None


class Trace(msgspec.Struct, frozen=True):
    """How a price was found: the rows it stands on, and the others with their reasons."""

    price: Price
    taken: tuple[Candidate, ...]
    rejected: tuple[tuple[Candidate, str], ...]
    steps: tuple[Trace, ...] = ()
