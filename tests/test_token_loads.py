"""Traces and profiles into minutes; what is none is refused with what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from azcost.errors import AzcostError
from azcost.spec.problems import SpecError
from azcost.usage import token_profile, token_trace

TRACE = """time,input,output,cached
2026-01-01 00:02:59.9,100,10,50
2026-01-01 00:00:00,7,1,0
2026-01-01 00:00:00,7,1,0
"""


def write(folder: Path, text: str | bytes, name: str = "trace.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_rows_in_any_order_become_minutes_and_quiet_ones_are_zero(tmp_path: Path) -> None:
    load = token_trace.read(write(tmp_path, TRACE))
    assert load.requests.tolist() == [2, 0, 1]
    assert load.input.tolist() == [14, 0, 100]
    assert load.cached.tolist() == [0, 0, 50]
    assert load.output.tolist() == [2, 0, 10]
    assert str(load.first) == "2026-01-01 00:00:00+00:00"


@pytest.mark.parametrize(
    ("header", "time"),
    [
        ("TIMESTAMP,ContextTokens,GeneratedTokens", "2026-01-01 00:00:01.1234567"),
        ("TimeGenerated,ProcessedPromptTokens,GeneratedTokens", "2026-01-01T00:00:01Z"),
        ("created,prompt_tokens,completion_tokens", "1767225601"),
        ("Time,Input Tokens,Output_Tokens", "2026-01-01T01:00:01+01:00"),
    ],
)
def test_names_and_times_as_others_write_them(tmp_path: Path, header: str, time: str) -> None:
    load = token_trace.read(write(tmp_path, f"{header}\n{time},5,6\n"))
    assert str(load.first) == "2026-01-01 00:00:00+00:00"
    assert (load.input.tolist(), load.output.tolist()) == ([5], [6])


def test_rows_of_a_metric_are_spread_over_their_interval(tmp_path: Path) -> None:
    rows = "time,requests,input,output\n2026-01-01 00:00,10,50,5\n2026-01-01 00:10,20,100,0\n"
    load = token_trace.read(write(tmp_path, rows + "2026-01-01 00:15,0,0,0\n"))
    assert load.minutes == 20
    assert load.requests[:6].tolist() == [2, 2, 2, 2, 2, 0]
    assert load.input.sum() == 150
    assert load.notes == ("rows are 5 minutes apart: spread evenly, which hides peaks",)


def test_parquet_reads_like_csv(tmp_path: Path) -> None:
    csv, parquet = write(tmp_path, TRACE), tmp_path / "trace.parquet"
    duckdb.sql(f"COPY (FROM '{csv}') TO '{parquet}'")
    one, other = token_trace.read(csv), token_trace.read(parquet)
    assert np.array_equal(one.input, other.input)
    assert one.first == other.first


HEAD = "time,input,output\n"
LATE = HEAD + "2026-01-01 00:00,5,6\n" * 30_000 + "2026-01-01 00:00,5,six\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (HEAD, "no rows"),
        ("a,b\n1,2\n", "no column for time and input and output"),
        (HEAD + "2026-01-01 00:00,NaN,1\n", "'NaN'|'nan'"),
        (HEAD + "2026-01-01 00:00,-1,1\n", "1 row is no request"),
        (HEAD + "2026-01-01 00:00,1e30,1\n", r"'1e\+?30'"),
        (HEAD + "2026-01-01 00:00,,1\n", "1 row is no request"),
        (HEAD + "yesterday,1,1\n", "'yesterday'"),
        (HEAD + "2026-01-01 00:00,0,0\n", "nothing to price"),
        (HEAD + "1970-01-01 00:00,1,1\n2026-01-01 00:00,1,1\n", "spans 20,454 days"),
        ("time,input,output,cached\n2026-01-01 00:00,1,1,2\n", "cached is a part of input"),
        (LATE, "1 row is no request, the first with .* output 'six'"),
        (HEAD.encode() + b"2026-01-01 00:00,\xff\xfe,1\n", "utf-8|'\ufffd"),
        (b"\x00\x01\x02" * 500, "cannot be read|no column"),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(AzcostError, match=said) as caught:
        token_trace.read(write(tmp_path, text))
    assert len(str(caught.value)) < 600


def test_neither_a_folder_nor_a_broken_parquet_is_a_trace(tmp_path: Path) -> None:
    with pytest.raises(AzcostError, match="not a file"):
        token_trace.read(tmp_path)
    with pytest.raises(AzcostError, match="cannot be read"):
        token_trace.read(write(tmp_path, "no parquet", "trace.parquet"))


def profile(folder: Path, more: str) -> Path:
    text = f"requests: 43800\ninput_tokens: 100\noutput_tokens: 10\n{more}\n"
    return write(folder, text, "profile.yaml")


def test_a_flat_profile_asks_the_same_of_every_minute(tmp_path: Path) -> None:
    load, asked = token_profile.read(profile(tmp_path, "cached_share: 0.25"))
    assert load.minutes == 7 * 1440
    assert np.allclose(load.requests, 1)
    assert np.allclose(load.cached, 25)
    assert asked.deferrable_share == 0


@pytest.mark.parametrize("peak", [1.0, 1.5, 4.0, 60.0])
def test_a_wave_has_the_peak_that_was_asked_for(tmp_path: Path, peak: float) -> None:
    load, _ = token_profile.read(profile(tmp_path, f"peak_to_mean: {peak}"))
    assert load.requests.max() == pytest.approx(peak, rel=1e-6)
    assert load.requests.mean() == pytest.approx(1)


def test_hours_of_a_day_and_of_a_week(tmp_path: Path) -> None:
    day = f"hour_of_week: [{', '.join(['0'] * 12 + ['2'] * 12)}]"
    load, _ = token_profile.read(profile(tmp_path, day))
    assert (load.requests[0], load.requests[12 * 60], load.requests[36 * 60]) == (0, 2, 2)
    week = f"hour_of_week: [{', '.join(['1'] + ['0'] * 167)}]"
    load, _ = token_profile.read(profile(tmp_path, week))
    assert load.requests[:61].tolist() == [168] * 60 + [0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("hour_of_week: [1, 2]", "168 numbers or 24, not 2"),
        (f"hour_of_week: [{', '.join(['0'] * 24)}]", "some hour must be busy"),
        (f"hour_of_week: [{', '.join(['1'] * 24)}]\npeak_to_mean: 2", "leave one out"),
        ("peak_to_mean: 0.5", "at least 1"),
        ("cached_share: 40%", "0.4"),
        ("deferable_share: 0.4", "deferrable_share"),
        ("peak_to_mean: {low: 1, expected: 2, high: 3}", "single numbers"),
    ],
)
def test_what_is_no_profile_is_refused(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        token_profile.read(profile(tmp_path, more))
