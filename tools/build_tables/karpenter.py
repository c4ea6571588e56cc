"""The karpenter table holds the Windows price for some Linux sizes: find and mend them.

235 of 235 such rows that can be compared with a recorded Linux price equal it plus the
licence delta of the size (`SOURCES.md`). Where no recorded row exists, the Linux price
is predicted from a region where it is recorded, times how much dearer the other sizes
of the same letter are in this region; the printed price is then read as whichever lies
nearer, itself or itself less the licence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import log
from statistics import median

from msgspec.structs import replace

from azcost.pricing.rows import Row

from .observed import Dropped, plain

# The families in which the comparison with recorded rows found wrong prices.
SUSPECT = re.compile(r"Standard_(([DE]\d+(-\d+)?ad?s_v5)|(B\d+[a-z]*_v2)|([AH]\d+m?r?))$")
# 10 % dearer everywhere in August than in this table of June.
OUTDATED = re.compile(r"Standard_E\d+ibd?s_v6$")
_LETTERS = re.compile(r"Standard_([A-Z]+)")
_FAMILY = re.compile(r"Standard_([A-Z]+)\d+(?:-\d+)?([a-z]*)(.*)$")
# A prediction must lie this much nearer to one price than the two lie apart (as logarithms),
# and may not be further off than MAX_ERROR at all.
MAX_SHARE_OF_GAP = 0.4
MAX_ERROR = 0.25
RULE = "linux-less-licence"

Prices = dict[tuple[str, str], Decimal]


def mend(
    rows: Iterable[Row], recorded: Prices, licences: dict[str, Decimal], dropped: Dropped
) -> Iterator[Row]:
    """Yield all rows, the suspect ones of karpenter kept, corrected or left out.

    `recorded`: Linux pay-as-you-go by (size, region) from better sources.
    `licences`: Windows licence per hour by size.
    """
    trusted: Prices = {}
    suspects: list[Row] = []
    for row in rows:
        if not row.source.startswith("karpenter"):
            yield row
        elif OUTDATED.match(row.arm_sku):
            dropped["of karpenter, outdated wherever it can be compared"] += 1
        elif SUSPECT.match(row.arm_sku):
            suspects.append(row)
        else:
            trusted[row.arm_sku, row.region] = row.price
            yield row
    # First against all sizes of the letter, then what is left against its own family.
    for family in (_LETTERS, _FAMILY):
        factors = _RegionFactors(trusted, recorded, family)
        unsettled = []
        for row in suspects:
            licence = licences.get(row.arm_sku, Decimal(0))
            verdict = judge(float(row.price), factors.predict(row), float(licence))
            if verdict == "windows":
                row = replace(row, price=plain(row.price - licence), rule=RULE)
            if verdict:
                trusted[row.arm_sku, row.region] = row.price
                yield row
            else:
                unsettled.append(row)
        suspects = unsettled
    dropped["of karpenter, Linux or Windows price not to be told apart"] += len(suspects)


def judge(printed: float, expected: float | None, licence: float) -> str:
    """Say which price a row holds: "linux", "windows", or "" when it cannot be told."""
    if expected is None:
        return ""
    off = {"linux": abs(log(printed / expected))}
    gap = MAX_ERROR
    if 0 < licence < printed:
        off["windows"] = abs(log((printed - licence) / expected))
        gap = log(printed / (printed - licence))
    best = min(off, key=lambda name: off[name])
    return best if off[best] <= min(MAX_ERROR, MAX_SHARE_OF_GAP * gap) else ""


class _RegionFactors:
    """How much dearer the sizes of one family are in one region than in another."""

    def __init__(self, trusted: Prices, recorded: Prices, family: re.Pattern[str]) -> None:
        self._family = family
        self._factors: dict[tuple[str, str, str], float | None] = {}
        self._local: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for (size, region), price in trusted.items():
            self._local[region, self._of(size)][size] = float(price)
        self._recorded: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for (size, region), price in recorded.items():
            self._recorded[size].append((region, float(price)))
            self._local[region, self._of(size)].setdefault(size, float(price))

    def _of(self, size: str) -> str:
        found = self._family.match(size)
        return "".join(found.groups("")) if found else ""

    def predict(self, row: Row) -> float | None:
        """The median of the predictions from all regions with a recorded price."""
        family = self._of(row.arm_sku)
        predictions = []
        for region, price in self._recorded.get(row.arm_sku, []):
            factor = self._factor(family, row.region, region)
            if factor is not None:
                predictions.append(price * factor)
        return median(predictions) if predictions else None

    def _factor(self, family: str, region: str, other: str) -> float | None:
        if (family, region, other) not in self._factors:
            here, there = self._local[region, family], self._local[other, family]
            ratios = [here[size] / there[size] for size in here.keys() & there.keys()]
            self._factors[family, region, other] = median(ratios) if ratios else None
        return self._factors[family, region, other]
