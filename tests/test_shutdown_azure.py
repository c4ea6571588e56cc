"""`azcost shutdown` as whole commands, its writes to a server on loopback."""

from __future__ import annotations

import json
import re
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


COMPUTE = "/Microsoft.MachineLearningServices/workspaces/[^/]+/computes/[^/]+"
DURATION = re.compile("PT([0-9]+)M")


class Computes:
    """Azure ML's compute instances: 15 minutes to 3 days of idleness, as its API says."""

    def __init__(self, azure: Azure) -> None:
        self.idle: dict[str, str | None] = {}
        self.writes = 0
        self.ignores_null = False
        azure.reply(f"GET .*{COMPUTE}$", self.get)
        azure.reply(f"POST .*{COMPUTE}/updateIdleShutdownSetting", self.post)
        azure.reply("GET .*/Microsoft.MachineLearningServices/workspaces$", self.workspaces)
        azure.reply("GET .*/Microsoft.MachineLearningServices/workspaces/[^/]+/computes$", self.all)

    def compute(self, path: str) -> dict[str, Any]:
        own = {"idleTimeBeforeShutdown": self.idle.get(path.lower())}
        return {"id": path, "properties": {"computeType": "ComputeInstance", "properties": own}}

    def get(self, asked: Asked) -> Answer:
        return Answer(body=self.compute(asked.path))

    def post(self, asked: Asked) -> Answer:
        wanted = asked.body["idleTimeBeforeShutdown"]
        if wanted is not None:
            minutes = DURATION.fullmatch(wanted)
            if not minutes or not 15 <= int(minutes[1]) <= 4320:
                return error(400, "BadArgument")
        if wanted is not None or not self.ignores_null:
            self.writes += 1
            self.idle[asked.path.lower().rpartition("/")[0]] = wanted
        return Answer(200)

    def workspaces(self, asked: Asked) -> Answer:
        found = {path.rpartition("/computes/")[0] for path in self.idle}
        return Answer(body={"value": [{"id": one} for one in found]})

    def all(self, asked: Asked) -> Answer:
        below = [one for one in self.idle if one.startswith(asked.path.lower())]
        return Answer(body={"value": [self.compute(one) for one in below]})


@pytest.fixture
def computes(azure: Azure) -> Computes:
    return Computes(azure)


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    monkeypatch.chdir(tmp_path)
    with arm_server.serving(tmp_path) as (azure, environment):
        for name, value in {**environment, **PRINCIPAL}.items():
            monkeypatch.setenv(name, value)
        yield azure


@pytest.fixture
def schedules(azure: Azure, computes: Computes) -> Schedules:
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
    assert "has no shutdown now" in result.stderr
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
        (("plan", "--demo", "--idle-minutes", "5"), "Azure takes 15 to 4320"),
        (("remove",), "Name machines and instances by their ids"),
        (("remove", "--from", "none.json"), "is no file that azcost shutdown saved"),
        (("remove", "not-an-id"), "is not the id of a virtual machine"),
    ],
)
def test_bad_input(azure: Azure, words: tuple[str, ...], says: str) -> None:
    assert says in run(*words, rc=2).stderr


DANA = "dana-gpu"


def test_idle_shutdown_is_set_once_and_taken_back(schedules: Schedules, computes: Computes) -> None:
    run("apply", *PLAN, "--yes", "--idle-minutes", "90", "--undo", "undo.json")
    (dana,) = (path for path in computes.idle if path.endswith(DANA))
    assert computes.idle[dana] == "PT90M"
    writes = computes.writes
    again = run("apply", *PLAN, "--yes", "--idle-minutes", "90")
    assert "Nothing to change" in again.stdout
    assert computes.writes == writes
    listed = run("status", "--subscription", dana.split("/")[2]).stdout
    assert re.search(r"dana-gpu +PT90M", listed)
    run("apply", *PLAN, "--yes", "--idle-minutes", "30", "--undo", "second.json")
    run("remove", "--from", "second.json", "--yes", "--undo", "third.json")
    assert computes.idle[dana] == "PT90M"
    run("remove", "--from", "undo.json", "--yes", "--undo", "fourth.json")
    assert computes.idle[dana] is None


def test_zero_minutes_leave_instances_alone(schedules: Schedules, computes: Computes) -> None:
    run("apply", *PLAN, "--yes", "--idle-minutes", "0")
    assert (schedules.writes > 0, computes.writes) == (True, 0)


def test_what_azure_takes_without_doing_it_is_said(
    schedules: Schedules, computes: Computes
) -> None:
    run("apply", *PLAN, "--yes", "--undo", "undo.json")
    computes.ignores_null = True
    result = run("remove", "--from", "undo.json", "--yes", "--undo", "second.json", rc=3)
    assert "dana-gpu stops when idle for PT60M now" in result.stderr


def test_templates_say_what_they_cannot_do() -> None:
    for language, comment in (("bicep", "//"), ("terraform", "#")):
        code = run("plan", *PLAN, "--as", language).stdout
        assert f"{comment} {DANA}: idle shutdown is set by no template" in code
    script = run("plan", *PLAN, "--as", "az", "--idle-minutes", "45").stdout
    assert f"computes/{DANA}/updateIdleShutdownSetting" in script
    assert '{"idleTimeBeforeShutdown": "PT45M"}' in script


def test_names_of_zones_and_schedules() -> None:
    assert windows_zone("Europe/Berlin") == "W. Europe Standard Time"
    vm = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v"
    assert path_of(vm).endswith("/g/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-v")
    with pytest.raises(AzcostError, match="no name in Windows"):
        windows_zone("Nowhere/Land")
