"""What the policy is held against on recorded availability: its rivals, independently written.

The traces are those of "Can't Be Late" (NSDI'24) as packaged by Frontier-CS. Semantics: a
policy sees at the start of each 10-minute slot whether there is spot capacity, which then
lasts for the slot; a start of a machine takes an overhead; time is paid as it is used.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from azcost.optimise import availability, deadline

ON_DEMAND, SPOT = 3.06, 0.9701  # the benchmark's prices per hour
WORK = 48
CELLS = [(limit, overhead) for limit in (52, 70) for overhead in (0.02, 0.05, 0.1)]
SLOT_MINUTES = 10

Windows = dict[str, NDArray[np.bool_]]


def load(shared: Path, *, windows: int, available: str = "1") -> Windows:
    """So many windows of each zone, evenly spaced; `available` is the sign for capacity."""
    zones = json.loads(gzip.decompress((shared / "traces/spot/windows.json.gz").read_bytes()))
    found = {}
    for zone, texts in zones["zones"].items():
        signs = list(texts.values()) if isinstance(texts, dict) else texts
        chosen = [signs[round(i)] for i in np.linspace(0, len(signs) - 1, windows)]
        found[zone] = np.array([[sign == available for sign in text] for text in chosen])
    return found


def race(limit: float, overhead: float) -> deadline.Race:
    """A cell of the benchmark in grains that divide its slots and overheads."""
    grain = 0.4 if overhead == 0.02 else 1.0  # minutes
    return deadline.Race(
        work=round(WORK * 60 / grain),
        slots=round(limit * 60 / SLOT_MINUTES),
        slot=round(SLOT_MINUTES / grain),
        restart=round(overhead * 60 / grain),
        spot_price=SPOT * grain / 60,
        on_demand_price=ON_DEMAND * grain / 60,
    )


def policy_costs(
    cell: deadline.Race, others: Windows, tested: NDArray[np.bool_]
) -> deadline.Outcomes:
    """Fit on the other zones, follow the policy on this one."""
    chain = availability.fit((w for zone in others.values() for w in zone), SLOT_MINUTES / 60)
    policy = deadline.solve(cell, chain)
    phases = chain.phases_of(tested[:, : cell.slots])
    return deadline.replay(policy, phases, np.random.default_rng(0))


def uniform_progress(
    cell: deadline.Race, available: NDArray[np.bool_], *, on_demand_holds: bool
) -> float:
    """The mean cost of Uniform Progress, by its four published rules.

    1 When idle and behind the uniform progress, switch to on-demand. 2 Take spot whenever
    there is some, and stay until the eviction. 3 On on-demand, stay until ahead of where
    uniform progress will be two overheads later. 4 When idle and less time is left than
    the work and two overheads, on-demand until the end.

    Rules 2 and 3 contradict one another when spot comes back while on-demand is behind:
    `on_demand_holds` lets rule 3 win, as it is worded; else rule 2 does, which makes the
    stronger rival.
    """
    d, slot, total = cell.restart, cell.slot, cell.slots * cell.slot
    costs = []
    for path in available[:, : cell.slots]:
        work, mode, cost, at_the_end = float(cell.work), "idle", 0.0, False
        for number, has_spot in enumerate(path):
            if work <= 0:
                break
            now = number * slot
            left = total - now
            done = cell.work - work
            if mode == "spot" and not has_spot:
                mode = "idle"
            # Rule 4; in slots, waiting must also leave time for a start on on-demand.
            short = left < work + 2 * d or (not has_spot and left - slot < work + d)
            at_the_end = at_the_end or (mode != "spot" and short)
            behind = done < (now + 2 * d) * cell.work / total
            held = on_demand_holds and mode == "on-demand" and behind
            if at_the_end or held:
                wanted = "on-demand"
            elif has_spot:
                wanted = "spot"
            elif mode == "on-demand":
                wanted = "on-demand" if behind else "idle"
            else:
                wanted = "on-demand" if done < now * cell.work / total else "idle"
            if wanted != "idle":
                overhead = 0 if wanted == mode else d
                spent = min(work + overhead, slot)
                cost += cell.price(1 if wanted == "spot" else 2) * spent
                work -= spent - overhead
            mode = wanted
        assert work <= 0, "Uniform Progress missed the deadline"
        costs.append(cost)
    return float(np.mean(costs))


def clairvoyant(cell: deadline.Race, available: NDArray[np.bool_]) -> float:
    """The mean cost of the offline optimum, which knows the whole path beforehand.

    Backward over the work left, in grains, with all paths side by side: written without
    the slack and without the chain that the policy is made of.
    """
    paths = available[:, : cell.slots]
    grains = np.arange(cell.work + 1)
    late = 1e9
    value = np.full((3, len(paths), cell.work + 1), late)
    value[:, :, 0] = 0.0
    for number in reversed(range(cell.slots)):
        has_spot = paths[:, number, None]
        best = np.empty_like(value)
        for before in range(3):
            options = [value[0]]
            for now in (1, 2):
                overhead = 0 if now == before else cell.restart
                spent = np.minimum(grains + overhead, cell.slot)
                cost = (
                    cell.price(now) * spent
                    + value[now][
                        :, grains - np.minimum(spent - np.minimum(overhead, spent), grains)
                    ]
                )
                options.append(np.where(has_spot, cost, late) if now == 1 else cost)
            best[before] = np.minimum.reduce(options)
        best[:, :, 0] = 0.0
        value = best
    return float(value[0, :, cell.work].mean())


def score(cell: deadline.Race, cost: float) -> float:
    """0 for all on-demand, 100 for all spot without an interruption."""
    dear, cheap = cell.work * cell.on_demand_price, cell.work * cell.spot_price
    return 100 * (dear - cost) / (dear - cheap)


def scores(zones: Windows, cells: list[tuple[int, float]]) -> dict[str, float]:
    """Mean scores over zones and cells by policy, each fitted on the other zones; and misses."""
    found: dict[str, list[float]] = {}
    late = 0
    for limit, overhead in cells:
        cell = race(limit, overhead)
        for zone, tested in zones.items():
            others = {name: one for name, one in zones.items() if name != zone}
            outcomes = policy_costs(cell, others, tested)
            late += int(outcomes.late.sum())
            for name, cost in (
                ("uniform progress", uniform_progress(cell, tested, on_demand_holds=True)),
                (
                    "uniform progress, rule 2 first",
                    uniform_progress(cell, tested, on_demand_holds=False),
                ),
                ("policy", float(outcomes.costs.mean())),
                ("clairvoyant", clairvoyant(cell, tested)),
            ):
                found.setdefault(name, []).append(score(cell, cost))
    return {name: float(np.mean(each)) for name, each in found.items()} | {"late": late}
