"""A table of ours as texts, whatever its file's types are: each reader then says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from azcost.errors import AzcostError


def view(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    needed: Sequence[str],
    optional: Mapping[str, str],
) -> None:
    """Make a view `texts` of a CSV or Parquet file; `optional` columns have a default each.

    Column names are compared without case. Raises AzcostError for a file that is not there,
    that is empty, or that lacks a needed column, and duckdb.Error for what is no table.
    """
    if not path.is_file():
        raise AzcostError(f"{path}: there is no such file.")
    if path.stat().st_size == 0:
        raise AzcostError(f"{path} is empty. It needs the columns {', '.join(needed)}.")
    if path.suffix == ".parquet":
        source = connection.read_parquet(str(path))
    else:
        source = connection.read_csv(str(path), header=True, all_varchar=True)
    names = {name.strip().lower(): name for name in source.columns}
    missing = [name for name in needed if name not in names]
    if missing:
        raise AzcostError(
            f"{path} has no column {', '.join(missing)}: it has "
            f"{', '.join(source.columns)[:200]}. Name them {', '.join(needed)}."
        )
    texts = [_text(name, names[name], "") for name in needed]
    texts += [_text(name, names.get(name), default) for name, default in optional.items()]
    source.project(", ".join(texts)).create_view("texts")


def _text(name: str, column: str | None, default: str) -> str:
    if column is None:
        return f"'{default}' AS {name}"
    quoted = column.replace('"', '""')
    return f"""coalesce(trim(CAST("{quoted}" AS VARCHAR)), '{default}') AS {name}"""
