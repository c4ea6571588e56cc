"""Worked examples of Microsoft's documentation: at its unit prices azcost gives its arithmetic.

`cases/worked/learn.yaml` has the specs; figures are read from ../shared, never computed here.
The exports of the Pricing Calculator are in `test_calculator_exports.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

import specs
import worked
from azcost.pricing.catalogue import Catalogue

Toy = Callable[[Iterable[dict[str, Any]]], Catalogue]

LEARN = specs.load(worked.CASES / "learn.yaml")
CASES = [
    pytest.param(name, case, id=f"{name}: {case['figure']}")
    for name, example in LEARN["examples"].items()
    for case in example["cases"]
]
PTU = LEARN["recorded"]["ptu-hourly-list"]
TOKENS = {name: model for name, model in LEARN["recorded"].items() if name.startswith("aoai-")}

# Where azcost is wrong, and what shows it. The test of an entry is to fail until it is mended.


@pytest.fixture(scope="module")
def examples(shared: Path) -> dict[str, Any]:
    return worked.examples(shared)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_worked_example(
    name: str, case: dict[str, Any], examples: dict[str, Any], toy_catalogue: Toy
) -> None:
    example = examples[name]
    prices = case.get("prices", LEARN["examples"][name]["prices"])
    known = worked.flat(example.get("unit_prices", example["expected"]))
    billed = specs.price(region(case["services"]), toy_catalogue(worked.rows(prices, known)))
    assert billed.unpriced == ()
    cost = billed.monthly.amount
    if "step" in case:
        steps = {step["step"]: step["expression"] for step in example["arithmetic"]}
        assert cost == worked.value(steps[case["step"]])
    printed = worked.flat(example["expected"])[case["figure"]]
    assert cost.quantize(printed, ROUND_HALF_UP) == printed


def region(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"region": "westeurope", **service} for service in services]


@pytest.mark.parametrize("name", LEARN["examples"])
def test_its_prices_are_those_of_real_meters(name: str, catalogue: Catalogue) -> None:
    prices = LEARN["examples"][name]["prices"]
    assert [row for row in prices if not worked.is_a_real_meter(row, catalogue)] == []


def test_every_example_is_covered_or_says_why_not(examples: dict[str, Any]) -> None:
    not_built = LEARN["not_covered"]["not built"]
    ours = [*LEARN["examples"], *LEARN["recorded"], *not_built]
    theirs = [name for name, e in examples.items() if e["kind"] != worked.EXPORT]
    assert sorted(ours) == sorted(theirs)
    counts = (len(LEARN["examples"]), len(LEARN["recorded"]), len(not_built), len(CASES))
    assert counts == (20, 5, 11, 31)


def test_every_figure_of_an_example_is_asked_for_or_left_out(examples: dict[str, Any]) -> None:
    for name, example in LEARN["examples"].items():
        asked = {case["figure"] for case in example["cases"]}
        left_out = example.get("left_out", {})
        assert asked | set(left_out) == set(worked.flat(examples[name]["expected"])), name
        assert not asked & set(left_out), name


def test_examples_that_contradict_themselves_say_so(examples: dict[str, Any]) -> None:
    said = {name for name, example in LEARN["examples"].items() if "doc_error" in example}
    assert said == {name for name, example in examples.items() if "doc_error" in example}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("where", ["eastus", "eastus2", "swedencentral"])
def test_recorded_prices_of_tokens(
    name: str, where: str, examples: dict[str, Any], catalogue: Catalogue
) -> None:
    expected = examples[name]["expected"]
    for scope, listed in (("GlobalStandard", "global"), ("DataZoneStandard", "data_zone")):
        model = {"kind": "openai", "region": where, "model": TOKENS[name], "scope": scope}
        for field, figure in (("input_tokens", "in"), ("output_tokens", "out")):
            billed = specs.price([{**model, field: 1_000_000}], catalogue)
            assert billed.monthly.amount == expected[listed][figure], (scope, field)


@pytest.mark.parametrize("unit", PTU)
def test_recorded_prices_of_throughput_units(
    unit: str, examples: dict[str, Any], catalogue: Catalogue
) -> None:
    listed = examples["ptu-hourly-list"]["expected"][unit]
    for regions, price in listed.items():
        for where in PTU[unit]["regions"].get(regions, regions.split(",")):
            one = {"region": where, "scope": PTU[unit]["scope"], "ptus": 1, "hours": 1}
            billed = specs.price([{"kind": "openai", "model": "gpt-4.1", **one}], catalogue)
            assert (billed.unpriced, billed.monthly.amount) == ((), price), where


@pytest.mark.parametrize(
    ("where", "size", "price"),
    [("eastus", "Standard_D2as_v5", "0.086"), ("francecentral", "Standard_B2als_v2", "0.0425")],
)
def test_known_bad_rows_are_mended(
    where: str, size: str, price: str, examples: dict[str, Any], catalogue: Catalogue
) -> None:
    assert f"true {price}" in examples["vm-payg-table"]["expected"]
    machine = {"kind": "virtual_machine", "region": where, "size": size, "hours": 1}
    assert specs.price([machine], catalogue).monthly.amount == Decimal(price)


def test_no_machine_is_for_nothing(catalogue: Catalogue) -> None:
    rows = catalogue.query(
        "SELECT n.arm_sku, p.region FROM names n JOIN prices p ON p.name = n.id "
        "WHERE n.service = 'Virtual Machines' AND n.rejected = '' AND p.price + 0 = 0"
    )
    assert rows == []


def test_a_load_below_a_capacity_unit_is_billed_as_one(
    examples: dict[str, Any], toy_catalogue: Toy
) -> None:
    example = examples["learn-agw-3a"]
    rows = worked.rows(
        LEARN["examples"]["learn-agw-3a"]["prices"], worked.flat(example["unit_prices"])
    )
    gateway = {"kind": "application_gateway", "sku": "WAF_v2", "throughput_mbps": 1}
    billed = specs.price(region([gateway]), toy_catalogue(rows))
    assert billed.monthly.amount == example["expected"]["total"]


@pytest.mark.parametrize(
    ("expression", "figure"),
    [("0.443*730+0.0144*730*max(25/50,8.88/2.22)", "365.438"), ("2/1e6*1e6*2", "4")],
)
def test_arithmetic_is_read(expression: str, figure: str) -> None:
    assert worked.value(expression) == Decimal(figure)


@pytest.mark.parametrize("expression", ["open('x')", "2**9", "price", "max(*[1, 2])", "'a'*2"])
def test_nothing_but_arithmetic_is_read(expression: str) -> None:
    with pytest.raises(ValueError, match="not arithmetic"):
        worked.value(expression)
