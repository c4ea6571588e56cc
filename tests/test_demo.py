"""The demo: what is planted is found, and nothing else is claimed for sure."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import yaml

import estates
from azcost import paths
from azcost.audit import rule, snapshot
from azcost.audit.facts import Facts
from azcost.audit.rule import Confidence
from azcost.audit.run import Audit, audit
from azcost.pricing.catalogue import Catalogue
from demo_snapshot.__main__ import FILE, PLANTED, build, listing

RENEW = "make demo-snapshot renews it"


@pytest.fixture(scope="module")
def demo(catalogue: Catalogue) -> Audit:
    taken = snapshot.load(paths.shipped("examples") / FILE)
    return audit(Facts(taken, catalogue), rule.load())


def planted() -> set[tuple[str, str]]:
    return {
        (name, resource)
        for name, resources in yaml.safe_load(PLANTED.read_text()).items()
        for resource in resources
    }


def test_everything_planted_is_found(demo: Audit) -> None:
    assert planted() - {(one.rule, one.resource.id) for one in demo.findings} == set()


def test_nothing_else_is_claimed_for_sure(demo: Audit) -> None:
    sure = [one for one in demo.findings if one.confidence is Confidence.HIGH]
    assert {(one.rule, one.resource.id) for one in sure} - planted() == set()


def test_every_rule_can_see(demo: Audit) -> None:
    assert demo.is_complete, [one for one in demo.rules if one.reason]


def test_the_shipped_snapshot_is_what_the_generator_makes() -> None:
    made = build()
    assert snapshot.load(paths.shipped("examples") / FILE) == made.snapshot(), RENEW
    assert PLANTED.read_text() == listing(made), RENEW
    assert (paths.shipped("examples") / FILE).stat().st_size < 3_000_000


def azcost(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_says_the_same_to_people_and_programs() -> None:
    people, programs = azcost("audit", "--demo"), azcost("audit", "--demo", "--format", "json")
    assert (people.returncode, programs.returncode) == (0, 0)
    found = json.loads(programs.stdout)
    assert found["schema"] == 1
    assert found["unread"] == []
    assert set(found) == {
        "schema", "subscription", "currency", "period", "cost", "saving", "findings", "exempted",
        "commitments", "rules", "unread",
    }  # fmt: skip
    for one in found["findings"]:
        assert set(one) == {
            "rule", "category", "resource_id", "title", "confidence", "saving_monthly", "counted",
            "overlaps_with", "evidence", "not_checked", "steps", "undo",
        }  # fmt: skip
        assert one["rule"] in people.stdout
    assert {one["status"] for one in found["rules"]} <= {"found", "ran", "skipped"}
    keys = {"rule", "status", "examined", "found", "reason"}
    assert all(set(one) == keys for one in found["rules"])
    for end in ("low", "expected", "high"):
        counted = [one["saving_monthly"][end] for one in found["findings"] if one["counted"]]
        assert sum(map(Decimal, counted)) == Decimal(found["saving"][end])
    assert Decimal(found["saving"]["high"]) <= Decimal(found["cost"])


@pytest.mark.parametrize(
    ("limit", "code"), [("0", 1), ("100", 1), ("1000000", 0), ("-1", 2), ("nan", 2)]
)
def test_a_pipeline_can_fail_on_a_saving(limit: str, code: int) -> None:
    done = azcost("audit", "--demo", "--fail-on-saving", limit)
    assert (done.returncode, "Over the limit" in done.stderr) == (code, code == 1)


def test_nothing_to_save_is_under_every_limit(tmp_path: Path) -> None:
    snapshot.save(estates.snapshot({}, ""), tmp_path / "empty.gz")
    done = azcost("audit", "--snapshot", str(tmp_path / "empty.gz"), "--fail-on-saving", "0")
    assert done.returncode == 0


def test_what_could_not_be_read_ends_with_3_and_is_said(tmp_path: Path) -> None:
    unread = [{"part": "inventory", "reason": "HTTP 403", "role": "Reader"}]
    snapshot.save(estates.snapshot({"unread": unread}, ""), tmp_path / "blind.gz")
    done = azcost("audit", "--snapshot", str(tmp_path / "blind.gz"))
    assert done.returncode == 3
    assert "Incomplete: " in done.stdout
    assert "needs the role Reader" in done.stdout


def test_another_currency_lacks_list_prices_and_nothing_else(tmp_path: Path) -> None:
    taken = estates.snapshot({"currency": "SEK"}, "")
    snapshot.save(msgspec.structs.replace(taken), tmp_path / "sek.gz")
    done = azcost("audit", "--snapshot", str(tmp_path / "sek.gz"))
    assert (done.returncode, "no prices in SEK" in done.stderr) == (0, True)
    assert "0.00 SEK" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["audit"], "Say what to judge"),
        (["audit", "--demo", "--snapshot", "x"], "Say what to judge"),
        (["audit", "--snapshot", "README.md"], "is no snapshot"),
        (["rules", "explain", "unatached_disk"], "did you mean unattached_disk?"),
    ],
)
def test_bad_input_is_refused_in_words(words: list[str], said: str) -> None:
    done = azcost(*words)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_the_rules_explain_themselves() -> None:
    listed = json.loads(azcost("rules", "list", "--format", "json").stdout)
    assert [one["rule"] for one in listed["rules"]] == [one.name for one in rule.load()]
    assert (
        "Keep it when: It is the only copy" in azcost("rules", "explain", "unattached_disk").stdout
    )
