"""The JSON schema, as editors use it: what the reader takes must not be marked as wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from azcost import architecture
from azcost.pricing.catalogue import Catalogue
from conftest import DESIGNS
from specs import CASES

VM = {"kind": "virtual_machine", "region": "westeurope", "size": "Standard_D4s_v5"}


@pytest.fixture(scope="module")
def schema(catalogue: Catalogue) -> Draft202012Validator:
    found = architecture.schema(architecture.names_of(catalogue))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def complaints(schema: Draft202012Validator, spec: Any) -> list[str]:
    plain = json.loads(json.dumps(spec, default=str))  # editors take dates as texts
    return [error.message for error in schema.iter_errors(plain)]


@pytest.mark.parametrize("file", DESIGNS, ids=lambda f: f.stem)
def test_examples_are_valid(file: Path, schema: Draft202012Validator) -> None:
    assert complaints(schema, yaml.safe_load(file.read_text())) == []


@pytest.mark.parametrize("file", sorted(CASES.glob("*.yaml")), ids=lambda f: f.stem)
def test_whatever_has_a_bill_is_valid(file: Path, schema: Draft202012Validator) -> None:
    cases = yaml.safe_load(file.read_text())
    for case in [*cases["cases"], *cases["recorded"]]:
        assert complaints(schema, {"services": [case["spec"]]}) == [], case["name"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": "Standard_D4s_v55"},
        {"region": "westeuorpe"},
        {"count": -1},
        {"count": "4 GB"},
        {"count": {"low": 1, "high": 2}},
        {"purchase": "reserved"},
        {"sizes": 3},
        {"kind": "virtual_machin"},
    ],
    ids=str,
)
def test_slips_are_marked_while_writing(
    wrong: dict[str, Any], schema: Draft202012Validator
) -> None:
    assert complaints(schema, {"services": [VM | wrong]})


@pytest.mark.parametrize(
    "written",
    [
        {"count": "2k"},
        {"count": ".5"},
        {"count": "1_000"},
        {"count": {"min": 1, "expected": 2, "max": "3k"}},
        {"tags": {"cost-centre": 4711, "owner": "ml"}},
        {"hours": 200},
        {"name": 7},
    ],
    ids=str,
)
def test_ways_of_writing_are_not_marked(
    written: dict[str, Any], schema: Draft202012Validator
) -> None:
    assert complaints(schema, {"services": [VM | written]}) == []


def test_a_service_needs_its_kind_and_what_the_kind_needs(schema: Draft202012Validator) -> None:
    assert complaints(schema, {"services": [{"region": "westeurope"}]})
    assert complaints(schema, {"services": [{"kind": "virtual_machine"}]})
    assert complaints(schema, {"services": []})


def test_editors_load_it_at_once(catalogue: Catalogue) -> None:
    text = json.dumps(architecture.schema(architecture.names_of(catalogue)))
    assert len(text) < 200_000
