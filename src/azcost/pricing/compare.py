"""What changed between two sets of prices: new, gone, dearer, cheaper."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from decimal import Decimal

import msgspec

_QUERY = """
    SELECT n.product, n.sku, n.meter, n.arm_sku, n.type, p.tier, n.unit, p.price
    FROM names n JOIN prices p ON p.name = n.id
    WHERE n.service = ? AND p.region = ? AND n.rejected = ''
"""


class Change(msgspec.Struct, frozen=True, order=True):
    """A price before and after; None where there was or is none."""

    service: str
    region: str
    names: str
    unit: str
    before: Decimal | None
    after: Decimal | None

    @property
    def word(self) -> str:
        """`new`, `gone`, `dearer` or `cheaper`."""
        if self.before is None or self.after is None:
            return "new" if self.before is None else "gone"
        return "dearer" if self.after > self.before else "cheaper"


def changes(
    old: Iterable[sqlite3.Connection], new: sqlite3.Connection, service: str, region: str
) -> list[Change]:
    """The changes of one partition; the first of `old` that has rows for it counts."""
    before: dict[tuple[str, ...], Decimal] = {}
    for connection in old:
        before = _prices(connection, service, region)
        if before:
            break
    after = _prices(new, service, region)
    return sorted(
        Change(
            service, region, " / ".join(dict.fromkeys(filter(None, key[:-1]))), key[-1], was, now
        )
        for key in before.keys() | after.keys()
        if (was := before.get(key)) != (now := after.get(key))
    )


def _prices(
    connection: sqlite3.Connection, service: str, region: str
) -> dict[tuple[str, ...], Decimal]:
    found: dict[tuple[str, ...], Decimal] = {}
    for row in connection.execute(_QUERY, (service, region)):
        product, sku, meter, arm_sku, type_, tier, unit, price = row
        start = f"from {tier}" if tier != "0" else ""
        found[product, sku, meter, arm_sku, type_, start, unit] = Decimal(price)
    return found
