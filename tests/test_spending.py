"""The commands that look at daily costs, as whole calls on tables."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from azcost.cli import main
from azcost.optimise.forecast import Interval
from azcost.outlook import Event, outlook
from azcost.spending import Spending

WEEK = [100.0, 110.0, 105.0, 108.0, 102.0, 50.0, 40.0]
FIRST = date(2026, 6, 1)  # a Monday


def table(folder: Path, days: int = 112, jump: float = 1.0) -> Path:
    lines = ["date,service,resourceGroup,resource,meter,cost,quantity,currency"]
    for number in range(days):
        day = FIRST + timedelta(number)
        factor = jump if number >= 100 else 1.0
        for share, service in ((1, "Virtual Machines"), (2, "Storage")):
            cost = WEEK[number % 7] * share * (factor if service == "Storage" else 1)
            lines.append(f"{day},{service},rg,{service[0]},m,{cost},{cost * 2},USD")
    file = folder / "costs.csv"
    file.write_text("\n".join(lines))
    return file


def run(*words: str | Path) -> Any:
    result = CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_month_ends_at_what_is_spent_and_what_is_to_come(tmp_path: Path) -> None:
    """112 days end on 2026-09-20: 20 of September's days are spent, 10 to come."""
    facts = json.loads(run("forecast", table(tmp_path), "--format", "json", "--days", "7"))
    weeks = [3 * amount for amount in WEEK]
    # 1 September is a Tuesday: 20 days end on a Sunday, and 10 more begin on a Monday.
    spent = 3 * sum(weeks) - weeks[0]
    assert float(facts["spent"]) == pytest.approx(spent, abs=0.01)
    expected = spent + sum(weeks) + sum(weeks[:3])
    assert float(facts["month"]["expected"]) == pytest.approx(expected, rel=1e-4)
    assert facts["complete_until"] == "2026-09-20"
    assert facts["days"][0]["day"] == "2026-09-21"


def test_a_budget_is_exceeded_on_the_day_that_the_sum_passes_it(tmp_path: Path) -> None:
    spent = 3 * (3 * sum(WEEK)) - 300.0
    budget = str(spent + 300 + 330 + 10)  # Monday and Tuesday, and little of Wednesday
    facts = json.loads(run("forecast", table(tmp_path), "--budget", budget, "--format", "json"))
    assert facts["budget"]["day"] == "2026-09-23"


def test_known_events_are_added() -> None:
    rows = np.tile(WEEK, 16)
    spending = Spending(
        FIRST, "USD", (("s", "g", "r"),), ("m",), ({},), (False,), rows[None], rows[None]
    )
    plain = outlook("x", rows, spending, 10)
    once = Event(date(2026, 9, 22), 500.0, "a fee")
    daily = Event(date(2026, 9, 29), 20.0, "a reservation that ends", repeats=True)
    added = outlook("x", rows, spending, 10, [once, daily])
    assert added.month.expected - plain.month.expected == pytest.approx(500 + 2 * 20)
    assert isinstance(added.month, Interval)
    assert added.ahead.expected[1] - plain.ahead.expected[1] == pytest.approx(500)


def test_events_are_once_or_each_day(tmp_path: Path) -> None:
    """Ten days are left of September: from the 22nd on nine, from the 29th on two."""
    plain = json.loads(run("forecast", table(tmp_path), "--format", "json"))["month"]["expected"]
    for event, more in (
        ("2026-09-22=100", 100),
        ("2026-09-22=-10/day", -90),
        ("2026-09-29=+7", 14),
        ("2026-09-29=7/day", 14),
    ):
        words = ("--event", event, "--format", "json")
        found = json.loads(run("forecast", table(tmp_path), *words))["month"]["expected"]
        assert float(found) - float(plain) == pytest.approx(more, abs=0.02)


@pytest.mark.parametrize("event", ["2026-12-01", "x=1", "2026-12-01=nan", "2026-12-01=+inf"])
def test_events_that_are_none(event: str) -> None:
    result = CliRunner().invoke(main, ["forecast", "--demo", "--event", event])
    assert (result.exit_code, "expected a day and an amount" in result.stderr) == (2, True)


