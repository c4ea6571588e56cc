"""The shipped price tables as text: which files there are and what their cells mean."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from azcost.errors import TablesError
from azcost.pricing.rows import Row

ROW_COLUMNS = (
    "regions",
    "product",
    "sku",
    "meter",
    "arm_sku",
    "unit",
    "type",
    "tier",
    "price",
    "savings_1y",
    "savings_3y",
    "meter_id",
    "effective",
    "source",
    "rule",
)
USUAL_UNIT = "1 Hour"


def files(folder: Path) -> list[Path]:
    """Every file of the tables, in a fixed order."""
    found = sorted(folder.rglob("*.csv"))
    if not found:
        raise TablesError(f"No price tables in {folder}. Reinstall azcost.")
    return found


def content_hash(folder: Path) -> str:
    """Name the tables by their content: 12 hexadecimal digits of SHA-256."""
    digest = hashlib.sha256()
    for path in files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
