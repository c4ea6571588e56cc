"""Write the tables: sorted text, one file per service, per region where that is long."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from azcost.pricing.rows import Row
from azcost.pricing.tables import ROW_COLUMNS, USUAL_UNIT

from .reference import Table

# Services whose rows are listed by region: elsewhere one line names all its regions.
BY_REGION = frozenset({"Virtual Machines", "Storage"})


def table(path: Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Write one CSV file, the lines as they come."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def prices(folder: Path, rows: Iterable[Row]) -> Table:
    """Write `rows` below `folder`, replacing what was there; return (file, service, rows)."""
    if folder.exists():
        shutil.rmtree(folder)
    by_service: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_service[row.service].append(row)
    written: Table = []
    for service, mine in sorted(by_service.items()):
        name = service.lower().replace(" ", "_")
        if service in BY_REGION:
            _write_by_region(folder / name, mine)
        else:
            _write_together(folder / f"{name}.csv", mine)
        written.append((name, service, len(mine)))
    return written


def _write_by_region(folder: Path, rows: Iterable[Row]) -> None:
    by_region: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        by_region[row.region].add(("", *_cells(row)))
    for region, lines in by_region.items():
        table(folder / f"{region}.csv", ROW_COLUMNS, sorted(lines))


def _write_together(path: Path, rows: Iterable[Row]) -> None:
    regions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in rows:
        regions[_cells(row)].add(row.region)
    lines = [("|".join(sorted(seen)), *cells) for cells, seen in regions.items()]
    table(path, ROW_COLUMNS, sorted(lines, key=lambda line: (line[1:], line[0])))


def _cells(row: Row) -> tuple[str, ...]:
    """The row's cells, without its region; what is usual is left empty."""
    return (
        row.product,
        "" if row.sku == row.arm_sku else row.sku,
        row.meter,
        row.arm_sku,
        "" if row.unit == USUAL_UNIT else row.unit,
        row.type,
        str(row.tier) if row.tier else "",
        str(row.price),
        "" if row.savings_1y is None else str(row.savings_1y),
        "" if row.savings_3y is None else str(row.savings_3y),
        row.meter_id,
        row.effective,
        row.source,
        row.rule,
    )
