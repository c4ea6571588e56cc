"""`azcost shutdown plan --metrics`: hourly metrics of a file, good and bad."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from azcost.cli import main
from azcost.usage import hourly_metrics

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
VM = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v"
AKS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/k"
Cell = str | float


def works_by_day(when: datetime) -> float:
    return 60 if when.weekday() < 5 and 9 <= when.hour < 18 else 1


def rows(
    resource: str, cpu: Callable[[datetime], Cell], weeks: int = 6, *more: Cell
) -> Iterator[tuple[Cell, ...]]:
    for hour in range(weeks * 168):
        when = MONDAY + timedelta(hours=hour)
        yield (when.isoformat(), resource, cpu(when), *more)


def written(path: Path, found: Iterator[tuple[Cell, ...]], *columns: str) -> str:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("time", "resource", "cpu", *columns))
        writer.writerows(found)
    return str(path)


def plan(*words: str, rc: int = 0) -> Any:
    line = ["shutdown", "plan", *words]
    result = CliRunner().invoke(main, line, catch_exceptions=False)
    assert result.exit_code == rc, result.output
    return result


def facts(file: str, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plan("--metrics", file, *words, "--format", "json").stdout)
    return found


def test_nights_and_weekends_and_what_they_save_by_hand(tmp_path: Path) -> None:
    """Off Mon-Thu 19 to 8 and Fri 19 to Mon 8: 4 x 13 + 61 = 113 of 168 hours."""
    file = written(tmp_path / "m.csv", rows(VM, works_by_day, 6, "0.50"), "price_per_hour")
    found = facts(file, "--currency", "EUR")
    (one,) = found["resources"]
    assert found["currency"] == "EUR"
    assert one["answer"] == "schedule"
    assert one["hours_a_week"] == 113
    by_hand = Decimal("0.5") * 24 * Decimal("30.4375") * 113 / 168
    assert abs(Decimal(one["saving_monthly"]["expected"]) - by_hand) < Decimal("0.01")


def test_parquet_says_the_same_and_the_order_of_rows_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "m.csv", rows(VM, works_by_day, 6, 0.5), "price_per_hour")
    other = str(tmp_path / "m.parquet")
    duckdb.sql(f"COPY (FROM '{file}' ORDER BY hash(time)) TO '{other}'")
    assert facts(file) == facts(other)


def test_without_a_price_the_saving_is_unknown_and_never_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "m.csv", rows("dev-box", works_by_day))
    said = plan("--metrics", file).stdout
    assert "what that saves is not known, without prices" in said
    assert facts(file)["resources"][0]["saving_monthly"] is None
    assert "a name does not say where it is" in said
    assert "--ids" not in said  # a name alone cannot be stopped by its id


def test_an_id_says_what_it_is(tmp_path: Path) -> None:
    file = written(tmp_path / "m.csv", rows(AKS, works_by_day))
    assert "az aks stop --resource-group g --name k" in plan("--metrics", file).stdout


def test_few_weeks_and_always_idle(tmp_path: Path) -> None:
    few = written(tmp_path / "few.csv", rows("a", works_by_day, 3))
    assert facts(few)["resources"][0]["answer"] == "ask the owner"
    idle = written(tmp_path / "idle.csv", rows("a", lambda _: 0.4))
    assert facts(idle)["resources"][0]["answer"] == "delete it"
    assert "are they shares of 1?" in plan("--metrics", idle).stdout


def test_network_alone_is_work_too(tmp_path: Path) -> None:
    file = written(tmp_path / "m.csv", rows("a", lambda _: 1.0, 6, 1e9), "network_bytes")
    assert facts(file)["resources"][0]["answer"] == "keep it on"


def test_empty_cells_are_unknown(tmp_path: Path) -> None:
    file = written(tmp_path / "m.csv", rows("a", lambda when: "" if when.hour % 2 else 1.0))
    assert "of its hours are known" in facts(file)["resources"][0]["why"]
    read = hourly_metrics.load(Path(file))
    assert int((read[0].cpu == 1).sum()) == 6 * 84


HEAD = "time,resource,cpu,price_per_hour\n"
GOOD = "2026-09-07T00:00:00Z,a,5,1\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (HEAD, "has a header and no rows"),
        ("time,cpu\n1,2\n", "has no column resource"),
        (HEAD + "yesterday,a,5,1\n", "has no time such as"),
        (HEAD + "2026-09-07T00:30:00Z,a,5,1\n", "start of an hour"),
        (HEAD + "2026-09-07T00:00:00Z,,5,1\n", "has no resource"),
        (HEAD + "2026-09-07T00:00:00Z,a,much,1\n", "a number from 0 to 100"),
        (HEAD + "2026-09-07T00:00:00Z,a,nan,1\n", "a number from 0 to 100"),
        (HEAD + "2026-09-07T00:00:00Z,a,-1,1\n", "a number from 0 to 100"),
        (HEAD + "2026-09-07T00:00:00Z,a,5,1e99\n", "price_per_hour that is not a number"),
        (HEAD + GOOD + GOOD, "more than one row for a"),
        (HEAD + GOOD + "2026-09-07T01:00:00Z,a,5,2\n", "has several prices for a"),
        (HEAD + GOOD + "2126-09-07T01:00:00Z,a,5,1\n", "wrong year"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "m.csv"
    file.write_text(text)
    assert says in plan("--metrics", str(file), rc=2).stderr


def test_bad_bytes_and_no_file(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(b"\xff\xfe\x00time")
    assert "Error:" in plan("--metrics", str(file), rc=2).stderr
    assert "no such file" in plan("--metrics", str(tmp_path / "none.csv"), rc=2).stderr


def test_a_file_cannot_become_code(tmp_path: Path) -> None:
    file = written(tmp_path / "m.csv", rows("a", works_by_day))
    assert "does not say where" in plan("--metrics", file, "--as", "az", rc=2).stderr
    assert "three letters" in plan("--metrics", file, "--currency", "euro", rc=2).stderr


def test_instances_that_nothing_stops_are_named_with_the_command() -> None:
    said = plan("--demo").stdout
    assert "updateIdleShutdownSetting" in said
    found = json.loads(plan("--demo", "--format", "json").stdout)
    assert found["instances_without_idle_shutdown"]
