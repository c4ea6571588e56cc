"""Pools of nodes: the base against brute force, the bill by hand, the command with bad files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from azcost.cli import main
from azcost.optimise import node_pool
from azcost.optimise.evictions import prior
from azcost.optimise.node_pool import Demand
from azcost.pricing.catalogue import Catalogue
from conftest import ROOT

EXAMPLE = ROOT / "examples/nodes.csv"


@given(
    nodes=st.lists(st.integers(0, 12), min_size=1, max_size=60).filter(any),
    committed=st.floats(0.01, 2),
    burst=st.floats(0.01, 2),
)
def test_no_other_base_costs_less(nodes: list[int], committed: float, burst: float) -> None:
    def cost(base: int) -> float:
        return base * committed * len(nodes) + sum(burst * max(n - base, 0) for n in nodes)

    best = node_pool.best_base(np.array(nodes), committed, burst)
    assert cost(best) == pytest.approx(min(cost(base) for base in range(14)))


def week(nodes: list[int]) -> Demand:
    return Demand(nodes=np.array(nodes), week_hours=np.arange(len(nodes)) % 168, step=1.0)


# Every day: 12 hours without nodes, 6 with two, 6 with four.
DAYS = week(([0] * 12 + [2] * 6 + [4] * 6) * 7)


def test_the_bill_by_hand(catalogue: Catalogue) -> None:
    found, missing = node_pool.ways(
        catalogue, DAYS, size="Standard_D4s_v5", region="westeurope",
        steady=0, cold_start=0.0, evictions=prior("0-5"),
    )  # fmt: skip
    costs = {way.name: float(way.cost.amount) for way in found}
    assert not missing
    # D4s_v5 in westeurope: 0.23 USD an hour, 0.042504 as spot; a month of 730 hours has
    # 730 / 24 x (6 x 2 + 6 x 4) = 1,095 node-hours.
    assert costs["all nodes always on"] == pytest.approx(4 * 730 * 0.23)
    assert costs["autoscale to zero"] == pytest.approx(1095 * 0.23)
    assert costs["all spot, scaled to zero"] == pytest.approx(1095 * 0.042504)
    # One node stays on for the 12 hours without need.
    assert costs["autoscale, one node always on"] == pytest.approx((1095 + 365) * 0.23)
    assert [way.cost.amount for way in found] == sorted(way.cost.amount for way in found)


def test_a_base_pays_off_where_it_is_used_enough(catalogue: Catalogue) -> None:
    found, _ = node_pool.ways(
        catalogue, DAYS, size="Standard_D4s_v5", region="westeurope",
        steady=1, cold_start=0.1, evictions=None,
    )  # fmt: skip
    bases = {way.name: way.base for way in found}
    # Two nodes are needed half of the time, four a quarter. A reservation of three years
    # costs less than half of pay-as-you-go, one of a year more.
    assert bases["reserved-3y base, then pay-as-you-go"] == 2
    assert "reserved-1y base, then pay-as-you-go" not in bases


def test_starts_are_paid_for_and_waited_for() -> None:
    # 30.4 days a month; each starts two nodes, and two more.
    assert DAYS.starts(0) == pytest.approx((6 * 4 + 4) * 730 / 168)
    assert DAYS.starts(2) == pytest.approx(7 * 2 * 730 / 168)
    assert DAYS.wake_ups() == pytest.approx(7 * 730 / 168)


def test_hours_of_the_week_that_were_not_seen() -> None:
    means = week([1, 3]).by_week_hour(2)
    assert list(means[:2]) == [0, 1]
    assert np.isnan(means[2:]).all()


def nodes(*words: str, file: Path = EXAMPLE) -> Result:
    options = ["--size", "Standard_D4s_v5", "--region", "westeurope"]
    return CliRunner().invoke(main, ["nodes", str(file), *options, *words])


def test_the_example() -> None:
    result = nodes("--eviction-rate", "5-10", "--format", "json")
    found = json.loads(result.stdout)
    assert found["schema"] == 1
    assert found["ways"][0]["name"].endswith("base, then spot")
    assert found["ways"][0]["base_nodes"] == 1
    assert len(found["nodes_by_hour_of_week"]) == 168
    text = nodes("--eviction-rate", "5-10").stdout
    assert "--priority Spot" in text
    assert "to stop it saves nothing" in text


WRONG = {
    "not a count": ("time,nodes\n2026-01-01T00:00,-1\n", "whole number"),
    "a fraction": ("time,nodes\n2026-01-01T00:00,1.5\n", "whole number"),
    "huge": ("time,nodes\n2026-01-01T00:00,99999999999\n", "whole number"),
    "another column": ("time,count\n2026-01-01T00:00,1\n", "column nodes is missing"),
    "empty": ("", "column time is missing"),
    "few": ("time,nodes\n2026-01-01T00:00,1\n", "at least 24"),
    "idle": (
        "time,nodes\n" + "".join(f"2026-01-{day:02d},0\n" for day in range(1, 29)),
        "no node was ever needed",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str, tmp_path: Path) -> None:
    text, message = WRONG[case]
    file = tmp_path / "nodes.csv"
    file.write_text(text)
    result = nodes(file=file)
    assert (result.exit_code, message in result.output) == (2, True), result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--eviction-rate", "7"], "0-5"),
        (["--region", "westeurope,northeurope"], "one region"),
        (["--cold-start", "5"], "unit"),
        (["--steady", "-1"], "range"),
    ],
)
def test_options_that_are_wrong(words: list[str], message: str) -> None:
    result = nodes(*words)
    assert (result.exit_code, message in result.output) == (2, True), result.output
