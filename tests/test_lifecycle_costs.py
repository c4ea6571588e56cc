"""What lives of blobs cost, against figures worked out by head."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from azcost.meters.cohorts import Reads
from azcost.optimise.lifecycle.flips import flips
from azcost.optimise.lifecycle.ledger import What
from azcost.optimise.lifecycle.plan import Plan, Setting, Way, plan
from azcost.optimise.lifecycle.policy import MOVES, Action, Condition, Policy, Rule
from azcost.pricing.catalogue import Catalogue
from conftest import ROOT, make_catalogue
from lifecycle_prices import WEST_EUROPE, cohort, rows

COSTS = yaml.safe_load((ROOT / "tests/cases/lifecycle/costs.yaml").read_text())
CENT = Decimal("0.005")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return make_catalogue(tmp_path_factory.mktemp("toy") / "toy.sqlite", rows(COSTS["prices"]))


@pytest.fixture(scope="module")
def west_europe(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return make_catalogue(tmp_path_factory.mktemp("toy") / "we.sqlite", rows(WEST_EUROPE))


def actions(given: dict[str, dict[str, int]]) -> tuple[Action, ...]:
    return tuple(Action(move, Condition(**given[move])) for move in MOVES if move in given)


def policy_of(case: dict[str, Any]) -> Policy:
    parts = {"baseBlob": case.get("base", {}), "snapshot": case.get("snapshot", {})}
    rule = Rule(
        name="rule",
        enabled=case.get("enabled", True),
        prefixes=tuple(case.get("prefixes", ())),
        tags=tuple(case.get("tags", {}).items()),
        actions={part: actions(given) for part, given in parts.items() if given},  # type: ignore[misc]
    )
    return Policy((rule,))


def amount(found: Plan, way: Way) -> Decimal:
    outcome = found.outcome(way)
    assert outcome is not None
    return outcome.total.amount


@pytest.mark.parametrize("case", COSTS["cases"], ids=lambda case: case["name"])
def test_costs_worked_out_by_head(case: dict[str, Any], toy: Catalogue) -> None:
    setting = Setting(days=case["days"], high_priority=case.get("high_priority", False))
    found = plan([cohort(**case["cohort"])], policy_of(case), toy, setting)
    for way in ("today", "policy"):
        assert abs(amount(found, way) - Decimal(str(case[way]))) < Decimal("1e-6"), way
    assert amount(found, "optimum") <= min(amount(found, "today"), amount(found, "policy")) + CENT


TERABYTE = {"gb": 1024, "blobs": 1024 * 1024}
SEED_POLICY = {
    "base": {
        "tierToCool": {"modified": 30},
        "tierToArchive": {"modified": 90},
        "delete": {"modified": 365},
    }
}
# Prices of Hot, Cool, Archive; then Hot for a year, the policy's capacity, and with 1 MiB
# blobs and the given prices per 10,000 tier-change writes the whole (METHODS section 3.3).
SEED = [
    (("0.018", "0.01", "0.00099"), "221.18", "47.54", (), None),
    (("0.018", "0.01", "0.002"), "221.18", "56.90", ("0.10", "0.10"), "77.87"),
    (("0.018032", "0.01", "0.0018"), "221.58", "55.08", ("0.10", "0.12"), "78.14"),
]


@pytest.mark.parametrize(("stored", "hot", "capacity", "writes", "whole"), SEED)
def test_the_seeds_78_dollars_need_a_million_blobs_and_their_tier_changes(
    stored: tuple[str, ...],
    hot: str,
    capacity: str,
    writes: tuple[str, ...],
    whole: str | None,
    toy_catalogue: Callable[..., Catalogue],
) -> None:
    prices: dict[str, dict[str, Any]] = msgspec.convert(WEST_EUROPE, dict[str, dict[str, Any]])
    for tier, price in zip(("Hot", "Cool", "Archive"), stored, strict=True):
        prices[tier]["stored"] = price
    for tier, price in zip(("Cool", "Archive"), writes, strict=False):
        prices[tier]["write"] = price
    found = plan(
        [cohort(**TERABYTE)], policy_of(SEED_POLICY), toy_catalogue(rows(prices)), Setting()
    )
    today, kept = found.outcome("today"), found.outcome("policy")
    assert today is not None
    assert kept is not None
    stays = sum(line.cost.amount for line in kept.lines if line.what is What.CAPACITY)
    assert abs(today.total.amount - Decimal(hot)) <= CENT
    assert abs(stays - Decimal(capacity)) <= CENT
    if whole:
        assert abs(kept.total.amount - Decimal(whole)) <= CENT


def test_a_terabyte_read_ever_less_is_cheapest_in_cold_from_day_17(west_europe: Catalogue) -> None:
    # METHODS 3.3: 1 MiB blobs read 0.2 / (age + 1) a day: policy 269, Hot 228, optimum 113.
    per_day = [Decimal("0.2") / (age + 1) for age in range(365)]
    reads = tuple(
        Reads(per_month=rate * 730 / 24, until_day=age + 1) for age, rate in enumerate(per_day)
    )
    blobs = msgspec.structs.replace(cohort(**TERABYTE, upload_writes=1), reads=reads)
    found = plan([blobs], policy_of(SEED_POLICY), west_europe, Setting())
    kept = found.outcome("policy")
    assert kept is not None
    copies = sum(line.cost.amount for line in kept.lines if line.what is What.COPIES)
    assert round(amount(found, "today")) == 228
    assert round(kept.total.amount - copies) == 269
    assert round(amount(found, "optimum")) == 113
    assert found.rules[0].schedules["optimum"] == "Hot -> Cold at 17 d -> deleted at 365 d"


def test_break_evens_of_west_europe(west_europe: Catalogue) -> None:
    # METHODS 3.2: large blobs 80 / 45 / 27.5 % of data read a month, 1 MB blobs 76 / 34 / 19 %.
    large = {("Hot", "Cool"): 0.80, ("Hot", "Cold"): 0.45, ("Cool", "Cold"): 0.275}
    small = {("Hot", "Cool"): 0.76, ("Hot", "Cold"): 0.34, ("Cool", "Cold"): 0.19}
    for blobs, expected in ((1, large), (1024 * 1024, small)):
        found = plan([cohort(gb=1024, blobs=blobs)], None, west_europe, Setting())
        crossings = {
            (one.warmer, one.colder): one.share for one in flips(found, None, west_europe).crossings
        }
        for pair, share in expected.items():
            assert crossings[pair] == pytest.approx(share, abs=0.005), pair


def test_cooling_and_archiving_pays_above_142_kb(west_europe: Catalogue) -> None:
    # METHODS 3.2: the break-even size of "cool 30 + archive 90, never read".
    policy = policy_of(SEED_POLICY)
    found = plan([cohort(gb=1024, blobs=10**6)], policy, west_europe, Setting())
    assert flips(found, policy, west_europe).sizes.even == pytest.approx(142, abs=1)


def test_a_tier_without_prices_is_named_and_not_considered(tmp_path: Path) -> None:
    prices = {tier: WEST_EUROPE[tier] for tier in ("Hot", "Cool", "Archive")}
    catalogue = make_catalogue(tmp_path / "toy.sqlite", rows(prices))
    found = plan([cohort(gb=1024, blobs=1000)], None, catalogue, Setting(online_only=True))
    assert [tier for tier, _ in found.left_out] == ["Cold"]
    assert found.rules[0].schedules["optimum"] == "Hot -> Cool at 0 d"


def test_floats_and_decimals_agree_where_the_volume_has_price_tiers(tmp_path: Path) -> None:
    prices: dict[str, dict[str, Any]] = msgspec.convert(WEST_EUROPE, dict[str, dict[str, Any]])
    prices["Hot"]["stored"] = {0: 0.0196, 100: 0.0188, 1000: 0.01}
    catalogue = make_catalogue(tmp_path / "toy.sqlite", rows(prices))
    blobs = cohort(gb=3000, blobs=10**6, arrive="evenly", reads=[{"per_month": 0.3}])
    found = plan([blobs], policy_of(SEED_POLICY), catalogue, Setting())
    for one in found.outcomes:
        assert abs(float(one.total.amount) - sum(one.by_month)) < 0.005, one.way
