"""Hourly usage of virtual machine sizes, from CSV or Parquet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.errors import AzcostError
from azcost.usage import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDED = ("time", "size", "region", "quantity")
_OPTIONAL = {"os": "linux", "subscription": ""}
# Ten years of hours, and a million machines: beyond these it is a slip of the keyboard.
_MOST_HOURS = 87_600
_MOST_MACHINES = 1_000_000
_MOST_CELLS = 100_000_000
_HOUR = 3_600


class Series(msgspec.Struct, frozen=True, order=True):
    """What one row of the usage is about."""

    size: str
    region: str
    os: str
    subscription: str

    def __str__(self) -> str:
        owner = f", subscription {self.subscription}" if self.subscription else ""
        return f"{self.size} in {self.region} ({self.os}{owner})"


class HourlyUsage(msgspec.Struct, frozen=True):
    """Machines in use by hour: `quantity` has shape (series, hours).

    `start` is the first hour, in UTC. `filled` counts the hours of series that had no
    row and were taken as zero because the caller said so.
    """

    start: datetime
    series: tuple[Series, ...]
    quantity: NDArray[np.float64]
    filled: int = 0

    @property
    def hours(self) -> int:
        """How many hours it covers."""
        return int(self.quantity.shape[1])

    @property
    def end(self) -> datetime:
        """The first hour that it no longer covers."""
        return self.start + timedelta(hours=self.hours)


class Gaps(msgspec.Struct, frozen=True):
    """What an hour without a row means."""

    are_zero: bool


def load(path: Path, gaps: Gaps) -> HourlyUsage:
    """Read hourly usage; rows may come in any order.

    The columns are `time` (the start of the hour; UTC unless it says otherwise), `size`,
    `region`, `quantity` (machines in use, or hours used in the hour), and if wanted `os`
    (linux or windows) and `subscription`. Raises AzcostError for whatever cannot be read,
    and for hours without a row unless the gaps are zero.
    """
    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute("SET TimeZone = 'UTC'")
            _open(connection, path)
            _refuse_bad_rows(connection, path)
            return _usage(connection, path, gaps)
        except duckdb.Error as error:
            raise AzcostError(f"{path} cannot be read: {_first_line(error)}") from error


def _open(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Make a table `rows` of texts and what they mean."""
    texts.view(connection, path, _NEEDED, _OPTIONAL)
    connection.execute(
        "CREATE TABLE rows AS SELECT *, epoch(TRY_CAST(time AS TIMESTAMPTZ)) AS second, "
        "TRY_CAST(quantity AS DOUBLE) AS amount FROM texts"
    )


# What is wrong with a row, in the order in which it is looked for.
_MISTAKES = {
    "time": ("second IS NULL", "is no time such as 2026-10-01T13:00:00Z"),
    "hour": (f"second % {_HOUR} <> 0", "is not the start of an hour"),
    "size": ("size = ''", "has no size"),
    "region": ("region = ''", "has no region"),
    "os": ("lower(os) NOT IN ('linux', 'windows', '')", "has an os other than linux or windows"),
    "quantity": (
        f"amount IS NULL OR NOT isfinite(amount) OR amount < 0 OR amount > {_MOST_MACHINES}",
        f"has a quantity that is not a number between 0 and {_MOST_MACHINES:,}",
    ),
}


def _refuse_bad_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    if _one(connection, "SELECT count(*) FROM rows") == 0:
        raise AzcostError(f"{path} has a header and no rows.")
    for wrong, words in _MISTAKES.values():
        count = _one(connection, f"SELECT count(*) FROM rows WHERE {wrong}")  # noqa: S608
        if count:
            found = connection.execute(
                f"SELECT time, size, region, quantity FROM rows WHERE {wrong} LIMIT 1"  # noqa: S608
            ).fetchone()
            first = ", ".join(str(cell)[:40] for cell in found or ())
            more = f" ({count:,} such rows)" if count > 1 else ""
            raise AzcostError(f"{path}: the row `{first}` {words}{more}.")


def _usage(connection: duckdb.DuckDBPyConnection, path: Path, gaps: Gaps) -> HourlyUsage:
    connection.execute(
        "CREATE TABLE clean AS SELECT CAST(second AS BIGINT) // 3600 AS hour, size, "
        "lower(region) AS region, CASE WHEN os = '' THEN 'linux' ELSE lower(os) END AS os, "
        "subscription, amount FROM rows"
    )
    keys = connection.execute(
        "SELECT DISTINCT size, region, os, subscription FROM clean ORDER BY ALL"
    ).fetchall()
    first = _one(connection, "SELECT min(hour) FROM clean")
    hours = _one(connection, "SELECT max(hour) FROM clean") - first + 1
    start = datetime.fromtimestamp(first * _HOUR, tz=UTC)
    if hours > _MOST_HOURS or hours * len(keys) > _MOST_CELLS:
        raise AzcostError(
            f"{path} spans {hours:,} hours from {start:%Y-%m-%d} and {len(keys):,} series: too "
            "much to be right. Look for a row with a wrong year."
        )
    cells = connection.execute(
        "WITH keys AS (SELECT row_number() OVER (ORDER BY size, region, os, subscription) - 1 "
        "AS number, * FROM (SELECT DISTINCT size, region, os, subscription FROM clean)) "
        "SELECT number, hour - ? AS hour, amount FROM clean "
        "JOIN keys USING (size, region, os, subscription)",
        [first],
    ).fetchnumpy()
    series = tuple(Series(*key) for key in keys)
    at = np.asarray(cells["number"]) * hours + np.asarray(cells["hour"])
    counts = np.bincount(at, minlength=hours * len(series)).reshape(len(series), hours)
    for number, hour in _cells(counts > 1):
        raise AzcostError(
            f"{path} has {counts[number, hour]} rows for {series[number]} at "
            f"{_when(start, hour)}. Sum them first: one row per hour and series."
        )
    filled = int((counts == 0).sum())
    if filled and not gaps.are_zero:
        number, hour = next(_cells(counts == 0))
        raise AzcostError(
            f"{path} has no row for {series[number]} at {_when(start, hour)}, and {filled:,} of "
            f"{counts.size:,} such gaps in all. If no row means that nothing ran, say "
            "--gaps-are-zero."
        )
    quantity = np.zeros(counts.size)
    quantity[at] = cells["amount"]
    return HourlyUsage(start, series, quantity.reshape(counts.shape), filled)


def _cells(where: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    for number, hour in np.argwhere(where):
        yield int(number), int(hour)


def _when(start: datetime, hour: int) -> str:
    return f"{start + timedelta(hours=hour):%Y-%m-%d %H:00} UTC"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0][:300]
