"""The answer of `azcost spot` for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from azcost.optimise.deadline_plan import DeadlinePlan, Threshold, outage_ages, thresholds
from azcost.optimise.spot import Run
from azcost.optimise.spot_plan import Choice, cost_of

_ROWS = 24


def facts(
    choices: Sequence[Choice], runs: Sequence[tuple[str, Run]], plan: DeadlinePlan | None
) -> dict[str, object]:
    """Keys to values; hours and amounts as Decimal, what does not exist as None."""
    best = choices[0]
    job = best.place.job
    return {
        "schema": 1,
        "currency": best.place.currency,
        "job": {
            "checkpoint_hours": _number(job.checkpoint),
            "restart_hours": _number(job.restart),
            "wait_hours": _number(job.wait),
            "machines": job.machines,
            "checkpoint_fits_notice": job.fits_notice,
        },
        "places": [_choice(one) for one in choices],
        "intervals": [_run(best, name, run) for name, run in runs],
        "max_price": -1,
        "deadline": None if plan is None else _deadline(plan),
    }


def _choice(one: Choice) -> dict[str, object]:
    place = one.place
    work = place.job.work
    return {
        "size": place.size,
        "region": place.region,
        "work_hours": _number(work),
        "evictions_per_hour": _number(one.rate),
        "evictions_per_hour_90": [_number(rate) for rate in one.rates],
        "spot_per_hour": place.spot.tiers[0].unit_price,
        "pay_as_you_go_per_hour": place.pay_as_you_go.tiers[0].unit_price,
        "checkpoint_every_hours": _number(one.run.interval),
        "paid_hours": _number(one.run.paid),
        "elapsed_hours": _number(one.run.elapsed),
        "elapsed_hours_90": [_number(hours) for hours in one.elapsed],
        "evictions": _number(one.run.evictions),
        "cost_per_run": one.cost.amount,
        "compute": one.compute.amount,
        "storage": one.storage.amount,
        "cost_per_run_90": [_number(cost) for cost in one.costs],
        "cost_per_gpu_hour": _number(one.per_gpu_hour),
        "pay_as_you_go_per_run": one.on_demand.amount,
        "saving": _number(one.saving),
        "share_of_runs_cheaper": _number(one.cheaper),
        "break_even_evictions_per_hour": _number(one.break_even_rate),
        "break_even_spot_price": _number(one.break_even_price),
        "spot_price_source": place.spot.source,
        "spot_price_observed_on": place.spot.observed_on or None,
    }


def _run(best: Choice, name: str, run: Run) -> dict[str, object]:
    return {
        "rule": name,
        "every_hours": _number(run.interval),
        "elapsed_hours": _number(run.elapsed),
        "evictions": _number(run.evictions),
        "cost_per_run": _number(cost_of(best.place, run)),
    }


def _deadline(plan: DeadlinePlan) -> dict[str, object]:
    outcomes = plan.outcomes
    chain = plan.policy.chain
    return {
        "hours": _number(plan.asked),
        "planned_hours": _number(plan.hours),
        "checkpoint_every_hours": _number(plan.run.interval),
        "cost_per_run": _number(plan.policy.cost),
        "cost_per_run_90": [
            _number(float(cost)) for cost in np.quantile(outcomes.costs, [0.05, 0.95])
        ],
        "spot_hours": _number(plan.hours_of(float(outcomes.spot.mean()))),
        "on_demand_hours": _number(plan.hours_of(float(outcomes.on_demand.mean()))),
        "elapsed_hours": _number(plan.hours_of(float(outcomes.elapsed.mean()))),
        "share_of_runs_with_on_demand": _number(plan.fallback),
        "slot_hours": _number(chain.slot_hours),
        "capacity_share": _number(chain.share()),
        "outage_ages_hours": [
            _number(chain.ages[age] * chain.slot_hours) for age in outage_ages(chain)
        ],
        "policy": [_threshold(one) for one in thresholds(plan, _ROWS)],
        "by_deadline": [
            {"hours": _number(hours), "cost_per_run": _number(cost)}
            for hours, cost in plan.deadlines()
        ],
    }


def _threshold(one: Threshold) -> dict[str, object]:
    return {
        "time_left_hours": _number(one.left),
        "wait_up_to_work_hours": [_number(hours) for hours in one.wait],
        "start_spot_up_to_work_hours": _number(one.start),
        "back_to_spot_up_to_work_hours": _number(one.back),
    }


def _number(value: float | None) -> Decimal | None:
    """Six places; None for what is not a number."""
    if value is None or not math.isfinite(value):
        return None
    return Decimal(repr(round(value, 6)))
