"""Policies: read as Azure takes them, refused with a path, and written so that it takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from azcost.errors import AzcostError
from azcost.meters.cohorts import TIERS
from azcost.optimise.lifecycle import policy_reader
from azcost.optimise.lifecycle.groups import Filter, written
from azcost.optimise.lifecycle.policy import Policy, to_json
from azcost.optimise.lifecycle.policy_reader import PolicyError, parse
from azcost.optimise.lifecycle.remarks import remarks
from azcost.optimise.lifecycle.schedule import Schedule
from conftest import ROOT
from lifecycle_prices import cohort

MISTAKES = yaml.safe_load((ROOT / "tests/cases/lifecycle/mistakes.yaml").read_text())
EXAMPLE = ROOT / "examples/lifecycle-policy.json"
RECORDED = (
    "recordings/azure-rest-api-specs/specification/storage/resource-manager/"
    "Microsoft.Storage/stable/2023-05-01/examples"
)


def rule(case: dict[str, Any]) -> dict[str, Any]:
    named = {"base": "baseBlob", "snapshot": "snapshot", "version": "version"}
    actions = {azures: case[ours] for ours, azures in named.items() if ours in case}
    filters = case.get("filters", {"blobTypes": ["blockBlob"]})
    return {
        "name": case.get("called", "one"),
        "type": "Lifecycle",
        "definition": {"actions": actions, "filters": filters},
    }


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["name"])
def test_every_mistake_is_reported_by_its_path(case: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(json.dumps({"rules": [rule(case)]}), "p.json")
    assert sorted(caught.value.problems) == sorted(case["problems"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: is not valid JSON"),
        ("{", "is not valid JSON"),
        ("[" * 100_000, "p.json: is "),
        ("[]", "rules: expected a list with at least one rule"),
        ('{"rules": []}', "rules: expected a list with at least one rule"),
        ('{"rulez": [1]}', "rulez: unknown key: did you mean rules?"),
        ('{"rules": [1]}', "rules[0]: expected an object with enabled, name, type, definition"),
        ('{"rules": [{"name": NaN}]}', "rules[0].name: expected a name"),
        ('{"properties": {"policy": {"rules": 3}}}', "properties.policy.rules: expected a list"),
        ('{"rules": [{"name": "a", "name": "b"}]}', "name: is given twice"),
    ],
)
def test_what_is_no_policy_is_said_to_be_none(text: str, said: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(text, "p.json")
    assert said in str(caught.value)


def test_a_policy_has_at_most_a_hundred_rules_and_no_name_twice() -> None:
    one = rule({"base": {"delete": {"daysAfterModificationGreaterThan": 1}}})
    with pytest.raises(PolicyError) as caught:
        parse(json.dumps({"rules": [one] * 101}), "p.json")
    assert "rules: 101 rules; a policy has at most 100" in caught.value.problems
    assert "rules[1].name: one is the name of rules[0] too" in caught.value.problems


def test_a_file_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(AzcostError, match="cannot be read"):
        policy_reader.read(tmp_path / "none.json")
    (tmp_path / "latin.json").write_bytes(b'{"rules": "\xff"}')
    with pytest.raises(AzcostError, match="UTF-8"):
        policy_reader.read(tmp_path / "latin.json")


def test_the_wrapper_of_arm_changes_nothing() -> None:
    bare = EXAMPLE.read_text()
    wrapped = {"id": "/x", "name": "default", "properties": {"policy": json.loads(bare)}}
    assert parse(json.dumps(wrapped), "p.json") == parse(bare, "p.json")


def test_azures_own_examples_are_read_and_written_back(shared: Path) -> None:
    files = sorted((shared / RECORDED).glob("StorageAccountSetManagementPolicy*.json"))
    assert len(files) >= 3
    for file in files:
        whole = json.loads(file.read_text())["parameters"]["properties"]
        policy = parse(json.dumps(whole), file.name)
        assert parse(to_json(policy), file.name) == policy
        bare = whole["properties"]["policy"]
        assert json.loads(to_json(policy)) == bare | {
            "rules": [one | {"enabled": one.get("enabled", True)} for one in bare["rules"]]
        }


SCHEDULES = st.lists(st.sampled_from(["Cool", "Cold", "Archive"]), unique=True, min_size=1).map(
    lambda tiers: Schedule(
        tuple((tier, 10 * at) for at, tier in enumerate(sorted(tiers, key=TIERS.index)))
    )  # type: ignore[misc]
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), SCHEDULES), max_size=150, unique_by=lambda x: x[0]))
def test_what_is_written_azure_takes_and_means_the_same(
    found: list[tuple[int, Schedule]],
) -> None:
    blobs = {number: cohort(blobs=1, gb=1, prefix=f"data/{number:03}/") for number, _ in found}
    filters = [(Filter.of(blobs[number]), schedule) for number, schedule in found]
    before = policy_reader.read(EXAMPLE)
    policy, left = written(filters, before)
    assert parse(to_json(policy), "p.json") == policy
    assert len(policy.rules) <= 100
    placed = sum(
        any(rule.applies(blobs[number]) and rule.name != "move-to-cool" for rule in policy.rules)
        for number, _ in found
    )
    assert placed + left == len(found)


def test_what_a_policy_deletes_stays_deleted() -> None:
    policy, _ = written([(Filter.of(cohort(blobs=1, gb=1)), Schedule((("Cold", 5),)))],
                        policy_reader.read(EXAMPLE))  # fmt: skip
    moves = [[action.move for action in one.actions["baseBlob"]] for one in policy.rules]
    assert moves == [["delete"], ["tierToCold"]]


def test_actions_that_never_happen_are_named() -> None:
    days = {"daysAfterModificationGreaterThan": 30}
    text = json.dumps({"rules": [rule({"base": {"tierToCool": days, "tierToArchive": days}})]})
    said = list(remarks([cohort(blobs=1, gb=1, reads=[{"per_month": 0}])], parse(text, "p.json")))
    assert said == [
        "rule one, baseBlob: tierToCool never happens: tierToArchive is due as early, and wins"
    ]


def test_rules_for_some_none_and_disabled_are_named() -> None:
    delete = {"base": {"delete": {"daysAfterModificationGreaterThan": 9}}}
    rules = [
        rule(delete | {"called": "part", "filters": _prefixed("data/raw/")}),
        rule(delete | {"called": "none", "filters": _prefixed("logs/")}),
        rule(delete | {"called": "off"}) | {"enabled": False},
    ]
    policy: Policy = parse(json.dumps({"rules": rules}), "p.json")
    said = list(remarks([cohort(blobs=1, gb=1, name="all", prefix="data/")], policy))
    assert [text.split(",")[0] for text in said] == [
        "rule part may be for some blobs of all",
        "rule none is for none of these blobs",
        "rule off is disabled and was left out",
    ]


def _prefixed(prefix: str) -> dict[str, Any]:
    return {"blobTypes": ["blockBlob"], "prefixMatch": [prefix]}
