"""Budgets before Azure is asked: rules, JSON, code, and what the commands say."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from azcost.actions import budget_rules
from azcost.actions.budget import (
    LADDER,
    Budget,
    Condition,
    Notification,
    Recipients,
    Threshold,
    standing,
)
from azcost.actions.budget_change import is_same, settings
from azcost.actions.budget_code import az, bicep, terraform
from azcost.actions.budget_rules import BudgetRefused
from azcost.actions.scope import scope_of
from azcost.cli import main
from azcost.errors import AzcostError
from conftest import ROOT

SUBSCRIPTION = "11111111-2222-4333-8444-000000000001"
WHERE = ("--subscription", SUBSCRIPTION)
TODAY = date(2026, 11, 25)
CASES = yaml.safe_load((ROOT / "tests/cases/budgets/rules.yaml").read_text())


def budget(**fields: Any) -> Budget:
    fields.setdefault("scope", scope_of(f"subscriptions/{SUBSCRIPTION}"))
    fields.setdefault("name", "ml")
    fields.setdefault("amount", Decimal(5000))
    fields.setdefault("start", date(2026, 11, 1))
    return Budget(**fields)


def told(*thresholds: Threshold, to: Recipients | None = None) -> tuple[Notification, ...]:
    to = to or Recipients(("team@example.com",))
    return tuple(Notification(one, to) for one in thresholds)


def threshold(text: str) -> Threshold:
    basis, percent = text.split()
    return Threshold(basis, Decimal(percent))


def of_case(case: dict[str, Any]) -> Budget:
    emails = case.get("emails", ["team@example.com"])
    if count := case.get("emails_count"):
        emails = [f"a{number}@example.com" for number in range(count)]
    to = Recipients(tuple(emails), tuple(case.get("roles", ())), tuple(case.get("groups", ())))
    return budget(
        scope=scope_of(case.get("scope", f"subscriptions/{SUBSCRIPTION}")),
        name=case.get("name_", "ml"),
        amount=Decimal(str(case.get("amount", "5000"))),
        grain=case.get("grain", "Monthly"),
        start=case.get("start", date(2026, 11, 1)),
        end=case.get("end"),
        conditions=tuple(
            Condition("tags", name, tuple(values))
            for name, values in case.get("filters", {}).items()
        ),
        notifications=told(*map(threshold, case.get("thresholds", ["Actual 80"])), to=to),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_azure_refuses_is_known_before(case: dict[str, Any]) -> None:
    problems = []
    try:
        budget_rules.check(of_case(case), TODAY)
    except BudgetRefused as refused:
        problems = str(refused).split("\n  - ")[1:]
    assert len(problems) == len(case["says"]), problems
    for said, part in zip(problems, case["says"], strict=True):
        assert part in said


def test_a_start_that_exists_is_no_mistake_and_another_old_one_is() -> None:
    before = budget(start=date(2024, 2, 1), notifications=told(*LADDER))
    budget_rules.check(before, TODAY, before=before)
    with pytest.raises(BudgetRefused, match="may not be before"):
        budget_rules.check(before, TODAY, before=budget(start=date(2025, 2, 1)))


@pytest.mark.parametrize(
    "path",
    ["", "subscriptions/mine", "subscriptions/11111111-2222-4333-8444-000000000001/x/y",
     "providers/Microsoft.Management/managementGroups/", "../subscriptions",
     "providers/Microsoft.Billing/billingAccounts/1?api-version=2"],
)  # fmt: skip
def test_what_is_no_scope_is_refused(path: str) -> None:
    with pytest.raises(AzcostError, match="is no scope of costs"):
        scope_of(path)


names = st.text("abcdefghijklmnop'\"${}\\ %äé", min_size=1, max_size=8)
budgets = st.builds(
    budget,
    amount=st.decimals("0.01", "1e9", places=2),
    end=st.none() | st.just(date(2030, 1, 1)),
    conditions=st.lists(
        st.builds(
            Condition,
            st.sampled_from(["dimensions", "tags"]),
            names,
            st.lists(names, min_size=1, max_size=3, unique=True).map(tuple),
        ),
        max_size=3,
        unique_by=lambda one: (one.kind, one.name),
    ).map(tuple),
    notifications=st.lists(st.sampled_from(LADDER), unique=True).map(lambda some: told(*some)),
)


@given(budgets)
def test_a_budget_is_the_same_after_a_journey_through_json(made: Budget) -> None:
    body = json.loads(json.dumps({"name": "ml", "eTag": '"1"', **made.body()}))
    found = standing(made.scope, body).budget
    assert is_same(found, made)
    assert settings(found) == settings(made)


def test_one_condition_stands_alone_and_two_below_and() -> None:
    one = Condition("tags", "team", ("vision",))
    two = Condition("dimensions", "ServiceName", ("Storage",))
    assert list(budget(conditions=(one,)).properties()["filter"]) == ["tags"]
    assert len(budget(conditions=(one, two)).properties()["filter"]["and"]) == 2
    assert "filter" not in budget().properties()


FAKE_AZ = """#!/usr/bin/env python3
import json, sys
words = sys.argv[1:]
method = words[words.index("--method") + 1]
if method == "get":
    {get}
