"""Two audits compared: nothing is called resolved that was only not seen."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

import audit_pages
import estates
from azcost.audit import costs, snapshot
from azcost.audit.bill import AVERAGE_MONTH
from azcost.audit.costs import CostRow
from azcost.audit.snapshot import Snapshot
from azcost.errors import AzcostError
from azcost.report import audit_changes, audit_diff, saved_audit
from azcost.report.document import to_text
from azcost.report.saved_audit import SavedAudit

RULE = "unattached_disk"


def finding(name: str, expected: str | None = "10", rule: str = RULE) -> dict[str, Any]:
    ends = {"low": "0", "expected": expected, "high": expected}
    return {
        "rule": rule,
        "resource_id": f"/a/{name}",
        "title": name,
        "counted": True,
        "saving_monthly": ends if expected else None,
        "evidence": [
            {"type": "stated", "name": "x", "value": "y"},
            {
                "type": "billed",
                "resource": f"/a/{name}",
                "meter": "m",
                "monthly": {"amount": expected or "0", "currency": "USD"},
            },
        ],
    }


def saved(*findings: dict[str, Any], **changed: Any) -> SavedAudit:
    whole = {
        "schema": 1,
        "subscription": "s",
        "currency": "USD",
        "period": {"first_day": "2026-10-01", "last_day": "2026-10-31"},
        "cost": "100",
        "saving": {"low": "1", "expected": "2", "high": "3"},
        "findings": findings,
        "exempted": [],
        "rules": [{"rule": RULE, "status": "found", "examined": 1, "found": 1, "reason": None}],
        "unread": [],
    }
    return saved_audit.decode(json.dumps(whole | changed).encode(), "file")


def bill(days: int, **per_day: int) -> costs.Costs:
    first = estates.TODAY.replace(month=11, day=1)
    rows = [
        CostRow(
            day=first + timedelta(days=day),
            resource=f"/A/{name}",
            meter="m",
            amortised=Decimal(amount),
        )
        for name, amount in per_day.items()
        for day in range(days)
    ]
    return costs.from_rows(rows, first, first + timedelta(days=days - 1))


def names(found: Any) -> list[str]:
    return [one.title for one in found]


def test_new_resolved_changed_and_the_same() -> None:
    old = saved(finding("gone"), finding("more", "10"), finding("same"))
    new = saved(finding("MORE", "20"), finding("same"), finding("fresh"))
    found = audit_changes.between(old, new, None)
    assert (names(found.appeared), [one.finding.title for one in found.resolved]) == (
        ["fresh"],
        ["gone"],
    )
    assert [(one.old.expected, one.new.expected) for one in found.changed] == [(10, 20)]
    assert (found.same, found.realised) == (1, None)


@pytest.mark.parametrize("status", ["no permission", "no metric", "error"])
def test_what_a_blind_rule_no_longer_finds_is_not_resolved(status: str) -> None:
    rules = [{"rule": RULE, "status": status, "examined": 0, "found": 0, "reason": "x"}]
    found = audit_changes.between(saved(finding("a")), saved(rules=rules), None)
    assert (names(found.unseen), found.resolved) == (["a"], ())
    assert to_text(audit_diff.document(found)).count("Incomplete: ") == 1


def test_a_rule_that_is_no_longer_run_resolves_nothing() -> None:
    found = audit_changes.between(saved(finding("a")), saved(rules=[]), None)
    assert (names(found.unseen), found.resolved) == (["a"], ())


def test_what_was_exempted_since_is_not_resolved() -> None:
    found = audit_changes.between(saved(finding("a")), saved(exempted=[finding("a")]), None)
    assert (names(found.kept), found.resolved) == (["a"], ())


def test_what_was_saved_is_read_from_the_later_bill() -> None:
    old = saved(finding("deleted", "304.375"), finding("smaller", "608.75"))
    found = audit_changes.between(old, saved(), bill(10, smaller=5, other=9))
    assert found.days == 10
    # 10 and 20 a day before; nothing and 5 a day after.
    assert [one.realised for one in found.resolved] == [10 * AVERAGE_MONTH, 15 * AVERAGE_MONTH]
    assert found.realised == 25 * AVERAGE_MONTH


def test_a_meter_of_two_findings_is_saved_once() -> None:
    old = saved(finding("a", "304.375"), finding("a", "304.375", rule="idle_vm"))
    rules = [
        {"rule": rule, "status": "ran", "examined": 1, "found": 0, "reason": None}
        for rule in (RULE, "idle_vm")
    ]
    found = audit_changes.between(old, saved(rules=rules), bill(10, other=1))
    assert len(found.resolved) == 2
    assert found.realised == 10 * AVERAGE_MONTH


def test_what_became_dearer_is_said_as_it_is() -> None:
    found = audit_changes.between(saved(finding("a", "0")), saved(), bill(10, a=1))
    assert found.realised == -AVERAGE_MONTH


@pytest.mark.parametrize(("days", "measured"), [(6, False), (7, True)])
def test_a_few_days_measure_nothing(days: int, measured: bool) -> None:  # noqa: FBT001
    found = audit_changes.between(saved(finding("a")), saved(), bill(days, a=1))
    assert (found.days, found.realised is not None) == (days, measured)


def test_currencies_are_not_compared() -> None:
    with pytest.raises(AzcostError, match="in USD and EUR"):
        audit_changes.between(saved(), saved(currency="EUR"), None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "neither a snapshot nor the JSON"),
        (b"\xff\xfe", "neither a snapshot nor the JSON"),
        (b'{"schema": 1}', "missing required field"),
        (msgspec.json.encode(saved(schema=1)).replace(b'"schema":1', b'"schema":9'), "schema 9"),
        (msgspec.json.encode(saved()).replace(b'"100"', b'"NaN"'), "no number"),
    ],
)
def test_what_is_no_audit_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(AzcostError, match=said):
        saved_audit.decode(data, "file")


def azcost(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", "audit", "diff", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def later(taken: Snapshot) -> Snapshot:
    """20 days on, the first disk is deleted and the second is still there."""
    kept = taken.resources[1]
    today = estates.TODAY + timedelta(days=20)
    rows = [
        CostRow(day=today - timedelta(days=back), resource=kept.id, amortised=Decimal(1))
        for back in range(1, 31)
    ]
    return msgspec.structs.replace(
        taken,
        taken_at=taken.taken_at + timedelta(days=20),
        resources=(kept,),
        costs=costs.from_rows(rows, today - timedelta(days=30), today - timedelta(days=1)),
    )


def test_the_command_compares_snapshots_and_saved_audits(tmp_path: Path) -> None:
    disks = [audit_pages.orphan(name) for name in ("a", "b")]
    old = estates.snapshot({"resources": disks, "costs": {"a": 3, "b": 1}}, audit_pages.DISK)
    snapshot.save(old, tmp_path / "old.gz")
    snapshot.save(later(old), tmp_path / "new.gz")
    done = azcost(str(tmp_path / "old.gz"), str(tmp_path / "new.gz"), "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert [one["resource_id"].rpartition("/")[2] for one in found["resolved"]] == ["a"]
    assert (found["later_days"], Decimal(found["realised_monthly"])) == (20, 3 * AVERAGE_MONTH)
    said = subprocess.run(
        [sys.executable, "-m", "azcost", "audit", "--snapshot", str(tmp_path / "old.gz"),
         "--format", "json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (tmp_path / "old.json").write_text(said.stdout)
    again = azcost(str(tmp_path / "old.json"), str(tmp_path / "new.gz"), "--format", "json")
    assert json.loads(again.stdout) == found


def test_the_command_refuses_what_it_cannot_read() -> None:
    for file, said in (("/nowhere", "cannot be read"), ("README.md", "neither a snapshot")):
        done = azcost(file, file)
        assert (done.returncode, said in done.stderr, done.stdout) == (2, True, "")
