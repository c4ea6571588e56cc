"""Ranges: draws against variances by hand, and against the full bill drawn the slow way."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from statistics import mean, pvariance
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from azcost import architecture
from azcost.architecture import Architecture, Design
from azcost.draws import Block, Shape, Spread, draw
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from azcost.scenarios.changes import buying
from azcost.scenarios.parts import changed, parts
from azcost.spec import nodes
from azcost.spec.problems import SpecError
from conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/ranges/recorded.yaml").read_text())


def read(services: list[dict[str, Any]], catalogue: Catalogue, **header: Any) -> Design:
    text = yaml.safe_dump({"region": "westeurope", **header, "services": services})
    return architecture.read(nodes.parse(text, "case"), "case", architecture.names_of(catalogue))


def estimated(services: list[dict[str, Any]], catalogue: Catalogue, **header: Any) -> Estimate:
    return architecture.estimate(read(services, catalogue, **header), catalogue)


def sampled(spread: Spread, random: Random) -> float:
    """One value, by the definition of the shapes and none of the code under test."""
    low, expected, high = float(spread.low), float(spread.expected), float(spread.high)
    if spread.shape == "uniform":
        return random.uniform(low, high)
    if spread.shape == "pert":
        weight = 4 / (high - low)
        a, b = 1 + weight * (expected - low), 1 + weight * (high - expected)
        return low + (high - low) * random.betavariate(a, b)
    if random.random() < 0.5:
        return random.triangular(low, expected, expected)
    return random.triangular(expected, high, expected)


def slowly(design: Design, catalogue: Catalogue, count: int) -> list[float]:
    """The cost of the whole design at so many random points, each by its full bill."""
    random = Random(7)
    spreads = {one.spread for ranged in design.ranged for one in ranged.ranges}
    costs = []
    for _ in range(count):
        point = {one: Decimal(f"{sampled(one, random):.8g}") for one in spreads}
        services = list(design.expected.services)
        for ranged in design.ranged:
            services[ranged.place] = ranged.at(point)
        drawn = Architecture(tuple(services))
        alone = replace(design, low=drawn, expected=drawn, high=drawn, ranged=())
        costs.append(float(architecture.estimate(alone, catalogue).monthly.amount))
    return sorted(costs)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_draws_agree_with_the_full_bill(case: dict[str, Any], catalogue: Catalogue) -> None:
    design = read(case["services"], catalogue)
    found = architecture.estimate(design, catalogue)
    costs = slowly(design, catalogue, 1200)
    width = costs[-1] - costs[0]
    assert not found.together
    assert float(found.least.amount) <= costs[0] + 1e-6
    assert float(found.most.amount) >= costs[-1] - 1e-6
    assert float(found.low.amount) == pytest.approx(costs[120], abs=0.04 * width)
    assert float(found.high.amount) == pytest.approx(costs[1080], abs=0.04 * width)
    assert sum(one.share for one in found.drivers) <= Decimal("1.0001")


@pytest.mark.parametrize(
    ("ends", "shape", "middle", "variance"),
    [
        ((0, 6, 12), "triangles", 6, 6),  # a symmetric triangle: half its width squared / 6
        ((0, 0, 12), "triangles", 2, 8),  # half of it at 0: 12/6; 0.5 x 144/6 - 4
        ((0, 6, 18), "triangles", 7, 14),  # 6 + 12/6 - 6/6; 0.5 x (36 + 144)/6 - 1
        ((0, 3, 12), "uniform", 6, 12),  # width squared / 12
        ((0, 6, 12), "pert", 6, Decimal("5.142857")),  # beta(3, 3): 144 x 9 / (36 x 7)
        ((5, 5, 5), "triangles", 5, 0),
        ((5, 5, 5), "pert", 5, 0),
    ],
)
def test_shapes_have_the_moments_of_the_book(
    ends: tuple[int, int, int], shape: Shape, middle: float, variance: float
) -> None:
    low, expected, high = map(Decimal, ends)
    values = Spread(low, expected, high, shape).quantiles(4000, Random(1))
    assert values == sorted(values)
    assert mean(values) == pytest.approx(float(middle), abs=0.15)
    assert pvariance(values) == pytest.approx(float(variance), rel=0.06)


def linear(*widths: int) -> list[Block]:
    """Services that cost what their number is, between 0 and a width."""
    blocks = []
    for place, width in enumerate(widths):
        spread = Spread(Decimal(0), Decimal(width) / 2, Decimal(width))
        ends = ([0.0], [width / 2], [float(width)])
        blocks.append(
            Block((spread,), (place,), lambda point, s=spread: [float(point[s])], ends)  # type: ignore[misc]
        )
    return blocks


def test_shares_of_linear_services_are_those_of_their_variances() -> None:
    found = draw(linear(10, 20, 30), 0.0)
    shares = list(found.shares.values())
    assert shares == pytest.approx([9 / 14, 4 / 14, 1 / 14], abs=0.03)
    assert sum(shares) <= 1


def test_one_linear_service_has_the_quantiles_of_its_triangle() -> None:
    found = draw(linear(100), 1000.0)
    # A tenth of a triangle of 100 lies below 50 x sqrt(0.2).
    assert found.low == pytest.approx(1022.36, abs=0.1)
    assert found.high == pytest.approx(1077.64, abs=0.1)


def test_a_product_has_less_in_its_first_order_shares_than_all() -> None:
    spreads = [Spread(Decimal(0), Decimal(n), Decimal(2 * n)) for n in (1, 2)]
    ends = ([0.0], [2.0], [8.0])
    block = Block(
        tuple(spreads), (0,), lambda point: [float(point[spreads[0]] * point[spreads[1]])], ends
    )
    shares = list(draw([block], 0.0, count=4000).shares.values())
    # x y of means 1 and 2, variances 1/6 and 4/6: 4/6 + 4/6 + 1/9; each alone has 6/13.
    assert shares == pytest.approx([6 / 13, 6 / 13], abs=0.04)
    assert sum(shares) < 0.97


def test_seeds_reproduce_and_differ() -> None:
    blocks = linear(10, 20)
    assert draw(blocks, 0.0, seed=3) == draw(blocks, 0.0, seed=3)
    assert draw(blocks, 0.0, seed=3) != draw(blocks, 0.0, seed=4)


def test_ranges_of_the_same_three_numbers_are_one_number(catalogue: Catalogue) -> None:
    ends = {"low": 1, "expected": 2, "high": 9}
    vm = {"kind": "virtual_machine", "size": "Standard_D4s_v5", "count": ends}
    two = estimated([vm | {"name": "a"}, vm | {"name": "b"}], catalogue)
    one = estimated([vm | {"name": "a"}], catalogue)
    assert [driver.names for driver in two.drivers] == [("a count", "b count")]
    assert two.drivers[0].share == 1
    assert two.high.amount == pytest.approx(2 * one.high.amount)


def test_independent_ranges_are_narrower_than_their_sum(catalogue: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "size": "Standard_D4s_v5"}
    counts = [{"low": 1, "expected": 5, "high": 9}, {"low": 1, "expected": 6, "high": 11}]
    services = [vm | {"name": f"n{n}", "count": count} for n, count in enumerate(counts)]
    whole = estimated(services, catalogue)
    alone = [estimated([one], catalogue) for one in services]
    assert whole.high.amount < sum(one.high.amount for one in alone)
    assert whole.low.amount > sum(one.low.amount for one in alone)


def test_what_only_holds_at_the_ends_is_drawn_together(catalogue: Catalogue) -> None:
    policy = {
        "ingest_gb": 1000,
        "blob_mb": 64,
        "cool_after_days": {"low": 10, "expected": 30, "high": 90},
        "archive_after_days": {"low": 60, "expected": 91, "high": 180},
        "delete_after_days": 365,
    }
    found = estimated([{"kind": "blob_storage", "name": "b", "lifecycle": policy}], catalogue)
    assert found.together == ("b archive_after_days", "b cool_after_days")
    assert found.low.amount < found.monthly.amount < found.high.amount


def test_throughput_units_are_whole_in_every_draw(catalogue: Catalogue) -> None:
    ptus = {"low": 15, "expected": 50, "high": 100}
    spec = {"kind": "openai", "name": "o", "model": "gpt-4.1", "ptus": ptus}
    found = estimated([spec | {"scope": "GlobalProvisionedManaged"}], catalogue)
    assert not found.together
    assert found.least.amount < found.low.amount < found.monthly.amount < found.high.amount


def test_a_free_account_is_drawn_as_a_whole(catalogue: Catalogue) -> None:
    hours = {"low": 100, "expected": 740, "high": 744}
    vm = {"kind": "virtual_machine", "size": "Standard_B1s"}
    services = [vm | {"name": "a", "hours": hours}, vm | {"name": "b", "hours": 700}]
    found = estimated(services, catalogue, free_account=True)
    # More hours of a leave fewer of the 750 free ones to b.
    a, b = found.resources
    assert (a.least.amount, a.most.amount) == (0, 0)
    assert b.low.amount < b.monthly.amount


def test_a_scenario_changes_every_draw(catalogue: Catalogue) -> None:
    count = {"low": 1, "expected": 2, "high": 9}
    vm = {"kind": "virtual_machine", "name": "a", "size": "Standard_D4s_v5", "count": count}
    design = read([vm], catalogue)
    spot = next(one for one in buying() if one.name == "spot")
    (part,) = parts(design.expected)
    cheaper = design.map(lambda _, service: changed(part, service, spot.change))
    before, after = (architecture.estimate(one, catalogue) for one in (design, cheaper))
    assert after.monthly.amount < before.monthly.amount / 2
    ratio = after.monthly.amount / before.monthly.amount
    assert after.high.amount == pytest.approx(before.high.amount * ratio, rel=Decimal("1e-6"))


def test_a_shape_that_there_is_not_is_refused(catalogue: Catalogue) -> None:
    ends = {"low": 1, "expected": 2, "high": 9, "shape": "normal"}
    vm = {"kind": "virtual_machine", "name": "a", "size": "Standard_D4s_v5", "count": ends}
    with pytest.raises(SpecError, match="shape`: normal: did you mean uniform"):
        read([vm], catalogue)


def test_outcomes_divide_the_cost(catalogue: Catalogue) -> None:
    vm = {"kind": "fixed_cost", "name": "a", "monthly": 500, "source": "an invoice"}
    outcome = {"requests": "1M", "tokens": "2B", "training_runs": 4, "gpu_hours": 250}
    found = estimated([vm], catalogue, outcome=outcome)
    each = {one.label: found.monthly.amount / one.amount * one.per for one in found.outcomes}
    assert each == {
        "thousand requests": Decimal("0.5"),
        "million tokens": Decimal("0.25"),
        "training run": Decimal(125),
        "used GPU-hour": Decimal(2),
    }


def test_no_outcome_has_no_cost_per_outcome(catalogue: Catalogue) -> None:
    vm = {"kind": "fixed_cost", "name": "a", "monthly": 500, "source": "an invoice"}
    with pytest.raises(SpecError, match="no cost per outcome of none"):
        read([vm], catalogue, outcome={"requests": 0})
