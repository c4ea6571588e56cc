from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from azcost.cli import main
from azcost.errors import AzcostError
from azcost.usage.hourly import Gaps, Series, load
from conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/commit/bad_usage.yaml").read_text())
STRICT, ZERO = Gaps(are_zero=False), Gaps(are_zero=True)


def written(folder: Path, text: str, name: str = "usage.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    return file


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_bad_usage_is_refused_in_words(case: dict[str, Any], tmp_path: Path) -> None:
    file = written(tmp_path, case["text"], case.get("file", "usage.csv"))
    done = CliRunner().invoke(main, ["commit", str(file)])
    assert done.exit_code == 2
    assert "\nError: " in f"\n{done.stderr}"  # the tables may be compiled before it
    assert done.stdout == ""
    for words in case["says"]:
        assert words in done.stderr


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AzcostError, match="no such file"):
        load(tmp_path / "nothing.csv", STRICT)


def test_rows_in_any_order_become_hours_by_series(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "quantity,Region,size,time\n"
        "2,polandcentral,B,2026-01-01T03:00:00+01:00\n"
        "1,polandcentral,B,2026-01-01 01:00:00\n"
        "4.5,PolandCentral,A,2026-01-01T02:00:00Z\n"
        "3,polandcentral,A,2026-01-01T01:00:00Z\n",
    )
    found = load(file, STRICT)
    assert found.start == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert found.series == (
        Series("A", "polandcentral", "linux", ""),
        Series("B", "polandcentral", "linux", ""),
    )
    assert found.quantity.tolist() == [[3, 4.5], [1, 2]]


def test_gaps_are_zero_where_the_user_says_so(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "time,size,region,quantity\n2026-01-01T00:00:00Z,A,x,1\n2026-01-01T02:00:00Z,A,x,2\n",
    )
    found = load(file, ZERO)
    assert found.quantity.tolist() == [[1, 0, 2]]
    assert found.filled == 1


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    csv = written(
        tmp_path,
        "time,size,region,quantity,os,subscription\n"
        "2026-01-01T00:00:00Z,A,x,1,Windows,one\n"
        "2026-01-01T01:00:00Z,A,x,2,windows,one\n",
    )
    parquet = tmp_path / "usage.parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"COPY (FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)")
    one, other = load(csv, STRICT), load(parquet, STRICT)
    assert one.series == other.series == (Series("A", "x", "windows", "one"),)
    assert one.start == other.start
    assert np.array_equal(one.quantity, other.quantity)