def test_anomalies_name_the_resource_and_the_cause(tmp_path: Path) -> None:
    facts = json.loads(run("anomalies", table(tmp_path, jump=2.0), "--format", "json"))
    (found,) = facts["anomalies"]
    assert found["where"] == ["Storage", "rg", "S"]
    assert found["first"] == "2026-09-09"
    assert float(found["a_day"]["usage"]) > 0
    assert float(found["a_day"]["price"]) == pytest.approx(0, abs=0.01)


def test_of_several_subscriptions_each_is_a_part_of_the_bill() -> None:
    facts = json.loads(run("anomalies", "--demo", "--format", "json"))
    (found,) = facts["anomalies"]
    planted = ["novavision-production", "Foundry Models", "assistant-prod", "launch"]
    assert (found["where"], float(found["a_day"]["new"])) == (planted, 996)
    by = json.loads(run("forecast", "--demo", "--by", "subscription", "--format", "json"))
    names = ["novavision-production", "novavision-research", "novavision-sandbox"]
    assert [one["name"] for one in by["parts"] if "no subs" not in one["name"]] == sorted(
        names, key=lambda name: -float(next(o["spent"] for o in by["parts"] if o["name"] == name))
    )
    spent = sum(float(one["spent"]) for one in by["parts"])
    assert spent == pytest.approx(float(by["spent"]), abs=0.05)


def test_a_table_does_not_tell_its_subscriptions(tmp_path: Path) -> None:
    command = ["forecast", str(table(tmp_path)), "--by", "subscription"]
    result = CliRunner().invoke(main, command, catch_exceptions=False)
    assert (result.exit_code, "expected service, group, resource" in result.stderr) == (2, True)


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_both_are_readable(tmp_path: Path, format_: str) -> None:
    file = table(tmp_path, jump=2.0)
    assert "will end at" in run("forecast", file, "--by", "service", "--format", format_)
    assert "since 2026" in run("anomalies", file, "--format", format_)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read as a table|no column|no rows"),
        ("a,b\n1,2\n", "no column for the day"),
        ("date,cost\n", "no rows"),
        ("date,cost\n2026-01-01,abc\n", "cannot be read as a table of costs"),
        ("date,cost\nnever,1\n", "cannot be read as a table of costs"),
        ("date,cost\n2026-01-01,nan\n", "no amount"),
        ("date,cost\n2026-01-01,1\n", "needs 14 days"),
        ("date,cost\n1026-01-01,1\n2026-01-01,1\n", "too many"),
        ("date,cost,currency\n2026-01-01,1,USD\n2026-01-02,1,EUR\n", "one currency"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(content)
    result = CliRunner().invoke(main, ["forecast", str(file)], catch_exceptions=False)
    assert result.exit_code == 2
    assert any(part in result.stderr for part in message.split("|")), result.stderr


@pytest.mark.parametrize("words", [(), ("--demo", "--snapshot", "x"), ("x.csv", "--demo")])
def test_one_source_is_needed(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["anomalies", *words])
    assert result.exit_code == 2
    assert "Name one source" in result.stderr


def test_numbers_as_cost_management_writes_days_and_a_file_in_parquet(tmp_path: Path) -> None:
    import duckdb

    file = tmp_path / "costs.parquet"
    duckdb.sql(
        "SELECT 20260101 + i AS UsageDate, 10.0 + i % 7 AS PreTaxCost FROM range(28) t(i)"
    ).write_parquet(str(file))
    facts = json.loads(run("forecast", file, "--format", "json"))
    assert facts["complete_until"] == "2026-01-28"


def test_a_reservation_that_ends_makes_its_machines_dearer() -> None:
    """D8s_v3 in westeurope: 0.48 an hour, 0.276742 reserved for a year: 4.878 more a day."""
    near = json.loads(run("forecast", "--demo", "--days", "30", "--format", "json"))
    text = run("forecast", "--demo", "--days", "60")
    assert "the reservation api-nodes ends" in text
    assert "4.88 on 2026-12-29 a day from then on" in text
    far = json.loads(run("forecast", "--demo", "--days", "60", "--format", "json"))
    assert near["month"] == far["month"]
