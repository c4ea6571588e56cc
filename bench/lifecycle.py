"""What `azcost lifecycle` takes: the optimum of a cohort, and a million-blob inventory.

    python bench/lifecycle.py [--write]

A figure is the quickest of several runs: what others do on the machine only adds to it.
"""

from __future__ import annotations

import datetime
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import duckdb

import sections
from azcost.meters.cohorts import Account, Cohort, Reads
from azcost.optimise.lifecycle.plan import Desk, Setting, plan
from azcost.optimise.lifecycle.policy_reader import read
from azcost.optimise.lifecycle.schedule import Schedule
from azcost.pricing.opening import open_catalogue
from azcost.usage import inventory

ROOT = Path(__file__).parent.parent
BLOBS = 1_000_000
DAY = datetime.date(2026, 1, 2)
ACCOUNT = Account(region="westeurope", redundancy="LRS", hierarchical_namespace=False)
COHORT_BAR, INVENTORY_BAR = 0.020, 3.0


def seconds(work: Callable[[], object], runs: int) -> float:
    """The time of the quickest of several runs."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def cohort() -> Cohort:
    """A terabyte of 1 MiB blobs that are read ever less."""
    rates = [Decimal("6") / (age + 1) for age in range(365)]
    reads = tuple(Reads(per_month=rate, until_day=age + 1) for age, rate in enumerate(rates))
    return Cohort(
        name="blobs", blobs=Decimal(2**20), gb=Decimal(1024), reads=reads, region=ACCOUNT.region
    )


def write_inventory(folder: Path) -> tuple[Path, Path]:
    """A million blobs of 21 prefixes, two tiers, all sizes and two years, as CSV and Parquet."""
    csv, parquet = folder / "inventory.csv", folder / "inventory.parquet"
    then = "TIMESTAMP '2026-01-01' - to_days(((i * 7919) % 700)::INTEGER)"
    day = f"strftime({then}, '%Y-%m-%dT%H:%M:%SZ')"
    duckdb.execute(
        f"""COPY (SELECT 'data' || (i % 3) || '/part' || (i % 7) || '/' || i || '.bin' AS "Name",
            {day} AS "Creation-Time", {day} AS "Last-Modified",
            CAST(exp(5 + 14 * ((i * 104729) % 1000) / 1000.0) AS BIGINT) AS "Content-Length",
            'BlockBlob' AS "BlobType",
            CASE WHEN i % 5 = 0 THEN 'Cool' ELSE 'Hot' END AS "AccessTier"
            FROM range({BLOBS}) t(i)) TO '{csv}' (HEADER)"""
    )
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{csv}')) TO '{parquet}'")
    return csv, parquet


def main() -> None:
    """Print a line for each bar, or write the section; end with 1 if a bar is missed."""
    catalogue = open_catalogue()
    one = cohort()
    desk = Desk([one], None, catalogue, Setting())
    optimum = seconds(lambda: desk.best([one], [Schedule()]), 21)
    policy = read(ROOT / "examples/lifecycle-policy.json")
    with tempfile.TemporaryDirectory() as folder:
        csv, parquet = write_inventory(Path(folder))
        reading = {
            file.suffix: seconds(lambda file=file: inventory.read(file, ACCOUNT, DAY, []), 5)  # type: ignore[misc]
            for file in (csv, parquet)
        }
        cohorts = inventory.read(csv, ACCOUNT, DAY, [])
    planning = seconds(lambda: plan(cohorts, policy, catalogue, Setting()), 3)
    rows = [
        (
            "optimum of a cohort over a year",
            f"{optimum * 1e3:.1f} ms", "20 ms", optimum <= COHORT_BAR,
        ),
        *(
            (
                f"inventory of {BLOBS:,} blobs{kind} into {len(cohorts):,} cohorts",
                f"{took:.2f} s", f"{INVENTORY_BAR:.0f} s", took <= INVENTORY_BAR,
            )
            for kind, took in reading.items()
        ),
        ("today, policy and optimum of those cohorts", f"{planning:.1f} s", "", True),
    ]  # fmt: skip
    for name, took, bar, met in rows:
        print(f"{'ok    ' if met else 'MISSED'} {name}: {took}{f' (at most {bar})' if bar else ''}")
    if "--write" in sys.argv[1:]:
        lines = [f"| {name} | {took} | {bar} |" for name, took, bar, _ in rows]
        table = "\n".join(["| what | quickest run | bar |", "|---|---:|---:|", *lines])
        sections.write("lifecycle", f"## Lifecycle\n\n{table}")
    sys.exit(not all(met for *_, met in rows))


if __name__ == "__main__":
    main()
