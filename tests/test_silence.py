"""Counts that are not reported while there is nothing to count."""

from __future__ import annotations

from typing import Any

import pytest

import estates
from azcost.audit.facts import Blind, Facts
from azcost.audit.rule import Confidence
from azcost.audit.silence import counted, silence
from azcost.pricing.catalogue import Catalogue

TYPE = "Microsoft.Network/natGateways"


def facts_of(catalogue: Catalogue, metrics: dict[str, Any]) -> Facts:
    case = {"resources": [{"name": "nat"}], "metrics": {"nat": metrics}}
    return Facts(estates.snapshot(case, TYPE), catalogue)


@pytest.mark.parametrize(
    ("requests", "confidence"),
    [({"Requests": 0}, Confidence.HIGH), ({}, Confidence.MEDIUM)],
)
def test_a_stated_0_is_surer_than_no_word(
    catalogue: Catalogue, requests: dict[str, Any], confidence: Confidence
) -> None:
    facts = facts_of(catalogue, {"Alive": 1, **requests})
    found = silence(facts, facts.by_type(TYPE)[0], counts=("Requests",), witness="Alive")
    assert found is not None
    assert found.confidence is confidence
    assert [one.coverage for one in found.evidence] == [1, 1]


def test_one_request_ends_the_silence(catalogue: Catalogue) -> None:
    facts = facts_of(catalogue, {"Alive": 1, "Requests": {"hourly": 0, "peak": 1}})
    assert silence(facts, facts.by_type(TYPE)[0], counts=("Requests",), witness="Alive") is None


def test_hours_without_the_witness_stay_unknown(catalogue: Catalogue) -> None:
    facts = facts_of(catalogue, {"Alive": {"hourly": 1, "missing": 0.1}})
    found = counted(facts, facts.by_type(TYPE)[0], "Requests", witness="Alive")
    assert found.coverage == pytest.approx(0.9, abs=0.001)
    assert found.total == 0


@pytest.mark.parametrize("metrics", [{"Requests": 0}, {"Alive": {"hourly": 1, "missing": 0.5}}])
def test_without_a_witness_nothing_is_said(catalogue: Catalogue, metrics: dict[str, Any]) -> None:
    facts = facts_of(catalogue, metrics)
    with pytest.raises(Blind):
        silence(facts, facts.by_type(TYPE)[0], counts=("Requests",), witness="Alive")
