"""`azcost tokens` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from azcost.cli import main
from conftest import ROOT

TRACE = str(ROOT / "examples/tokens/trace.csv")
PROFILE = str(ROOT / "examples/tokens/profile.yaml")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["tokens", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_example_trace_in_every_format() -> None:
    words = (TRACE, "--model", "gpt-5", "--route", "gpt-5-mini:0.6", "--cascade", "gpt-5-mini:0.6")
    hosting = ("--self-host", "Standard_NC24ads_A100_v4", "--tokens-per-second", "2500")
    for format_ in ("text", "markdown", "json"):
        code, text = run(*words, *hosting, "--format", format_)
        assert code == 0
        assert "gpt-5-mini" in text
    facts = json.loads(text)
    best = facts["ways"][facts["best"]]
    assert best["fidelity"] == "quoted"
    assert best["monthly"] == min((way["monthly"] for way in facts["ways"]), key=float)
    assert {one["way"] for one in facts["held_out"]} >= {best["way"]}
    assert facts["self_host"]["size"] == "Standard_NC24ads_A100_v4"


def test_outcomes_add_up_to_the_month() -> None:
    code, text = run(PROFILE, "--model", "gpt-5-mini", "--format", "json")
    facts = json.loads(text)
    tokens = int(facts["input_tokens"]) + int(facts["output_tokens"])
    assert (code, facts["requests"], tokens) == (0, "2000000", 5_600_000_000)
    for way in facts["ways"]:
        month = float(way["monthly"])
        assert float(way["per_1000_requests"]) * 2000 == pytest.approx(month, abs=0.01)
        assert float(way["per_million_tokens"]) * 5600 == pytest.approx(month, abs=0.01)
    assert facts["ways"][1]["way"] == "batch for 25%, rest pay-as-you-go"


def test_routes_and_machines_as_cost_per_outcome() -> None:
    words = (TRACE, "--model", "gpt-5", "--route", "gpt-5-mini:0.6", "--format", "json")
    code, text = run(*words, "--self-host", "Standard_NC24ads_A100_v4", "--tokens-per-second", "2k")
    assert (code, "expected a number" in text) == (2, True)
    code, text = run(
        *words, "--self-host", "Standard_NC24ads_A100_v4", "--tokens-per-second", "2e3"
    )
    facts = json.loads(text)
    (route,) = facts["routes"]
    thousands = int(facts["requests"]) / 1000
    assert float(route["per_1000_requests"]) * thousands == pytest.approx(
        float(route["monthly"]), rel=1e-5
    )
    assert (route["cascade"], route["quality_if_split_blindly"]) == (False, None)
    hosted = facts["self_host"]
    tokens = int(facts["input_tokens"]) + int(facts["output_tokens"])
    for way in hosted["ways"]:
        # The machines are as busy as the load is large: both say the same cost per token.
        full = float(way["per_million_tokens_by_use"]["1"]) / float(hosted["busy"])
        assert full * tokens / 1e6 == pytest.approx(float(way["monthly"]), rel=1e-4)
        assert float(way["per_used_gpu_hour"]) == pytest.approx(
            float(way["per_gpu_hour"]) / float(hosted["busy"]), rel=1e-4
        )
        enough = float(way["break_even_tokens"]["pay-as-you-go"])
        by_the_token = float(facts["ways"][0]["per_million_tokens"]) * enough / 1e6
        assert by_the_token * hosted["machines"] == pytest.approx(float(way["monthly"]), rel=1e-4)


def test_a_trace_of_an_hour_is_not_sold_as_a_month(tmp_path: Path) -> None:
    file = tmp_path / "hour.csv"
    file.write_text("time,input,output\n2026-01-01 00:00,900,9\n2026-01-01 00:59,900,9\n")
    code, text = run(str(file), "--model", "gpt-5")
    assert (code, "All this if every hour were like these 60 minutes." in text) == (0, True)


def test_a_saving_that_does_not_last_is_said(tmp_path: Path) -> None:
    """Two days of half a million tokens a minute, then a day of next to none."""
    rows = [
        f"2026-01-0{1 + hour // 24} {hour % 24:02d}:00,1,{24_000_000 if hour < 50 else 60},0\n"
        for hour in range(72)
    ]
    file = tmp_path / "fading.csv"
    file.write_text("time,requests,input,output\n" + "".join(rows))
    code, text = run(str(file), "--model", "gpt-5", "--ptu-year-price", "1500")
    assert (code, "more on the day after: do not commit yet." in text) == (0, True)


def test_what_is_not_known_of_units_does_not_stop_the_rest() -> None:
    code, text = run(TRACE, "--model", "gpt-5-nano")
    assert code == 0
    assert "Nothing is known about PTUs for it." in text


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (4, ("--model", "gpt-55"), "did you mean"),
        (4, ("--model", "gpt-5", "--scope", "Standard"), "not sold as Standard"),
        (4, ("--model", "gpt-5", "--route", "gpt-5-minor:0.5"), "did you mean"),
        (2, ("--model", "gpt-5", "--region", "mars"), "no such region"),
        (2, ("--model", "gpt-5", "--deferrable", "3"), "a share is from 0 to 1"),
        (2, ("--model", "gpt-5", "--cached-share", "nan"), "expected a number"),
        (2, ("--model", "gpt-5", "--ptu-year-price", "0"), "expected a number"),
        (2, ("--model", "gpt-5", "--route", "gpt-5-mini"), "MODEL:SHARE"),
        (2, ("--model", "gpt-5", "--quality", "gpt-5"), "MODEL=FIGURE"),
        (2, ("--model", "gpt-5", "--quality", "gpt-4o=0.8"), "neither --model nor a route"),
        (2, ("--model", "gpt-5", "--self-host", "Standard_NC24"), "belong together"),
        (2, ("--model", "gpt-5", "--currency", "EUR"), "azcost prices sync"),
    ],
)
def test_what_cannot_be_answered(code: int, words: tuple[str, ...], said: str) -> None:
    found, text = run(TRACE, *words)
    assert (found, "Traceback" in text) == (code, False)
    assert said in text
