"""What recorded rows teach about prices that nobody recorded: licences and ratios.

Both tables hold facts only (a difference, a quotient, where they were seen); the rule
that turns them into a price is `azcost.pricing.derive`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from statistics import median

import msgspec

from azcost.pricing.rows import Purchase, Row

from .choose import offer_of
from .observed import plain

# A size whose licence differs more than this between regions gets no derived price.
MAX_LICENCE_SPREAD = Decimal("0.011")
# Of one region nobody knows the spread: Basic_A2 is 0.036 in japaneast and 0.054 in eastus.
MIN_LICENCE_REGIONS = 2
# A ratio that differs by more than this between the regions it was seen in is not used.
MAX_RATIO_SPREAD = Decimal("0.05")
TERM_HOURS = {Purchase.RESERVED_1Y: 8760, Purchase.RESERVED_3Y: 26280}
# Their three-year ratios differ by up to 41 % between regions (SOURCES.md).
NO_3Y = re.compile(r"Standard_(FX|L)|Standard_[A-Z]+\d+[a-z]*-\d+")

Prices = dict[tuple[str, str], Decimal]


class Licence(msgspec.Struct, frozen=True):
    """What Windows adds to the Linux price of a size, per hour."""

    arm_sku: str
    per_hour: Decimal
    spread: Decimal
    regions: int


class Ratio(msgspec.Struct, frozen=True):
    """A reservation's hourly price over the pay-as-you-go price of the same size."""

    arm_sku: str
    purchase: Purchase
    ratio: Decimal
    spread: Decimal
    regions: tuple[str, ...]


def prices_of(rows: Iterable[Row], os: str, purchase: Purchase) -> Prices:
    """Index the usable rows of virtual machines by (size, region)."""
    found: Prices = {}
    for row in rows:
        sells = offer_of(row)
        usable = row.service == "Virtual Machines" and not sells.rejected and row.price > 0
        if usable and (sells.os, sells.purchase) == (os, purchase):
            found[row.arm_sku, row.region] = row.price
    return found


def licences(linux: Prices, windows: Prices) -> list[Licence]:
    """The licence of every size whose Windows and Linux prices were both recorded."""
    seen: dict[str, list[Decimal]] = defaultdict(list)
    for (size, region), price in windows.items():
        if (size, region) in linux:
            seen[size].append(price - linux[size, region])
    found = []
    for size, deltas in sorted(seen.items()):
        spread = max(deltas) - min(deltas)
        usual = median(deltas)
        if len(deltas) >= MIN_LICENCE_REGIONS and spread <= MAX_LICENCE_SPREAD and usual > 0:
            found.append(Licence(size, plain(usual), plain(spread), len(deltas)))
    return found


def ratios(linux: Prices, reserved: Prices, purchase: Purchase) -> list[Ratio]:
    """The ratio of every size whose reservation and Linux prices were both recorded."""
    hours = TERM_HOURS[purchase]
    seen: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for (size, region), price in reserved.items():
        if (size, region) in linux:
            seen[size][region] = price / hours / linux[size, region]
    found = []
    for size, by_region in sorted(seen.items()):
        if purchase is Purchase.RESERVED_3Y and NO_3Y.match(size):
            continue
        spread = max(by_region.values()) - min(by_region.values())
        usual = median(by_region.values())
        if spread <= MAX_RATIO_SPREAD and usual < 1:
            digits = Decimal("0.000001")
            regions = tuple(sorted(by_region))
            found.append(
                Ratio(size, purchase, usual.quantize(digits), spread.quantize(digits), regions)
            )
    return found
