"""Repairs that take a look at other rows: lost names, placeholder prices, free Windows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from statistics import median

from msgspec.structs import replace

from azcost.pricing.rows import Purchase, Row

from . import choose, derivations
from .observed import Dropped

# A price of a fifth of the usual one or less, spot aside: 15 rows, such as an hour of Redis
# B250 at 0.01 against 5.54, or all of Famsv6 in one region at a tenth. Nothing that Azure
# really sells was seen so cheap; dearer outliers (up to sevenfold) are regional and stay.
PLACEHOLDER_SHARE = 5
MIN_REGIONS = 3

Key = tuple[str, ...]


def fill_names(rows: Sequence[Row]) -> Iterator[Row]:
    """Give rows that lost their meter's name the only one that fits.

    One source keeps product, SKU and unit. Where these name one meter in all other
    regions, and one row in the region itself, that is its name.
    """
    names: dict[Key, set[str]] = defaultdict(set)
    nameless: Counter[Key] = Counter()
    for row in rows:
        if row.meter:
            names[_what(row)].add(row.meter)
        else:
            nameless[*_what(row), row.region] += 1
    for row in rows:
        found = names.get(_what(row), set())
        alone = nameless[*_what(row), row.region] == 1
        if row.meter or row.service == "Virtual Machines" or len(found) != 1 or not alone:
            yield row
        else:
            yield replace(row, meter=next(iter(found)))


def _what(row: Row) -> Key:
    return row.service, row.product, row.sku, row.unit, row.type


def drop_placeholders(rows: Iterable[Row], dropped: Dropped) -> Iterator[Row]:
    """Leave out prices that are far below what the same meter costs in other regions.

    Machines at zero (68 Linux prices of new sizes, 4 of Windows) go too; elsewhere zero is
    a price: free tiers have it.
    """
    rows = list(rows)
    elsewhere: dict[Key, list[Decimal]] = defaultdict(list)
    for row in rows:
        if row.price > 0:
            elsewhere[_meter(row)].append(row.price)
    for row in rows:
        others = elsewhere[_meter(row)]
        spot = row.sku.endswith(" Spot") or row.meter.endswith(" Spot")
        if row.service == "Virtual Machines" and row.price == 0:
            dropped["of a virtual machine at zero"] += 1
            continue
        enough = len(others) >= MIN_REGIONS and not spot
        if enough and 0 < row.price <= median(others) / PLACEHOLDER_SHARE:
            dropped["a placeholder: a fifth or less of what it costs elsewhere"] += 1
        else:
            yield row


def drop_free_windows(rows: Iterable[Row], dropped: Dropped) -> Iterator[Row]:
    """Leave out the calculator's Windows prices that are not above its Linux prices.

    Ten rows, such as E16-8ds_v6 in polandcentral: 1.156 beside 1.576. The API has equal
    ones too, and means them: an A0 costs 0.02 either way.
    """
    rows = list(rows)
    linux = derivations.prices_of(rows, "linux", Purchase.PAY_AS_YOU_GO)
    windows = ("windows", Purchase.PAY_AS_YOU_GO)
    for row in rows:
        sells = choose.offer_of(row)
        least = linux.get((row.arm_sku, row.region), Decimal(0))
        table = row.source.startswith("sstybel") and (sells.os, sells.purchase) == windows
        if table and row.price <= least:
            dropped["of Windows, not dearer than Linux"] += 1
        else:
            yield row


def _meter(row: Row) -> Key:
    return *_what(row), row.meter, row.arm_sku, str(row.tier)
