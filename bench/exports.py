"""Cost exports: a large FOCUS export in Parquet, against DuckDB's SQL written by hand.

python bench/exports.py [--rows 10000000] [--whole 50000000] [--write] [--spark]

`--spark` needs `pip install 'azcost[spark]'` and a Java; it compares the sums of both engines.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
import sections

BAR_RATIO, BAR_MIB = 1.6, 1024
RESOURCES, DAYS, FILE_ROWS = 200_000, 30, 1_000_000
_GROUPED = """
    0 AS source, ProviderName, BillingCurrency, SubAccountId, ResourceId, x_SkuMeterCategory,
    x_SkuMeterSubcategory, x_SkuMeterName,
    CASE WHEN CommitmentDiscountStatus = 'Unused' THEN 'UnusedReservation' ELSE ChargeCategory END,
    CASE PricingCategory WHEN 'Committed' THEN 'Reservation' WHEN 'Dynamic' THEN 'Spot'
        ELSE 'OnDemand' END,
    CommitmentDiscountId, ConsumedUnit, ChargePeriodStart::DATE
"""


def make(folder: Path, rows: int) -> None:
    """Write an export of so many rows, by a seed: the hash of the row's number."""
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 2}) as connection:
        for part, start in enumerate(range(0, rows, FILE_ROWS)):
            count = min(FILE_ROWS, rows - start)
            connection.execute(
                f"""
                COPY (
                    SELECT *, BilledCost * 1.1 AS ListCost, BilledCost AS ContractedCost,
                        'MS' AS PublisherName, 'Usage-Based' AS ChargeFrequency,
                        '{{"team": "t' || r % 40 || '", "env": "prod"}}' AS Tags
                    FROM (
                        SELECT hash(i) % {RESOURCES} AS r, hash(i + 7) AS h,
                            TIMESTAMP '2026-09-01' + INTERVAL (i % {DAYS}) DAY AS ChargePeriodStart,
                            TIMESTAMP '2026-09-01' AS BillingPeriodStart,
                            CASE WHEN r % 10 = 0 THEN 0 ELSE h % 1000000 / 1e5 END
                                ::DECIMAL(28, 10) AS BilledCost,
                            (h % 1000000 / 1e5)::DECIMAL(28, 10) AS EffectiveCost,
                            (h % 24)::DECIMAL(28, 10) AS ConsumedQuantity,
                            'USD' AS BillingCurrency, 'Microsoft' AS ProviderName,
                            '/subscriptions/' || md5((r % 50)::VARCHAR) AS SubAccountId,
                            'subscription ' || r % 50 AS SubAccountName,
                            '/subscriptions/' || md5((r % 50)::VARCHAR) || '/resourceGroups/rg-'
                                || r % 2000 || '/providers/Microsoft.Compute/virtualMachines/vm-'
                                || r AS ResourceId,
                            'Virtual Machines' AS x_SkuMeterCategory,
                            'Series ' || r % 30 AS x_SkuMeterSubcategory,
                            'D' || r % 90 || 's v5' AS x_SkuMeterName, 'Hours' AS ConsumedUnit,
                            'Usage' AS ChargeCategory,
                            CASE WHEN r % 10 = 0 THEN 'Committed' WHEN r % 10 = 1 THEN 'Dynamic'
                                ELSE 'Standard' END AS PricingCategory,
                            CASE WHEN r % 10 = 0 THEN 'b' || r % 100 END AS CommitmentDiscountId,
                            CASE WHEN r % 10 = 0 THEN 'Reservation' END AS CommitmentDiscountType,
                            CASE WHEN r % 10 = 0 THEN 'Used' END AS CommitmentDiscountStatus
                        FROM range({start}, {start + count}) AS numbers(i)
                    )
                ) TO '{folder}/part_{part}_0001.snappy.parquet' (FORMAT parquet)
                """
            )

    _name(folder, rows)


