"""`azcost tokens` against its bars: documented vectors, a real trace, ten million requests.

    python bench/tokens.py [--write]

`--write` renews the section of docs/benchmarks.md. The real trace is read from ../shared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import duckdb

import sections
from azcost.optimise import tokens
from azcost.optimise.token_plans import Question, TokenAnswer, plan
from azcost.optimise.token_prices import Deployment
from azcost.pricing.opening import open_catalogue
from azcost.pricing.ptu import throughput_of
from azcost.usage import token_trace

ROOT = Path(__file__).parent.parent
TRACE = ROOT.parent / "shared/traces/llm/AzureLLMInferenceTrace_code.csv"
MODELS = ("gpt-5", "gpt-4.1", "gpt-4o")
REQUESTS = 10_000_000
MOST_SECONDS = 5.0
RUNS = 3

# A week of requests, more by day than by night, prompts and answers of scattered lengths.
WEEK = f"""
COPY (
    SELECT TIMESTAMP '2026-09-07'
        + to_microseconds(CAST(604800000000 * (place - sin(14 * pi() * place) / 60) AS BIGINT))
        AS time,
        CAST(200 + 3000 * random() * random() AS INTEGER) AS input,
        CAST(20 + 600 * random() * random() AS INTEGER) AS output
    FROM (SELECT random() AS place FROM range({REQUESTS}))
) TO '{{file}}'
"""


def vectors() -> Iterator[str]:
    """Microsoft's worked example."""
    facts = throughput_of("gpt-5.2", "data-zone")
    yield "| 1,000 requests a minute, 200 in, 20 out, gpt-5.2 | PTUs | deployed | documented |"
    yield "|---|---:|---:|---:|"
    for cached, documented in ((0.0, "105.88, 110"), (0.5, "76.47, 80")):
        asked = 200_000 * (1 - cached) + facts.output_ratio * 20_000
        deployed = tokens.ptus_for(asked, facts)
        exact = asked / facts.tpm_per_ptu
        yield f"| {cached:.0%} cached | {exact:.2f} | {deployed} | {documented} |"


def code_trace(model: str) -> TokenAnswer:
    """The real trace, bought for one model in eastus2."""
    asked = Question(deployment=Deployment(model=model, region="eastus2"))
    return plan(token_trace.read(TRACE), asked, open_catalogue())


def real() -> Iterator[str]:
    """What the code trace should be bought as, and what sizing for its peak would cost."""
    yield (
        "| model | pay-as-you-go, USD a month | best PTUs, any price | PTUs for the peak | "
        "by the month | for a year |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    for model in MODELS:
        answer = code_trace(model)
        base = answer.pay_as_you_go.cost.amount
        best = max(way.ptus for way in answer.ways if way.sized_for == "cost")
        month, year = [way for way in answer.ways if way.sized_for == "peak"][1:]
        yield (
            f"| {model} | {base:,.2f} | {best} | {year.ptus} | {_more(month.cost.amount, base)} "
            f"| {_more(year.cost.amount, base)} |"
        )


def _more(cost: Decimal, base: Decimal) -> str:
    return f"{cost:,.2f} ({cost / base - 1:+.0%})"


def ten_million() -> Iterator[str]:
    """Seconds of the whole command on ten million requests."""
    yield (
        f"| a week of {REQUESTS:,} requests | MB | seconds, median of {RUNS} | best | at most | "
        "seconds of processor |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("parquet", "csv"):
            file = Path(folder) / f"week.{kind}"
            duckdb.execute(f"SELECT setseed(0.7); {WEEK.format(file=file)}")
            runs = sorted(_run(file) for _ in range(RUNS))
            (usual, processor), (best, _) = runs[RUNS // 2], runs[0]
            size = file.stat().st_size // 1_000_000
            yield (
                f"| {kind} | {size:,} | {usual:.1f} | {best:.1f} | {MOST_SECONDS:.0f} "
                f"| {processor:.1f} |"
            )


def _run(file: Path) -> tuple[float, float]:
    """Seconds of the whole command, and of its processors."""
    start, before = perf_counter(), os.times()
    words = [sys.executable, "-m", "azcost", "tokens", str(file), "--model", "gpt-5"]
    subprocess.run(words, check=True, capture_output=True)
    after = os.times()
    spent = after.children_user + after.children_system
    return perf_counter() - start, spent - before.children_user - before.children_system


def main() -> None:
    """Print the section, and write it when asked to."""
    parts = [["## Tokens"], list(vectors())]
    if TRACE.is_file():
        title = (
            "The code trace of the Azure LLM inference traces (one hour of 2023), as if all hours "
            "were like it; reservations at quoted prices:"
        )
        parts += [[title], list(real())]
    parts.append(list(ten_million()))
    body = "\n\n".join("\n".join(part) for part in parts)
    print(body)
    if "--write" in sys.argv[1:]:
        sections.write("tokens", body)


if __name__ == "__main__":
    main()
