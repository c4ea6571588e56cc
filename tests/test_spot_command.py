"""`azcost spot` as its users call it: what it prints, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from azcost.cli import main

SIZE = "Standard_NC24ads_A100_v4"
JOB = {"--size": SIZE, "--region": "northeurope", "--hours": "100", "--eviction-rate": "5-10",
       "--checkpoint": "3m", "--restart": "10m"}  # fmt: skip


def spot(*more: str, **changes: str | None) -> Result:
    """Run the command with the usual job; `changes` replaces or (None) leaves out options."""
    options = JOB | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    words = [word for pair in options.items() if pair[1] is not None for word in pair]
    return CliRunner().invoke(main, ["spot", *map(str, words), *more])


def facts(*more: str, **changes: str | None) -> dict[str, Any]:
    result = spot("--format", "json", *more, **changes)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_answer_names_cost_time_and_interval() -> None:
    output = spot().stdout
    assert "Write a checkpoint after every 1 h 6 min of work" in output
    assert "in place of 440.80 USD pay-as-you-go" in output
    assert "az vm create" in output
    assert "--priority Spot --eviction-policy Delete --spot-max-price -1" in output


def test_the_parts_of_a_cost_add_up() -> None:
    for one in facts(disk="Premium_LRS:128", region="northeurope,westeurope")["places"]:
        parts = Decimal(one["compute"]) + Decimal(one["storage"])
        assert Decimal(one["cost_per_run"]) == parts
        low, high = map(Decimal, one["cost_per_run_90"])
        assert low < parts < high


def test_own_evictions_move_the_rate() -> None:
    few = facts(evictions="0", observed_hours="2000")["places"][0]
    many = facts(evictions="300", observed_hours="2000")["places"][0]
    rates = [Decimal(one["evictions_per_hour"]) for one in (few, many)]
    assert rates[0] < Decimal("0.02") < Decimal("0.12") < rates[1]
    assert Decimal(few["cost_per_run"]) < Decimal(many["cost_per_run"])


def test_a_deadline_costs_the_less_the_later_it_is() -> None:
    found = [facts(deadline=hours, wait="30m")["deadline"] for hours in ("107", "112", "140")]
    costs = [Decimal(one["cost_per_run"]) for one in found]
    assert costs == sorted(costs, reverse=True)
    uses = [Decimal(one["share_of_runs_with_on_demand"]) for one in found]
    assert uses[0] > Decimal("0.9")
    assert uses[2] < Decimal("0.01")
    for one in found:
        assert Decimal(one["elapsed_hours"]) <= Decimal(one["hours"])


def test_more_work_left_is_never_waited_with_for_longer() -> None:
    policy = facts(deadline="120", wait="1h")["deadline"]["policy"]
    waits = [Decimal(row["wait_up_to_work_hours"][0]) for row in policy]
    assert waits == sorted(waits, reverse=True)


def test_a_far_deadline_is_planned_as_a_nearer_one() -> None:
    output = spot(hours="10", deadline="9000").stdout
    assert "within 9,000 h" in output
    assert "more time saves nothing" in output


def test_sizes_with_hours_of_their_own_are_ranked() -> None:
    found = facts(
        "--size", "Standard_NC40ads_H100_v5=40", size=f"{SIZE}=100", hours=None
    )  # H100: 1.547885 an hour, A100: 0.814598
    assert [one["work_hours"] for one in found["places"]] == ["40", "100"]


def test_a_checkpoint_from_its_size() -> None:
    found = facts(checkpoint=None, checkpoint_gb="90", write_mbps="500")
    assert found["job"]["checkpoint_hours"] == "0.05"


def test_a_checkpoint_within_the_notice() -> None:
    found = facts(checkpoint="25s")
    assert found["job"]["checkpoint_fits_notice"]
    assert found["places"][0]["checkpoint_every_hours"] is None
    assert "fits into the 30 seconds" in spot(checkpoint="25s").stdout


def test_rates_from_resource_graph(tmp_path: Path) -> None:
    file = tmp_path / "rates.json"
    rows = [{"size": SIZE.lower(), "region": region, "rate": rate}
            for region, rate in (("northeurope", "20+"), ("westeurope", "0-5"))]  # fmt: skip
    file.write_text(json.dumps({"count": 2, "data": rows}))
    found = facts(rates=str(file), eviction_rate=None, region="northeurope,westeurope")
    rates = {one["region"]: one["evictions_per_hour"] for one in found["places"]}
    assert rates == {"northeurope": "0.3", "westeurope": "0.025647"}


def recorded(file: Path, flags: list[int], step: int = 10) -> str:
    start = np.datetime64("2026-01-01T00:00")
    lines = [f"{start + np.timedelta64(step * i, 'm')},{flag}" for i, flag in enumerate(flags)]
    file.write_text("\n".join(["time,available", *lines]) + "\n")
    return str(file)


def test_recorded_availability_makes_the_policy(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    runs = rng.geometric(0.05, 40)
    flags = [int(i % 2) for i, run in enumerate(runs) for _ in range(run)]
    file = recorded(tmp_path / "seen.csv", flags)
    found = facts(availability=file, hours="20", deadline="30")["deadline"]
    assert Decimal(found["slot_hours"]) == pytest.approx(Decimal(1) / 6, abs=Decimal("1e-6"))
    assert len(found["outage_ages_hours"]) == 3
    assert Decimal(found["spot_hours"]) > 0
    assert Decimal(found["on_demand_hours"]) > 0


WRONG = {
    "not a number": ({"hours": "nan"}, "expected a number"),
    "negative": ({"hours": "-5"}, "expected a number"),
    "endless": ({"hours": "1e400"}, "expected a number"),
    "no unit": ({"checkpoint": "3"}, "with its unit"),
    "no size": ({"size": "Standard_NC24ads_A100_v5"}, "Standard_NC24ads_A100_v4"),
    "no region": ({"region": "westeuorpe"}, "westeurope"),
    "no bucket": ({"eviction_rate": "7"}, "0-5, 5-10"),
    "no rate": ({"eviction_rate": None}, "az graph query"),
    "no hours": ({"hours": None}, "--hours 100"),
    "no checkpoint": ({"checkpoint": None}, "--checkpoint-gb"),
    "half the evidence": ({"evictions": "3"}, "belong together"),
    "half an eviction": ({"evictions": "0.5", "observed_hours": "9"}, "whole number"),
    "no disk": ({"disk": "Premium:128"}, "Premium_LRS"),
    "a huge disk": ({"disk": "Premium_LRS:99999"}, "at most"),
    "too soon": ({"deadline": "90"}, "even on-demand needs"),
    "endless restarts": ({"restart": "24h", "machines": "100"}, "evicted every"),
    "half a machine": ({"machines": "1.5"}, "not a valid integer"),
    "no interval": ({"every": "0"}, "--every 0"),
    "two spot prices": ({"spot_price": "1", "region": "northeurope,westeurope"}, "one size"),
    "free": ({"spot_price": "0"}, "expected a number"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str) -> None:
    changes, message = WRONG[case]
    result = spot(**changes)
    assert result.exit_code == 2, result.output
    assert message in result.output


RECORDINGS = {
    "empty": ("", "column time is missing"),
    "no rows": ("time,available\n", "no rows"),
    "other columns": ("when,up\n1,1\n", "column time is missing"),
    "not a time": ("time,available\nnoon,1\n", "ISO 8601"),
    "not a flag": ("time,available\n2026-01-01T00:00,maybe\n", "expected 1 or 0"),
    "few": ("time,available\n2026-01-01T00:00,1\n", "at least 24"),
}


@pytest.mark.parametrize("case", RECORDINGS)
def test_recordings_that_cannot_be_read(case: str, tmp_path: Path) -> None:
    text, message = RECORDINGS[case]
    file = tmp_path / "seen.csv"
    file.write_text(text)
    result = spot(availability=str(file), deadline="150")
    assert (result.exit_code, message in result.output) == (2, True), result.output


def test_recordings_out_of_order_uneven_or_without_a_change(tmp_path: Path) -> None:
    file = tmp_path / "seen.csv"
    recorded(file, [1, 0] * 20)
    lines = file.read_text().splitlines()
    for changed, message in (
        ([*lines[:6], lines[5], *lines[6:]], "each once"),
        ([*lines[:6], lines[7], lines[6], *lines[8:]], "evenly"),
        ([*lines[:30], *lines[31:]], "evenly"),
        ([lines[0], *(line[:-1] + "1" for line in lines[1:])], "never changes"),
    ):
        file.write_text("\n".join(changed))
        result = spot(availability=str(file), deadline="150")
        assert (result.exit_code, message in result.output) == (2, True), result.output
    file.write_bytes(b"time,available\n\xff\xfe")
    assert "UTF-8" in spot(availability=str(file), deadline="150").output


def test_a_price_that_is_missing_has_its_own_exit_code() -> None:
    result = spot(region="eastus")
    assert result.exit_code == 4
    assert "spot" in result.output
    given = facts(region="eastus", spot_price="1.10")["places"][0]
    assert (given["spot_per_hour"], given["spot_price_source"]) == ("1.1", "--spot-price")


def test_the_same_seed_gives_the_same_answer() -> None:
    assert spot(deadline="109").stdout == spot(deadline="109").stdout


def test_help_does_not_load_numpy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from azcost.cli import main; "
        "CliRunner().invoke(main, ['spot', '--help']); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