def _name(folder: Path, rows: int) -> None:
    """Write the manifest that an export has, so that its files are one run (API.md 3.4)."""
    files = sorted(folder.glob("*.parquet"))
    manifest = {
        "exportConfig": {"exportName": "all", "type": "FocusCost"},
        "runInfo": {
            "submittedTime": "2026-10-05T00:00:00Z",
            "startDate": "2026-09-01T00:00:00",
            "runId": "1",
        },
        "blobs": [{"blobName": file.name} for file in files],
        "dataRowCount": rows,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def by_hand(folder: Path, out: Path) -> None:
    """The same sums in SQL, all at once, with the memory that azcost takes."""
    from azcost.usage.exports import engines

    with tempfile.TemporaryDirectory() as scratch:
        limits = {"memory_limit": engines.USUAL.memory, "temp_directory": scratch}
        with duckdb.connect(config=limits) as connection:
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(
                f"""
                COPY (
                    SELECT {_GROUPED}, sum(BilledCost::DECIMAL(38, 18)),
                        sum(EffectiveCost::DECIMAL(38, 18)),
                        sum(ConsumedQuantity::DECIMAL(38, 18)), count(*),
                        count(*) - count(BilledCost), max(SubAccountName)
                    FROM read_parquet('{folder}/*.parquet') GROUP BY ALL
                ) TO '{out}/part.parquet' (FORMAT parquet)
                """
            )


def by_ibis(folder: Path, out: Path, engine: str = "duckdb") -> None:
    """What azcost does."""
    from azcost.usage.exports import engines, sums

    with (
        tempfile.TemporaryDirectory() as scratch,
        engines.opened(engine, Path(scratch), out / "cache", engines.USUAL) as running,
    ):
        tables = running.tables(sorted(folder.glob("*.parquet")))
        header = tables[0][0]
        rows = sums.rows_of(0, header.form, [table for _, table in tables])
        running.write(rows, sums.daily, out / "0")


def whole(folder: Path) -> None:
    """From the files to the lines of a snapshot."""
    from datetime import UTC, datetime

    from azcost.audit.exported import snapshot_of
    from azcost.usage.exports.read import read

    taken = snapshot_of(read([folder]), datetime(2026, 11, 1, tzinfo=UTC))
    assert taken.costs
    print(len(taken.costs.lines), file=sys.stderr)


def alone(what: str, folder: Path) -> tuple[float, float]:
    """Run a step in a process of its own: seconds and MiB at most."""
    done = subprocess.run(
        [sys.executable, __file__, "--step", what, "--folder", str(folder)],
        check=True, capture_output=True, text=True, env={**os.environ},
    )  # fmt: skip
    seconds, mib = done.stdout.split()
    return float(seconds), float(mib)


def step(what: str, folder: Path) -> None:
    start = perf_counter()
    with tempfile.TemporaryDirectory() as out:
        if what == "whole":
            whole(folder)
        else:
            {"hand": by_hand, "ibis": by_ibis}[what](folder, Path(out))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(perf_counter() - start, used)


def spark(folder: Path) -> None:
    """Both engines over the same export, to the last digit."""
    found = []
    for engine in ("duckdb", "spark"):
        with tempfile.TemporaryDirectory() as out:
            start = perf_counter()
            by_ibis(folder, Path(out), engine)
            seconds = perf_counter() - start
            total = duckdb.sql(
                "SELECT count(*), sum(cost), sum(amortised), sum(quantity), sum(rows), "
                "sum(hash(resource, day, cost, meter, charge_type, pricing_model)) "
                f"FROM read_parquet('{out}/*/*.parquet')"
            ).fetchall()
            print(f"{engine}: {seconds:.1f} s", *total[0])
            found.append(total)
    if found[0] != found[1]:
        sys.exit("the engines disagree")


def main() -> None:
    from azcost.usage.exports import engines

    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--whole", type=int, default=50_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--step")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if asked.step:
        step(asked.step, asked.folder)
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make(folder, asked.rows)
        if asked.spark:
            spark(folder)
            return
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        pairs = [(alone("hand", folder), alone("ibis", folder)) for _ in range(asked.repeats)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        make(folder, asked.whole)
        seconds, memory = alone("whole", folder)
    hand, ibis = (median(pair[one][0] for pair in pairs) for one in (0, 1))
    peaks = [max(pair[one][1] for pair in pairs) for one in (0, 1)]
    most = f"{asked.whole:,} rows, from files to all lines of a bill (once)"
    body = f"""## Cost exports

A FOCUS export of {asked.rows:,} rows in Parquet ({size:,.0f} MB), {RESOURCES:,} resources,
{DAYS} days; whole processes, medians of {asked.repeats}, in turns, each with
{engines.USUAL.memory} for DuckDB. azcost adds up {engines.USUAL.part_rows:,} rows at a time.

| | seconds | of the SQL | at most | MiB | at most |
|---|---:|---:|---:|---:|---:|
| the sums in SQL by hand | {hand:.1f} | 1.00 | | {peaks[0]:,.0f} | |
| the same by Ibis | {ibis:.1f} | {ibis / hand:.2f} | {BAR_RATIO} | {peaks[1]:,.0f} | {BAR_MIB:,} |
| {most} | {seconds:.1f} | | | {memory:,.0f} | {BAR_MIB:,} |
"""
    print(body)
    if asked.write:
        sections.write("exports", body)
    if ibis / hand > BAR_RATIO or max(peaks[1], memory) > BAR_MIB:
        sys.exit(1)


if __name__ == "__main__":
    main()
