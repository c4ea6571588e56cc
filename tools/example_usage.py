"""Make the example of hourly usage, `examples/usage.parquet`; the same seed, the same file.

A machine-learning team in one region for 60 days: inference on T4s that follows the day, a
cluster that grows in office hours, a feature store that always runs, training on A100s in
bursts, and notebooks with an A100 that nobody uses at night.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np

DAYS = 60
START = "2026-08-31"
REGION = "polandcentral"
TARGET = Path(__file__).parent.parent / "examples/usage.parquet"


def machines() -> dict[str, np.ndarray]:
    """Machines in use by size, one figure per hour."""
    random = np.random.default_rng(20260831)
    hour = np.arange(DAYS * 24)
    office = ((hour // 24) % 7 < 5) & (hour % 24 >= 7) & (hour % 24 < 19)
    day = 0.5 - 0.5 * np.cos(2 * np.pi * ((hour % 24) - 3) / 24)
    jobs = np.zeros(len(hour))
    for first in random.integers(0, len(hour), 40):
        jobs[first : first + int(random.integers(8, 40))] += 1
    return {
        "Standard_NC4as_T4_v3": np.rint(3 + 5 * day + random.normal(0, 0.5, len(hour))),
        "Standard_D4s_v5": 4 + 6.0 * office + random.integers(0, 2, len(hour)),
        "Standard_D16s_v5": 1 + 1.0 * office,
        "Standard_E8s_v5": np.full(len(hour), 2.0),
        "Standard_NC48ads_A100_v4": np.minimum(jobs, 2),
        "Standard_NC24ads_A100_v4": office * random.integers(0, 3, len(hour)) * 1.0,
    }


def main() -> None:
    """Write the file."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "CREATE TABLE rows (time TIMESTAMP, size VARCHAR, region VARCHAR, quantity DOUBLE)"
        )
        connection.executemany(
            "INSERT INTO rows SELECT TIMESTAMP '" + START + "' + INTERVAL 1 HOUR * ?, ?, ?, ?",
            [
                (hour, size, REGION, float(used))
                for size, counts in machines().items()
                for hour, used in enumerate(counts)
            ],
        )
        connection.execute(f"COPY rows TO '{TARGET}' (FORMAT parquet, COMPRESSION zstd)")


if __name__ == "__main__":
    main()
