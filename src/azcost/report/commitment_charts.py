"""What advice on commitments looks like: usage against commitments, and cost by commitment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from azcost.optimise.apply import Floats
from azcost.optimise.commitments import Advice, Part
from azcost.optimise.strategies import committed, outcome, uncovered_by_hour
from azcost.pricing.rows import Purchase
from azcost.report.document import Chart, Mark, Series
from azcost.units import HOURS_PER_MONTH

_QUANTILES = tuple(range(0, 101, 5))
_SCALES = tuple(round(0.1 * step, 1) for step in range(21))
_MONTH = float(HOURS_PER_MONTH)


def charts(advice: Advice, currency: str) -> Iterator[Chart]:
    """Yield the two charts; nothing where nothing is bought."""
    if not any(part.strategy.buys_nothing is False for part in advice.recommended.parts):
        return
    yield _usage(advice, currency)
    yield _cost(advice, currency)


def _usage(advice: Advice, currency: str) -> Chart:
    """Hourly usage at pay-as-you-go prices by quantile, and how much of it stays so."""
    hourly = np.sum([_hourly(part) for part in advice.recommended.parts], axis=0)
    left = np.sum([_left(part) for part in advice.recommended.parts], axis=0)
    x = tuple(float(q) for q in _QUANTILES)
    return Chart(
        title="Usage of an hour, from the quietest to the busiest",
        description=(
            f"Usage at pay-as-you-go prices is {np.median(hourly):,.2f} {currency} in the median "
            f"hour and {hourly.max():,.2f} in the busiest; commitments leave "
            f"{np.median(left):,.2f} and {left.max():,.2f} of it to pay as you go."
        ),
        kind="lines",
        x_label="share of the hours that are quieter, %",
        y_label=f"{currency} per hour at pay-as-you-go prices",
        series=(
            Series("usage", x, _at(hourly)),
            Series("not covered by the commitments", x, _at(left)),
        ),
    )


def _at(values: Floats) -> tuple[float, ...]:
    return tuple(float(v) for v in np.percentile(values, _QUANTILES))


def _hourly(part: Part) -> Floats:
    rates = part.scope.demand.rates(Purchase.PAY_AS_YOU_GO)
    hourly: Floats = rates @ part.scope.demand.usage
    return hourly


def _left(part: Part) -> Floats:
    rates = part.scope.demand.rates(Purchase.PAY_AS_YOU_GO)
    left: Floats = rates @ uncovered_by_hour(part.strategy, part.scope.demand, part.scope.sunk)
    return left


def _cost(advice: Advice, currency: str) -> Chart:
    """The cost of the history when more or less of the same mix is bought."""

    def cost(scale: float) -> tuple[float, float]:
        money = total = 0.0
        for part in advice.recommended.parts:
            scaled = replace(
                part.strategy,
                reserved=part.strategy.reserved * scale,
                commitment=part.strategy.commitment * scale,
            )
            money += committed(scaled, part.scope.demand)
            total += outcome(scaled, part.scope.demand, part.scope.sunk).cost
        return money, total * _MONTH

    points = [cost(scale) for scale in _SCALES]
    return Chart(
        title="Cost of a month by how much is committed, in the recommended mix",
        description=(
            f"Nothing committed costs {points[0][1]:,.2f} {currency} a month, the recommended "
            f"commitment {cost(1.0)[1]:,.2f}, twice as much {points[-1][1]:,.2f}."
        ),
        kind="lines",
        x_label=f"committed, {currency} per hour",
        y_label=f"{currency} a month on the history",
        series=(Series("cost", tuple(m for m, _ in points), tuple(c for _, c in points)),),
        marks=(Mark("recommended", cost(1.0)[0]),),
    )
