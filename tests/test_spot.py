"""Jobs on spot machines without a deadline, against simulation, scipy and published figures."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from azcost.errors import AzcostError, PriceNotFound
from azcost.optimise import evictions, spot, spot_plan
from azcost.optimise.evictions import BUCKETS, Evictions
from azcost.optimise.spot import Job
from azcost.pricing.catalogue import Catalogue

# The job of METHODS 2.2: 100 h, checkpoints of 3 minutes, restarts of 10.
JOB = Job(work=100, checkpoint=3 / 60, restart=10 / 60, wait=0.5)
RATES = (0.025, 0.05, 0.1, 0.2, 0.3)


def simulated(job: Job, rate: float, interval: float, runs: int) -> tuple[float, float]:
    """Mean paid and elapsed hours by playing evictions one after the other."""
    rng = np.random.default_rng(7)
    count = round(job.work / interval)
    span = job.work / count + job.checkpoint
    left = np.full(runs, count)
    paid = np.zeros(runs)
    waited = np.zeros(runs)
    restart = 0.0
    while (left > 0).any():
        up = rng.exponential(1 / rate, runs)
        needed = restart + left * span
        running = left > 0
        finishes = running & (up >= needed)
        paid += np.where(running, np.minimum(up, needed), 0)
        done = np.floor(np.maximum(up - restart, 0) / span).astype(int)
        left = np.where(finishes, 0, np.where(running, left - np.minimum(done, left), left))
        waited += np.where(left > 0, rng.exponential(job.wait, runs), 0)
        restart = job.restart
    return float(paid.mean()), float((paid + waited).mean())


@pytest.mark.parametrize("rate", RATES)
def test_the_formula_agrees_with_simulation_within_half_a_percent(rate: float) -> None:
    run = spot.best_run(JOB, rate)
    paid, elapsed = simulated(JOB, rate, run.interval or 0, 20_000)
    assert run.paid == pytest.approx(paid, rel=0.005)
    assert run.elapsed == pytest.approx(elapsed, rel=0.005)


@pytest.mark.parametrize("rate", RATES)
def test_drawn_runs_have_the_expected_mean(rate: float) -> None:
    rng = np.random.default_rng(1)
    for run in (spot.best_run(JOB, rate), spot.run_on_notice(JOB, rate)):
        drawn = spot.draw(JOB, np.full(20_000, rate), run.interval, rng)
        assert drawn.paid.mean() == pytest.approx(run.paid, rel=0.005)
        assert drawn.elapsed.mean() == pytest.approx(run.elapsed, rel=0.005)


def test_the_figures_of_the_prototype() -> None:
    best = [spot.best_run(JOB, rate).paid for rate in (0.025, 0.3)]
    fixed = [spot.run(JOB, rate, 4).paid for rate in (0.025, 0.3)]
    assert best == pytest.approx([105.6, 125.7], abs=0.05)
    assert fixed == pytest.approx([107, 208], abs=0.5)


@given(st.floats(-0.36787944, 1e6))
def test_lambert_w_is_scipys(x: float) -> None:
    assert spot.lambert_w0(x) == pytest.approx(scipy.special.lambertw(x).real, abs=1e-7, rel=1e-12)


def test_lambert_w_is_not_real_below_its_branch_point() -> None:
    with pytest.raises(ValueError, match="not real"):
        spot.lambert_w0(-0.4)


@given(
    rate=st.floats(0.001, 1.0),
    checkpoint=st.floats(0.001, 1.0),
    factor=st.floats(0.3, 3.0),
)
def test_no_interval_is_better_than_the_best(rate: float, checkpoint: float, factor: float) -> None:
    def overhead(interval: float) -> float:
        return math.expm1(rate * (interval + checkpoint)) / interval

    best = spot.best_interval(rate, checkpoint)
    assert overhead(best) <= overhead(best * factor) * (1 + 1e-9)


def test_young_and_daly_approach_the_optimum_when_evictions_are_rare() -> None:
    rate, checkpoint = 1e-4, 0.05
    best = spot.best_interval(rate, checkpoint)
    assert spot.young_interval(rate, checkpoint) == pytest.approx(best, rel=0.01)
    assert spot.daly_interval(rate, checkpoint) == pytest.approx(best, rel=1e-5)
    assert spot.daly_interval(1.0, 3.0) == 1.0


def test_machines_are_evicted_together() -> None:
    eight = Job(work=100, checkpoint=0.05, restart=0.1, wait=0, machines=8)
    one = Job(work=100, checkpoint=0.05, restart=0.1, wait=0)
    assert spot.best_run(eight, 0.01) == spot.best_run(one, 0.08)


def test_a_checkpoint_within_the_notice_loses_no_work() -> None:
    quick = Job(work=100, checkpoint=20 / 3600, restart=0.1, wait=0)
    run = spot.best_run(quick, 0.1)
    assert run.interval is None
    # 10 evictions in the work, each a checkpoint and (e^0.01 - 1) / 0.1 h of restarts.
    assert run.paid == pytest.approx(100 + 10 * (20 / 3600 + 0.100502), abs=1e-4)
    assert run.paid < spot.run(quick, 0.1, spot.best_interval(0.1, quick.checkpoint)).paid


def test_nothing_is_lost_without_evictions() -> None:
    run = spot.run(JOB, 0.0, 10)
    assert (run.paid, run.elapsed, run.evictions) == (pytest.approx(100.5), pytest.approx(100.5), 0)


def test_the_hazards_of_the_buckets() -> None:
    means = [evictions.prior(bucket).mean for bucket in BUCKETS]
    assert means == pytest.approx([0.0256, 0.0783, 0.1339, 0.1928, 0.30], abs=1e-4)


def test_own_evictions_are_evidence() -> None:
    # Gamma(2, 20 h) and 3 evictions in 80 h: Gamma(5, 100 h).
    belief = Evictions(shape=2, hours=20).seeing(3, 80)
    assert (belief.shape, belief.hours, belief.mean) == (5, 100, 0.05)
    prior = evictions.prior("5-10")
    much = prior.seeing(300, 10_000)
    assert much.mean == pytest.approx(0.0315, abs=1e-3)
    assert np.ptp(much.quantiles(np.array([0.05, 0.95]))) < 0.007


@pytest.mark.parametrize("bucket", BUCKETS)
def test_credible_intervals_are_scipys(bucket: str) -> None:
    belief = evictions.prior(bucket)
    shares = np.array([0.001, 0.05, 0.5, 0.95, 0.999])
    expected = scipy.stats.gamma(belief.shape, scale=1 / belief.hours).ppf(shares)
    assert belief.quantiles(shares) == pytest.approx(expected, rel=1e-4)


def place(catalogue: Catalogue, region: str = "westeurope", job: Job = JOB) -> spot_plan.Place:
    return spot_plan.place(
        catalogue,
        size="Standard_NC24ads_A100_v4",
        region=region,
        job=job,
        evictions=evictions.prior("5-10"),
        disk=spot_plan.Disk(type="Premium_LRS", size_gb=Decimal(128)),
    )


def test_floats_and_decimals_agree_to_the_cent(catalogue: Catalogue) -> None:
    rng = np.random.default_rng(0)
    many = Job(work=1000, checkpoint=0.05, restart=0.2, wait=1.5, machines=4)
    for job in (JOB, many):
        (choice,) = spot_plan.choose([place(catalogue, job=job)], rng)
        assert float(choice.cost.amount) == pytest.approx(
            spot_plan.cost_of(choice.place, choice.run), abs=0.005
        )


def test_a_run_is_billed_for_machines_while_they_run_and_disks_to_the_end(
    catalogue: Catalogue,
) -> None:
    (choice,) = spot_plan.choose([place(catalogue)], np.random.default_rng(0))
    run = choice.run
    # Recorded: 1.097295 USD an hour on spot, P10 LRS at 21.68 USD a month of 730 hours.
    assert float(choice.compute.amount) == pytest.approx(run.paid * 1.097295, abs=1e-4)
    assert float(choice.storage.amount) == pytest.approx(run.elapsed * 21.68 / 730, abs=1e-4)
    assert run.elapsed > run.paid


def test_places_are_ranked_by_expected_cost(catalogue: Catalogue) -> None:
    places = [place(catalogue), place(catalogue, "northeurope")]
    choices = spot_plan.choose(places, np.random.default_rng(0))
    assert [one.place.region for one in choices] == ["northeurope", "westeurope"]


def test_the_crossing_with_pay_as_you_go(catalogue: Catalogue) -> None:
    one = place(catalogue)
    dear = 500.0
    rate = spot_plan.break_even_rate(one, dear)
    assert rate is not None
    assert spot_plan.cost_of(one, spot.best_run(JOB, rate)) == pytest.approx(dear, rel=1e-6)
    assert spot_plan.break_even_rate(one, 1.0) is None


def test_a_spot_price_that_nobody_recorded_is_missing(catalogue: Catalogue) -> None:
    with pytest.raises(PriceNotFound):
        place(catalogue, "eastus")


def test_a_job_that_never_ends_is_refused(catalogue: Catalogue) -> None:
    endless = Job(work=100, checkpoint=1, restart=5, wait=0, machines=100)
    with pytest.raises(AzcostError, match="evicted every"):
        spot_plan.choose([place(catalogue, job=endless)], np.random.default_rng(0))
