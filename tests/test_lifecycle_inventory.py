"""Blob inventories: the same blobs whatever the file, and clear words for what is none."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest

from azcost.errors import AzcostError
from azcost.meters.cohorts import Account
from azcost.usage import inventory

ACCOUNT = Account(region="westeurope", redundancy="LRS", hierarchical_namespace=False)
TODAY = datetime.date(2026, 3, 1)
COLUMNS = (
    "Name,Creation-Time,Last-Modified,Content-Length,BlobType,AccessTier,AccessTierChangeTime,"
    "LastAccessTime,Snapshot,IsCurrentVersion,Tags,Deleted\n"
)
ROWS = """\
data/raw/a.bin,2026-01-01T00:00:00.000Z,2026-01-30T00:00:00.000Z,1000,BlockBlob,Hot,,,,,,
data/raw/b.bin,2026-01-01T00:00:00.000Z,2026-01-30T00:00:00.000Z,1020,BlockBlob,Hot,,,,,,false
data/raw/big.bin,2026-01-01T00:00:00.000Z,2026-01-30T00:00:00.000Z,1073741824,BlockBlob,Hot,,,,,,
data/raw/gone.bin,2026-01-01T00:00:00.000Z,2026-01-30T00:00:00.000Z,7,BlockBlob,Hot,,,,,,true
data/old.bin,2025-03-01T00:00:00.000Z,2025-03-01T00:00:00.000Z,0,BlockBlob,Cool,2026-02-19T00:00:00.000Z,2026-02-27T00:00:00.000Z,,true,"{""team"":""x""}",
data/old.bin,2026-02-01T00:00:00.000Z,2026-02-01T00:00:00.000Z,50,BlockBlob,Hot,,,2026-02-01T00:00:00Z,,,
data/old.bin,2026-02-01T00:00:00.000Z,2026-02-01T00:00:00.000Z,50,BlockBlob,Hot,,,,false,,
vhds/disk.vhd,2026-02-01T00:00:00.000Z,2026-02-01T00:00:00.000Z,512,PageBlob,,,,,,,
logs/app.log,2026-02-01T00:00:00.000Z,2026-02-01T00:00:00.000Z,512,AppendBlob,,,,,,,
"""


def write(folder: Path, text: str, name: str = "inventory.csv") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_blobs_become_cohorts_of_prefix_size_age_tier_and_kind(tmp_path: Path) -> None:
    found = inventory.read(write(tmp_path, COLUMNS + ROWS), ACCOUNT, TODAY, [])
    said = {(one.prefix, one.part, one.blob_type, one.tier, int(one.blobs)): one for one in found}
    assert sorted(said) == [
        ("data/", "baseBlob", "blockBlob", "Cool", 1),
        ("data/", "snapshot", "blockBlob", "Hot", 1),
        ("data/", "version", "blockBlob", "Hot", 1),
        ("data/raw/", "baseBlob", "blockBlob", "Hot", 1),
        ("data/raw/", "baseBlob", "blockBlob", "Hot", 2),
        ("logs/", "baseBlob", "appendBlob", "Hot", 1),
    ]
    raw = said["data/raw/", "baseBlob", "blockBlob", "Hot", 2]
    assert (raw.age_days, raw.created_days, raw.tier_days) == (30, 59, None)
    assert raw.total_gb * 1024**3 == 2020
    old = said["data/", "baseBlob", "blockBlob", "Cool", 1]
    assert (old.age_days, old.tier_days, old.idle_days) == (365, 10, 2)
    assert old.tags == {"team": "x"}


def test_the_prefixes_of_a_policy_divide_blobs(tmp_path: Path) -> None:
    found = inventory.read(write(tmp_path, COLUMNS + ROWS), ACCOUNT, TODAY, ["data/raw/b", "data/"])
    assert {(one.prefix, int(one.blobs)) for one in found if one.tier == "Hot"} == {
        ("data/", 1),
        ("data/raw/b", 1),
        ("logs/", 1),
    }


def test_parquet_says_what_csv_says(tmp_path: Path) -> None:
    csv = write(tmp_path, COLUMNS + ROWS)
    parquet = tmp_path / "inventory.parquet"
    query = f"COPY (SELECT * FROM read_csv('{csv}')) TO '{parquet}' (FORMAT parquet)"
    duckdb.execute(query)
    assert inventory.read(parquet, ACCOUNT, TODAY, []) == inventory.read(csv, ACCOUNT, TODAY, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks columns|not readable"),
        ("a,b\n1,2\n", "lacks columns of a blob inventory. Name"),
        ("Name,Content-length,Last-Modified\nx,1,2026-01-01\n", "did you mean Content-length"),
        ("Name,Content-Length,Last-Modified\n", "has no blobs"),
        ("Name,Content-Length,Last-Modified\na/x,-1,2026-01-01T00:00:00Z\n", "1 rows have no"),
        ("Name,Content-Length,Last-Modified\na/x,NaN,2026-01-01T00:00:00Z\n", "cannot be read"),
        ("Name,Content-Length,Last-Modified\na/x,1,yesterday\n", "cannot be read"),
        ("Name,Content-Length,Last-Modified\na/x,1,\n", "1 rows have no"),
        ("Name,Content-Length,Last-Modified,AccessTier\na/x,1,2026-01-01,Tepid\n", "Tepid"),
        ("Name,Content-Length,Last-Modified,Tags\na/x,1,2026-01-01,[1]\n", "Tags"),
    ],
)
def test_what_is_no_inventory_is_said_to_be_none(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(AzcostError, match=said):
        inventory.read(write(tmp_path, text), ACCOUNT, TODAY, [])


def test_a_damaged_parquet_file_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(AzcostError, match="not readable as a table"):
        inventory.read(write(tmp_path, "PAR1", "x.parquet"), ACCOUNT, TODAY, [])
