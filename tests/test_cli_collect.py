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
from pathlib import Path
from typing import Any

import pytest

import arm_server
import estates
from arm_estate import Estate
from arm_server import Azure, error
from azcost.audit import snapshot

ID = "00000000-0000-0000-0000-000000000001"
CASE = {
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


def serve(azure: Azure) -> None:
    """The estate, with its costs of the 30 days before today."""
    made = estates.snapshot(CASE, "Microsoft.Compute/disks")
    assert made.costs
    first = datetime.now(UTC).date() - timedelta(days=30)
    import msgspec

    Estate(
        azure,
        msgspec.structs.replace(made, costs=msgspec.structs.replace(made.costs, first_day=first)),
        ID,
    )


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
