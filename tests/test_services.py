"""Every kind of service against its cases: specs, and what they must be billed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from azcost import architecture
from azcost.architecture import KINDS
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes
from azcost.spec.problems import SpecError
from conftest import make_catalogue
from specs import CASES, load


def all_cases(section: str) -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
        for path in sorted(CASES.glob("*.yaml"))
        for case in load(path).get(section, [])
    ]


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalogue]:
    folder = tmp_path_factory.mktemp("toys")
    return {
        path.stem: make_catalogue(folder / f"{path.stem}.sqlite", load(path)["prices"])
        for path in sorted(CASES.glob("*.yaml"))
    }


@pytest.mark.parametrize(("file", "case"), all_cases("cases"))
def test_bill(file: str, case: dict[str, Any], toys: dict[str, Catalogue]) -> None:
    assert billed(case, toys[file]) == expected(case)


@pytest.mark.parametrize(("file", "case"), all_cases("recorded"))
def test_bill_on_recorded_prices(file: str, case: dict[str, Any], catalogue: Catalogue) -> None:
    assert billed(case, catalogue) == expected(case)


@pytest.mark.parametrize(("file", "case"), all_cases("errors"))
def test_a_spec_is_refused(file: str, case: dict[str, Any], toys: dict[str, Catalogue]) -> None:
    with pytest.raises(SpecError) as caught:
        billed(case, toys[file])
    assert case["error"] in str(caught.value)


def billed(case: dict[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    spec = {"region": "westeurope", "services": [{"name": "it", **case["spec"]}]}
    root = nodes.parse(yaml.safe_dump(spec, allow_unicode=True), "case")
    design = architecture.read(root, "case", architecture.names_of(catalogue))
    estimate = architecture.estimate(design, catalogue)
    found = {
        "lines": {item.charge.label: item.cost.amount for item in estimate.items()},
        "unpriced": [missing.label for missing in estimate.unpriced],
    }
    if "range" in case:
        found["range"] = [estimate.least.amount, estimate.most.amount]
    return found


def expected(case: dict[str, Any]) -> dict[str, Any]:
    figures = {
        "lines": {label: Decimal(cost) for label, cost in case.get("lines", {}).items()},
        "unpriced": case.get("unpriced", []),
    }
    if "range" in case:
        figures["range"] = [Decimal(end) for end in case["range"]]
    return figures


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_cases_of_both_sorts(kind: str) -> None:
    found = load(CASES / f"{kind}.yaml")
    assert found["cases"]
    assert found["recorded"]


def test_every_service_file_is_a_kind() -> None:
    files = {path.stem for path in (Path(architecture.__file__).parent / "services").glob("*.py")}
    assert files - {"__init__", "base"} == set(KINDS)
