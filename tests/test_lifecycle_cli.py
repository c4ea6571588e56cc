"""`azcost lifecycle` as its users call it."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from azcost.optimise.lifecycle import policy_reader
from conftest import ROOT

BLOBS = str(ROOT / "examples/datasets.yaml")
POLICY = str(ROOT / "examples/lifecycle-policy.json")
MISTAKEN = str(ROOT / "tests/cases/lifecycle/mistaken-policy.json")


def lifecycle(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "azcost", "lifecycle", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_policy_that_is_written_costs_what_the_optimum_was_said_to(tmp_path: Path) -> None:
    target = tmp_path / "best.json"
    first = lifecycle(BLOBS, "--policy", POLICY, "--emit", str(target), "--format", "json")
    assert first.returncode == 0, first.stderr
    assert len(policy_reader.read(target).rules) == 4
    again = lifecycle(BLOBS, "--policy", str(target), "--format", "json")
    said, found = json.loads(first.stdout)["ways"], json.loads(again.stdout)["ways"]
    assert found["policy"]["total"] == said["optimum"]["total"]
    assert Decimal(said["optimum"]["total"]) < Decimal(said["policy"]["total"])


def test_text_and_markdown_say_how_many_blobs_and_which_operations() -> None:
    for format_ in ("text", "markdown"):
        done = lifecycle(BLOBS, "--policy", POLICY, "--format", format_)
        assert "1,053,250 blobs, 9,348 GB. Operations counted: today: 3,650 upload" in done.stdout
        assert "tierToArchive" in done.stdout


def test_without_reads_the_answer_is_a_curve_with_its_break_even(tmp_path: Path) -> None:
    file = tmp_path / "blobs.yaml"
    file.write_text("region: westeurope\ncohorts: [{ blobs: 1000, gb: 1024 }]\n")
    done = lifecycle(str(file), "--policy", POLICY)
    verdict = done.stdout.split("\n\n")[1]
    assert "if nothing is read" in verdict
    assert "How often they are read is not known, and decides" in verdict
    assert "200%" in done.stdout


def test_an_inventory_is_priced_where_the_user_says_it_is(tmp_path: Path) -> None:
    file = tmp_path / "inventory.csv"
    file.write_text(
        "Name,Last-Modified,Content-Length\n"
        + "".join(f"data/{n},2026-01-01T00:00:00Z,{10**9}\n" for n in range(100))
    )
    done = lifecycle(str(file), "--region", "westeurope", "--as-of", "2026-02-01")
    assert done.returncode == 0, done.stderr
    assert "100 blobs, 93.13 GB" in done.stdout
    without = lifecycle(str(file))
    assert (without.returncode, without.stdout) == (2, "")
    assert "give --region" in without.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([BLOBS, "--policy", MISTAKEN], 2, "tierToCol: unknown key: did you mean tierToCool?"),
        ([BLOBS, "--policy", "none.json"], 2, "none.json cannot be read"),
        (["none.yaml"], 2, "none.yaml cannot be read"),
        (["none.csv", "--region", "westeurope"], 2, "there is no such file"),
        ([BLOBS, "--region", "westeuorpe"], 2, "did you mean westeurope?"),
        ([BLOBS, "--region", "eastus"], 4, "azcost prices sync"),
        ([BLOBS, "--days", "0"], 2, "--days"),
        ([str(ROOT / "examples/starter.yaml")], 2, "expected a list of cohorts"),
    ],
)
def test_bad_input_is_said_and_not_traced(words: list[str], code: int, said: str) -> None:
    done = lifecycle(*words)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("cohort", "said"),
    [
        ("{ blobs: 0, gb: 1 }", "must be more than 0"),
        ("{ blobs: NaN, gb: 1 }", "expected a number"),
        ("{ blobs: 1 }", "give one of `mb`, the average size, and `gb`, the sum"),
        ("{ blobs: 1, gb: 1, arrive: evenly, age_days: 3 }", "has no age"),
        ("{ blobs: 1, gb: 1, lifetime_days: 3, age_days: 3 }", "as old already"),
        ("{ blobs: 1, gb: 1, reads: [{ per_month: 1 }, { per_month: 2 }] }", "in rising order"),
        ("{ blobs: 1, gb: 1, tier: Premium }", "expected one of Hot"),
        ("{ blobs: { low: 1, expected: 2, high: 3 }, gb: 1 }", "a range"),
        ("{ blobs: 1, gb: 1, readz: 1 }", "did you mean reads?"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(cohort: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "blobs.yaml"
    file.write_text(f"region: westeurope\ncohorts: [{cohort}]\n")
    done = lifecycle(str(file))
    assert done.returncode == 2
    assert said in done.stderr
