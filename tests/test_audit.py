"""A whole audit: its ledger says what every rule saw, and never claims to see when blind."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import msgspec
import pytest

import estates
from azcost import paths
from azcost.audit import rule as rules
from azcost.audit import snapshot
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Rule,
    Stated,
    Step,
    Verdict,
    Waste,
    metrics_by_type,
    rule,
)
from azcost.audit.run import Audit, Status, audit
from azcost.pricing.catalogue import Catalogue
from demo_snapshot.__main__ import FILE

VM = "Microsoft.Compute/virtualMachines"
MANUAL = """Toy.

    Why it costs: It does.

    Keep it when: You want.

    Not checked: All.
    """


def toy(judge: Any, **words: Any) -> Rule:
    judge.__doc__ = MANUAL
    return rule(VM, category=Category.IDLE, **words)(judge)


def idle(vm: Resource, facts: Facts) -> Verdict:
    cpu = facts.metric(vm, "Percentage CPU", days=28)
    if cpu.maximum > 5:
        return None
    return Waste(
        title="idle",
        action=Action.STOP,
        confidence=Confidence.HIGH,
        saving=facts.bill(vm).saving(),
        evidence=(cpu.evidence("%"), Stated("a", "b")),
        steps=(Step("do", "it"),),
        undo=(Step("back", "it"),),
    )


def faulty(vm: Resource, facts: Facts) -> Verdict:
    raise KeyError(vm.name)


IDLE = toy(idle, metrics=("Percentage CPU",))


def run(catalogue: Catalogue, rule: Rule = IDLE, **case: Any) -> Audit:
    return audit(Facts(estates.snapshot(case, VM), catalogue), [rule])


TWO = [{"name": "a"}, {"name": "b"}]


def test_findings_come_largest_first_with_the_cost_of_everything(catalogue: Catalogue) -> None:
    cpu = {"Percentage CPU": 1}
    found = run(catalogue, resources=TWO, metrics={"a": cpu, "b": cpu}, costs={"a": 1, "b": 2})
    assert [one.resource.name for one in found.findings] == ["b", "a"]
    assert found.cost is not None
    assert found.cost.amount == Decimal("91.3125")  # 3 x 30.4375
    assert (found.rules[0].status, found.rules[0].found) == (Status.FOUND, 2)
    assert found.is_complete


@pytest.mark.parametrize(
    ("missing", "confidence"), [(0.0, "high"), (0.04, "high"), (0.06, "low"), (0.2, "low")]
)
def test_gaps_lower_the_confidence(missing: float, confidence: str, catalogue: Catalogue) -> None:
    shape = {"Percentage CPU": {"days": 28, "hourly": 1, "missing": missing}}
    found = run(catalogue, resources=TWO[:1], metrics={"a": shape})
    assert [one.confidence for one in found.findings] == [confidence]


@pytest.mark.parametrize("metrics", [{}, {"a": {"Percentage CPU": {"hourly": 1, "missing": 0.21}}}])
def test_without_measurements_nothing_is_found_and_that_is_said(
    metrics: dict[str, Any], catalogue: Catalogue
) -> None:
    found = run(catalogue, resources=TWO[:1], metrics=metrics)
    assert (found.findings, found.rules[0].status) == ((), Status.NO_METRIC)
    assert (found.rules[0].examined, len(found.rules[0].undecided)) == (0, 1)
    assert "1 of 1 could not be judged" in found.rules[0].reason
    assert not found.is_complete


def test_one_that_cannot_be_judged_does_not_hide_the_others(catalogue: Catalogue) -> None:
    found = run(catalogue, resources=TWO, metrics={"a": {"Percentage CPU": 90}})
    assert (found.rules[0].status, found.rules[0].examined) == (Status.RAN, 1)
    assert "1 of 2 could not be judged: no values of 'Percentage CPU'" in found.rules[0].reason


@pytest.mark.parametrize("scope", ["", estates.SUBSCRIPTION.upper(), VM, "@a"])
def test_what_could_not_be_read_makes_the_rule_blind(scope: str, catalogue: Catalogue) -> None:
    unread = {"part": "metrics", "scope": scope, "reason": "HTTP 403", "role": "Monitoring Reader"}
    found = run(catalogue, resources=TWO[:1], metrics={"a": {"Percentage CPU": 1}}, unread=[unread])
    assert (found.findings, found.rules[0].status) == ((), Status.NO_PERMISSION)
    assert "needs the role Monitoring Reader" in found.rules[0].reason
    assert not found.is_complete


def test_an_unread_inventory_is_no_absence(catalogue: Catalogue) -> None:
    unread = {"part": "inventory", "scope": estates.SUBSCRIPTION, "reason": "HTTP 403"}
    assert run(catalogue, unread=[unread]).rules[0].status is Status.NO_PERMISSION
    found = run(catalogue)
    assert (found.rules[0].status, found.is_complete) == (Status.SKIPPED, True)


def test_what_is_unread_elsewhere_does_not_blind(catalogue: Catalogue) -> None:
    unread = [
        {"part": "metrics", "scope": "microsoft.cache/redis", "reason": "HTTP 403"},
        {"part": "metrics", "scope": f"{estates.SUBSCRIPTION}0", "reason": "HTTP 403"},
        {"part": "advisor", "reason": "HTTP 403"},
    ]
    found = run(catalogue, resources=TWO[:1], metrics={"a": {"Percentage CPU": 1}}, unread=unread)
    assert found.rules[0].status is Status.FOUND
    assert not found.is_complete


def test_a_fault_in_a_rule_costs_its_answer_and_not_the_audit(catalogue: Catalogue) -> None:
    found = run(catalogue, toy(faulty), resources=TWO)
    assert found.rules[0].status is Status.ERROR
    assert "KeyError at /subscriptions/" in found.rules[0].reason
    assert not found.is_complete


def test_unknown_costs_are_no_zero(catalogue: Catalogue) -> None:
    found = run(catalogue, resources=TWO[:1], metrics={"a": {"Percentage CPU": 1}}, costs=None)
    assert found.cost is None
    assert [one.waste.saving for one in found.findings] == [None]
    unread = [{"part": "costs", "reason": "HTTP 424"}]
    found = run(
        catalogue, resources=TWO[:1], metrics={"a": {"Percentage CPU": 1}}, unread=unread,
        costs={"a": 1},
    )  # fmt: skip
    assert [one.waste.saving for one in found.findings] == [None]


def test_the_rules_say_which_metrics_to_collect() -> None:
    other = toy(faulty, metrics=("Microsoft.Web/sites: Requests | Instance", "Percentage CPU"))
    assert metrics_by_type((IDLE, other, toy(faulty))) == {
        VM.lower(): ("Percentage CPU",),
        "microsoft.web/sites": ("Requests | Instance",),
    }
    assert all(metrics for metrics in metrics_by_type(rules.load()).values())


def test_a_subscription_that_costs_nothing_saves_nothing(catalogue: Catalogue) -> None:
    cpu = {"Percentage CPU": 1}
    found = run(catalogue, resources=TWO, metrics={"a": cpu, "b": cpu}, costs={})
    assert found.cost is not None
    assert found.cost.amount == 0
    assert [one.expected for one in found.findings] == [0, 0]


def test_a_resource_in_two_cases_is_one(catalogue: Catalogue) -> None:
    taken = estates.snapshot({"resources": TWO, "costs": {"a": 1}}, VM)
    again = tuple(msgspec.structs.replace(one, id=one.id.upper()) for one in taken.resources)
    twice = msgspec.structs.replace(taken, resources=(*taken.resources, *again))
    assert audit(Facts(twice, catalogue), [IDLE]).examined == len(TWO)


def test_credits_make_no_negative_saving(catalogue: Catalogue) -> None:
    metrics = {"a": {"Percentage CPU": 1}}
    found = run(catalogue, resources=TWO[:1], metrics=metrics, costs={"a": -3})
    assert [one.expected for one in found.findings] == [0]


def test_what_is_deleted_is_still_in_the_cost(catalogue: Catalogue) -> None:
    taken = estates.snapshot({"resources": TWO, "costs": {"a": 1, "b": 2}}, VM)
    kept = msgspec.structs.replace(taken, resources=taken.resources[:1])
    found = audit(Facts(kept, catalogue), [IDLE])
    assert found.cost is not None
    assert found.cost.amount == Decimal("91.3125")


@pytest.mark.parametrize("seed", range(3))
def test_no_rule_stumbles_over_odd_answers(seed: int, catalogue: Catalogue) -> None:
    """The demo with a third of all properties damaged: rules say Unknown, and never fail."""
    chance = random.Random(seed)
    taken = snapshot.load(paths.shipped("examples") / FILE)
    odd = tuple(
        msgspec.structs.replace(one, properties=damaged(one.properties, chance))
        for one in taken.resources
    )
    found = audit(Facts(msgspec.structs.replace(taken, resources=odd), catalogue), rules.load())
    assert [one.reason for one in found.rules if one.status is Status.ERROR] == []


def damaged(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {
            key: damaged(inner, chance) for key, inner in value.items() if chance.random() > 0.1
        }
    if isinstance(value, list):
        return [damaged(one, chance) for one in value]
    odd = (None, "", "x", -1, 1e300, True, [], {}, [None], {"a": 1}, "0001-01-01")
    return chance.choice(odd) if chance.random() < 0.3 else value
