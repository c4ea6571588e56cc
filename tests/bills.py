"""Made-up bills for anomalies: quiet ones, and ones with one thing planted in them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from azcost.optimise.anomalies import Leaves, Path

DAYS = 180
Planted = Literal["spike", "level up", "dip", "level down"]


def quiet(seed: int) -> Leaves:
    """Six services of eight resources: noise, a weekend that some feel, and slow growth."""
    random = np.random.default_rng(seed)
    days = np.arange(DAYS)
    paths: list[Path] = []
    rows = []
    for service in range(6):
        for number in range(8):
            weekend = random.uniform(0.3, 1.0)
            week = np.array([1.0] * 5 + [weekend] * 2)
            noise = np.exp(random.normal(0, 0.06, DAYS))
            rows.append(random.lognormal(3, 1) * week[days % 7] * (1 + 0.0005 * days) * noise)
            paths.append((f"s{service}", f"g{number % 3}", f"r{service}-{number}"))
    return Leaves(paths, np.array(rows))


# What machine learning does by the week: always, on workdays, three times, once, or mostly once.
RHYTHMS = (
    (1.0,) * 7,
    (1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0),
    (1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0),
    (0.1, 0.1, 4.0, 0.1, 0.1, 0.1, 0.1),
)


def rhythmic(seed: int) -> Leaves:
    """Four services of five resources, each with a rhythm of the week, and noise."""
    random = np.random.default_rng(seed)
    days = np.arange(DAYS)
    paths: list[Path] = []
    rows = []
    for service in range(4):
        for number, rhythm in enumerate(RHYTHMS):
            noise = np.exp(random.normal(0, 0.06, DAYS))
            rows.append(random.lognormal(3, 0.7) * np.array(rhythm)[days % 7] * noise)
            paths.append((f"s{service}", f"g{number % 2}", f"r{service}-{number}"))
    return Leaves(paths, np.array(rows))


def planted(seed: int, kind: Planted) -> tuple[Leaves, Path, int]:
    """A quiet bill with something in it: the bill, where it is, and its first day.

    Rises are a fixed share of the bill at any resource; what stops is the dearest one.
    """
    bill = quiet(10_000 + seed)
    random = np.random.default_rng(seed)
    day = int(random.integers(60, 160))
    row = int(random.integers(len(bill.paths)))
    if kind in ("dip", "level down"):
        row = int(np.argmax(bill.cost.mean(axis=1)))
    total = float(bill.cost.sum(axis=0).mean())
    if kind == "spike":
        bill.cost[row, day] += 0.25 * total
    elif kind == "level up":
        bill.cost[row, day:] += 0.15 * total
    elif kind == "dip":
        bill.cost[row, day : day + 2] = 0
    else:
        bill.cost[row, day:] = 0
    return bill, bill.paths[row], day
