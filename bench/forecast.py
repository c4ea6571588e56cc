"""Forecasts and anomalies against their bars, beside the usual ways.

    python bench/forecast.py [--write]

Forecasts are scored on rolling origins of the daily series in `../shared`, beside repeating
the last week and AutoETS of statsforecast; anomalies on made-up bills with one thing planted.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np
from statsforecast.models import AutoETS

import sections

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import bills  # noqa: E402 - of the tests
from azcost.optimise.anomalies import anomalies  # noqa: E402
from azcost.optimise.forecast import forecast  # noqa: E402

TRACE = ROOT.parent / "shared/traces/forecast/example_wp_log_peyton_manning.csv"
HORIZON, ORIGINS, PLANTED = 30, 64, 120


def series() -> np.ndarray:
    """The trace by day, its missing days filled from the neighbours."""
    with TRACE.open() as file:
        rows = [(date.fromisoformat(row["ds"]), float(row["y"])) for row in csv.DictReader(file)]
    days = np.array([(day - rows[0][0]).days for day, _ in rows])
    return np.interp(np.arange(days[-1] + 1), days, [value for _, value in rows])


def score(daily: np.ndarray) -> dict[str, float]:
    """Errors, coverage and times over the rolling origins."""
    found: dict[str, list[float]] = {
        name: [] for name in ("ours", "naive", "ets", "inside", "ms", "ets ms")
    }
    for origin in np.linspace(400, len(daily) - HORIZON, ORIGINS).astype(int):
        before, after = daily[:origin], daily[origin : origin + HORIZON]
        scale = np.abs(before[7:] - before[:-7]).mean()
        start = perf_counter()
        ours = forecast(before, HORIZON)
        middle = perf_counter()
        ets = AutoETS(season_length=7).forecast(before[-730:], h=HORIZON)["mean"]
        found["ms"].append((middle - start) * 1000)
        found["ets ms"].append((perf_counter() - middle) * 1000)
        naive = np.tile(before[-7:], 5)[:HORIZON]
        for name, path in (("ours", ours.expected), ("naive", naive), ("ets", ets)):
            found[name].append(float(np.abs(after - path).mean() / scale))
        low, high = ours.total.low or 0.0, ours.total.high or np.inf
        found["inside"].append(float(low <= after.sum() <= high))
    means = {name: float(np.mean(values)) for name, values in found.items()}
    return means | {
        "ms": float(np.median(found["ms"])),
        "ets ms": float(np.median(found["ets ms"])),
    }


def detection() -> tuple[float, float, float, float]:
    """Precision and recall on planted anomalies; alarms a month on quiet and rhythmic bills."""
    kinds: tuple[bills.Planted, ...] = ("spike", "level up", "dip", "level down")
    hits = extra = 0
    for seed in range(PLANTED):
        bill, where, day = bills.planted(seed, kinds[seed % 4])
        found = anomalies(bill)
        right = [one for one in found if one.of == where and abs(one.first - day) <= 1]
        hits += bool(right)
        extra += len(found) - len(right)
    quiet = sum(len(anomalies(bills.quiet(seed))) for seed in range(PLANTED))
    rhythmic = sum(len(anomalies(bills.rhythmic(seed))) for seed in range(PLANTED))
    months = PLANTED * (bills.DAYS - 28) / 30
    return hits / (hits + extra), hits / PLANTED, quiet / months, rhythmic / months


def moved() -> tuple[float, int]:
    """The mean error of totals of 20 days after a level moved 4 to 13 days ago; of how many."""
    errors = []
    for seed in range(40):
        kinds: tuple[bills.Planted, ...] = ("level up", "level down")
        bill, _, day = bills.planted(seed, kinds[seed % 2])
        total = bill.cost.sum(axis=0)
        for after in (4, 6, 9, 13):
            origin = day + after
            if origin + 20 <= len(total):
                actual = total[origin : origin + 20].sum()
                errors.append(abs(forecast(total[:origin], 20).total.expected / actual - 1))
    return float(np.mean(errors)), len(errors)


def main() -> None:
    """Print the figures, and write them to the page if asked to."""
    recorded = series()
    lines = [
        "## Forecast and anomalies",
        "",
        (
            f"Daily series of eight years (`traces/forecast`), {ORIGINS} rolling origins, "
            f"{HORIZON} days ahead; MASE, lower is better. Bars: at most 0.03 above AutoETS, below "
            "repeating the last week, 75 to 90 of 100 totals inside the interval for 80, 20 ms."
        ),
        "",
        "| series | azcost | AutoETS | last week | totals inside | ms | AutoETS ms |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, daily in (("as recorded", recorded), ("its exponential", np.exp(recorded))):
        found = score(daily)
        lines.append(
            f"| {name} | {found['ours']:.3f} | {found['ets']:.3f} | {found['naive']:.3f} "
            f"| {found['inside']:.0%} | {found['ms']:.0f} | {found['ets ms']:.0f} |"
        )
    error, origins = moved()
    lines += [
        "",
        (
            f"Made-up bills whose level moved by some 15 % four to thirteen days ago ({origins} "
            f"origins): totals of 20 days are off by {error:.1%} on average."
        ),
    ]
    precision, recall, alarms, rhythmic = detection()
    lines += [
        "",
        (
            f"Anomalies planted in {PLANTED} made-up bills of 48 resources and 180 days (a spike "
            "of a quarter of the bill, a level up by 15 %, the dearest resource off for two days "
            f"or for good): precision {precision:.0%}, recall {recall:.0%}, found at the very "
            f"resource and day. Bills without any gave {alarms:.2f} alarms a month (bar: 1), and "
            f"{rhythmic:.2f} where jobs run on workdays, three times or once a week only."
        ),
    ]
    print("\n".join(lines))
    if "--write" in sys.argv:
        sections.write("forecast", "\n".join(lines))


if __name__ == "__main__":
    main()
