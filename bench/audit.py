"""A large estate, judged: 5,000 resources with 28 days of hourly metrics and 90 of costs.

python bench/audit.py [--write]
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing import Process
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import sections
from azcost.audit import snapshot
from azcost.audit.costs import CostLine, Costs
from azcost.audit.resource import from_arm
from azcost.audit.rule import load
from azcost.audit.series import Series
from azcost.audit.snapshot import Snapshot

TODAY = date(2026, 11, 20)
VMS, DISKS = 2500, 2500
METRICS = (
    "Percentage CPU",
    "Network In Total",
    "Network Out Total",
    "Available Memory Bytes",
    "OS Disk IOPS Consumed Percentage",
    "Data Disk IOPS Consumed Percentage",
)
DAYS, COST_DAYS = 28, 90
BAR_SECONDS, BAR_MIB = 20, 1536
SCOPE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute"
AZCOST = [str(Path(sys.executable).with_name("azcost"))]


def estate() -> Snapshot:
    """Machines of which some are idle, each with a disk of which some are left behind."""
    chance = np.random.default_rng(1)
    vms = [f"{SCOPE}/virtualMachines/vm{number}" for number in range(VMS)]
    disks = [f"{SCOPE}/disks/d{number}" for number in range(DISKS)]
    return Snapshot(
        taken_at=datetime.combine(TODAY, time(6), UTC),
        currency="USD",
        subscriptions=(from_arm({"id": "/subscriptions/s", "name": "large"}),),
        resources=tuple(
            from_arm({"id": id_, "location": "westeurope", "properties": properties(number)})
            for ids in (vms, disks)
            for number, id_ in enumerate(ids)
        ),
        metrics=tuple(series(id_, name, chance) for id_ in vms for name in METRICS),
        costs=costs([*vms, *disks], chance),
    )


def properties(number: int) -> dict[str, object]:
    return {
        "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
        "extended": {"instanceView": {"powerState": {"code": "PowerState/running"}}},
        "diskState": "Unattached" if number % 10 == 0 else "Attached",
        "diskSizeGB": 128,
        "lastOwnershipUpdateTime": "2026-08-01T00:00:00Z",
    }


def series(id_: str, name: str, chance: np.random.Generator) -> Series:
    busy = chance.uniform(0.5, 80)
    average, maximum, total = (
        (chance.random(DAYS * 24) * busy).astype("<f4").tobytes() for _ in range(3)
    )
    start = datetime.combine(TODAY - timedelta(days=DAYS), time(), UTC)
    return Series(
        resource=id_, metric=name, start=start, average=average, maximum=maximum, total=total
    )


def costs(ids: list[str], chance: np.random.Generator) -> Costs:
    lines = []
    for id_ in ids:
        for meter in ("first", "second"):
            days = " ".join(f"{amount:.6f}" for amount in chance.random(COST_DAYS) * 10)
            lines.append(
                CostLine(
                    resource=id_,
                    service="Virtual Machines",
                    meter=meter,
                    actual=days,
                    amortised=days,
                    quantity=days,
                )
            )
    first = TODAY - timedelta(days=COST_DAYS)
    return Costs(first_day=first, days=COST_DAYS, lines=tuple(lines))


def make(file: Path) -> None:
    snapshot.save(estate(), file)


def run(command: list[str]) -> tuple[float, float]:
    """Run a command to its end; its seconds and its peak memory in MiB."""
    start = perf_counter()
    actions = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, command
    return perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.json.gz"
        # In a process of its own: a child's peak memory is at least its parent's of then.
        maker = Process(target=make, args=(file,))
        maker.start()
        maker.join()
        size = file.stat().st_size / 1e6
        runs = [run([*AZCOST, "audit", "--snapshot", str(file)]) for _ in range(3)]
        page = str(Path(folder) / "demo.html")
        demo = [run([*AZCOST, "audit", "--demo", "--html", page]) for _ in range(3)]
    seconds, memory = median(one[0] for one in runs), max(one[1] for one in runs)
    demo_seconds, demo_memory = median(one[0] for one in demo), max(one[1] for one in demo)
    body = f"""## Audit

Whole processes, median of 3 and highest memory; {len(load())} rules.
The large estate: {VMS + DISKS:,} resources, {VMS * len(METRICS):,} hourly series of {DAYS} days
with three statistics each, {2 * (VMS + DISKS):,} meters with {COST_DAYS} days of cost.

| snapshot | MB | seconds | at most | MiB | at most |
|---|---:|---:|---:|---:|---:|
| large estate | {size:.0f} | {seconds:.1f} | {BAR_SECONDS} | {memory:,.0f} | {BAR_MIB:,} |
| the demo, with its page | 0.4 | {demo_seconds:.1f} | 5 | {demo_memory:,.0f} | |
"""
    print(body)
    if "--write" in sys.argv:
        sections.write("audit", body)
    if seconds > BAR_SECONDS or memory > BAR_MIB or demo_seconds > 5:
        sys.exit(1)


if __name__ == "__main__":
    main()
