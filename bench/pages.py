"""What a page costs: seconds of the whole process, and its size.

    python bench/pages.py [--write]

`--write` renews the section of docs/benchmarks.md.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import sections
from cli import AZCOST

RUNS = 5
MIB = 1024 * 1024
# services -> (most seconds, most MiB)
BARS = {30: (1.5, 1.0), 1000: (4.0, 5.0)}
_KINDS = (
    "kind: virtual_machine, size: Standard_D4s_v5, count: {min: 1, expected: 2, max: 4}",
    "kind: virtual_machine, size: Standard_D8s_v5, purchase: spot",
    "kind: blob_storage, gb: 500, read_operations: 1M, write_operations: 100k",
    "kind: load_balancer, rules: 7, data_processed_gb: 300",
    "kind: log_analytics, analytics_gb: {low: 3, expected: 15, high: 40}",
    "kind: public_ip",
)


def spec_of(services: int, folder: Path) -> Path:
    """A specification of so many services of six kinds, some with ranges."""
    lines = [f"  - {{{_KINDS[n % len(_KINDS)]}, name: s{n}}}" for n in range(services)]
    file = folder / f"{services}.yaml"
    file.write_text("\n".join(["region: westeurope", "services:", *lines]))
    return file


def measure(file: Path, page: Path) -> tuple[float, float]:
    """The median of the seconds that the whole process takes, and the page's MiB."""
    seconds = []
    for _ in range(RUNS + 1):
        start = perf_counter()
        command = [*AZCOST, "estimate", str(file), "--html", str(page)]
        subprocess.run(command, check=True, capture_output=True)
        seconds.append(perf_counter() - start)
    return median(seconds[1:]), page.stat().st_size / MIB


def main() -> None:
    """Print a line for each bar; end with 1 if one is missed."""
    rows, missed = [], False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for services, (most_seconds, most_mib) in BARS.items():
            seconds, mib = measure(spec_of(services, folder), folder / "page.html")
            ok = seconds <= most_seconds and mib <= most_mib
            missed = missed or not ok
            rows.append(
                f"| {services:,} | {seconds:.2f} | {most_seconds} | {mib:.2f} | {most_mib} |"
            )
            print("ok    " if ok else "MISSED", rows[-1])
    if "--write" in sys.argv:
        text = (
            "## Pages\n\n`azcost estimate FILE --html PAGE`, the whole process, median of "
            f"{RUNS} runs after a first one; two cores, shared with other work.\n\n"
            "| services | seconds | at most | MiB | at most |\n|---:|---:|---:|---:|---:|\n"
        )
        sections.write("html", text + "\n".join(rows))
    sys.exit(missed)


if __name__ == "__main__":
    main()
