"""One observation per price: the best class of source, and in it the newest.

Classes: raw API rows, then near-raw copies that lost a field, then tables made from the
API. Inside the last, the calculator's list goes before the karpenter table, which keeps
one value where the API has several products and holds the Windows price in places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from azcost.pricing.rows import Offer, Row, offer

from .observed import CLASSES, Dropped


def offer_of(row: Row) -> Offer:
    """Classify a row by its names."""
    return offer(row.service, row.product, row.sku, row.meter, row.arm_sku, row.type)


def rank(row: Row) -> tuple[int, int, str]:
    """Sort key of an observation: the smallest is the one to keep."""
    short, day = row.source.rsplit(" ", 1)
    newest_first = -int(day.replace("-", ""))
    return CLASSES[short] + (short == "karpenter"), newest_first, short


def choose(rows: Iterable[Row], dropped: Dropped) -> Iterator[Row]:
    """Yield the rows to ship, each price from one observation only."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[_same_price(row)].append(row)
    for group in groups.values():
        best = min(map(rank, group))
        kept = [row for row in group if rank(row) == best]
        dropped["seen better or later elsewhere"] += len(group) - len(kept)
        yield from _latest_of_each_tier(kept, dropped)


def _same_price(row: Row) -> tuple[str, ...]:
    """What two rows share when they state the same price; sources spell sizes differently."""
    if row.service == "Virtual Machines":
        sells = offer_of(row)
        return row.region, row.arm_sku, sells.os, sells.purchase, sells.rejected
    if row.service == "Foundry Models":  # one source keeps no SKU, and no meter has two
        return row.region, row.service, row.product, row.meter, row.type
    return row.region, row.service, row.product, row.sku, row.meter, row.type


def _latest_of_each_tier(rows: Iterable[Row], dropped: Dropped) -> Iterator[Row]:
    latest: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = (row.product, row.sku, row.meter, row.arm_sku, row.meter_id, row.unit, row.type,
               row.tier)  # fmt: skip
        known = latest.get(key)
        if known is not None:
            dropped["repeated within one observation"] += 1
        if known is None or known.effective < row.effective:
            latest[key] = row
    yield from latest.values()
