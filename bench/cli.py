"""What the command line costs, as ratios of whole processes in one run.

Each command is run in turn with `python -c "import click"`, its yardstick, so that both
see the same machine; the figure is the median of the ratios, which a noisy neighbour
moves little. Peak memory is the kernel's own account of the finished process.

    python bench/cli.py [RUNS]
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent
YARDSTICK = [sys.executable, "-c", "import click"]
AZCOST = [str(Path(sys.executable).with_name("azcost"))]

# command -> (its words, most times the yardstick, most MiB or None)
BARS: dict[str, tuple[list[str], float, float | None]] = {
    "azcost --help": (["--help"], 1.4, 40),
    "azcost estimate examples/ml-serving.yaml": (
        ["estimate", str(ROOT / "examples/ml-serving.yaml")],
        2.5,
        40,
    ),
}

# Installed packages are compiled; a checkout is too after its first run, unless forbidden.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def thousand_services(folder: Path) -> Path:
    """Write a specification of 1,000 services of several kinds and sizes."""
    lines = ["region: westeurope", "services:"]
    sizes = [2, 4, 8, 16, 32]
    for number in range(1000):
        size = f"Standard_D{sizes[number % 5]}s_v5"
        lines.append(
            f"  - {{ kind: virtual_machine, name: vm{number}, size: {size}, "
            f"count: {number % 7}, hours: {100 + number % 300} }}"
        )
    file = folder / "thousand.yaml"
    file.write_text("\n".join(lines))
    return file


def run(command: list[str]) -> tuple[float, float]:
    """Run a command to its end; its seconds and its peak memory in MiB."""
    start = perf_counter()
    pid = os.posix_spawn(
        command[0],
        command,
        ENVIRONMENT,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)
        ],
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss / 1024


def measure(words: list[str], runs: int) -> tuple[float, float]:
    """The median ratio of a command to the yardstick, and its peak memory in MiB."""
    ratios, peaks = [], []
    run(AZCOST + words)
    for _ in range(runs):
        yardstick, _ = run(YARDSTICK)
        seconds, peak = run(AZCOST + words)
        ratios.append(seconds / yardstick)
        peaks.append(peak)
    return median(ratios), max(peaks)


def main() -> None:
    """Print a line for each bar; end with 1 if one is missed."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        thousand = thousand_services(Path(folder))
        bars = BARS | {"a spec of 1,000 services": (["estimate", str(thousand)], 6.0, None)}
        for name, (words, most_times, most_mib) in bars.items():
            times, mib = measure(words, runs)
            ok = times <= most_times and (most_mib is None or mib <= most_mib)
            missed = missed or not ok
            limit = f", at most {most_mib} MiB" if most_mib else ""
            print(
                f"{'ok    ' if ok else 'MISSED'} {name}: {times:.2f} x `import click` "
                f"(at most {most_times}), {mib:.0f} MiB{limit}"
            )
    sys.exit(missed)


if __name__ == "__main__":
    main()
