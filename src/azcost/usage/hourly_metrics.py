"""What resources did by the hour, from CSV or Parquet: for when they can be off."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.errors import AzcostError
from azcost.usage import texts

_NEEDED = ("time", "resource", "cpu")
_OPTIONAL = ("network_bytes", "price_per_hour")
_HOUR = 3_600
# Ten years; the dearest machine of the price tables is far below the price.
_MOST_HOURS = 87_600
_MOST_CELLS = 100_000_000
_MOST_BYTES = 1e15
_MOST_PRICE = 10_000


class HourlyMetrics(msgspec.Struct, frozen=True):
    """What one resource did: shape (hours,), from `start` (UTC) on, NaN where nothing is known.

    `cpu` is in percent, `network_bytes` what went in and out in the hour; `price_per_hour` is
    None where the file has none.
    """

    resource: str
    start: datetime
    cpu: NDArray[np.float64]
    network_bytes: NDArray[np.float64]
    price_per_hour: Decimal | None


def load(path: Path) -> list[HourlyMetrics]:
    """Read the metrics of resources, by name; rows may come in any order.

    The columns are `time` (the start of the hour; UTC unless it says otherwise), `resource`
    (a name or an ARM id), `cpu` (percent, the hour's maximum), and if wanted `network_bytes`
    and `price_per_hour`, which is one price for a resource. An hour without a row or with an
    empty cell is unknown. Raises AzcostError for whatever cannot be read.
    """
    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            _open(connection, path)
            _refuse_bad_rows(connection, path)
            return _metrics(connection, path)
        except duckdb.Error as error:
            first = str(error).strip().splitlines()[0][:300]
            raise AzcostError(f"{path} cannot be read: {first}") from error


def _open(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make a table `rows` of texts and what they mean."""
    texts.view(connection, path, _NEEDED, dict.fromkeys(_OPTIONAL, ""))
    connection.execute(
        "CREATE TABLE rows AS SELECT *, epoch(TRY_CAST(time AS TIMESTAMPTZ)) AS second, "
        "TRY_CAST(cpu AS DOUBLE) AS percent, TRY_CAST(network_bytes AS DOUBLE) AS bytes, "
        "TRY_CAST(price_per_hour AS DOUBLE) AS price FROM texts"
    )


def _not_between(text: str, number: str, most: float) -> str:
    inside = f"coalesce(isfinite({number}) AND {number} BETWEEN 0 AND {most}, false)"
    return f"{text} <> '' AND NOT {inside}"


# What is wrong with a row, in the order in which it is looked for.
_MISTAKES = (
    ("second IS NULL", "has no time such as 2026-10-01T13:00:00Z"),
    (f"second % {_HOUR} <> 0", "does not begin with the start of an hour"),
    ("resource = ''", "has no resource"),
    (_not_between("cpu", "percent", 100), "has a cpu that is not a number from 0 to 100"),
    (
        _not_between("network_bytes", "bytes", _MOST_BYTES),
        "has network_bytes that are not a number from 0 to 1e15",
    ),
    (
        _not_between("price_per_hour", "price", _MOST_PRICE),
        f"has a price_per_hour that is not a number from 0 to {_MOST_PRICE:,}",
    ),
)


def _refuse_bad_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    if not connection.execute("SELECT 1 FROM rows LIMIT 1").fetchone():
        raise AzcostError(f"{path} has a header and no rows.")
    cells = "time, resource, cpu, network_bytes, price_per_hour"
    for wrong, words in _MISTAKES:
        found = connection.execute(f"SELECT {cells} FROM rows WHERE {wrong} LIMIT 1").fetchone()  # noqa: S608
        if found:
            said = ", ".join(str(cell)[:60] for cell in found)
            raise AzcostError(f"{path}: the row `{said}` {words}.")
    twice = connection.execute(
        "SELECT min(time), resource FROM rows GROUP BY second, resource HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if twice:
        raise AzcostError(f"{path} has more than one row for {twice[1][:200]} at {twice[0]}.")
    several = connection.execute(
        "SELECT resource, min(price), max(price) FROM rows GROUP BY resource "
        "HAVING min(price) <> max(price) LIMIT 1"
    ).fetchone()
    if several:
        raise AzcostError(
            f"{path} has several prices for {several[0][:200]}, from {several[1]} to "
            f"{several[2]}: give it one."
        )


def _metrics(connection: duckdb.DuckDBPyConnection, path: Path) -> list[HourlyMetrics]:
    spans = connection.execute(
        f"SELECT resource, min(second) // {_HOUR}, max(second) // {_HOUR}, "  # noqa: S608
        "max(price_per_hour) FROM rows GROUP BY resource ORDER BY resource"
    ).fetchall()
    hours = [int(last - first) + 1 for _, first, last, _ in spans]
    if max(hours) > _MOST_HOURS or sum(hours) > _MOST_CELLS:
        raise AzcostError(
            f"{path} spans {max(hours):,} hours for one resource: too much to be right. Look for a "
            "row with a wrong year."
        )
    found = connection.execute(
        f"SELECT second // {_HOUR} AS hour, percent, bytes FROM rows ORDER BY resource"  # noqa: S608
    ).fetchnumpy()
    counts = connection.execute(
        "SELECT count(*) FROM rows GROUP BY resource ORDER BY resource"
    ).fetchall()
    ends = np.cumsum([int(count) for (count,) in counts])
    parts = [np.split(_known(found[name]), ends[:-1]) for name in ("hour", "percent", "bytes")]
    return [
        HourlyMetrics(
            resource,
            datetime.fromtimestamp(int(first) * _HOUR, tz=UTC),
            _placed(hour - first, cpu, length),
            _placed(hour - first, network, length),
            Decimal(price) if price else None,
        )
        for (resource, first, _, price), length, hour, cpu, network in zip(
            spans, hours, *parts, strict=True
        )
    ]


def _known(column: object) -> NDArray[np.float64]:
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)


def _placed(
    where: NDArray[np.float64], values: NDArray[np.float64], length: int
) -> NDArray[np.float64]:
    placed = np.full(length, np.nan)
    placed[where.astype(np.int64)] = values
    return placed
