"""Every rule against its cases, and what all rules owe their readers."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import estates
from azcost.audit import rule as rules
from azcost.audit.facts import Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.rule import HEADINGS, Action, Rule, Step, Unknown, Verdict, Waste
from azcost.audit.run import confidence_of, judge
from azcost.pricing.catalogue import Catalogue
from conftest import ROOT

CASES = ROOT / "tests/cases/rules"
RULES = {one.name: one for one in rules.load()}
SECTIONS = ("waste", "fine", "false_positive", "unknown")
CENT = Decimal("0.01")


def all_cases(*sections: str) -> list[Any]:
    return [
        pytest.param(RULES[name], case, id=f"{name}: {case['name']}")
        for name in RULES
        for section in sections
        for case in cases_of(name).get(section, [])
    ]


@cache
def cases_of(name: str) -> dict[str, Any]:
    file: Path = CASES / f"{name}.yaml"
    found: dict[str, Any] = yaml.safe_load(file.read_text()) if file.exists() else {}
    return found


class Watched(Facts):
    """Facts that note which metrics are asked for."""

    def metric_if_any(self, resource: Resource, metric: str, **words: Any) -> Window | None:
        dimension = str(words.get("dimension", "")).partition("=")[0]
        self.asked = getattr(self, "asked", set())
        self.asked.add((resource.type, f"{metric} | {dimension}" if dimension else metric))
        return super().metric_if_any(resource, metric, **words)


def verdict(rule: Rule, case: dict[str, Any], catalogue: Catalogue) -> Verdict:
    """What the rule says of the first resource of a type of its own."""
    snapshot = estates.snapshot(case, rule.types[0])
    facts = Watched(snapshot, catalogue)
    everything = (*snapshot.resources, *snapshot.subscriptions)
    subject = next(one for one in everything if one.type in rule.types)
    found = judge(rule, subject, facts)
    undeclared = getattr(facts, "asked", set()) - set(rule.measured())
    assert not undeclared, (
        f"the collector will not fetch what `metrics` does not name: {undeclared}"
    )
    return found


@pytest.mark.parametrize(("rule", "case"), all_cases("waste"))
def test_waste_is_found(rule: Rule, case: dict[str, Any], catalogue: Catalogue) -> None:
    found = verdict(rule, case, catalogue)
    assert isinstance(found, Waste), found
    assert answered(found, case["expect"]) == case["expect"]


def answered(found: Waste, expected: dict[str, Any]) -> dict[str, Any]:
    """Those parts of a finding that the case expects, as it writes them."""
    saving = found.saving
    parts: dict[str, Any] = {
        "title": found.title,
        "action": found.action.value,
        "confidence": confidence_of(found).value,
        "saving": None if saving is None else float(saving.expected.amount.quantize(CENT)),
        "low": None if saving is None else float(saving.low.amount.quantize(CENT)),
        "high": None if saving is None else float(saving.high.amount.quantize(CENT)),
        "steps": _commands(found.steps),
        "undo": _commands(found.undo),
        "not_checked": list(found.not_checked),
    }
    return {name: parts[name] for name in expected}


def _commands(steps: tuple[Step, ...]) -> list[str]:
    """Their code; what templates say of the same is held by `test_changes`."""
    return [one.code for one in steps if one.code and not one.is_template]


@pytest.mark.parametrize(("rule", "case"), all_cases("fine", "false_positive"))
def test_nothing_is_found(rule: Rule, case: dict[str, Any], catalogue: Catalogue) -> None:
    assert verdict(rule, case, catalogue) is None


@pytest.mark.parametrize(("rule", "case"), all_cases("unknown"))
def test_what_cannot_be_judged_is_said(
    rule: Rule, case: dict[str, Any], catalogue: Catalogue
) -> None:
    found = verdict(rule, case, catalogue)
    assert isinstance(found, Unknown), found
    assert case["reason"] in found.reason


@pytest.mark.parametrize(("rule", "case"), all_cases("waste"))
def test_a_finding_owes_evidence_a_way_and_no_more_than_the_bill(
    rule: Rule, case: dict[str, Any], catalogue: Catalogue
) -> None:
    found = verdict(rule, case, catalogue)
    assert isinstance(found, Waste)
    assert found.evidence
    assert found.steps
    assert not found.title.endswith(".")
    if found.saving is None:
        assert case.get("costs", 0) is None or found.action is Action.NONE
        return
    assert Decimal(0) <= found.saving.low.amount <= found.saving.expected.amount
    assert found.saving.expected.amount <= found.saving.high.amount
    claimed = sum((claim.amount for claim in found.saving.claims), Decimal(0))
    assert claimed.quantize(CENT) == found.saving.expected.amount.quantize(CENT)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_has_its_cases(rule: Rule) -> None:
    found = cases_of(rule.name)
    assert set(found) <= set(SECTIONS)
    for section in ("waste", "fine", "false_positive"):
        assert found.get(section), f"tests/cases/rules/{rule.name}.yaml needs {section}"
    if rule.metrics or rule.needs:
        assert found.get("unknown"), "a rule that measures needs a case where it cannot"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_has_its_manual(rule: Rule) -> None:
    assert tuple(rule.sections) == HEADINGS
    assert all(text.endswith(".") for text in (rule.summary, *rule.sections.values()))


def test_every_file_of_cases_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(RULES)
