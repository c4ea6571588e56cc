"""What recorded rows teach about prices that nobody recorded: licences and ratios.

Both tables hold facts only (a difference, a quotient, where they were seen); the rule
that turns them into a price is `azcost.pricing.derive`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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


def licences(linux: Prices, windows: Prices, vcpus: Mapping[str, int]) -> list[Licence]:
    """The licence of every size whose Windows and Linux prices were both recorded.

    Windows is sold per vCPU (0.046 an hour on most sizes, 0.0046 on Bv2); rounded prices
    hide that, so the roundest amount per vCPU is taken that all regions can have had.
    """
    seen: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for (size, region), price in windows.items():
        if (size, region) in linux:
            lesser = linux[size, region]
            seen[size].append((price - lesser, _rounding(price) + _rounding(lesser)))
    found = []
    for size, differences in sorted(seen.items()):
        amounts = [amount for amount, _ in differences]
        spread = max(amounts) - min(amounts)
        usual = _common(differences, vcpus.get(size, 1)) or median(amounts)
        if len(amounts) >= MIN_LICENCE_REGIONS and spread <= MAX_LICENCE_SPREAD and usual > 0:
            found.append(Licence(size, plain(usual), plain(spread), len(amounts)))
    return found


def _rounding(price: Decimal) -> Decimal:
    """How far a printed price may be from the exact one: half of its last digit.

    Azure prints three decimals from 0.10 upwards and more below.
    """
    exponent = price.as_tuple().exponent
    shown = -exponent if isinstance(exponent, int) else 0
    digits = max(shown, 3 if price >= Decimal("0.1") else 4)
    return Decimal(1).scaleb(-digits) / 2


def _common(differences: Sequence[tuple[Decimal, Decimal]], vcpus: int) -> Decimal | None:
    """The roundest licence per vCPU, times vCPUs, that all regions can have rounded."""
    low = max(amount - off for amount, off in differences) / vcpus
    high = min(amount + off for amount, off in differences) / vcpus
    if low >= high:
        return None
    for digits in range(1, 7):
        middle = ((low + high) / 2).quantize(Decimal(1).scaleb(-digits))
        if low <= middle <= high:
            return middle * vcpus
    return None


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
