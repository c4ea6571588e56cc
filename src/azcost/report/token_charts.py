"""The pictures of `azcost tokens`: cost by volume, cost by units, the load's duration curve."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from azcost.optimise.token_plans import TokenAnswer
from azcost.optimise.token_units import Sizing, Volume
from azcost.report.document import Chart, Mark, Series
from azcost.token_load import Minutes

_POINTS = 120
_MILLION = 1_000_000


def charts(answer: TokenAnswer) -> Iterator[Chart]:
    """Yield the charts that the answer has figures for."""
    if answer.volume:
        yield _by_volume(answer, answer.volume)
    if answer.sizing and answer.curves:
        yield _by_units(answer, answer.sizing.peak)
    if answer.sizing:
        yield _duration(answer, answer.sizing)


def _by_volume(answer: TokenAnswer, volume: Volume) -> Chart:
    online = 1 - (answer.question.deferrable if _has_batch(answer) else 0.0)
    millions = float(answer.monthly_tokens) / _MILLION * online
    x = _floats(volume.multiples * millions)
    marks = [Mark("this load", millions)]
    words = f"PTUs {volume.name} pay at no volume of this shape"
    if volume.crossing is not None:
        at = volume.crossing * millions
        words = f"PTUs {volume.name} pay from {at:,.0f} million tokens a month"
        if volume.crossing <= volume.multiples[-1]:
            marks.append(Mark("PTUs pay", at))
    return Chart(
        title="Cost by volume",
        description=f"Pay-as-you-go rises with the tokens; {words}.",
        kind="lines",
        x_label="million tokens a month, in and out",
        y_label=f"{answer.prices.input.currency} per month",
        series=(
            Series("pay-as-you-go", x, _floats(volume.by_the_token)),
            Series(f"best with PTUs {volume.name}", x, _floats(volume.best)),
        ),
        marks=tuple(marks),
    )


def _has_batch(answer: TokenAnswer) -> bool:
    return any(way.name.startswith("batch") for way in answer.ways)


def _by_units(answer: TokenAnswer, peak: int) -> Chart:
    ptus = answer.curves[0].curve.ptus
    shown = _some(len(ptus))
    best = ", ".join(f"{one.curve.best} {one.name}" for one in answer.curves)
    return Chart(
        title="Cost by number of PTUs, the rest by the token",
        description=f"The cheapest numbers of PTUs are {best}.",
        kind="lines",
        x_label="PTUs",
        y_label=f"{answer.prices.input.currency} per month",
        series=tuple(
            Series(one.name, _floats(ptus[shown]), _floats(one.curve.cost[shown]))
            for one in answer.curves
        ),
        marks=(
            *(
                Mark(f"best {one.name}", float(one.curve.best))
                for one in answer.curves
                if one.curve.best
            ),
            Mark("sized for the peak", float(peak)),
        ),
    )


def _duration(answer: TokenAnswer, sizing: Sizing) -> Chart:
    falling = np.sort(sizing.demand)[::-1] / sizing.facts.tpm_per_ptu
    shown = _some(len(falling))
    x = _floats(shown / max(1, len(falling) - 1) * 100)
    series = [Series("asked for", x, _floats(falling[shown]))]
    if answer.best.ptus:
        level = float(answer.best.ptus)
        series.append(Series(f"{answer.best.ptus} PTUs", x, (level,) * len(x)))
    return Chart(
        title="How long the load is how high",
        description=f"The busiest minute asks for {falling[0]:,.1f} PTUs, half of all minutes for "
        f"{np.median(falling):,.1f} or more.",
        kind="lines",
        x_label="share of the minutes, %",
        y_label="PTUs that the load would fill",
        series=tuple(series),
    )


def _some(count: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """At most so many places of a row, both ends among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _POINTS)).astype(np.intp))


def _floats(numbers: Minutes) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)
