"""A blob inventory as cohorts: one pass of duckdb over CSV or Parquet.

Columns as Azure names them (https://learn.microsoft.com/azure/storage/blobs/blob-inventory):
Name and Content-Length are needed, Last-Modified or Creation-Time too; AccessTier,
AccessTierChangeTime, LastAccessTime, Tags, BlobType, Snapshot, VersionId,
IsCurrentVersion and Deleted are used where they are there.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from azcost.errors import AzcostError
from azcost.meters.cohorts import Account, Cohort
from azcost.spec.problems import did_you_mean

SUFFIXES = (".csv", ".csv.gz", ".parquet")
_NEEDED = ("Name", "Content-Length")
_TIMES = ("Last-Modified", "Creation-Time")
_KNOWN = (
    *_NEEDED, *_TIMES, "AccessTier", "AccessTierChangeTime", "LastAccessTime", "Tags", "BlobType",
    "Snapshot", "VersionId", "IsCurrentVersion", "Deleted",
)  # fmt: skip
_BYTES_PER_GB = 1024**3
# Ages are put together by 30 days up to three years, and all that is older by the year.
_AGE_STEP, _FINE_DAYS, _COARSE_STEP = 30, 1095, 365


def is_inventory(path: Path) -> bool:
    """Whether a file is an inventory, by its name."""
    return path.name.lower().endswith(SUFFIXES)


def read(
    path: Path, account: Account, today: datetime.date, prefixes: Sequence[str]
) -> list[Cohort]:
    """The blobs of an inventory by (prefix, size class, age), tier, kind and tags.

    A prefix is a container and its first folder, or the longest of `prefixes` (those of a
    policy) that a name begins with. A size class is a power of four; count and bytes are
    exact sums, ages the average of the class. Deleted blobs and page blobs are left out.
    Raises AzcostError for a file that is no inventory.
    """
    import duckdb

    if not path.is_file():
        raise AzcostError(f"{path} cannot be read: there is no such file.")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            source = _source(path)
            columns = [row[0] for row in connection.execute(f"DESCRIBE {source}").fetchall()]
        except duckdb.Error as error:
            raise AzcostError(f"{path} is not readable as a table: {_short(error)}") from error
        _check(path, columns)
        try:
            rows = connection.execute(
                _query(source, columns), [today.isoformat(), list(prefixes)]
            ).fetchall()
        except duckdb.Error as error:
            raise AzcostError(f"{path} has a value that cannot be read: {_short(error)}") from error
    cohorts = list(_cohorts(path, rows, account))
    if not cohorts:
        raise AzcostError(f"{path} has no blobs that a policy could be for.")
    return cohorts


def _source(path: Path) -> str:
    quoted = "'" + str(path).replace("'", "''") + "'"
    if path.suffix.lower() == ".parquet":
        return f"SELECT * FROM read_parquet({quoted})"  # noqa: S608 - quoted
    return f"SELECT * FROM read_csv({quoted}, header = true, all_varchar = true)"  # noqa: S608


def _check(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in _NEEDED if name not in columns]
    if not any(name in columns for name in _TIMES):
        missing.append("Last-Modified")
    if missing:
        hints = [f"{name}{did_you_mean(name, list(columns))}" for name in missing]
        raise AzcostError(f"{path} lacks columns of a blob inventory. {'; '.join(hints)}")


def _query(source: str, columns: Sequence[str]) -> str:
    def text(name: str) -> str:
        return f'CAST("{name}" AS VARCHAR)' if name in columns else "NULL"

    def time(name: str) -> str:
        return f"CAST(nullif(CAST(\"{name}\" AS VARCHAR), '') AS TIMESTAMP)"

    def days(name: str) -> str:
        if name not in columns:
            return "NULL"
        since = f"date_diff('day', {time(name)}, CAST($1 AS TIMESTAMP))"
        return f"CASE WHEN {since} < 0 THEN 0 ELSE {since} END"

    def average(name: str) -> str:  # over all sizes, so that they share one age
        return f"sum(sum({name})) OVER alike / sum(count({name})) OVER alike"

    modified = days("Last-Modified") if "Last-Modified" in columns else days("Creation-Time")
    created = days("Creation-Time") if "Creation-Time" in columns else "NULL"
    deleted = f"coalesce(lower({text('Deleted')}), '') = 'true'"
    return f"""
        WITH blobs AS (
            SELECT {text("Name")} AS name,
                CAST(CAST(nullif({text("Content-Length")}, '') AS DOUBLE) AS BIGINT) AS bytes,
                {modified} AS age, {created} AS created, {days("LastAccessTime")} AS idle,
                {days("AccessTierChangeTime")} AS held,
                coalesce(nullif({text("AccessTier")}, ''), 'Hot') AS tier,
                coalesce(nullif({text("BlobType")}, ''), 'BlockBlob') AS type,
                CASE WHEN coalesce({text("Snapshot")}, '') <> '' THEN 'snapshot'
                    WHEN lower(coalesce({text("IsCurrentVersion")}, 'true')) = 'false'
                    THEN 'version' ELSE 'baseBlob' END AS part,
                coalesce({text("Tags")}, '') AS tags
            FROM ({source}) WHERE NOT {deleted}
        ), placed AS (
            SELECT *, coalesce(
                list_aggregate(list_filter($2, lambda p: starts_with(name, p)), 'max'),
                regexp_extract(name, '^[^/]*/([^/]*/)?')
            ) AS prefix,
            CASE WHEN bytes > 0 THEN CAST(floor(log2(bytes) / 2) AS INTEGER) ELSE -1 END AS size,
            CASE WHEN age < {_FINE_DAYS} THEN age // {_AGE_STEP}
                ELSE {_FINE_DAYS} + age // {_COARSE_STEP} END AS era
            FROM blobs
        )
        SELECT prefix, tier, type, part, tags, size, count(*), sum(bytes), {average("age")},
            {average("created")}, {average("idle")}, {average("held")},
            count(*) FILTER (WHERE name IS NULL OR bytes IS NULL OR bytes < 0 OR age IS NULL)
        FROM placed
        GROUP BY prefix, tier, type, part, tags, size, era
        WINDOW alike AS (PARTITION BY prefix, tier, type, part, tags, era) ORDER BY ALL
    """  # noqa: S608 - columns of our own list


def _cohorts(path: Path, rows: Sequence[tuple[Any, ...]], account: Account) -> Iterator[Cohort]:
    broken = sum(row[-1] for row in rows)
    if broken:
        raise AzcostError(
            f"{path}: {broken:,} rows have no name, no size, a negative size or no date."
        )
    for prefix, tier, type_, part, tags, size, count, total, age, created, idle, held, _ in rows:
        if type_.lower() not in ("blockblob", "appendblob"):
            continue
        days = round(age)
        moves = type_.lower() == "blockblob"
        yield Cohort(
            name=f"{prefix or '(no prefix)'} {_class(size)}, {days:,} d",
            blobs=Decimal(count),
            gb=Decimal(int(total)) / _BYTES_PER_GB,
            age_days=days,
            created_days=None
            if created is None or part != "baseBlob"
            else max(days, round(created)),
            idle_days=None if idle is None else round(idle),
            tier=_tier(path, tier),
            tier_days=None if held is None else round(held),
            part=part,
            blob_type="blockBlob" if moves else "appendBlob",
            prefix=prefix,
            tags=_tags(path, tags),
            region=account.region,
            redundancy=account.redundancy,
            hierarchical_namespace=account.hierarchical_namespace,
        )


def _tier(path: Path, tier: str) -> Any:
    known = ("Hot", "Cool", "Cold", "Archive")
    if tier.capitalize() not in known:
        raise AzcostError(f"{path}: the AccessTier {tier[:40]} has no lifecycle to price.")
    return tier.capitalize()


def _tags(path: Path, text: str) -> dict[str, str]:
    """The tags of a row: a JSON object, as Azure writes them."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise AzcostError(f"{path}: the Tags {text[:40]} are not a JSON object.") from error
    if not isinstance(found, dict):
        raise AzcostError(f"{path}: the Tags {text[:40]} are not a JSON object.")
    return {str(name): str(value) for name, value in found.items()}


def _class(size: int) -> str:
    """A size class by its upper end."""
    if size < 0:
        return "empty"
    upper = 4 ** (size + 1)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if upper < 1024:
            return f"to {upper:,} {unit}"
        upper //= 1024
    return f"to {upper:,} PiB"


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
