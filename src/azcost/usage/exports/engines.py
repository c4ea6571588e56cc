"""What runs the sums over an export: DuckDB by default, Spark where a cluster is wanted.

Both run the same expressions, by way of Ibis; only the reading of files differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from azcost.files import is_there, written_whole
from azcost.usage.exports.headers import ExportError, Header, columns_of_csv, recognise

if TYPE_CHECKING:
    import duckdb
    import ibis

# With 640 MB DuckDB gives up on some runs of the benchmark's 10 million rows; with 1 GB it has
# been seen to spill 24 million sums to disk (PERFORMANCE section 2).
MEMORY_LIMIT = "1GB"
# Text that stands for nothing: some tools write NULL for it (FOCUS-Sample-Data).
_NOTHING = ("", "NULL")
_SPARK = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class Engine(Protocol):
    """Reads files as tables whose columns are named by what they mean."""

    def table(self, file: Path) -> tuple[Header, ibis.Table]:
        """One file; raises ExportError when it is no export."""

    def write(self, expression: ibis.Table, folder: Path) -> None:
        """Run an expression and write its rows as Parquet into a folder."""

    def close(self) -> None:
        """End what runs."""


class DuckDb:
    """DuckDB, with a limit of memory, in UTC, and without loading anything by itself."""

    def __init__(self, scratch: Path, cache: Path) -> None:
        ibis = _ibis("exports")
        self._cache = cache
        self._connection = ibis.duckdb.connect(
            memory_limit=MEMORY_LIMIT,
            temp_directory=str(scratch),
            preserve_insertion_order=False,
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
        )

    def table(self, file: Path) -> tuple[Header, ibis.Table]:
        """One file; a compressed CSV is turned into Parquet once."""
        if file.suffix.lower() == ".parquet":
            return _renamed(file, self._parquet(file))
        header = recognise(columns_of_csv(file), file)
        if file.suffix.lower() == ".gz":
            return header, self._parquet(self._unpacked(file, header))
        return header, self._connection.read_csv([str(file)], **_csv(header))

    def write(self, expression: ibis.Table, folder: Path) -> None:
        """See `Engine.write`."""
        with _said():
            self._connection.to_parquet(expression, folder / "part.parquet")

    def close(self) -> None:
        """End the connection."""
        self._connection.disconnect()

    def _parquet(self, file: Path) -> ibis.Table:
        with _said():
            return self._connection.read_parquet([str(file)])

    def _unpacked(self, file: Path, header: Header) -> Path:
        seen = file.stat()
        mark = f"{file}|{seen.st_size}|{seen.st_mtime_ns}|{header.places}"
        kept = self._cache / f"{hashlib.sha256(mark.encode()).hexdigest()[:32]}.parquet"
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

    def table(self, file: Path) -> tuple[Header, ibis.Table]:
        """One file."""
        with _said_by_spark():
            if file.suffix.lower() == ".parquet":
                return _renamed(file, self._connection.read_parquet(str(file)))
            header = recognise(columns_of_csv(file), file)
            read = self._session.read.csv(
                str(file), header=True, escape='"', multiLine=True, mode="FAILFAST",
                nullValue="NULL",
            )  # fmt: skip
            view = f"export_{hashlib.sha256(str(file).encode()).hexdigest()[:16]}"
            read.toDF(*header.names()).createOrReplaceTempView(view)
            return header, self._connection.table(view)

    def write(self, expression: ibis.Table, folder: Path) -> None:
        """See `Engine.write`."""
        with _said_by_spark():
            query = self._connection.compile(expression)
            self._session.sql(query).write.mode("overwrite").parquet(str(folder))

    def close(self) -> None:
        """End the session."""
        self._session.stop()


@contextmanager
def opened(engine: str, scratch: Path, cache: Path) -> Iterator[Engine]:
    """An engine by its name, ended afterwards; raises ExportError when it is not installed."""
    running: Engine = Spark() if engine == "spark" else DuckDb(scratch, cache)
    try:
        yield running
    finally:
        running.close()


@contextmanager
def sums_in(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What an engine has written, as the view `sums` of a DuckDB of its own."""
    import duckdb

    limits: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(folder.parent)}
    with _said(), duckdb.connect(config=limits) as connection:
        files = str(folder / "*.parquet").replace("'", "''")
        connection.execute(f"CREATE VIEW sums AS FROM read_parquet('{files}')")
        yield connection


def _csv(header: Header) -> dict[str, Any]:
    return {
        "header": True, "auto_detect": False, "delim": ",", "quote": '"', "escape": '"',
        "nullstr": list(_NOTHING), "columns": dict.fromkeys(header.names(), "VARCHAR"),
    }  # fmt: skip


def _renamed(file: Path, table: ibis.Table) -> tuple[Header, ibis.Table]:
    header = recognise(tuple(table.columns), file)
    meanings = {meaning: header.columns[place] for meaning, place in header.places}
    return header, table.select(**{meaning: table[own] for meaning, own in meanings.items()})


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
    except duckdb.Error as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        file = next((line[7:] for line in lines if line.startswith("file = ")), "The export")
        raise ExportError(f"{file} cannot be read: {' '.join(lines[:4])[:400]}") from error


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
