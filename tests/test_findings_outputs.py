"""What an audit found as CSV, SARIF and scripts: for spreadsheets, for tools, to be read."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

import audit_pages
import estates
from azcost import paths
from azcost.advice.advise import Advice, advise
from azcost.advice.exemptions import Exemption
from azcost.audit import rule, run, snapshot
from azcost.audit.facts import Facts
from azcost.errors import Unwritable
from azcost.pricing.catalogue import Catalogue
from azcost.report import findings, fix_pack
from azcost.report.document import to_markdown, to_text
from azcost.report.findings_csv import to_csv
from azcost.report.sarif import to_sarif
from conftest import ROOT

SHAPE = yaml.safe_load((ROOT / "tests/cases/sarif-shape.yaml").read_text())
RULES = rule.load()


@pytest.fixture(scope="module")
def demo(catalogue: Catalogue) -> Advice:
    taken = snapshot.load(paths.shipped("examples") / "demo-snapshot.json.gz")
    kept = Exemption(
        glob="try-*", rule="unattached_disk", reason="wanted", owner="ml", expiry=date(2027, 1, 1)
    )
    return advise(run.audit(Facts(taken, catalogue), RULES), taken, [kept])


@pytest.fixture(scope="module")
def hostile(catalogue: Catalogue) -> Advice:
    taken = audit_pages.hostile()
    rules = [one for one in RULES if one.name == "unattached_disk"]
    return advise(run.audit(Facts(taken, catalogue), rules), taken)


def log_of(advice: Advice) -> Any:
    log = json.loads(to_sarif(advice, RULES, "0.0.0"))
    jsonschema.validate(log, SHAPE)
    (one,) = log["runs"]
    return one


def test_sarif_has_every_finding_at_its_resource(demo: Advice) -> None:
    log = log_of(demo)
    names = [one["id"] for one in log["tool"]["driver"]["rules"]]
    assert all(names[one["ruleIndex"]] == one["ruleId"] for one in log["results"])
    found = {
        (one["ruleId"], one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
        for one in log["results"]
        if "suppressions" not in one
    }
    assert found == {(one.finding.rule, one.finding.resource.id) for one in demo.entries}
    prints = [one["partialFingerprints"]["ruleAndResource/v1"] for one in log["results"]]
    assert len(set(prints)) == len(prints)


def test_sarif_lists_exemptions_as_suppressed(demo: Advice) -> None:
    kept = [one for one in log_of(demo)["results"] if "suppressions" in one]
    assert len(kept) == 3
    assert kept[0]["suppressions"][0]["justification"] == "wanted (ml, until 2027-01-01)"


def test_sarif_says_when_the_audit_was_blind(demo: Advice, hostile: Advice) -> None:
    assert log_of(demo)["invocations"][0]["executionSuccessful"]
    blind = log_of(hostile)["invocations"][0]
    assert not blind["executionSuccessful"]
    (said,) = [one["message"]["text"] for one in blind["toolExecutionNotifications"]]
    assert said == "advisor could not be read: <b>HTTP 403</b>. Needs the role Reader."


def test_only_what_counts_and_is_not_of_low_confidence_is_a_warning(demo: Advice) -> None:
    levels = {
        (one["properties"]["counted"], one["properties"]["confidence"]): one["level"]
        for one in log_of(demo)["results"]
    }
    assert (levels[True, "high"], levels[True, "medium"]) == ("warning", "warning")
    assert {levels[True, "low"], levels[False, "high"]} == {"note"}


def test_csv_has_findings_exemptions_and_what_every_rule_saw(demo: Advice) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(demo))))
    by_record = {name: [row for row in rows if row["record"] == name] for name in ("finding",)}
    assert len(by_record["finding"]) == len(demo.entries)
    assert [row["rule"] for row in rows if row["record"] == "rule"] == [one.name for one in RULES]
    assert [row["owner"] for row in rows if row["record"] == "exempted"] == ["ml"] * 3
    counted = sum(float(r["expected"]) for r in by_record["finding"] if r["counted"] == "yes")
    assert demo.saving is not None
    assert counted == pytest.approx(float(demo.saving.expected.amount))


def test_csv_says_what_could_not_be_read(hostile: Advice) -> None:
    rows = csv.DictReader(io.StringIO(to_csv(hostile)))
    assert [(r["title"], r["role"]) for r in rows if r["record"] == "unread"] == [
        ("advisor", "Reader")
    ]


def test_no_name_is_a_formula_drives_a_terminal_or_becomes_a_tag(hostile: Advice) -> None:
    for row in csv.reader(io.StringIO(to_csv(hostile))):
        assert not [cell for cell in row if cell[:1] in "=+-@" and cell]
    document = findings.document(hostile)
    text, markdown = to_text(document), to_markdown(document)
    assert all(c.isprintable() or c == "\n" for c in text + markdown + to_csv(hostile))
    assert "<script" not in markdown


def test_every_script_of_the_demo_is_one_that_a_shell_can_read(
    demo: Advice, tmp_path: Path
) -> None:
    count = fix_pack.write(demo, tmp_path)
    files = sorted(tmp_path.iterdir())
    assert count == len(files) > 50
    for file in files:
        subprocess.run(["sh", "-n", str(file)], check=True)
        assert not os.access(file, os.X_OK)


def test_a_script_does_nothing_unless_it_is_told_to(hostile: Advice, tmp_path: Path) -> None:
    """With an `az` that writes down what it was asked, names arrive whole and do nothing."""
    scripts = tmp_path / "scripts"
    fix_pack.write(hostile, scripts)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "az").write_text('#!/bin/sh\nprintf "%s\\036" "$@" >> asked\n')
    (tools / "az").chmod(0o755)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}"}
    for file in sorted(scripts.iterdir()):
        command = ["sh", str(file)]
        idle = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
        assert (idle.returncode, (tmp_path / "asked").exists()) == (2, False)
    for word in ("do", "undo"):
        for file in sorted(scripts.iterdir()):
            subprocess.run(["sh", str(file), word], cwd=tmp_path, env=environment, check=True)
    asked = (tmp_path / "asked").read_text().split("\036")
    plain = [one.finding.resource.id for one in hostile.entries]
    readable = [id_ for id_ in plain if id_.isprintable()]
    assert len(readable) == len(audit_pages.HOSTILE) - 2
    assert all(id_ in asked for id_ in readable)
    assert not list(tmp_path.rglob("pwned"))


def test_no_rule_writes_a_name_that_a_shell_would_run(catalogue: Catalogue, tmp_path: Path) -> None:
    """The scripts of all rules for a demo whose resources are called by commands."""
    taken = snapshot.load(paths.shipped("examples") / "demo-snapshot.json.gz")
    evil = "a$(touch pwned)'; touch pwned; '\"`touch pwned`"
    named = tuple(msgspec.structs.replace(one, name=evil) for one in taken.resources)
    taken = msgspec.structs.replace(taken, resources=named)
    advice = advise(run.audit(Facts(taken, catalogue), RULES), taken)
    tools, scripts = tmp_path / "bin", tmp_path / "scripts"
    tools.mkdir()
    (tools / "az").write_text("#!/bin/sh\n")
    (tools / "az").chmod(0o755)
    environment = {"PATH": f"{tools}:{os.environ['PATH']}"}
    assert fix_pack.write(advice, scripts) > 100
    for file in sorted(scripts.iterdir()):
        for word in ("do", "undo"):
            command = ["sh", str(file), word]
            subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
            assert not (tmp_path / "pwned").exists(), file.name


def test_a_folder_that_cannot_be_made_is_said(demo: Advice, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable, match="cannot be written"):
        fix_pack.write(demo, tmp_path / "file")


def test_names_in_another_case_are_one_resource(catalogue: Catalogue) -> None:
    disk = {"diskState": "Unattached", "lastOwnershipUpdateTime": "2026-01-01", "diskSizeGB": 1}
    upper = f"{estates.GROUP}/providers/Microsoft.Compute/disks/OLD".upper()
    case = {
        "resources": [
            {"name": "old", "properties": disk},
            {"name": "again", "id": upper, "type": "Microsoft.Compute/disks", "properties": disk},
        ],
        "costs": {"old": 1},
    }
    taken = estates.snapshot(case, "Microsoft.Compute/disks")
    rules = [one for one in RULES if one.name == "unattached_disk"]
    found = advise(run.audit(Facts(taken, catalogue), rules), taken)
    assert len(found.entries) == 1
    assert found.saving is not None
    assert found.audit.cost is not None
    assert 0 < found.saving.high.amount <= found.audit.cost.amount
