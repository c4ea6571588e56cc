"""Charts of a job on spot machines: against the checkpoint interval and the eviction rate."""

from __future__ import annotations

import numpy as np

from azcost.optimise import spot
from azcost.optimise.spot_plan import Choice, cost_of
from azcost.report.document import Chart, Mark, Series
from azcost.report.spot_words import money, span

_POINTS = 60
_WIDEST = 12.0  # times the optimum, either way
_HIGHEST_RATE = 0.4  # evictions per hour; Azure's buckets end at 0.22


def charts(best: Choice) -> list[Chart]:
    """Cost and time by interval, unless checkpoints wait for the notice; cost by rate."""
    by_interval = [] if best.run.interval is None else _by_interval(best, best.run.interval)
    return [*by_interval, _by_rate(best)]


def _by_interval(best: Choice, optimum: float) -> list[Chart]:
    place = best.place
    wanted = np.geomspace(optimum / _WIDEST, min(optimum * _WIDEST, place.job.work), _POINTS)
    runs = [spot.run(place.job, best.rate, float(one)) for one in wanted]
    x = tuple(run.interval or 0.0 for run in runs)
    mark = (Mark(f"optimum {span(optimum)}", optimum),)
    least = money(best.cost.amount)
    return [
        Chart(
            title="Cost by checkpoint interval",
            description=f"Falls to {least} {place.currency} at {span(optimum)} of work between "
            "checkpoints, and rises on both sides, faster for rare checkpoints.",
            kind="lines",
            x_label="hours of work between checkpoints",
            y_label=f"{place.currency} a run",
            series=(Series("expected cost", x, tuple(cost_of(place, run) for run in runs)),),
            marks=mark,
        ),
        Chart(
            title="Time by checkpoint interval",
            description=f"Least at the same interval: {best.run.elapsed:,.1f} hours for "
            f"{place.job.work:,g} hours of work.",
            kind="lines",
            x_label="hours of work between checkpoints",
            y_label="hours until the end",
            series=(Series("expected time", x, tuple(run.elapsed for run in runs)),),
            marks=mark,
        ),
    ]


def _by_rate(best: Choice) -> Chart:
    place = best.place
    crossing = best.break_even_rate
    end = _HIGHEST_RATE if crossing is None else max(_HIGHEST_RATE, min(1.2 * crossing, 10.0))
    rates = np.linspace(0, end, _POINTS)
    costs = tuple(cost_of(place, spot.best_run(place.job, float(rate))) for rate in rates)
    x = tuple(float(rate) for rate in rates)
    dear = float(best.on_demand.amount)
    marks = [Mark(f"expected {best.rate:.3f}", best.rate)]
    if crossing is not None and crossing <= end:
        marks.append(Mark(f"pay-as-you-go is cheaper from {crossing:.2f}", crossing))
    return Chart(
        title="Cost by eviction rate",
        description="Spot with the best interval at each rate, and pay-as-you-go: "
        + (
            "they do not cross."
            if crossing is None
            else f"they cross at {crossing:.2f} evictions per hour of a machine."
        ),
        kind="lines",
        x_label="evictions per hour of a machine",
        y_label=f"{place.currency} a run",
        series=(Series("spot", x, costs), Series("pay-as-you-go", x, (dear,) * len(x))),
        marks=tuple(marks),
    )
