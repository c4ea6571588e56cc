"""A trace of requests to a language model, from CSV or Parquet to arrays per minute."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from azcost.errors import AzcostError
from azcost.token_load import MAX_DAYS, MINUTES_PER_DAY, Minutes, TokenLoad

# What the columns are called, without case and punctuation: in the Azure LLM inference
# trace (TIMESTAMP, ContextTokens, GeneratedTokens), in OpenAI's usage object
# (prompt_tokens, completion_tokens, cached_tokens), in Azure Monitor's metrics, and plainly.
_NAMES = {
    "time": ("timestamp", "time", "timegenerated", "datetime", "date", "created", "createdat"),
    "input": (
        "input", "inputtokens", "contexttokens", "prompttokens", "processedprompttokens",
    ),
    "output": ("output", "outputtokens", "generatedtokens", "completiontokens"),
    "cached": ("cached", "cachedtokens", "cachedinputtokens", "cachedprompttokens"),
    "requests": ("requests", "requestcount", "azureopenairequests"),
}  # fmt: skip
_NEEDED = ("time", "input", "output")
# A trillion tokens in one row is a slip, even where a row is an hour of many users.
_MOST = 10**12
_MINUTE_US = 60_000_000
_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$")
_NUMBERS = re.compile(r"DOUBLE|FLOAT|DECIMAL")
# Column -> one value per minute, as DuckDB hands it over.
Rows = dict[str, Any]


def read(path: Path) -> TokenLoad:
    """Read a trace: one row per request, or per interval with a `requests` column.

    Columns are `time` (a timestamp, UTC where it says no zone, or seconds since 1970),
    `input`, `output` and perhaps `cached` tokens, of which `cached` is a part of `input`;
    other names in use are understood. Rows may come in any order. Raises AzcostError for
    what cannot be read, with the first bad row.
    """
    if not path.is_file():
        raise AzcostError(f"{path} is not a file.")
    if path.stat().st_size == 0:
        raise AzcostError(f"{path} is empty: expected columns time, input, output.")
    try:
        rows = _per_minute(path)
    except duckdb.Error as error:
        raise AzcostError(f"{path} cannot be read: {_first_line(error)}") from error
    return _load(rows, path)


def _per_minute(path: Path) -> Rows:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    if path.suffix.lower() in (".parquet", ".pq"):
        return _aggregate(connection, "read_parquet(?)", [str(path)], path)
    try:
        return _aggregate(connection, "read_csv(?, header = true)", [str(path)], path)
    except (duckdb.ConversionException, duckdb.InvalidInputException):
        # A cell contradicts what the first rows looked like: find it, and say so. A table of
        # its own, because DuckDB 2.0.1 moves TRY_CAST into its CSV reader, where it fails
        # instead of giving NULL.
        connection.execute(
            "CREATE TABLE cells AS SELECT * FROM read_csv(?, header = true, all_varchar = true)",
            [str(path)],
        )
        return _aggregate(connection, "cells", [], path)


def _columns(known: list[str], path: Path) -> dict[str, str]:
    """Which column of the file is which; raises AzcostError when a needed one is absent."""
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in known}
    found = {}
    for field, names in _NAMES.items():
        for name in names:
            if name in plain:
                found[field] = plain[name]
                break
    missing = [field for field in _NEEDED if field not in found]
    if missing:
        there = ", ".join(name[:40] for name in known[:12])
        raise AzcostError(
            f"{path} has no column for {' and '.join(missing)}: expected time, input and "
            f"output (or TIMESTAMP, ContextTokens, GeneratedTokens), found {there}."
        )
    return found


def _aggregate(connection: Any, table: str, file: list[str], path: Path) -> Rows:
    """The sums of every minute that has rows, in order of time."""
    everything = f"SELECT * FROM {table}"  # noqa: S608 - a constant
    described = connection.execute(f"DESCRIBE {everything}", file).fetchall()
    types = {name: type_ for name, type_, *_ in described}
    columns = _columns(list(types), path)
    cells = {field: _quoted(name) for field, name in columns.items()}
    numbers = {
        field: _number(text, types[columns[field]])
        for field, text in cells.items()
        if field != "time"
    }
    good = [f"coalesce({number} BETWEEN 0 AND {_MOST}, false)" for number in numbers.values()]
    if "cached" in columns:
        good.append(f"{numbers['cached']} <= {numbers['input']}")
    said = [f"coalesce({_quoted(name)}::VARCHAR, '')" for name in columns.values()]
    parts = [
        f"{_microseconds(cells['time'], types[columns['time']])} // {_MINUTE_US} AS minute",
        *(f"{number} AS {field}" for field, number in numbers.items()),
        f"minute IS NOT NULL AND {' AND '.join(good)} AS good",
        f"[{', '.join(said)}] AS said",
    ]
    requests = f"(SELECT {', '.join(parts)} FROM {table})"  # noqa: S608 - names are quoted
    sums = ", ".join(f"sum({field}) AS {field}" for field in numbers)
    bad = "count(*) FILTER (WHERE NOT good) AS bad"
    by_minute = f"SELECT minute, count(*) AS rows, {sums}, {bad} FROM {requests}"  # noqa: S608
    rows: Rows = connection.execute(
        f"{by_minute} GROUP BY minute ORDER BY minute", file
    ).fetchnumpy()
    if count := int(rows["bad"].sum()):
        first = f"SELECT said FROM {requests} WHERE NOT good LIMIT 1"  # noqa: S608
        row = connection.execute(first, file).fetchall()[0][0]
        _refuse(path, dict(zip(columns.values(), row, strict=True)), count)
    return rows


def _number(text: str, type_: str) -> str:
    """The SQL of a cell as a number; NULL for what is none, and for NaN."""
    cast = f"TRY_CAST({text} AS DOUBLE)"
    return cast if _WHOLE.match(type_) else f"CASE WHEN isfinite({cast}) THEN {cast} END"


def _microseconds(text: str, type_: str) -> str:
    """The SQL of a time, in microseconds since 1970; NULL for what is none."""
    if type_.startswith("TIMESTAMP"):
        return f"epoch_us({text})"
    seconds = f"TRY_CAST(TRY_CAST({text} AS DOUBLE) * 1000000 AS BIGINT)"
    if _WHOLE.match(type_) or _NUMBERS.match(type_):
        return seconds
    since_1970 = f"epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))"
    return f"coalesce({since_1970}, {seconds})" if type_ == "VARCHAR" else since_1970


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _refuse(path: Path, cells: dict[str, str], bad: int) -> None:
    said = ", ".join(f"{name[:40]} '{cell[:40]}'" for name, cell in cells.items())
    raise AzcostError(
        f"{path}: {bad:,} row{'s are' if bad > 1 else ' is'} no request, the first with {said}. "
        f"Expected a time, and tokens from 0 to {_MOST:,}, of which cached is a part of input."
    )


def _load(rows: Rows, path: Path) -> TokenLoad:
    minutes = np.asarray(rows["minute"], dtype=np.int64)
    if not len(minutes):
        raise AzcostError(f"{path} has a header and no rows: expected requests.")
    step = _interval(minutes) if "requests" in rows else 1
    span = int(minutes[-1] - minutes[0]) + step
    if span > MAX_DAYS * MINUTES_PER_DAY:
        raise AzcostError(
            f"{path} spans {span // MINUTES_PER_DAY:,} days, more than {MAX_DAYS}: is a time in "
            "another unit? Numbers are taken as seconds since 1970."
        )
    sums = {
        field: _spread(minutes - minutes[0], rows[field], span, step)
        for field in ("rows", "requests", "input", "cached", "output")
        if field in rows
    }
    load = TokenLoad(
        name=path.name,
        first=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=int(minutes[0])),
        requests=sums.get("requests", sums["rows"]),
        input=sums["input"],
        cached=sums.get("cached", np.zeros(span)),
        output=sums["output"],
        notes=(f"rows are {step} minutes apart: spread evenly, which hides peaks",)
        if step > 1
        else (),
    )
    if not load.requests.sum() or not (load.input.sum() + load.output.sum()):
        raise AzcostError(f"{path} has no requests with tokens: nothing to price.")
    return load


def _interval(minutes: NDArray[np.int64]) -> int:
    """How far apart the rows of a metric are, in minutes."""
    return int(np.gcd.reduce(np.diff(minutes))) if len(minutes) > 1 else 1


def _spread(where: NDArray[np.int64], sums: Any, span: int, step: int) -> Minutes:
    """Put the sums of the rows on their minutes, and over those up to the next row."""
    every = np.zeros(span // step)
    every[where // step] = np.asarray(sums, dtype=float)
    return np.asarray(np.repeat(every / step, step))


def _first_line(error: Exception) -> str:
    """What DuckDB found wrong, without its advice about its own options."""
    lines = [line for line in str(error).strip().split("\n") if line]
    return " ".join(lines[:1] if len(lines) < _FEW else lines[:_FEW])[:300]


_FEW = 3