else:
    print(json.dumps(json.loads(words[words.index("--body") + 1])))
"""


@pytest.mark.parametrize(
    ("get", "etag"),
    [("sys.exit(3)", None), ("print(json.dumps('\"1d3\"'))", '"1d3"')],
    ids=["new", "there already"],
)
def test_the_script_for_az_sends_the_budget_with_the_etag_of_what_exists(
    tmp_path: Path, get: str, etag: str | None
) -> None:
    command = tmp_path / "az"
    command.write_text(FAKE_AZ.replace("{get}", get))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    made = budget(
        amount=Decimal("10.5"),
        conditions=(Condition("tags", 'owner\'s "$HOME" `x`', ("$(rm) \\ ä",)),),
        notifications=told(*LADDER),
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", az(made)], env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == made.body(etag or "")


def test_bicep_says_the_same_as_the_json() -> None:
    """Read back by rules of its own: names, quotes, and fractions as json('80.5')."""
    made = budget(
        conditions=(Condition("tags", "it's ${x}", ("a\\b",)),),
        notifications=told(Threshold("Actual", Decimal("80.5")), *LADDER),
    )
    text = bicep(made)
    assert "targetScope = 'subscription'" in text
    assert _of_bicep(text.partition("properties: ")[2].rpartition("}")[0]) == made.properties()


def _of_bicep(text: str) -> Any:
    text = re.sub(r"json\('([\d.]+)'\)", r"\1", text)
    text = re.sub(
        r"'((?:\\.|[^'\\])*)'",
        lambda found: json.dumps(re.sub(r"\\(u\{[0-9a-f]+\}|.)", lambda one: one[1], found[1])),
        text,
    )
    text = re.sub(r"^(\s*)(\w+):", r'\1"\2":', text, flags=re.MULTILINE)
    text = re.sub(r"([^\s{\[])\n(?=\s*[^\s}\]])", r"\1,\n", text)
    return json.loads(text)


def test_terraform_has_each_threshold_and_a_provider_that_keeps_them_apart(
    golden: Callable[[str, str], str],
) -> None:
    made = budget(
        end=date(2027, 11, 1),
        conditions=(Condition("dimensions", "ServiceName", ("Storage", "${x}")),),
        notifications=told(*LADDER, to=Recipients(("a@example.com",), ("Owner",))),
    )
    text = terraform(made)
    assert text.count("notification {") == 5
    assert golden("budget.tf", text) == text


def test_what_terraform_and_templates_cannot_say_is_refused() -> None:
    fraction = budget(notifications=told(Threshold("Actual", Decimal("80.5"))))
    with pytest.raises(AzcostError, match="whole per cents only"):
        terraform(fraction)
    billing = budget(scope=scope_of("providers/Microsoft.Billing/billingAccounts/1"))
    for code in (terraform, bicep):
        with pytest.raises(AzcostError, match="use --as az"):
            code(billing)


FIRST = date(2026, 8, 1)


def costs_csv(folder: Path, days: int = 112, daily: float = 100.0) -> Path:
    file = folder / "costs.csv"
    lines = [f"{FIRST + timedelta(number)},{daily},EUR" for number in range(days)]
    file.write_text("\n".join(["date,cost,currency", *lines]))
    return file


def run(*words: str | Path) -> Any:
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def test_a_check_ends_with_1_only_when_the_month_does_not_do(tmp_path: Path) -> None:
    """112 days end on 20 November: 2,000 are spent, 3,000 will be."""
    costs = costs_csv(tmp_path)
    fine = run("budget", "check", costs, "--amount", "3100", "--replay")
    assert fine.exit_code == 0
    assert "November will end at 3,000.00" in fine.stdout
    risky = run("budget", "check", costs, "--amount", "2900", "--format", "json")
    assert risky.exit_code == 1
    found = json.loads(risky.stdout)["budgets"][0]
    assert (found["status"], found["likely_on"]) == ("expected to be exceeded", "2026-11-30")
    over = run("budget", "check", costs, "--amount", "1950", "--format", "json")
    assert over.exit_code == 1
    assert json.loads(over.stdout)["budgets"][0]["likely_on"] == "2026-11-20"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check",), "Name one scope"),
        (("check", "COSTS"), "give --amount"),
        (("check", "COSTS", "--amount", "0"), "more than 0"),
        (("check", "COSTS", "--amount", "nan"), "at least 0"),
        (("check", "COSTS", "--amount", "1e999"), "at most 13 digits"),
        (("check", "COSTS", "--amount", "5", "--threshold", "actual:nan"), "from 0 to 1000"),
        (("check", "COSTS", "--amount", "5", "--threshold", "actual:1e99999"), "from 0 to 1000"),
        (("check", "--demo", "--complete-until", "2026-01-01"), "go with FILE and --amount"),
        (
            ("check", "--demo", "--amount", "5", "--complete-until", "2026-01-01"),
            "a snapshot knows it",
        ),
        (("check", "COSTS", "--amount", "5", "--only-tag", "team"), "expected NAME=VALUE"),
        (("check", "COSTS", "--amount", "5", "--threshold", "spent:80"), "expected actual:80"),
        (("check", "COSTS", "--amount", "5", "--only-service", "x"), "No costs of ServiceName x"),
        (("check", "missing.csv", "--amount", "5"), "missing.csv"),
        (("check", "--demo", "--name", "nobody"), "has no budget 'nobody'"),
        (("create", "b", "--amount", "5"), "Name one scope"),
        (("create", "b", "--subscription", "mine", "--amount", "5"), "is no scope"),
        (("create", "b", *WHERE), "Give --amount"),
        (("create", "b", *WHERE, "--amount", "5", "--from-forecast", "COSTS"), "Give one of"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_words(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    costs = costs_csv(tmp_path)
    result = run("budget", *(costs if word == "COSTS" else word for word in words))
    assert result.exit_code == 2, result.output
    assert said in result.stderr


def test_the_amount_comes_from_costs_or_from_a_design(tmp_path: Path) -> None:
    words = ("--subscription", SUBSCRIPTION, "--email", "a@example.com", "--as", "terraform")
    costs = run("budget", "create", "b", "--from-forecast", costs_csv(tmp_path), *words)
    assert re.search(r" amount +=\s3100\n", costs.stdout)
    assert "stay below 3,100.0" in costs.stderr
    design = ROOT / "examples/ml-training.yaml"
    made = run("budget", "create", "b", "--from-estimate", design, *words)
    facts = json.loads(run("estimate", design, "--format", "json").stdout)
    high = Decimal(str(facts["estimates"][0]["high"] if "estimates" in facts else facts["high"]))
    found = re.search(r" amount +=\s(\S+)", made.stdout)
    amount = Decimal(found[1] if found else "0")
    assert high <= amount < high * Decimal("1.1")
    assert f"{high:,.2f}" in made.stderr
