"""Exports on Spark: the same sums as on DuckDB."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from azcost.errors import AzcostError
from azcost.usage.exports.read import read
from conftest import ROOT

pytest.importorskip(
    "pyspark", reason="the extra 'spark' (0.5 GB and a Java) is not installed: nothing to compare"
)
if not shutil.which("java"):
    pytest.skip("Spark needs a Java, and there is none", allow_module_level=True)


def test_spark_and_duckdb_give_the_same_bill(tmp_path: Path) -> None:
    example = ROOT / "examples/cost-export"
    assert read([example], engine="spark") == read([example])
    odd = tmp_path / "a.csv"
    odd.write_text(
        "\ufeffDate,Cost,BillingCurrency,MeterName,Tags\n"
        '09/01/2026,5.5E-05,USD,NULL,"a: ""b"",\nc"\n'
        "20260902,-0.1,USD,x,\n2026-09-03T10:00:00Z,1,USD,,\n"
    )
    assert read([odd], engine="spark") == read([odd])


def test_what_spark_cannot_read_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no parquet at all")
    with pytest.raises(AzcostError, match="Spark could not"):
        read([tmp_path], engine="spark")
