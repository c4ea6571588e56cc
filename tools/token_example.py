"""Write examples/tokens/trace.csv: three made-up days of an assistant that is used everywhere.

    python tools/token_example.py

Seeded: a day wave of users around the world, minutes that scatter around it, prompts of about
3,000 tokens of which a third comes from the cache, answers of about 300.
"""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

MINUTES = 3 * 1440
SEED = 20260907
FIRST = datetime(2026, 9, 7)  # noqa: DTZ001 - the trace says no zone


def main() -> None:
    """Write the file."""
    draw = np.random.default_rng(SEED)
    wave = 1 + 0.2 * np.sin(2 * np.pi * (np.arange(MINUTES) - 420) / 1440)
    requests = draw.poisson(150 * wave * draw.lognormal(0, 0.08, MINUTES))
    read = np.rint(requests * draw.normal(3000, 120, MINUTES)).astype(int)
    cached = np.rint(read * draw.beta(33, 67, MINUTES)).astype(int)
    written = np.rint(requests * draw.normal(300, 15, MINUTES)).astype(int)
    target = Path(__file__).parent.parent / "examples/tokens/trace.csv"
    with target.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("time", "requests", "input", "cached", "output"))
        for minute in range(MINUTES):
            time = (FIRST + timedelta(minutes=minute)).isoformat(" ", "minutes")
            out.writerow((time, requests[minute], read[minute], cached[minute], written[minute]))


if __name__ == "__main__":
    main()
