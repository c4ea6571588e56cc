"""`azcost compare` as its users call it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import ROOT
from test_cli import SERVING, azcost

TRAINING = str(ROOT / "examples/ml-training.yaml")


def test_the_mix_is_what_the_parts_save() -> None:
    done = azcost("compare", SERVING, "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 0
    for mix in found["mixes"]:
        saved = sum(Decimal(part["saving"]) for part in mix["parts"])
        assert saved == Decimal(mix["saving"])
        assert Decimal(found["monthly"]) - saved == Decimal(mix["monthly"])


def test_allow_limits_scenarios_and_mix() -> None:
    done = azcost("compare", TRAINING, "--allow", "reserved,spot", "--format", "json")
    found = json.loads(done.stdout)
    families = {one["family"] for one in found["scenarios"]}
    assert families == {"reserved", "spot", "pay-as-you-go"}
    (mix,) = found["mixes"]
    assert mix["allowed"] == ["pay-as-you-go", "reserved", "spot"]


def test_asked_for_is_allowed() -> None:
    words = ("--allow", "reserved", "--hours", "mon-fri 08:00-19:00 Europe/Berlin")
    done = azcost("compare", SERVING, *words, "--format", "json")
    (mix,) = json.loads(done.stdout)["mixes"]
    assert mix["allowed"] == ["pay-as-you-go", "reserved", "schedule"]


def test_markdown_has_the_tables() -> None:
    done = azcost("compare", SERVING, "--format", "markdown", "--regions", "northeurope")
    assert "## Scenarios, the cheapest first" in done.stdout
    assert "| region northeurope |" in done.stdout


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--allow", "reserve"), "--allow: reserve"),
        (("--hours", "sometimes"), "--hours: expected `always`"),
        (("--regions", "westeurop"), "--regions: westeurop"),
        (("--models", "gpt-nine"), "--models: "),
        (("--currency", "XXX"), "XXX"),
    ],
    ids=["allow", "hours", "regions", "models", "currency"],
)
def test_bad_options_say_what_was_expected(words: tuple[str, ...], complaint: str) -> None:
    done = azcost("compare", SERVING, *words)
    assert done.returncode in (2, 4)
    assert done.stdout == ""
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_design_without_a_price_cannot_be_compared(tmp_path: Path) -> None:
    file = tmp_path / "missing.yaml"
    file.write_text(
        "region: eastus\nservices:\n"
        "  - {kind: virtual_machine, name: b, size: Standard_D4s_v5, purchase: spot}\n"
    )
    done = azcost("compare", str(file))
    assert done.returncode == 4
    assert "b, 1 x Standard_D4s_v5, linux, spot has no price" in done.stderr


def test_what_has_no_price_can_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "missing.yaml"
    file.write_text(
        "region: eastus\nservices:\n"
        "  - {kind: virtual_machine, name: b, size: Standard_D4s_v5, purchase: spot}\n"
        "  - {kind: virtual_machine, name: a, size: Standard_D4s_v5}\n"
    )
    done = azcost("compare", str(file), "--allow-unpriced", "--format", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["left_out"]) == (4, ["b"])
    # 0.192 an hour.
    assert Decimal(found["monthly"]) == Decimal("140.16")
