"""Exemptions: what is kept is listed apart, comes back when it expires, and mistakes are said."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

import estates
from azcost.advice.advise import Advice, advise
from azcost.advice.exemptions import Exemption, read
from azcost.audit import rule
from azcost.audit.facts import Facts
from azcost.audit.run import audit
from azcost.pricing.catalogue import Catalogue
from azcost.spec.problems import SpecError
from conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/exemptions.yaml").read_text())
RULES = [one.name for one in rule.load()]
DISK = "Microsoft.Compute/disks"
GLOB = {"glob": "old-*", "rule": "unattached_disk", "reason": "the only copy", "owner": "ml"}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_mistakes_are_named_with_their_lines(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(case["text"])
    with pytest.raises(SpecError) as error:
        read(file, RULES)
    assert str(error.value).replace(str(file), "file").splitlines() == case["says"]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n[]\n"])
def test_a_file_may_say_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text)
    assert read(tmp_path / "file", RULES) == ()


def unattached(catalogue: Catalogue, *exemptions: Exemption, **case: Any) -> Advice:
    """Two disks that nobody needs, `old-one` at 3 and `two` at 1 a day."""
    disk = {"diskState": "Unattached", "lastOwnershipUpdateTime": "2026-01-01", "diskSizeGB": 1}
    case["resources"] = [{"name": name, "properties": disk} for name in ("old-one", "two")]
    case["costs"] = {"old-one": 3, "two": 1}
    taken = estates.snapshot(case, DISK)
    rules = [one for one in rule.load() if one.name == "unattached_disk"]
    return advise(audit(Facts(taken, catalogue), rules), taken, exemptions)


def exemption(**changed: Any) -> Exemption:
    return Exemption(**{**GLOB, "expiry": date(2027, 1, 1), **changed})


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, ["old-one"]),
        ({"rule": "*"}, ["old-one"]),
        ({"rule": "idle_vm"}, []),
        ({"glob": "OLD-ONE"}, ["old-one"]),
        ({"glob": "*/disks/*"}, ["old-one", "two"]),
        ({"glob": "/subscriptions/*/resourcegroups/ML/*/two"}, ["two"]),
        ({"glob": "one"}, []),
        ({"expiry": estates.TODAY}, ["old-one"]),  # it is valid until the end of that day
        ({"expiry": date(2026, 11, 19)}, []),
    ],
)
def test_what_an_exemption_covers(
    changed: dict[str, Any], kept: list[str], catalogue: Catalogue
) -> None:
    found = unattached(catalogue, exemption(**changed))
    assert [one.finding.resource.name for one in found.exempted] == kept
    left = {one.finding.resource.name for one in found.entries}
    assert left == {"old-one", "two"} - set(kept)


def test_what_is_exempt_is_not_in_the_saving(catalogue: Catalogue) -> None:
    all_, without = unattached(catalogue), unattached(catalogue, exemption())
    assert all_.saving is not None
    assert without.saving is not None
    assert round(float(all_.saving.expected.amount / without.saving.expected.amount), 6) == 4


def test_what_expired_comes_back_and_is_said(catalogue: Catalogue) -> None:
    found = unattached(catalogue, exemption(expiry=date(2026, 11, 19)))
    assert [one.finding.resource.name for one in found.expired] == ["old-one"]
    assert len(found.entries) == 2


def test_what_covers_nothing_is_said(catalogue: Catalogue) -> None:
    useless = exemption(glob="gone")
    assert unattached(catalogue, useless, exemption()).unused == (useless,)


@pytest.mark.parametrize(
    ("advised", "kept"),
    [
        ({"suppressed": True}, True),
        ({"suppressed": False}, False),
        (
            {
                "suppressed": True,
                "properties": {"extendedProperties": {"recommendationType": "Shutdown"}},
            },
            True,
        ),
        (
            {
                "suppressed": True,
                "properties": {"extendedProperties": {"recommendationType": "SkuChange"}},
            },
            False,
        ),
        ({"suppressed": True, "source": "reservation"}, False),
    ],
)
def test_what_was_dismissed_in_advisor_is_exempt(
    advised: dict[str, Any],
    kept: bool,  # noqa: FBT001 - a column of the table above
    catalogue: Catalogue,
) -> None:
    recommendation = {"source": "advisor", "resource": "@old-one", **advised}
    found = unattached(catalogue, recommendations=[recommendation])
    assert [one.finding.resource.name for one in found.exempted] == (["old-one"] if kept else [])


def azcost(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_the_command_reads_the_file_of_the_folder(tmp_path: Path) -> None:
    kept = {**GLOB, "glob": "try-*", "expiry": "2027-01-01"}
    back = {**GLOB, "glob": "train-07-data", "expiry": "2026-11-01"}
    (tmp_path / ".azcost").mkdir()
    (tmp_path / ".azcost/exemptions.yaml").write_text(yaml.safe_dump([kept, back]))
    found = json.loads(azcost("audit", "--demo", "--format", "json", folder=tmp_path).stdout)
    assert len(found["exempted"]) == 3
    assert {one["exemption"]["owner"] for one in found["exempted"]} == {"ml"}
    assert not {one["resource_id"] for one in found["exempted"]} & {
        one["resource_id"] for one in found["findings"]
    }
    expired = [
        one["resource_id"].rpartition("/")[2]
        for one in found["findings"]
        if any(fact.get("name") == "exemption expired" for fact in one["evidence"])
    ]
    assert expired == ["train-07-data"]
    text = azcost("audit", "--demo", folder=tmp_path).stdout
    assert "Exempted, not added" in text
    assert "expired on 2026-11-01: the finding is back" in text


def test_the_command_says_mistakes_and_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(CASES[0]["text"])
    done = azcost("audit", "--demo", "--exemptions", "mine.yaml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "mine.yaml:2: there is no rule" in done.stderr
    absent = azcost("audit", "--demo", "--exemptions", "no.yaml", folder=tmp_path)
    assert (absent.returncode, "cannot be read" in absent.stderr) == (2, True)


def test_names_with_the_letters_of_globs_are_dismissed_literally(catalogue: Catalogue) -> None:
    odd = Exemption(**{**GLOB, "glob": "old-[o]ne"})
    assert [one.finding.resource.name for one in unattached(catalogue, odd).exempted] == ["old-one"]
    from azcost.advice.exemptions import dismissed
    from azcost.audit.snapshot import Recommendation

    advised = Recommendation(source="advisor", id="/r", resource="/a/[x]*?", suppressed=True)
    (found,) = dismissed([advised])
    taken = unattached(catalogue).entries[0].finding
    named = msgspec.structs.replace(taken.resource, id="/a/[x]*?")
    other = msgspec.structs.replace(taken.resource, id="/a/xyz")
    covered = [found.covers(msgspec.structs.replace(taken, resource=one)) for one in (named, other)]
    assert covered == [True, False]
