"""What runs the sums over an export: DuckDB by default, Spark where a cluster is wanted.

Both run the same expressions, by way of Ibis; only the reading of files differs.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from azcost.files import is_there, written_whole
from azcost.usage.exports.headers import ExportError, Header, columns_of_csv, recognise

if TYPE_CHECKING:
    import duckdb
    import ibis

# Parts are made smaller until they fit; where this many are too large, smaller ones are, too.
_MOST_PARTS = 4_096
# Text that stands for nothing: some tools write NULL for it (FOCUS-Sample-Data).
_NOTHING = ("", "NULL")
_SPARK = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class Limits(msgspec.Struct, frozen=True):
    """What DuckDB may hold in memory, and how many rows are added up at a time.

    The process has some 200 MB more, and shall stay below 1 GiB. DuckDB gives up on the sums of
    50 million rows at once under this limit, though it spills to disk; that each part reads
    all rows again costs less than spilling does (docs/benchmarks.md).
    """

    memory: str = "700MB"
    part_rows: int = 1_250_000


USUAL = Limits()
Summed = Callable[["ibis.Table"], "ibis.Table"]


class Engine(Protocol):
    """Reads files as tables whose columns are named by what they mean."""

    def tables(self, files: Sequence[Path]) -> list[tuple[Header, ibis.Table]]:
        """All files, in as many tables as are needed; raises ExportError for what is no export."""

    def write(self, rows: ibis.Table, summed: Summed, folder: Path) -> None:
        """Add up rows (see `sums`), and write what comes out as Parquet into a new folder."""

    def close(self) -> None:
        """End what runs."""


class DuckDb:
    """DuckDB, with a limit of memory, in UTC, and without loading anything by itself."""

    def __init__(self, scratch: Path, cache: Path, limits: Limits) -> None:
        ibis = _ibis("exports")
        self._scratch, self._cache, self._part_rows = scratch, cache, limits.part_rows
        self._connection = ibis.duckdb.connect(
            memory_limit=limits.memory,
            temp_directory=str(scratch),
            preserve_insertion_order=False,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
        )

    def tables(self, files: Sequence[Path]) -> list[tuple[Header, ibis.Table]]:
        """See `Engine.tables`; a CSV is turned into Parquet, a compressed one once and for all.

        Files with the same columns are one table: a union of fifty reads fifty at a time.
        """
        alike: dict[Any, list[Path]] = {}
        for file in files:
            header, parquet = self._parquet(file)
            columns = tuple(self._read([parquet]).schema().items())
            alike.setdefault((header, columns, parquet == file), []).append(parquet)
        return [
            (header, _renamed(header, self._read(same)) if is_their_own else self._read(same))
            for (header, _, is_their_own), same in alike.items()
        ]

    def write(self, rows: ibis.Table, summed: Summed, folder: Path) -> None:
        """See `Engine.write`; in parts of the resources, each from reading all rows."""
        folder.mkdir(parents=True)
        with _said():
            count = int(rows.count().to_pyarrow().as_py())
        parts = 1 + count // self._part_rows
        while not self._written(rows, summed, folder, parts):
            parts *= 4

    def _written(self, rows: ibis.Table, summed: Summed, folder: Path, parts: int) -> bool:
        """Whether there was memory enough to write so many parts."""
        import duckdb

        for part in range(parts):
            own = rows.filter((rows.resource.hash() % parts).abs() == part)
            with _said():
                try:
                    self._connection.to_parquet(summed(own), folder / f"{part}.parquet")
                except duckdb.OutOfMemoryException:
                    if parts * 4 > _MOST_PARTS:
                        raise
                    for file in folder.iterdir():
                        file.unlink()
                    return False
        return True

    def close(self) -> None:
        """End the connection."""
        self._connection.disconnect()

    def _parquet(self, file: Path) -> tuple[Header, Path]:
        if file.suffix.lower() == ".parquet":
            return recognise(tuple(self._read([file]).columns), file), file
        header = recognise(columns_of_csv(file), file)
        keep = self._cache if file.suffix.lower() == ".gz" else self._scratch / "csv"
        return header, self._unpacked(file, header, keep)

    def _read(self, files: list[Path]) -> ibis.Table:
        with _said():
            return self._connection.read_parquet([str(file) for file in files])

    def _unpacked(self, file: Path, header: Header, folder: Path) -> Path:
        seen = file.stat()
        mark = f"{file}|{seen.st_size}|{seen.st_mtime_ns}|{header.places}"
        kept = folder / f"{hashlib.sha256(mark.encode()).hexdigest()[:32]}.parquet"
        if not is_there(kept):
            table = self._connection.read_csv([str(file)], **_csv(header))
            named = [name for name in table.columns if not name.startswith("_")]
            with written_whole(kept) as part, _said():
                part.chmod(0o600)  # somebody's bill
                self._connection.to_parquet(table.select(named), part)
        return kept


class Spark:
    """Spark on this machine, or the cluster that its own configuration names."""

    def __init__(self) -> None:
        ibis = _ibis("spark")
        session = import_module("pyspark.sql").SparkSession.builder.appName("azcost")
        for name, value in _SPARK.items():
            session = session.config(name, value)
        with _said_by_spark():
            self._session = session.getOrCreate()
            self._session.sparkContext.setLogLevel("ERROR")
            self._connection = ibis.pyspark.connect(self._session)

    def tables(self, files: Sequence[Path]) -> list[tuple[Header, ibis.Table]]:
        """See `Engine.tables`."""
        return [self._table(file) for file in files]

    def _table(self, file: Path) -> tuple[Header, ibis.Table]:
        with _said_by_spark():
            if file.suffix.lower() == ".parquet":
                read = self._connection.read_parquet(str(file))
                header = recognise(tuple(read.columns), file)
                return header, _renamed(header, read)
            header = recognise(columns_of_csv(file), file)
            read = self._session.read.csv(
                str(file), header=True, escape='"', multiLine=True, mode="FAILFAST",
                nullValue="NULL",
            )  # fmt: skip
            view = f"export_{hashlib.sha256(str(file).encode()).hexdigest()[:16]}"
            read.toDF(*header.names()).createOrReplaceTempView(view)
            return header, self._connection.table(view)

    def write(self, rows: ibis.Table, summed: Summed, folder: Path) -> None:
        """See `Engine.write`."""
        with _said_by_spark():
            query = self._connection.compile(summed(rows))
            self._session.sql(query).write.mode("overwrite").parquet(str(folder))

    def close(self) -> None:
        """End the session."""
        self._session.stop()


@contextmanager
def opened(engine: str, scratch: Path, cache: Path, limits: Limits) -> Iterator[Engine]:
    """An engine by its name, ended afterwards; raises ExportError when it is not installed."""
    running: Engine = Spark() if engine == "spark" else DuckDb(scratch, cache, limits)
    try:
        yield running
    finally:
        running.close()


@contextmanager
def sums_in(folder: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    """What an engine has written, as the view `sums` of a DuckDB of its own."""
    import duckdb

    config: dict[str, Any] = {"memory_limit": limits.memory, "temp_directory": str(folder.parent)}
    with _said(), duckdb.connect(config=config) as connection:
        files = str(folder / "*" / "*.parquet").replace("'", "''")
        connection.execute(f"CREATE VIEW sums AS FROM read_parquet('{files}')")
        yield connection


def _csv(header: Header) -> dict[str, Any]:
    return {
        "header": True, "auto_detect": False, "delim": ",", "quote": '"', "escape": '"',
        "nullstr": list(_NOTHING), "columns": dict.fromkeys(header.names(), "VARCHAR"),
    }  # fmt: skip


def _renamed(header: Header, table: ibis.Table) -> ibis.Table:
    meanings = {meaning: header.columns[place] for meaning, place in header.places}
    return table.select(**{meaning: table[own] for meaning, own in meanings.items()})


def _ibis(extra: str) -> Any:
    try:
        import ibis
    except ModuleNotFoundError as error:
        raise ExportError(
            f"Cost exports need what is not installed ({error.name}): "
            f"pip install 'azcost[{extra}]'."
        ) from error
    return ibis


@contextmanager
def _said() -> Iterator[None]:
    """DuckDB's errors in the words of the command line."""
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        if not (full := _full(str(error))):
            raise _unreadable(error) from error
        raise ExportError(f"The export cannot be added up: {full}") from error
    except duckdb.Error as error:
        raise _unreadable(error) from error


def _full(error: str) -> str:
    """What there is too little of, and what to do; empty where it is something else."""
    if "No space left" in error or "max_temp_directory_size" in error:
        return (
            f"the folder for temporary files, {tempfile.gettempdir()}, is full. Make room there, "
            "or name another one by the variable TMPDIR."
        )
    if "Out of Memory" in error:
        return (
            "it needs more memory than azcost lets it take. Give fewer months at a time, "
            "or take --engine spark."
        )
    return ""


def _unreadable(error: duckdb.Error) -> ExportError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    file = next((line[7:] for line in lines if line.startswith("file = ")), "The export")
    return ExportError(f"{file} cannot be read: {' '.join(lines[:4])[:400]}")


@contextmanager
def _said_by_spark() -> Iterator[None]:
    """Spark's errors, a missing Java among them, in the words of the command line."""
    errors = import_module("pyspark.errors")
    java = import_module("py4j.protocol")
    try:
        yield
    except (errors.PySparkException, java.Py4JError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise ExportError(
            f"Spark could not add up the exports: {' '.join(lines[:3])[:400]}"
        ) from error
