"""How many months stay below the amount that is proposed, and how long a replay takes.

    python bench/budgets.py [--write]

Months of made-up costs with histories of several lengths, and of the trace in `../shared`.
"""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import numpy as np

import sections

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from azcost.actions.budget import LADDER  # noqa: E402
from azcost.actions.proposal import DAYS, from_spending  # noqa: E402
from azcost.actions.replay import replay  # noqa: E402
from azcost.spending import Spending  # noqa: E402
from forecast import series  # noqa: E402 - of the benchmarks

HISTORIES, MONTHS, MONTH = (90, 180, 365), 300, DAYS["Monthly"]


def spending(daily: np.ndarray) -> Spending:
    """One row of costs."""
    return Spending(
        date(2025, 1, 1), "USD", (("", "", ""),), ("",), ({},), (False,), daily[None, :],
        np.zeros((1, len(daily))),
    )  # fmt: skip


def share_below(histories: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """The share of months whose cost is at most what was proposed from the days before."""
    below = [
        after.sum() <= float(from_spending(spending(before), "Monthly").exact)
        for before, after in histories
    ]
    return float(np.mean(below))


def made_up(days: int, wander: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Skewed daily costs around a level that stays, or wanders."""
    random = np.random.default_rng(3)
    found = []
    for _ in range(MONTHS):
        steps = np.cumsum(random.normal(0, wander, days + MONTH))
        daily = 100 * np.exp(random.normal(0, 0.3, days + MONTH) + steps)
        found.append((daily[:days], daily[days:]))
    return found


def recorded(daily: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rolling months of a series."""
    origins = np.linspace(400, len(daily) - MONTH, 64).astype(int)
    return [(daily[:origin], daily[origin : origin + MONTH]) for origin in origins]


def main() -> None:
    """Print the figures, and write them to the page if asked to."""
    lines = [
        "## Budgets",
        "",
        (
            "Months that cost at most what `--from-forecast` proposes (before it is rounded up); "
            f"wanted: 80 of 100. {MONTHS} made-up months for each history, skewed, around a level "
            "that stays or wanders by 2 % a day; 64 months of the daily series of eight years "
            "(`traces/forecast`)."
        ),
        "",
        "| costs | months below |",
        "|---|---:|",
    ]
    for days in HISTORIES:
        for wander, name in ((0.0, "a level that stays"), (0.02, "a level that wanders")):
            share = share_below(made_up(days, wander))
            lines.append(f"| {days} days, {name} | {share:.0%} |")
    trace = series()
    for name, daily in (("as recorded", trace), ("its exponential", np.exp(trace))):
        lines.append(f"| the series, {name} | {share_below(recorded(daily)):.0%} |")
    year = spending(made_up(365, 0.02)[0][0])
    start = perf_counter()
    replay(year, Decimal(3000), LADDER)
    taken = (perf_counter() - start) * 1000
    lines += ["", f"A replay of five thresholds over a year takes {taken:.0f} ms."]
    print("\n".join(lines))
    if "--write" in sys.argv:
        sections.write("budgets", "\n".join(lines))


if __name__ == "__main__":
    main()
