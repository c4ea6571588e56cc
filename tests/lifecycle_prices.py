"""Cohorts as a file would give them, and made-up price lists under Azure's own names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from azcost.meters.cohorts import Cohort
from azcost.spec import nodes
from azcost.spec.reader import Reader

_PRODUCT = "General Block Blob v2"
# What each price is called: {0} is the tier.
_METERS = {
    "stored": ("{0} LRS Data Stored", "1 GB/Month"),
    "write": ("{0} LRS Write Operations", "10K"),
    "read": ("{0} Read Operations", "10K"),
    "retrieval": ("{0} Data Retrieval", "1 GB"),
    "early": ("{0} LRS Early Delete", "1 GB"),
    "priority_read": ("{0} Priority Read Operations", "10K"),
    "priority_retrieval": ("{0} Priority Data Retrieval", "1 GB"),
}
_COLD = {
    "read": ("Cold LRS Read Operations", "10K"),
    "retrieval": ("Cold LRS Data Retrieval", "1 GB"),
}


def rows(tiers: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows for `{Hot: {stored: 0.02, ...}}`; a mapping as a price is its tiers by volume."""
    found = [
        _row(f"{tier} LRS", name.format(tier), unit, price)
        for tier, prices in tiers.items()
        for what, price in prices.items()
        for name, unit in [(_COLD if tier == "Cold" else {}).get(what, _METERS[what])]
    ]
    found.append(_row("Hot LRS", "All Other Operations", "10K", 0.5))
    found.append(_row("Hot LRS", "Index Tags", "10K/Month", 0.73))
    return found


def _row(sku: str, meter: str, unit: str, price: Any) -> dict[str, Any]:
    priced = {"tiers": price} if isinstance(price, dict) else {"price": price}
    names = {"service": "Storage", "product": _PRODUCT, "sku": sku, "meter": meter}
    return names | {"unit": unit} | priced


# West Europe, August 2026, block blobs, LRS; Hot at the price beyond 500 TB, as METHODS 3.3 has it.
WEST_EUROPE: dict[str, dict[str, float]] = {
    "Hot": {"stored": 0.018032, "write": 0.054, "read": 0.0043},
    "Cool": {"stored": 0.01, "early": 0.01, "write": 0.1, "read": 0.01, "retrieval": 0.01},
    "Cold": {"stored": 0.0045, "early": 0.0045, "write": 0.18, "read": 0.1, "retrieval": 0.03},
    "Archive": {"stored": 0.0018, "early": 0.0018, "write": 0.12, "read": 6, "retrieval": 0.024},
}


class Anywhere:
    """A world in which every region is right."""

    def find(self, kind: str, text: str) -> str | None:
        return text

    def all(self, kind: str) -> list[str]:
        return []


def cohort(**given: Any) -> Cohort:
    """A cohort through the reader of descriptions."""
    reader = Reader(Anywhere())
    usual = {"name": "blobs", "region": "westeurope"}
    found: Cohort = reader.struct(nodes.parse(json.dumps(usual | given), "test"), Cohort)
    return found
