"""Forecasts: exact where the future is certain, better than the usual ways where it is not."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bills
from azcost.errors import AzcostError
from azcost.optimise.forecast import conformal, forecast
from azcost.optimise.holt_winters import smooth

WEEK = [100.0, 110.0, 105.0, 108.0, 102.0, 50.0, 40.0]
HORIZON = 30


def peyton(shared: Path) -> np.ndarray:
    """The daily series of the trace, its missing days filled from the neighbours."""
    with (shared / "traces/forecast/example_wp_log_peyton_manning.csv").open() as file:
        rows = [(date.fromisoformat(row["ds"]), float(row["y"])) for row in csv.DictReader(file)]
    days = np.array([(day - rows[0][0]).days for day, _ in rows])
    return np.interp(np.arange(days[-1] + 1), days, [value for _, value in rows])


def origins(length: int, count: int) -> list[int]:
    return [int(day) for day in np.linspace(400, length - HORIZON, count)]


def mase(actual: np.ndarray, expected: np.ndarray, before: np.ndarray) -> float:
    return float(np.abs(actual - expected).mean() / np.abs(before[7:] - before[:-7]).mean())


def test_a_week_that_repeats_is_forecast_as_it_is() -> None:
    found = forecast(np.tile(WEEK, 20), 14)
    np.testing.assert_allclose(found.expected, WEEK * 2, rtol=1e-6)
    assert found.total.low == pytest.approx(sum(WEEK) * 2)
    assert found.total.high == pytest.approx(sum(WEEK) * 2)


def test_a_season_continues_from_the_day_it_is_at() -> None:
    found = forecast(np.tile(WEEK, 20)[:-3], 10)
    np.testing.assert_allclose(found.expected, [*WEEK[4:], *WEEK], rtol=1e-6)


@given(st.floats(1e-3, 1e6))
def test_another_currency_scales_all(factor: float) -> None:
    series = np.tile(WEEK, 12) * (1 + 0.1 * np.sin(np.arange(84)))
    one, other = forecast(series, 20), forecast(series * factor, 20)
    np.testing.assert_allclose(other.expected, one.expected * factor, rtol=1e-9)
    assert other.chance_over(one.total.expected * factor * 1.05) == one.chance_over(
        one.total.expected * 1.05
    )


def test_a_level_that_moved_last_week_is_where_the_forecast_starts() -> None:
    noise = np.exp(np.random.default_rng(1).normal(0, 0.03, 140))
    series = np.tile(WEEK, 20) * noise
    series[-7:] *= 2
    found = forecast(series, 7)
    assert found.expected.sum() == pytest.approx(2 * sum(WEEK), rel=0.1)


@pytest.mark.parametrize("days", [4, 5, 9, 13])
@pytest.mark.parametrize("factor", [0.1, 0.7, 1.3, 3.0])
def test_a_level_that_moved_is_no_trend(days: int, factor: float) -> None:
    noise = np.exp(np.random.default_rng(days).normal(0, 0.02, 140))
    series = np.tile(WEEK, 20) * noise
    series[-days:] *= factor
    found = forecast(series, 28)
    assert found.new_level == days
    assert found.expected.sum() == pytest.approx(4 * factor * sum(WEEK), rel=0.06)


def test_four_of_five_totals_after_a_new_level_are_inside() -> None:
    inside = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        series = np.tile(WEEK, 24) * np.exp(random.normal(0, 0.03, 168))
        days = int(random.integers(4, 14))
        series[140 - days :] *= 0.7
        found = forecast(series[:140], 28)
        assert found.total.low is not None
        assert found.total.high is not None
        inside.append(found.total.low < series[140:].sum() < found.total.high)
    assert np.mean(inside) >= 0.75


def test_a_job_that_was_turned_off_stays_off_in_the_forecast() -> None:
    series = np.full(120, 50.0)
    series[-6:] = 0
    assert forecast(series, 7).expected.tolist() == [0.0] * 7


@pytest.mark.parametrize("last", [[200.0] * 3, [90.0, 130.0, 200.0, 300.0], [104.0] * 6])
def test_spikes_slopes_and_small_steps_are_no_new_level(last: list[float]) -> None:
    noise = np.exp(np.random.default_rng(5).normal(0, 0.02, 140))
    series = 100 * noise
    series[-len(last) :] = last
    assert forecast(series, 7).new_level == 0


def test_quiet_bills_have_no_new_level() -> None:
    totals = [bills.quiet(seed).cost.sum(axis=0) for seed in range(6)]
    moved = [forecast(one[:day], 7).new_level for one in totals for day in range(70, 180, 11)]
    assert not any(moved)


def test_the_past_of_a_forecast_holds_nothing_of_the_future() -> None:
    series = np.log(np.tile(WEEK, 12) * np.linspace(1, 2, 84))
    early, _ = smooth(series, [50, 84])
    (alone,) = smooth(series[:50], [50])
    np.testing.assert_allclose(early.ahead(7), alone.ahead(7))


def test_the_conformal_quantile_counts_the_unseen_score() -> None:
    scores = np.arange(1.0, 10.0)  # nine scores: the 8th of 10 places at 80 %
    assert conformal(scores, 0.8) == 8.0
    assert conformal(np.arange(3.0), 0.8) is None


def test_chances_rise_as_the_amount_falls() -> None:
    noise = np.exp(np.random.default_rng(3).normal(0, 0.2, 200))
    found = forecast(np.tile(WEEK, 29)[:200] * noise, 20)
    chances = [found.chance_over(found.total.expected * share) for share in (0.5, 0.9, 1.1, 2.0)]
    assert chances == sorted(chances, key=lambda chance: -(chance or 0))
    assert chances[0] is not None
    assert chances[0] > 0.95


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (np.ones(13), "needs 14 days"),
        (np.zeros(40), "no cost in the series"),
        (np.full(40, np.nan), "no cost in the series"),
        (np.full(40, np.inf), "infinite"),
    ],
)
def test_series_that_cannot_be_forecast(series: np.ndarray, message: str) -> None:
    with pytest.raises(AzcostError, match=message):
        forecast(series, 30)


def test_gaps_and_days_without_cost_are_survived() -> None:
    series = np.tile(WEEK, 20)
    series[30:33] = np.nan
    series[60:70] = 0.0
    assert np.isfinite(forecast(series, 30).expected).all()


@pytest.mark.parametrize("scale", ["as recorded", "exponential"])
def test_better_than_repeating_the_last_week_and_its_interval_holds(
    shared: Path, scale: str
) -> None:
    """The bars: a lower error than seasonal naive, and 75 to 90 of 100 totals inside."""
    series = peyton(shared) if scale == "as recorded" else np.exp(peyton(shared))
    ours, naive, inside = [], [], []
    for origin in origins(len(series), 64):
        before, after = series[:origin], series[origin : origin + HORIZON]
        found = forecast(before, HORIZON)
        ours.append(mase(after, found.expected, before))
        naive.append(mase(after, np.tile(before[-7:], 5)[:HORIZON], before))
        assert found.total.low is not None
        assert found.total.high is not None
        inside.append(found.total.low <= after.sum() <= found.total.high)
    assert np.mean(ours) < np.mean(naive)
    assert 0.75 <= np.mean(inside) <= 0.90


def test_as_good_as_autoets(shared: Path) -> None:
    """The bar: at most 0.03 above AutoETS of statsforecast on the same origins."""
    models = pytest.importorskip("statsforecast.models", reason="statsforecast is not installed")
    series = peyton(shared)
    ours, theirs = [], []
    for origin in origins(len(series), 10):
        before, after = series[:origin], series[origin : origin + HORIZON]
        ours.append(mase(after, forecast(before, HORIZON).expected, before))
        ets = models.AutoETS(season_length=7).forecast(before[-730:], h=HORIZON)["mean"]
        theirs.append(mase(after, ets, before))
    assert np.mean(ours) <= np.mean(theirs) + 0.03
