"""Alerts through Microsoft's client to a server that has Azure's rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import arm_server
from arm_server import PRINCIPAL, Answer, Azure, error
from azcost.actions import azure_alerts
from azcost.actions.alert import deletion, towards
from azcost.actions.azure_alerts import Alerts
from azcost.actions.scope import scope_of
from azcost.actions.writing import NotWritten
from azcost.arm.failures import NotAllowed
from azcost.cli import main
from budget_store import PATH, SUBSCRIPTION, AlertStore, connection
from conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/budgets/alerts.yaml").read_text())
ALERT = f"{PATH}/providers/Microsoft.CostManagement/scheduledActions/odd-days"
WHERE = ("--subscription", SUBSCRIPTION)


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in {**environment, **PRINCIPAL}.items():
            monkeypatch.setenv(name, value)
        yield azure


@pytest.fixture
def store(azure: Azure) -> AlertStore:
    return AlertStore(azure)


def create(*words: str, rc: int = 0, answer: str = "") -> Any:
    command = ["alert", "create", "odd-days", *WHERE, *words]
    result = CliRunner().invoke(main, command, input=answer, catch_exceptions=False)
    assert result.exit_code == rc, result.output
    return result


def alerts() -> Alerts:
    return Alerts(connection(permits=azure_alerts.PERMITS), scope_of(PATH))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_azure_refuses_is_known_before(store: AlertStore, case: dict[str, Any]) -> None:
    words = case.get("options", [])
    for number in range(case.get("emails", 0)):
        words = [*words, "--email", f"a{number}@example.com"]
    result = create(*map(str, words), "--yes", rc=2 if case["says"] else 0)
    said = result.stderr.split("\n  - ")[1:]
    assert len(said) == len(case["says"]), said
    for problem, part in zip(said, case["says"], strict=True):
        assert part in problem
    assert store.writes == (0 if case["says"] else 1)


def test_an_anomaly_alert_is_what_azure_wants_and_the_same_the_second_time(
    store: AlertStore,
) -> None:
    made = create("--email", "a@example.com", "--yes").stdout
    assert "Created: the alert odd-days, which mails anomalies to 1 address" in made
    kept = store.kept[ALERT.lower()]
    assert kept["kind"] == "InsightAlert"
    view = f"{PATH}/providers/Microsoft.CostManagement/views/ms:DailyAnomalyByResourceGroup"
    assert kept["properties"]["viewId"] == view
    assert kept["properties"]["schedule"]["frequency"] == "Daily"
    assert "Nothing to do" in create("--email", "a@example.com", "--yes").stdout
    assert store.writes == 1


def test_a_change_shows_what_differs_and_carries_the_etag(azure: Azure, store: AlertStore) -> None:
    create("--email", "a@example.com", "--yes")
    words = ("--email", "b@example.com", "--message", "look", "--format", "json", "--yes")
    facts = json.loads(create(*words).stdout)
    assert {one["setting"] for one in facts["differences"]} == {"to", "message"}
    assert azure.asked[-1].headers["if-match"] == '"1d3"'


def test_nothing_happens_without_consent_or_in_a_dry_run(store: AlertStore) -> None:
    assert "This would create" in create("--email", "a@example.com", "--dry-run").stdout
    assert "Nothing was changed." in create("--email", "a@example.com", answer="n\n").stderr
    assert store.writes == 0


def test_who_changed_it_meanwhile_keeps_their_change(store: AlertStore) -> None:
    create("--email", "a@example.com", "--yes")
    found = alerts().named("odd-days")
    assert found is not None
    create("--email", "b@example.com", "--yes")
    with pytest.raises(NotWritten, match=r"412.*Somebody else has changed it meanwhile"):
        alerts().carry_out(towards(found.alert, _with_another_title(found)))
    with pytest.raises(NotWritten, match="somebody has changed it since"):
        alerts().carry_out(deletion(found))
    assert store.kept[ALERT.lower()]["properties"]["notification"]["to"] == ["b@example.com"]


def _with_another_title(found: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(found, alert=msgspec.structs.replace(found.alert, title="x"))


@pytest.mark.parametrize("fault", [Answer(429, {}, {"Retry-After": "1"}), Answer(503, {})])
def test_a_fault_is_waited_out(azure: Azure, store: AlertStore, fault: Answer) -> None:
    azure.first("PUT", fault)
    create("--email", "a@example.com", "--yes")
    bodies = [one.body for one in azure.asked if one.method == "PUT"]
    assert len(bodies) == 2
    assert bodies[0] == bodies[1] == {"kind": "InsightAlert", "properties": bodies[0]["properties"]}


def test_after_a_failure_azure_is_as_it_was_and_one_is_told(
    azure: Azure, store: AlertStore
) -> None:
    create("--email", "a@example.com", "--yes")
    before = json.dumps(store.kept)
    azure.reply("PUT", error(403, "AuthorizationFailed", "no role"))
    result = create("--email", "b@example.com", "--yes", rc=3)
    assert "AuthorizationFailed, no role. It is as it was." in result.stderr
    assert json.dumps(store.kept) == before


def test_an_alert_is_listed_and_deleted(store: AlertStore) -> None:
    create("--email", "a@example.com", "--yes")

    def run(*words: str, rc: int = 0) -> str:
        result = CliRunner().invoke(main, ["alert", *words, *WHERE], catch_exceptions=False)
        assert result.exit_code == rc, result.output
        return result.output

    assert "has 1 alert." in run("list")
    assert "would delete" in run("delete", "odd-days", "--dry-run")
    assert "Deleted" in run("delete", "odd-days", "--yes")
    assert not store.kept
    assert "has no alert 'odd-days'" in run("delete", "odd-days", "--yes", rc=2)


def test_whoever_sets_alerts_cannot_touch_budgets(azure: Azure) -> None:
    arm = connection(permits=azure_alerts.PERMITS).arm()
    budget = f"{PATH}/providers/Microsoft.Consumption/budgets/ml"
    with pytest.raises(NotAllowed):
        arm.put(budget, "2024-08-01", {})
    with pytest.raises(NotAllowed):
        arm.delete(PATH, "2024-08-01")
    assert not azure.asked
