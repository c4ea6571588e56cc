"""Scenarios against prices that a reader checks by head."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from azcost import architecture
from azcost.architecture import Design
from azcost.fields import Hours
from azcost.pricing.catalogue import Catalogue
from azcost.report.comparison import document
from azcost.report.document import Chart, to_json, to_markdown, to_text
from azcost.scenarios import changes
from azcost.scenarios.changes import PAYING_ONLY, Family, Scenario
from azcost.scenarios.compare import Comparison, Priced, Unpriced, compare
from azcost.scenarios.sizes import sizes
from azcost.spec import nodes
from conftest import DESIGNS, ROOT, make_catalogue

FILE = ROOT / "tests/cases/scenarios/toy.yaml"
TOY = yaml.safe_load(FILE.read_text())


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return make_catalogue(tmp_path_factory.mktemp("toy") / "toy.sqlite", TOY["prices"])


def read(services: list[dict[str, Any]], catalogue: Catalogue) -> Design:
    text = yaml.safe_dump({"region": "westeurope", "services": services})
    return architecture.read(nodes.parse(text, "case"), "case", architecture.names_of(catalogue))


def scenarios(case: dict[str, Any], catalogue: Catalogue) -> list[Scenario]:
    found = [*changes.buying(), changes.licences(), *sizes(catalogue), *changes.redundancies()]
    found += [*changes.tiers(), *changes.tokens(case.get("models", []))]
    if "hours" in case:
        found.append(changes.schedule(Hours.parse(case["hours"])))
    return found


def compared(case: dict[str, Any], catalogue: Catalogue) -> Comparison:
    return compare(
        read(case["services"], catalogue),
        catalogue,
        scenarios(case, catalogue),
        [[Family.PAY_AS_YOU_GO, *map(Family, words.split())] for words in case.get("mixes", {})],
        case.get("regions", []),
    )


@pytest.mark.parametrize("case", TOY["cases"], ids=lambda case: case["name"])
def test_scenarios(case: dict[str, Any], toy: Catalogue) -> None:
    found = compared(case, toy)
    outcomes = {one.name: one for one in found.outcomes}
    for name, monthly in case.get("scenarios", {}).items():
        outcome = outcomes[name]
        assert isinstance(outcome, Priced), outcome
        assert outcome.estimate.monthly.amount == Decimal(str(monthly)), name
    for name, why in case.get("unpriced", {}).items():
        outcome = outcomes[name]
        assert isinstance(outcome, Unpriced), outcome
        assert any(why.lower() in one.why.lower() for one in outcome.reasons), outcome.reasons
    costs = [mix.estimate.monthly.amount for mix in found.mixes]
    assert costs == [Decimal(str(cost)) for cost in case.get("mixes", {}).values()]
    if "untouched" in case:
        assert list(found.untouched) == case["untouched"]


def test_the_savings_of_a_mix_add_up_to_what_it_saves(toy: Catalogue) -> None:
    services = [
        {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5", "count": 3},
        {"kind": "blob_storage", "name": "blobs", "gb": 5000},
        {"kind": "ml_job", "name": "job", "size": "Standard_D4s_v5", "hours": 10, "runs": 7},
    ]
    design = read(services, toy)
    found = compare(design, toy, scenarios({}, toy), [list(Family)])
    mix = found.mixes[0]
    saved = found.base.monthly.amount - mix.estimate.monthly.amount
    assert sum(one.saving.amount for one in mix.chosen) == saved
    assert [one.part for one in mix.chosen] == ["vm", "blobs", "job"]


def test_break_evens_of_a_machine_in_use_for_half_of_all_hours(toy: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5", "hours": 365}
    found = compare(read([vm], toy), toy, list(changes.buying()), [PAYING_ONLY])
    committed = {
        one.purchase.value: one
        for outcome in found.outcomes
        if isinstance(outcome, Priced)
        for one in outcome.commitments
    }
    figures = {
        name: (one.utilisation, one.used, one.months, one.whole.amount)
        for name, one in committed.items()
    }
    # 438 a month are 14.4 months of 365 that pay-as-you-go would cost: more than the 12 paid.
    assert figures == {
        "reserved-1y": (Decimal("0.6"), Decimal("0.5"), Decimal("14.4"), Decimal(5256)),
        "reserved-3y": (Decimal("0.4"), Decimal("0.5"), Decimal("28.8"), Decimal(10512)),
        "savings-1y": (Decimal("0.75"), Decimal("0.5"), Decimal(18), Decimal(6570)),
        "savings-3y": (Decimal("0.5"), Decimal("0.5"), Decimal(36), Decimal(13140)),
    }


def test_windows_breaks_even_on_the_machine_without_the_licence(toy: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5", "os": "windows"}
    found = compare(read([vm], toy), toy, list(changes.buying()), [PAYING_ONLY])
    reserved = next(one for one in found.outcomes if one.name == "reserved-1y")
    assert isinstance(reserved, Priced)
    (one,) = reserved.commitments
    assert (one.utilisation, one.used, one.monthly.amount) == (
        Decimal("0.6"),
        Decimal(1),
        Decimal(438),
    )


def test_spot_may_take_five_times_as_long(toy: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5"}
    found = compare(read([vm], toy), toy, list(changes.buying()), [PAYING_ONLY])
    margins = {
        one.name: [margin.times for margin in one.margins]
        for one in found.outcomes
        if isinstance(one, Priced)
    }
    assert margins["spot"] == [Decimal(5)]
    assert margins["reserved-1y"] == []


def test_ranges_go_through_a_scenario(toy: Catalogue) -> None:
    count = {"low": 1, "expected": 2, "high": 4}
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5", "count": count}
    found = compare(read([vm], toy), toy, list(changes.buying()), [PAYING_ONLY])
    spot = next(one for one in found.outcomes if one.name == "spot")
    assert isinstance(spot, Priced)
    ends = [spot.estimate.resources[0].least, spot.estimate.resources[0].most]
    assert [end.amount for end in ends] == [146, 584]


def test_the_only_mix_of_one_family_is_never_dearer_than_the_design(toy: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5", "hours": 100}
    for family in Family:
        found = compare(read([vm], toy), toy, scenarios({}, toy), [[family]])
        assert found.mixes[0].estimate.monthly.amount <= found.base.monthly.amount


def test_the_document_has_the_curve_and_its_break_evens(toy: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5"}
    found = compare(read([vm], toy), toy, list(changes.buying()), [PAYING_ONLY])
    answer = document(found)
    bars, curve = (part for part in answer.parts if isinstance(part, Chart))
    assert bars.series[0].x[:2] == ("as it is", "spot")
    assert {mark.label: mark.x for mark in curve.marks} == {
        "reserved-1y 60.0%": 60.0,
        "reserved-3y 40.0%": 40.0,
        "savings-1y 75.0%": 75.0,
        "savings-3y 50.0%": 50.0,
    }
    lines = {one.name: (one.y[0], one.y[-1]) for one in curve.series}
    assert lines["pay-as-you-go"] == (0.0, 730.0)
    assert lines["spot"] == (0.0, 146.0)
    assert lines["reserved-3y"] == (292.0, 292.0)


def test_a_description_of_the_comparison_reads_in_every_format(toy: Catalogue) -> None:
    vm = {"kind": "virtual_machine", "name": "vm", "size": "Standard_D4s_v5"}
    answer = document(compare(read([vm], toy), toy, list(changes.buying()), [PAYING_ONLY]))
    assert "it is 292.00 USD, 60.0% less; that commits 10,512.00 USD over 3 years" in to_text(
        answer
    )
    assert "| reserved-3y | 292.00 | 438.00 | 60.0% |" in to_markdown(answer)
    assert '"break_even_utilisation": "0.4"' in to_json(answer)


@pytest.mark.parametrize("path", DESIGNS, ids=lambda p: p.stem)
def test_examples_never_get_dearer_by_a_mix(path: Path, catalogue: Catalogue) -> None:
    design = architecture.load(path, catalogue)
    found = compare(design, catalogue, scenarios({}, catalogue), [PAYING_ONLY, list(Family)])
    base = found.base.monthly.amount
    paying, everything = (mix.estimate.monthly.amount for mix in found.mixes)
    assert everything <= paying <= base
    cheapest = min(one.estimate.monthly.amount for one in found.outcomes if isinstance(one, Priced))
    assert everything <= cheapest
