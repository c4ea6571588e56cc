"""The karpenter table holds the Windows price for some Linux sizes: find and mend them.

Which of the two it kept differs from size to size, even within a family and region
(`SOURCES.md`). But all sizes of a family are dearer by one factor in one region than in
another: with the right factor, every price of the family is either what its size costs
elsewhere times the factor, or that plus the licence of the size. Only where all sizes
fit two factors equally well, as all Linux and as all Windows, must the factor of the
other sizes of the same letter decide.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import log
from statistics import median

import msgspec
from msgspec.structs import replace

from azcost.pricing.rows import Row

from .observed import Dropped, plain

# The families in which the comparison with recorded rows found wrong prices.
SUSPECT = re.compile(
    r"Standard_([DE]\d+(-\d+)?ad?s_v5|B\d+[a-z]*_v2|[AH]\d+m?r?|NCC\d+ads_H100_v5)$"
)
# 10 % dearer everywhere in August than in this table of June.
OUTDATED = re.compile(r"Standard_E\d+ibd?s_v6$")
_LETTERS = re.compile(r"Standard_([A-Z]+)")
_FAMILY = re.compile(r"Standard_([A-Z]+)\d+(?:-\d+)?([a-z]*)(.*)$")
# How far rounding moves a price: 0.8 %, or half of the last digit that Azure prints.
MAX_ROUNDING = 0.008
_LAST_DIGIT = 0.0006
# Factors that rounding explains are one factor.
_SAME_FACTOR = 1.012
# Where two factors fit, the expected one must lie this much nearer to one of them (as a share
# of the way between them, as logarithms), and not be further off than MAX_ERROR at all.
MAX_SHARE_OF_GAP = 0.4
MAX_ERROR = 0.25
RULE = "linux-less-licence"

Prices = dict[tuple[str, str], Decimal]
Verdicts = Mapping[str, str]


def mend(
    rows: Iterable[Row], recorded: Prices, licences: Mapping[str, Decimal], dropped: Dropped
) -> Iterator[Row]:
    """Yield all rows, the suspect ones of karpenter kept, corrected or left out.

    `recorded`: Linux pay-as-you-go by (size, region) from better sources.
    `licences`: Windows licence per hour by size.
    """
    trusted: Prices = {}
    suspects: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.source.startswith("karpenter"):
            yield row
        elif OUTDATED.match(row.arm_sku):
            dropped["of karpenter, outdated wherever it can be compared"] += 1
        elif SUSPECT.match(row.arm_sku):
            suspects[_named(_FAMILY, row.arm_sku), row.region].append(row)
        else:
            trusted[row.arm_sku, row.region] = row.price
            yield row
    references = _references(recorded)
    factors = _Factors(trusted, recorded)
    for (family, region), group in suspects.items():
        prices = {row.arm_sku: float(row.price) for row in group}
        where, usual = _best_reference(references[family], prices)
        known = Family(prices, usual, {size: float(licences.get(size, 0)) for size in prices})
        verdicts = known.read(factors.between(_named(_LETTERS, group[0].arm_sku), region, where))
        for row in group:
            verdict = verdicts.get(row.arm_sku)
            if verdict == "windows":
                yield replace(row, price=plain(row.price - licences[row.arm_sku]), rule=RULE)
            elif verdict == "linux":
                yield row
            else:
                dropped["of karpenter, Linux or Windows price not to be told apart"] += 1


class Family(msgspec.Struct, frozen=True):
    """The printed prices of a family's sizes in a region, in dollars per hour.

    `usual`: their Linux prices in another region. `licences`: zero where not known.
    """

    prices: Mapping[str, float]
    usual: Mapping[str, float]
    licences: Mapping[str, float]

    def read(self, expected: float | None) -> Verdicts:
        """Say of each size whether its price is "linux" or "windows"; nothing in doubt.

        `expected` is the factor of other sizes of the same letter, if there are any.
        """
        fitting = self._best_factors()
        if len(fitting) == 1 and len(self.fit(fitting[0])) > 1:
            return self.fit(fitting[0])
        if not fitting or expected is None:
            return {}
        off = sorted((abs(log(factor / expected)), factor) for factor in fitting)
        nearest, factor = off[0]
        gap = nearest + off[1][0] if len(off) > 1 else MAX_ERROR
        near = nearest <= min(MAX_ERROR, MAX_SHARE_OF_GAP * gap)
        return self.fit(factor) if near else {}

    def fit(self, factor: float) -> Verdicts:
        """What each price is if the region is dearer by a factor; nothing where it is neither."""
        found = {}
        for size, price in self.prices.items():
            linux = self.usual.get(size, 0.0) * factor
            if _rounded(price, linux):
                found[size] = "linux"
            elif self.licences[size] and _rounded(price, linux + self.licences[size]):
                found[size] = "windows"
        return found

    def _best_factors(self) -> list[float]:
        """The factors that explain the most prices, each once."""
        tried = sorted(
            amount / self.usual[size]
            for size, price in self.prices.items()
            if size in self.usual
            for amount in {price, price - self.licences[size]}
            if amount > 0
        )
        explained = [len(self.fit(factor)) for factor in tried]
        best = [f for f, n in zip(tried, explained, strict=True) if n == max(explained)]
        apart: list[list[float]] = []
        for factor in best:
            if apart and factor < apart[-1][-1] * _SAME_FACTOR:
                apart[-1].append(factor)
            else:
                apart.append([factor])
        return [median(group) for group in apart]


class _Factors:
    """How much dearer the sizes of one letter are in one region than in another."""

    def __init__(self, trusted: Prices, recorded: Prices) -> None:
        self._local: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for (size, region), price in (*recorded.items(), *trusted.items()):
            self._local[_named(_LETTERS, size), region][size] = float(price)

    def between(self, letters: str, region: str, other: str) -> float | None:
        """The median over the sizes known in both; None if there are none."""
        here, there = self._local[letters, region], self._local[letters, other]
        ratios = [here[size] / there[size] for size in here.keys() & there.keys()]
        return median(ratios) if ratios else None


ByRegion = dict[str, dict[str, float]]


def _references(recorded: Prices) -> dict[str, ByRegion]:
    """The recorded Linux prices by family, region and size."""
    found: dict[str, ByRegion] = defaultdict(lambda: defaultdict(dict))
    for (size, region), price in recorded.items():
        found[_named(_FAMILY, size)][region][size] = float(price)
    return found


def _best_reference(known: ByRegion, sizes: Mapping[str, float]) -> tuple[str, Mapping[str, float]]:
    """The region in which most of the sizes are recorded."""
    regions = sorted(known, key=lambda region: (-len(known[region].keys() & sizes.keys()), region))
    return (regions[0], known[regions[0]]) if regions else ("", {})


def _rounded(price: float, exact: float) -> bool:
    return exact > 0 and abs(price - exact) <= max(MAX_ROUNDING * exact, _LAST_DIGIT)


def _named(pattern: re.Pattern[str], size: str) -> str:
    found = pattern.match(size)
    return "".join(found.groups("")) if found else ""
