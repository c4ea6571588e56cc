"""Audits of odd estates: nothing costs, another currency, what is gone, a change of clocks."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner, Result

import estates
from azcost.audit import snapshot as snapshots
from azcost.audit.series import packed
from azcost.cli import main

DISK = "Microsoft.Compute/disks"
VM = "Microsoft.Compute/virtualMachines"
UNATTACHED = {
    "name": "spare",
    "type": DISK,
    "sku": {"name": "Premium_LRS"},
    "properties": {
        "diskState": "Unattached",
        "diskSizeGB": 128,
        "lastOwnershipUpdateTime": "2026-09-20T10:00:00Z",
    },
}


def audited(taken: Any, folder: Path, *words: str) -> Result:
    snapshots.save(taken, folder / "it.json.gz")
    command = ["audit", "--snapshot", str(folder / "it.json.gz"), *words]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def facts(taken: Any, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(audited(taken, folder, "--format", "json").stdout)
    return found


def test_a_subscription_that_costs_nothing(tmp_path: Path) -> None:
    taken = estates.snapshot({"resources": [UNATTACHED], "costs": {"spare": 0}}, DISK)
    found = facts(taken, tmp_path)
    (disk,) = [one for one in found["findings"] if one["rule"] == "unattached_disk"]
    assert [found["cost"], found["saving"]["high"], disk["saving_monthly"]["high"]] == ["0"] * 3
    page = tmp_path / "page.html"
    said = audited(taken, tmp_path, "--html", str(page), "--fail-on-saving", "1")
    assert said.exit_code == 0
    assert "can be saved" not in said.stdout
    # No share of nothing: a word of a page, not of its script.
    words = re.sub(r"<(script|style).*?</\1>", "", page.read_text(), flags=re.DOTALL)
    assert not re.search(r"\b(nan|inf|infinity)\b", words, re.IGNORECASE)


def test_an_estate_billed_in_another_currency(tmp_path: Path) -> None:
    case = {"resources": [UNATTACHED], "costs": {"spare": 3}, "currency": "JPY"}
    said = audited(estates.snapshot(case, DISK), tmp_path)
    assert "Without list prices" in said.stderr
    assert "JPY" in said.stdout
    assert "USD" not in said.stdout
    found = facts(estates.snapshot(case, DISK), tmp_path)
    assert found["currency"] == "JPY"
    # 3 a day for 30 days is 3 x 30.4375 in an average month.
    assert found["saving"]["expected"] == "91.3125"
    assert found["commitments"] is None


def test_what_was_deleted_is_in_the_bill_and_in_no_finding(tmp_path: Path) -> None:
    gone = {**UNATTACHED, "name": "gone"}
    case = {"resources": [UNATTACHED, gone], "costs": {"spare": 1, "gone": 2}}
    taken = estates.snapshot(case, DISK)
    left = tuple(one for one in taken.resources if one.name != "gone")
    found = facts(msgspec.structs.replace(taken, resources=left), tmp_path)
    assert found["cost"] == "91.3125"
    assert {one["resource_id"].rpartition("/")[2] for one in found["findings"]} & {
        "spare",
        "gone",
    } == {"spare"}
    assert found["saving"]["high"] == "30.4375"


@pytest.mark.parametrize("change", [date(2026, 10, 25), date(2026, 11, 1)])
def test_office_hours_over_a_change_of_clocks(tmp_path: Path, change: date) -> None:
    """From 8 to 18 by the clock on the wall: in UTC they begin an hour later from that day."""
    metrics = {"Percentage CPU": 2, "Network In Total": 0, "Network Out Total": 0}
    taken = estates.snapshot(
        {
            "resources": [{"name": "office",
                           "properties": {"hardwareProfile": {"vmSize": "Standard_D4s_v5"}}}],
            "metrics": {"office": metrics},
            "costs": {"office": [{"service": "Virtual Machines", "per_day": 10}]},
        },
        VM,
    )  # fmt: skip
    busy = np.full((estates.DAYS, 24), 2.0)
    for day in range(estates.DAYS):
        begins = 7 if estates.TODAY - timedelta(days=estates.DAYS - day) < change else 8
        busy[day, begins : begins + 10] = 50
    series = tuple(
        msgspec.structs.replace(one, maximum=packed(busy.reshape(-1)))
        if one.metric == "Percentage CPU"
        else one
        for one in taken.metrics
    )
    found = facts(msgspec.structs.replace(taken, metrics=series), tmp_path)
    (night,) = [one for one in found["findings"] if one["rule"] == "machine_runs_at_night"]
    # Busy at one time of the year or the other: 07:00 to 18:00 UTC.
    assert "every night from 18:00 to 07:00 UTC" in night["title"]


def test_scripts_of_another_audit_are_not_mixed_with_new_ones(tmp_path: Path) -> None:
    taken = estates.snapshot({"resources": [UNATTACHED], "costs": {"spare": 1}}, DISK)
    scripts = tmp_path / "scripts"
    assert audited(taken, tmp_path, "--fix-pack", str(scripts)).exit_code == 0
    before = {file.name for file in scripts.iterdir()}
    assert any("unattached_disk" in name for name in before)
    again = audited(taken, tmp_path, "--fix-pack", str(scripts))
    assert (again.exit_code, "has scripts already" in again.stderr) == (2, True)
    assert {file.name for file in scripts.iterdir()} == before


def test_a_saving_that_is_only_possible_is_not_about_nothing(tmp_path: Path) -> None:
    """A reservation that pays for an idle machine: what it saves needs another use for it."""
    spare = {"meter": "P10 LRS Disk", "per_day": 1, "pricing_model": "Reservation"}
    case = {"resources": [UNATTACHED], "costs": {"spare": [spare]}}
    said = audited(estates.snapshot(case, DISK), tmp_path).stdout
    assert "At best 30.44 USD a month can be saved, and perhaps nothing." in said
    assert "About 0.00" not in said
