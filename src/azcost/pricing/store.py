"""The tables compiled into one SQLite file, made once and then only opened.

The file is named by the hash of the tables, written under a temporary name and renamed,
so that two processes may compile at once and nobody ever opens half a file. Computing
the hash reads every byte of the tables, so a memo keyed on their names, sizes and times
remembers it: an unchanged checkout is opened without reading them.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from azcost import paths
from azcost.errors import TablesError, Unwritable
from azcost.files import is_there, written_whole
from azcost.pricing import tables
from azcost.pricing.rows import offer

# Raise with every change of SCHEMA or of what `rows.offer` answers.
VERSION = 3

SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE units (spelling TEXT PRIMARY KEY, block TEXT, unit TEXT) WITHOUT ROWID;
CREATE TABLE regions (region TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE known (
  kind TEXT, spelling TEXT, name TEXT, PRIMARY KEY (kind, spelling)
) WITHOUT ROWID;
CREATE TABLE vm_sizes (
  size TEXT PRIMARY KEY, vcpus INTEGER, memory_gib TEXT, gpus INTEGER, gpu_model TEXT
) WITHOUT ROWID;
CREATE TABLE windows_licences (
  arm_sku TEXT PRIMARY KEY, per_hour TEXT, spread TEXT, regions INTEGER
) WITHOUT ROWID;
CREATE TABLE reservation_ratios (
  arm_sku TEXT, purchase TEXT, ratio TEXT, spread TEXT, regions TEXT,
  PRIMARY KEY (arm_sku, purchase)
) WITHOUT ROWID;
CREATE TABLE partitions (
  service TEXT, region TEXT, fetched_on TEXT, PRIMARY KEY (service, region)
) WITHOUT ROWID;
CREATE TABLE names (
  id INTEGER PRIMARY KEY, service TEXT, product TEXT, sku TEXT, meter TEXT, arm_sku TEXT,
  unit TEXT, type TEXT, os TEXT, purchase TEXT, rejected TEXT
);
CREATE TABLE prices (
  name INTEGER, region TEXT, tier TEXT, price TEXT, savings_1y TEXT, savings_3y TEXT,
  meter_id TEXT, effective TEXT, source TEXT, rule TEXT
);
"""
INDEXES = """
INSERT OR IGNORE INTO known
  SELECT 'sizes', lower(replace(arm_sku, '_', '')), arm_sku FROM names
  WHERE service = 'Virtual Machines' AND arm_sku <> '';
INSERT OR IGNORE INTO known SELECT 'sizes', lower(replace(size, '_', '')), size FROM vm_sizes;
INSERT OR IGNORE INTO known SELECT 'regions', lower(region), region FROM regions;
INSERT OR IGNORE INTO known SELECT 'regions', lower(name), region FROM regions;
INSERT OR IGNORE INTO known SELECT 'regions', lower(region), region FROM partitions;
CREATE INDEX names_by_arm_sku ON names (service, arm_sku);
CREATE INDEX names_by_meter ON names (service, meter);
CREATE INDEX names_by_sku ON names (service, sku);
CREATE INDEX prices_by_name ON prices (name, region);
"""


def open_shipped() -> sqlite3.Connection:
    """Open the shipped tables, compiling them first if this machine has not yet.

    Raises TablesError when they are missing or damaged.
    """
    folder = paths.shipped("data/pricing")
    cache = paths.cache()
    key = _remembered_hash(folder, cache)
    file = cache / _file_name(key)
    if is_there(file):
        return connect(file)
    try:
        _compile(folder, key, file)
    except Unwritable as problem:
        file = paths.fallback_cache() / _file_name(key)
        sys.stderr.write(f"{problem} So azcost is keeping the tables in {file.parent}.\n")
        if not is_there(file):
            _compile(folder, key, file)
    return connect(file)


def _file_name(key: str) -> str:
    return f"tables-{key}-v{VERSION}.sqlite"


def _remembered_hash(folder: Path, cache: Path) -> str:
    """The hash of the tables, from the memo if no file has changed since it was written."""
    signature = "".join(
        f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}\n" for path in tables.files(folder)
    )
    memo = cache / f"hash-of-{crc32(str(folder).encode()):08x}"
    with suppress(OSError):
        key, _, known = memo.read_text(encoding="utf-8").partition("\n")
        if known == signature:
            return key
    key = tables.content_hash(folder)
    # A cache that cannot be written costs time, not correctness.
    with suppress(Unwritable), written_whole(memo) as part:
        part.write_text(f"{key}\n{signature}", encoding="utf-8")
    return key


def connect(file: Path) -> sqlite3.Connection:
    """Open a compiled database for reading; raises TablesError when it is damaged."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("SELECT value FROM facts").fetchall()
    except sqlite3.DatabaseError as error:
        connection.close()
        raise TablesError(
            f"{file} is damaged: {error}. Delete it, and azcost makes it again "
            "(synced prices with `azcost prices sync`)."
        ) from error
    return connection


def _compile(folder: Path, key: str, target: Path) -> None:
    write(
        target,
        lines=_announced(tables.lines(folder)),
        references={name: tables.reference(folder, name) for name in tables.REFERENCES},
        facts={"tables": key, "currency": "USD"},
    )


def _announced(lines: Iterable[tables.Line]) -> Iterable[tables.Line]:
    """The lines, after a word on why this takes a while: not before the file could be made."""
    sys.stderr.write("Compiling the price tables (once, a few seconds) ...\n")
    yield from lines


def write(
    target: Path,
    *,
    lines: Iterable[tables.Line],
    references: dict[str, Iterable[tuple[str, ...]]],
    facts: dict[str, str],
) -> None:
    """Write a database of price `lines` at `target`, all at once or not at all.

    Raises Unwritable where that cannot be, a full disk included.
    """
    with written_whole(target) as part:
        connection = sqlite3.connect(part)
        try:
            _fill(connection, lines, references, facts)
        except sqlite3.OperationalError as error:
            raise Unwritable(f"{target} cannot be written: {error}.") from error
        finally:
            connection.close()


def _fill(
    connection: sqlite3.Connection,
    lines: Iterable[tables.Line],
    references: dict[str, Iterable[tuple[str, ...]]],
    facts: dict[str, str],
) -> None:
    connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + SCHEMA)
    connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    for table, facts_of in references.items():
        for cells in facts_of:
            marks = ", ".join("?" * len(cells))
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", cells)  # noqa: S608 - ours
    ids: dict[tuple[str, ...], int] = {}
    connection.executemany(
        "INSERT INTO prices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", _price_lines(lines, ids)
    )
    connection.executemany(
        "INSERT INTO names VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_name_line, ids.items())
    )
    connection.executescript(INDEXES)
    connection.execute("ANALYZE")
    connection.commit()


def _price_lines(
    lines: Iterable[tables.Line], ids: dict[tuple[str, ...], int]
) -> Iterable[tuple[object, ...]]:
    for line in lines:
        yield (ids.setdefault(line[: tables.NAMES], len(ids)), *line[tables.NAMES :])


def _name_line(item: tuple[tuple[str, ...], int]) -> tuple[object, ...]:
    (service, product, sku, meter, arm_sku, unit, type_), number = item
    sells = offer(service, product, sku, meter, arm_sku, type_)
    return (
        number, service, product, sku, meter, arm_sku, unit, type_,
        sells.os, sells.purchase, sells.rejected,
    )  # fmt: skip
