"""`azcost collect`, `azcost audit --subscription`, `azcost doctor`, as users run them.

The real command in a process of its own, a service principal in the environment, and
Azure on loopback behind a proxy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

import msgspec
import pytest

import arm_server
import estates
from arm_estate import Estate
from arm_server import Azure, error
from azcost.audit import snapshot
from azcost.weekly.weeks import Weeks

ID = "00000000-0000-0000-0000-000000000001"
CASE: dict[str, Any] = {
    "resources": [
        {
            "name": "web",
            "type": "Microsoft.Compute/virtualMachines",
            "properties": {
                "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
                "extended": {"instanceView": {"powerState": {"code": "PowerState/stopped"}}},
                "osProfile": {"adminUsername": "jo@example.com"},
            },
        },
        {
            "name": "old-data",
            "type": "Microsoft.Compute/disks",
            "sku": {"name": "Premium_LRS"},
            "properties": {
                "diskState": "Unattached",
                "diskSizeGB": 128,
                "lastOwnershipUpdateTime": "2026-01-05T00:00:00Z",
            },
        },
    ],
    "costs": {
        "web": [{"service": "Virtual Machines", "meter": "D4s v5", "per_day": 5}],
        "old-data": [{"service": "Storage", "meter": "P10 LRS Disk", "per_day": 0.7}],
    },
}


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[tuple[Azure, dict[str, str]]]:
    with arm_server.serving(tmp_path) as (azure, environment):
        yield azure, environment | arm_server.PRINCIPAL | {"HOME": str(tmp_path)}


@pytest.fixture
def run(
    azure: tuple[Azure, dict[str, str]], cache_folder: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*words: str, **other: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | azure[1] | {"AZCOST_CACHE": str(cache_folder)} | other
        return subprocess.run(
            [sys.executable, "-m", "azcost", *words],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    return run


def serve(azure: Azure, days: int = 30, without: str = "") -> None:
    """The estate, with its costs of the days before today."""
    case = {
        "resources": [one for one in CASE["resources"] if one["name"] != without],
        "costs": {name: rows for name, rows in CASE["costs"].items() if name != without},
    }
    made = estates.snapshot(case, "Microsoft.Compute/disks")
    assert made.costs
    first = datetime.now(UTC).date() - timedelta(days=days)
    lines = tuple(
        msgspec.structs.replace(
            line,
            **{name: " ".join([getattr(line, name).split()[0]] * days)
               for name in ("actual", "amortised", "quantity")},
        )
        for line in made.costs.lines
    )  # fmt: skip
    costs = msgspec.structs.replace(made.costs, first_day=first, days=days, lines=lines)
    Estate(azure, msgspec.structs.replace(made, costs=costs), ID)


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_collected_then_judged_finds_what_was_planted(
    azure: tuple[Azure, dict[str, str]], run: Run, tmp_path: Path
) -> None:
    serve(azure[0])
    file = str(tmp_path / "taken.json.gz")
    collected = run("collect", "--subscription", ID, "-o", file, "--fresh")
    assert collected.returncode == 0, collected.stderr
    assert "2 resources are in" in collected.stdout
    judged = run("audit", "--snapshot", file, "--format", "json")
    findings = {one["rule"] for one in json.loads(judged.stdout)["findings"]}
    assert {"unattached_disk", "stopped_not_deallocated_vm"} <= findings
    # Judged straight, it says the same, and asks nothing that was read today.
    before = len(azure[0].lines())
    straight = run("audit", "--subscription", ID, "--format", "json")
    assert {one["rule"] for one in json.loads(straight.stdout)["findings"]} == findings
    assert len(azure[0].lines()) == before
    assert {line.split()[0] for line in azure[0].lines()} == {"GET", "POST"}


def test_a_redacted_snapshot_names_nobody(
    azure: tuple[Azure, dict[str, str]], run: Run, tmp_path: Path
) -> None:
    serve(azure[0])
    file = tmp_path / "taken.json.gz"
    done = run("collect", "--subscription", ID, "-o", str(file), "--redact", "--fresh")
    assert done.returncode == 0, done.stderr
    import gzip

    text = gzip.decompress(file.read_bytes()).decode()
    assert not [word for word in ("old-data", "example.com", ID, '"web"') if word in text]
    assert len(snapshot.load(file).resources) == 2


def test_what_is_unread_ends_with_3_and_is_written_all_the_same(
    azure: tuple[Azure, dict[str, str]], run: Run, tmp_path: Path
) -> None:
    serve(azure[0])
    azure[0].reply("CostManagement/query$", error(401, "RBACAccessDenied", "no role"))
    file = str(tmp_path / "taken.json.gz")
    done = run("collect", "--subscription", ID, "-o", file, "--fresh", "--format", "json")
    assert done.returncode == 3
    (unread,) = json.loads(done.stdout)["unread"]
    assert (unread["part"], unread["role"]) == ("costs", "Cost Management Reader")
    assert run("audit", "--snapshot", file).returncode == 3


FAILURES: list[tuple[list[str], dict[str, str], int, str]] = [
    (["--subscription", "mine"], {}, 2, "is no id of a subscription"),
    (["--subscription", f"{ID}9"], {}, 2, "is no id of a subscription"),
    (["--subscription", ID], {"AZURE_CLIENT_SECRET": ""}, 3, "az login"),
    (["--subscription", "9" * 8 + ID[8:]], {}, 3, "does not see the subscription"),
    ([], {}, 2, "--subscription"),
]


@pytest.mark.parametrize(("words", "environment", "code", "said"), FAILURES)
def test_bad_input_is_said(
    run: Run, tmp_path: Path, words: list[str], environment: dict[str, str], code: int, said: str
) -> None:
    done = run("collect", *words, "-o", str(tmp_path / "x.json.gz"), **environment)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.json.gz").exists()


def doctor(run: Run, *words: str) -> tuple[int, dict[str, Any]]:
    done = run("doctor", *words, "--format", "json", "--fresh")
    checks = json.loads(done.stdout)["checks"]
    return done.returncode, {one["name"]: one for one in checks}


def test_the_doctor_finds_all_well(azure: tuple[Azure, dict[str, str]], run: Run) -> None:
    serve(azure[0])
    read_only = {"value": [{"actions": ["*/read"], "notActions": []}]}
    azure[0].reply("Authorization/permissions$", read_only)
    azure[0].reply("ResourceGraph", {"data": [{"count_": 2}], "totalRecords": 1})
    code, checks = doctor(run, "--subscription", ID)
    assert code == 0
    assert {one["state"] for name, one in checks.items() if name != "price tables"} == {"ok"}
    assert "days ago" in checks["price tables"]["said"]
    assert checks["inventory (Resource Graph)"]["said"] == "2 resources"


def test_the_doctor_says_which_role_is_missing_and_which_is_too_much(
    azure: tuple[Azure, dict[str, str]], run: Run
) -> None:
    serve(azure[0])
    azure[0].reply("Authorization/permissions$", {"value": [{"actions": ["*"], "notActions": []}]})
    azure[0].reply("CostManagement/query$", error(403, "AuthorizationFailed", "no role"))
    azure[0].reply("Capacity/reservations$", error(403, "AuthorizationFailed", "no role"))
    code, checks = doctor(run, "--subscription", ID)
    assert code == 3
    assert "Cost Management Reader" in checks["costs (Cost Management)"]["todo"]
    assert checks["reservations"]["state"] == "note"
    assert checks["roles"]["said"] == "the login may also change things"


def test_the_doctor_without_a_login(azure: tuple[Azure, dict[str, str]], run: Run) -> None:
    done = run("doctor", "--subscription", ID, AZURE_CLIENT_SECRET="")
    assert done.returncode == 3
    assert "az login" in done.stderr
    assert azure[0].asked == []


def mail_of(folder: Path) -> str:
    (file,) = folder.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=POLICY)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    file.unlink()
    return str(body.get_content())


def test_the_weekly_mail_of_a_subscription_compares_with_its_last_one(
    azure: tuple[Azure, dict[str, str]], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    serve(azure[0], days=90)
    cache = tmp_path / "cache"
    words = ("weekly", "--subscription", ID, "--dry-run")
    first = run(*words, AZCOST_CACHE=str(cache))
    assert first.returncode == 0, first.stderr
    assert "New: " not in mail_of(tmp_path)
    # A week later: what was read is the snapshot of seven days ago, and the disk is gone.
    (kept,) = (cache / "weekly" / ID).iterdir()
    assert kept.parent.stat().st_mode & 0o077 == 0  # somebody's bill
    taken = snapshot.load(kept)
    earlier = taken.taken_at - timedelta(days=7)
    kept.unlink()
    Weeks(kept.parent).keep(msgspec.structs.replace(taken, taken_at=earlier))
    serve(azure[0], days=90, without="old-data")
    again = run(*words, "--fresh", AZCOST_CACHE=str(cache))
    assert again.returncode == 0, again.stderr
    said = mail_of(tmp_path)
    assert "New: nothing" in said
    assert "Resolved: " in said
    assert "old-data" in said


def test_the_weekly_mail_goes_out_though_something_could_not_be_read(
    azure: tuple[Azure, dict[str, str]], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    serve(azure[0], days=90)
    azure[0].reply("Microsoft.Advisor", error(403, "AuthorizationFailed", "no role"))
    done = run("weekly", "--subscription", ID, "--dry-run", "--fresh")
    assert done.returncode == 0, done.stderr
    assert "Could not be read: advisor" in done.stderr
    assert "could not judge everything" in mail_of(tmp_path)


def test_of_the_weeks_before_ten_are_kept(tmp_path: Path) -> None:
    made = estates.snapshot(CASE, "Microsoft.Compute/disks")
    weeks = Weeks(tmp_path)
    for number in range(14):
        weeks.keep(
            msgspec.structs.replace(made, taken_at=made.taken_at + timedelta(days=7 * number))
        )
    assert len(list(tmp_path.iterdir())) == 10
    last = made.today + timedelta(days=7 * 13)
    before = weeks.before(last)
    assert before is not None
    assert before.name == f"{last - timedelta(days=7)}.json.gz"
    # A second mail in the same week is not compared with the first one.
    weeks.keep(msgspec.structs.replace(made, taken_at=made.taken_at + timedelta(days=7 * 13 - 2)))
    assert weeks.before(last) == before
    assert Weeks(tmp_path / "none").before(last) is None


def test_a_device_code_is_shown_and_logs_in(
    azure: tuple[Azure, dict[str, str]], run: Run, tmp_path: Path
) -> None:
    serve(azure[0])
    file = str(tmp_path / "taken.json.gz")
    words = ("collect", "--subscription", ID, "-o", file, "--fresh", "--login", "device-code")
    nobody = dict.fromkeys(arm_server.PRINCIPAL, "")
    done = run(*words, **nobody)
    assert done.returncode == 0, done.stderr
    # Once, though metrics and the manager want tokens of their own.
    assert done.stderr.count("Open https://microsoft.com/devicelogin and enter the code F7K9.") == 1
    assert "2 resources are in" in done.stdout
