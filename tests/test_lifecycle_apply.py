"""`azcost lifecycle apply` as whole commands, its writes to a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import arm_server
from arm_server import PRINCIPAL, Answer, Asked, Azure, error
from azcost.actions.difference import Verb
from azcost.actions.storage_policy import StoragePolicy, back, storage_policy, towards
from azcost.cli import main
from azcost.optimise.lifecycle import policy_reader

ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/data"
WHERE = r"/storageAccounts/data/managementPolicies/default"


def rule(name: str, days: float = 30, prefix: str = "logs/") -> dict[str, Any]:
    return {
        "enabled": True,
        "name": name,
        "type": "Lifecycle",
        "definition": {
            "filters": {"blobTypes": ["blockBlob"], "prefixMatch": [prefix]},
            "actions": {"baseBlob": {"tierToCool": {"daysAfterModificationGreaterThan": days}}},
        },
    }


class Account:
    """A storage account on loopback; it refuses what is no policy, as Azure does."""

    def __init__(self, azure: Azure) -> None:
        self.rules: list[dict[str, Any]] | None = None
        self.writes = 0
        azure.reply(f"GET .*{WHERE}", self.get)
        azure.reply(f"PUT .*{WHERE}", self.put)
        azure.reply(f"DELETE .*{WHERE}", self.delete)

    def get(self, _: Asked) -> Answer:
        if self.rules is None:
            return error(404, "ManagementPolicyNotFound")
        return Answer(body={"properties": {"policy": {"rules": deepcopy(self.rules)}}})

    def put(self, asked: Asked) -> Answer:
        rules = asked.body["properties"]["policy"]["rules"]
        names = [one["name"] for one in rules]
        if not 0 < len(rules) <= 100 or len(set(names)) < len(names):
            return error(400, "InvalidRequestPropertyValue")
        self.rules = deepcopy(rules)
        self.writes += 1
        return self.get(asked)

    def delete(self, _: Asked) -> Answer:
        self.rules = None
        self.writes += 1
        return Answer(200)


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    monkeypatch.chdir(tmp_path)
    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in {**environment, **PRINCIPAL}.items():
            monkeypatch.setenv(name, value)
        yield azure


@pytest.fixture
def account(azure: Azure) -> Account:
    return Account(azure)


def policy(*rules: dict[str, Any]) -> str:
    Path("policy.json").write_text(json.dumps({"rules": rules}))
    return "policy.json"


def run(*words: str, rc: int = 0, answer: str = "") -> Any:
    line = ["lifecycle", "apply", *words]
    result = CliRunner().invoke(main, line, input=answer, catch_exceptions=False)
    assert result.exit_code == rc, result.output
    return result


def apply(*rules: dict[str, Any], words: tuple[str, ...] = ("--yes",), rc: int = 0) -> Any:
    return run(policy(*rules), "--account", ACCOUNT, *words, rc=rc)


def test_twice_changes_nothing_the_second_time(account: Account) -> None:
    apply(rule("a"), rule("b"))
    assert account.writes == 1
    assert "Nothing to change" in apply(rule("a"), rule("b")).stdout
    assert account.writes == 1


def test_what_azure_adds_is_no_change(account: Account) -> None:
    """Azure answers days as 30.0, and with filters that are null."""
    there = rule("a", 30.0)
    there["definition"]["filters"]["blobIndexMatch"] = None
    account.rules = [there]
    assert "Nothing to change" in apply(rule("a")).stdout
    assert account.writes == 0


def test_other_rules_stay_to_the_last_key(account: Account) -> None:
    theirs = rule("theirs")
    theirs["definition"]["actions"]["baseBlob"]["somethingNew"] = {"x": [1, {"y": 2}]}
    account.rules = [theirs]
    apply(rule("mine"))
    assert account.rules == [theirs, rule("mine")]


def test_a_rule_of_the_same_name_is_shown_and_kept(account: Account) -> None:
    account.rules = [rule("a", 30)]
    said = apply(rule("a", 60), rule("new"), rc=1).stdout
    assert "Nothing is changed" in said
    assert "baseBlob.tierToCool.daysAfterModificationGreaterThan  30      60" in said
    assert account.rules == [rule("a", 30)]
    assert not list(Path().glob("azcost-undo-*"))
    apply(rule("a", 60), rule("new"), words=("--yes", "--replace-rules"))
    assert account.rules == [rule("a", 60), rule("new")]


def test_a_dry_run_and_a_no_change_nothing(account: Account) -> None:
    account.rules = [rule("theirs")]
    said = apply(rule("a"), words=("--dry-run",)).stdout
    assert '"name": "theirs"' in said
    assert "1 added; 1 stay as they are" in said
    run(policy(rule("a")), "--account", ACCOUNT, answer="n\n")
    assert account.writes == 0
    assert not list(Path().glob("azcost-undo-*"))


@pytest.mark.parametrize("before", [None, [rule("theirs"), rule("a", 7)]])
def test_undo_puts_back_what_there_was(account: Account, before: list[Any] | None) -> None:
    account.rules = deepcopy(before)
    said = apply(rule("a"), rule("b"), words=("--yes", "--replace-rules", "--undo", "undo.json"))
    assert "To undo it: azcost lifecycle apply --from undo.json" in said.stderr
    assert account.rules != before
    run("--from", "undo.json", "--yes", "--undo", "second.json")
    assert account.rules == before
    again = run("--from", "undo.json", "--yes", "--undo", "third.json")
    assert "Nothing to change" in again.stdout
    assert not Path("third.json").exists()


def test_undo_does_not_take_away_what_others_wrote_since(account: Account) -> None:
    apply(rule("a"), words=("--yes", "--undo", "undo.json"))
    assert account.rules is not None
    account.rules.append(rule("theirs"))
    assert "theirs" in run("--from", "undo.json", "--yes", rc=1).stdout
    assert account.writes == 1
    run("--from", "undo.json", "--yes", "--replace-rules")
    assert account.rules is None


@pytest.mark.parametrize("status", [409, 412, 429, 500, 503])
def test_a_failure_leaves_all_as_it_was_and_says_so(
    azure: Azure, account: Account, status: int
) -> None:
    account.rules = [rule("theirs")]
    answers = (error(status, "Nope", Retry_After="0") for _ in range(9))
    azure.first(f"PUT .*{WHERE}", *answers)
    assert "It is as it was." in apply(rule("a"), rc=3).stderr
    assert account.rules == [rule("theirs")]
    assert list(Path().glob("azcost-undo-*"))


def test_an_attempt_that_fails_once_is_made_again(azure: Azure, account: Account) -> None:
    azure.first(f"PUT .*{WHERE}", error(429, "TooManyRequests", Retry_After="0"))
    apply(rule("a"))
    assert account.rules == [rule("a")]


def test_an_answer_that_is_lost_is_looked_up(azure: Azure, account: Account) -> None:
    def kept_but_failed(asked: Asked) -> Answer:
        account.put(asked)
        return error(500, "InternalServerError")

    azure.reply(f"PUT .*{WHERE}", kept_but_failed)
    assert "Rules were changed" in apply(rule("a")).stdout
    assert account.rules == [rule("a")]


def test_a_change_of_somebody_else_meanwhile_is_kept(azure: Azure, account: Account) -> None:
    azure.first(f"GET .*{WHERE}", error(404, "ManagementPolicyNotFound"))
    account.rules = [rule("theirs")]
    assert "somebody has changed it since" in apply(rule("a"), rc=3).stderr
    assert account.rules == [rule("theirs")]


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("az", "az rest --method put --url"),
        ("bicep", "storageAccounts/managementPolicies@2023-05-01' = {"),
        ("terraform", 'resource "azapi_resource" "lifecycle" {'),
    ],
)
def test_code_has_the_rules_that_are_there_too(account: Account, language: str, says: str) -> None:
    account.rules = [rule("theirs", 30.0, "it's/${x}")]
    said = apply(rule("a"), words=("--as", language)).stdout
    assert says in said
    assert "theirs" in said
    assert account.writes == 0


@pytest.mark.parametrize(
    ("words", "rc", "says"),
    [
        ((), 2, "Name a policy and its --account"),
        (("policy.json",), 2, "Name a policy and its --account"),
        (("policy.json", "--account", "data"), 2, "is not the id of a storage account"),
        (("none.json", "--account", ACCOUNT), 2, "cannot be read"),
        (("--from", "none.json"), 2, "cannot be read"),
        (("--from", "policy.json"), 2, "is no file that azcost lifecycle apply saved"),
        (("policy.json", "--account", f"{ACCOUNT}x"), 3, "404"),
    ],
)
def test_bad_input(account: Account, words: tuple[str, ...], rc: int, says: str) -> None:
    policy(rule("a"))
    assert says in run(*words, rc=rc).stderr
    assert account.writes == 0


def test_microsofts_examples_are_written_as_microsoft_writes_them(shared: Path) -> None:
    """Body and answer of the examples beside the API's specification."""
    where = shared / "recordings/azure-rest-api-specs/specification/storage/resource-manager"
    files = sorted(where.glob("*/stable/2023-05-01/examples/*SetManagementPolicy*.json"))
    assert len(files) == 4
    for file in files:
        example = json.loads(file.read_text())
        body = example["parameters"]["properties"]
        wanted = policy_reader.parse(json.dumps(body["properties"]), file.name)
        change = towards(ACCOUNT, wanted, None, replaces=False)
        assert change.after is not None
        assert change.after.body() == body
        answered = storage_policy(example["responses"]["200"]["body"])
        assert towards(ACCOUNT, wanted, answered, replaces=False).verb is Verb.NOTHING


def test_more_rules_than_azure_takes(account: Account) -> None:
    account.rules = [rule(f"r{number}") for number in range(100)]
    assert "at most 100" in apply(rule("a"), rc=2).stderr
    apply(rule("r7", 8), words=("--yes", "--replace-rules"))
    assert len(account.rules) == 100


RULES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 90), min_size=1)


@given(RULES, RULES)
def test_merging_keeps_what_is_not_named_and_undo_is_its_inverse(
    there: dict[str, int], new: dict[str, int]
) -> None:
    before = StoragePolicy(tuple(rule(*one) for one in there.items()))
    wanted = policy_reader.parse(json.dumps({"rules": [rule(*one) for one in new.items()]}), "p")
    change = towards(ACCOUNT, wanted, before, replaces=True)
    assert change.after is not None
    assert change.after.by_name() == {name: rule(name, d) for name, d in {**there, **new}.items()}
    undone = back(ACCOUNT, before, change.after, change.after, replaces=False)
    assert undone.after == before
    assert not undone.refused
