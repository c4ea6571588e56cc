"""The pictures of a lifecycle plan: cost over the horizon, by share read, by blob size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from azcost.optimise.lifecycle.flips import SHARES, Crossing, Curve, Flips
from azcost.optimise.lifecycle.plan import Plan
from azcost.report.document import Chart, Mark, Series


def charts(plan: Plan, flips: Flips) -> Iterator[Chart]:
    """Yield the three charts."""
    yield _over_time(plan)
    yield _by_share(plan, flips)
    yield _by_size(plan, flips.sizes)


def _over_time(plan: Plan) -> Chart:
    ends = [f"{one.way} ends at {one.total}" for one in plan.outcomes]
    return Chart(
        title="What has been paid by the end of each month",
        description=f"Sums by month: {', '.join(ends)}.",
        kind="lines",
        x_label="month",
        y_label=plan.currency,
        series=tuple(
            Series(
                one.way,
                tuple(float(month) for month in range(len(one.by_month) + 1)),
                (0.0, *accumulate(one.by_month)),
            )
            for one in plan.outcomes
        ),
    )


def _by_share(plan: Plan, flips: Flips) -> Chart:
    crossings = list(_on_the_lower_edge(flips))
    said = [f"{one.colder} is cheaper than {one.warmer} below {one.share:.1%}" for one in crossings]
    return Chart(
        title="A month in each tier, by the share of the data that is read in it",
        description=f"A line for each tier. {'; '.join(said) or 'No two tiers cross'}.",
        kind="lines",
        x_label="share read a month",
        y_label=f"{plan.currency} a month",
        series=tuple(
            Series(
                line.tier,
                tuple(share for share in SHARES if share <= 1),
                tuple(line.at_rest + line.per_share * share for share in SHARES if share <= 1),
            )
            for line in flips.tiers
        ),
        marks=tuple(Mark(f"{one.colder} to {one.warmer}", one.share) for one in crossings),
    )


def _on_the_lower_edge(flips: Flips) -> Iterator[Crossing]:
    """Yield the crossings at which the cheapest tier changes, within a full read."""
    for one in flips.crossings:
        costs = {line.tier: line.at_rest + line.per_share * one.share for line in flips.tiers}
        if one.share <= 1 and min(costs.values()) >= costs[one.warmer] * (1 - 1e-9):
            yield one


def _by_size(plan: Plan, curve: Curve) -> Chart:
    ways = list(curve.points[0].costs)
    even = f" Policy and today are even at {size_words(curve.even)}." if curve.even else ""
    last = curve.points[-1].costs
    return Chart(
        title=f"Cost over {plan.setting.days} days, by the size of the blobs",
        description="The smaller the blobs, the more operations. With the largest: "
        + ", ".join(f"{way} {cost:,.2f} {plan.currency}" for way, cost in last.items())
        + f".{even}",
        kind="lines",
        x_label="blob size",
        y_label=plan.currency,
        series=tuple(
            Series(
                way,
                tuple(size_words(point.x) for point in curve.points),
                tuple(point.costs[way] for point in curve.points),
            )
            for way in ways
        ),
    )


def size_words(kib: float) -> str:
    """A size in KiB, in the unit that suits it."""
    for unit in ("KiB", "MiB", "GiB"):
        if kib < 1024 or unit == "GiB":
            return f"{kib:,.3g} {unit}" if kib < 1000 else f"{kib:,.0f} {unit}"
        kib /= 1024
    raise AssertionError("unreachable")
