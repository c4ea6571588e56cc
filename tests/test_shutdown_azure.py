"""`azcost shutdown` as whole commands, its writes to a server on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import arm_server
from arm_server import PRINCIPAL, Answer, Asked, Azure, error
from azcost.actions.auto_shutdown import path_of, windows_zone
from azcost.cli import main
from azcost.errors import AzcostError

SCHEDULES = "providers/Microsoft.DevTestLab/schedules"
PLAN = ("--demo", "--zone", "Europe/Berlin")


class Schedules:
    """What Azure has, by path in lower case; it refuses what is no auto-shutdown."""

    def __init__(self, azure: Azure) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.writes = 0
        azure.reply(f"PUT .*/{SCHEDULES}/", self.put)
        azure.reply(f"GET .*/{SCHEDULES}/", self.get)
        azure.reply(f"DELETE .*/{SCHEDULES}/", self.delete)
        azure.reply(f"GET .*/{SCHEDULES}$", lambda _: Answer(body={"value": [*self.kept.values()]}))

    def get(self, asked: Asked) -> Answer:
        found = self.kept.get(asked.path.lower())
        return Answer(body=found) if found else error(404, "ResourceNotFound")

    def put(self, asked: Asked) -> Answer:
        properties = asked.body["properties"]
        vm = properties["targetResourceId"].rpartition("/")[2]
        fits = asked.path.endswith(f"shutdown-computevm-{vm}") and asked.body.get("location")
        time = properties["dailyRecurrence"]["time"]
        if not (fits and len(time) == 4 and time.isdigit() and int(time) < 2400):
            return error(400, "InvalidScheduleTargetResourceId")
        self.writes += 1
        self.kept[asked.path.lower()] = deepcopy(asked.body) | {"id": asked.path}
        return Answer(200, asked.body)

    def delete(self, asked: Asked) -> Answer:
        if not self.kept.pop(asked.path.lower(), None):
            return Answer(204)
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
def schedules(azure: Azure) -> Schedules:
    return Schedules(azure)


def run(*words: str, rc: int = 0, answer: str = "") -> Any:
    result = CliRunner().invoke(main, ["shutdown", *words], input=answer, catch_exceptions=False)
    assert result.exit_code == rc, result.output
    return result


def test_the_plan_names_schedules_deletions_and_evidence() -> None:
    facts = json.loads(run("plan", *PLAN, "--format", "json").stdout)
    answers = {one["id"].rpartition("/")[2]: one["answer"] for one in facts["resources"]}
    assert answers["dev-ana"] == "schedule"
    assert answers["t4-jo"] == "delete it"
    ana = next(one for one in facts["resources"] if one["id"].endswith("dev-ana"))
    assert {one["kind"] for one in ana["windows"]} == {"night", "weekend"}
    assert float(ana["saving_monthly"]["low"]) < float(ana["saving_monthly"]["expected"])


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("az", "az rest --method put"),
        ("bicep", "resource stop_dev_ana 'Microsoft.DevTestLab/schedules@2018-09-15'"),
        ("terraform", 'resource "azurerm_dev_test_global_vm_shutdown_schedule" "stop_dev_ana"'),
    ],
)
def test_the_plan_as_code(language: str, says: str) -> None:
    assert says in run("plan", *PLAN, "--as", language).stdout


def test_apply_twice_changes_nothing_the_second_time(schedules: Schedules) -> None:
    run("apply", *PLAN, "--yes", "--email", "ana@example.com")
    written = schedules.writes
    assert written == len(schedules.kept) >= 2
    one = next(iter(schedules.kept.values()))
    assert one["properties"]["timeZoneId"] == "W. Europe Standard Time"
    assert one["properties"]["notificationSettings"]["emailRecipient"] == "ana@example.com"
    again = run("apply", *PLAN, "--yes", "--email", "ana@example.com")
    assert "Nothing to change" in again.stdout
    assert schedules.writes == written


def test_a_dry_run_and_a_no_change_nothing(schedules: Schedules) -> None:
    assert "would be changed" in run("apply", *PLAN, "--dry-run").stdout
    run("apply", *PLAN, answer="n\n")
    assert schedules.writes == 0
    assert not list(Path().glob("azcost-undo-*"))


def test_undo_puts_back_what_there_was(schedules: Schedules) -> None:
    run("apply", *PLAN, "--yes")
    before = deepcopy(schedules.kept)
    (undo,) = Path().glob("azcost-undo-*.json")
    run("apply", "--demo", "--zone", "Europe/London", "--yes", "--undo", "second.json")
    assert schedules.kept != before
    run("remove", "--from", "second.json", "--yes", "--undo", "third.json")
    assert schedules.kept == before
    run("remove", "--from", str(undo), "--yes", "--undo", "fourth.json")
    assert schedules.kept == {}


def test_status_lists_what_there_is(schedules: Schedules) -> None:
    run("apply", *PLAN, "--yes")
    assert (
        "dev-ana" in run("status", "--subscription", "22222222-2222-4222-8222-222222222222").stdout
    )


@pytest.mark.parametrize("status", [409, 412, 500, 503])
def test_a_failure_says_what_is_there_and_leaves_the_rest(
    azure: Azure, schedules: Schedules, status: int
) -> None:
    azure.first(f"PUT .*/{SCHEDULES}/", *(error(status, "Nope") for _ in range(5)))
    result = run("apply", *PLAN, "--yes", rc=3)
    assert "has no auto-shutdown now" in result.stderr
    assert schedules.writes == 0
    assert list(Path().glob("azcost-undo-*.json"))


def test_an_answer_that_is_lost_is_looked_up(azure: Azure, schedules: Schedules) -> None:
    """The server keeps the schedule and answers 500: what was wanted is there, so all is well."""

    def kept_but_failed(asked: Asked) -> Answer:
        schedules.put(asked)
        return error(500, "InternalServerError")

    azure.reply(f"PUT .*/{SCHEDULES}/", kept_but_failed)
    run("apply", *PLAN, "--yes")
    assert len(schedules.kept) >= 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan",), "Name one source"),
        (("plan", "--demo", "--zone", "Mars/Olympus"), "expected a zone"),
        (("remove",), "Name machines by their ids"),
        (("remove", "--from", "none.json"), "is no file that azcost shutdown saved"),
        (("remove", "not-an-id"), "is not the id of a virtual machine"),
    ],
)
def test_bad_input(azure: Azure, words: tuple[str, ...], says: str) -> None:
    assert says in run(*words, rc=2).stderr


def test_names_of_zones_and_schedules() -> None:
    assert windows_zone("Europe/Berlin") == "W. Europe Standard Time"
    vm = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v"
    assert path_of(vm).endswith("/g/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-v")
    with pytest.raises(AzcostError, match="no name in Windows"):
        windows_zone("Nowhere/Land")
