"""The policy of a job with a deadline, as tables and a chart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from azcost.optimise.deadline_plan import DeadlinePlan, Threshold, outage_ages, thresholds
from azcost.optimise.spot_plan import Choice
from azcost.report.document import Chart, Mark, Paragraph, Part, Series, Table
from azcost.report.spot_words import advice, money, share, span

_ROWS = 8
_DEADLINES = 6


def verdict(plan: DeadlinePlan, best: Choice) -> str:
    """What the policy costs, and what it is made of."""
    place, outcomes = plan.place, plan.outcomes
    dear = float(best.on_demand.amount)
    cost = plan.policy.cost
    low, high = np.quantile(outcomes.costs, [0.05, 0.95])
    where = f"{place.size} in {place.region}"
    if cost >= dear:
        return (
            f"Do not use spot: with a deadline of {span(plan.asked)} {where} is expected to cost "
            f"{money(cost)} {place.currency}, and {best.on_demand} pay-as-you-go."
        )
    return (
        f"Use spot, and on-demand where the table says so: on {where} the run is done within "
        f"{span(plan.asked)} for an expected {money(cost)} {place.currency} ({money(low)} to "
        f"{money(high)} in 9 of 10 runs) in place of {best.on_demand} pay-as-you-go, "
        f"{share(1 - cost / dear)} less. It falls back to on-demand in "
        f"{share(plan.fallback)} of runs. {advice(plan.run)}"
    )


def parts(plan: DeadlinePlan, best: Choice) -> Iterator[Part]:
    """The mix, the thresholds, and what other deadlines would cost."""
    yield _mix(plan)
    yield _policy(plan)
    if plan.hours < plan.asked:
        yield Paragraph(
            f"Planned as for a deadline of {span(plan.hours)}: more time saves nothing."
        )
    yield Paragraph(
        "On spot, stay until the eviction. The deadline cannot be missed as long as on-demand "
        "has capacity: nothing is allowed after which on-demand could not finish in time, even "
        "if the next eviction loses the most it can. Expected costs are exact for the chain of "
        f"availability used: {_chain(plan)}"
    )
    yield _table_of_deadlines(plan, best)
    yield _chart(plan, best)


def _chain(plan: DeadlinePlan) -> str:
    chain = plan.policy.chain
    if len(chain.ages) > 1:
        return (
            f"fitted to the recording, with capacity {share(chain.share())} of the time and "
            "hazards by how long a run has lasted; the eviction rate is not used in it."
        )
    return (
        f"memoryless, from the eviction rate and the wait, with capacity {share(chain.share())} "
        "of the time (--availability fits a recording)."
    )


def _mix(plan: DeadlinePlan) -> Table:
    outcomes = plan.outcomes
    on_spot = plan.hours_of(float(outcomes.spot.mean()))
    dear = plan.hours_of(float(outcomes.on_demand.mean()))
    elapsed = plan.hours_of(float(outcomes.elapsed.mean()))
    paid = on_spot + dear
    return Table(
        title="What the policy leads to, on average",
        columns=("", "hours", "of paid hours"),
        rows=(
            ("on spot", f"{on_spot:,.1f}", share(on_spot / paid)),
            ("on on-demand", f"{dear:,.1f}", share(dear / paid)),
            ("waiting", f"{elapsed - paid:,.1f}", ""),
            ("until the end", f"{elapsed:,.1f}", ""),
        ),
        rules=(2,),
    )


def _policy(plan: DeadlinePlan) -> Table:
    chain = plan.policy.chain
    ages = outage_ages(chain)
    waits = ["no machine, no capacity: wait up to"]
    if len(ages) > 1:
        waits = [
            f"none since {span(chain.ages[age] * chain.slot_hours)}: wait up to" for age in ages
        ]
    return Table(
        title="What to do by the time left: up to how much work left, else on-demand",
        columns=("time left", *waits, "capacity: start spot up to", "on on-demand: back up to"),
        rows=tuple(_row(one) for one in thresholds(plan, _ROWS)),
    )


def _row(one: Threshold) -> tuple[str, ...]:
    return tuple(span(hours) for hours in (one.left, *one.wait, one.start, one.back))


def _table_of_deadlines(plan: DeadlinePlan, best: Choice) -> Table:
    points = plan.deadlines()
    chosen = sorted({round(i) for i in np.linspace(0, len(points) - 1, _DEADLINES)})
    dear = float(best.on_demand.amount)
    return Table(
        title="What a deadline costs",
        columns=("deadline", f"{plan.place.currency} a run", "saving"),
        rows=tuple(
            (span(points[i][0]), money(points[i][1]), share(1 - points[i][1] / dear))
            for i in chosen
        ),
    )


def _chart(plan: DeadlinePlan, best: Choice) -> Chart:
    points = plan.deadlines()
    x = tuple(hours for hours, _ in points)
    dear = float(best.on_demand.amount)
    first, last = points[0], points[-1]
    return Chart(
        title="Expected cost by deadline",
        description=f"Falls from {money(first[1])} {plan.place.currency} with a deadline of "
        f"{span(first[0])} to {money(last[1])} with {span(last[0])}.",
        kind="lines",
        x_label="hours until the deadline",
        y_label=f"{plan.place.currency} a run",
        series=(
            Series("the policy", x, tuple(cost for _, cost in points)),
            Series("pay-as-you-go", x, (dear,) * len(x)),
        ),
        marks=(Mark(f"asked: {span(plan.asked)}", plan.asked),),
    )
