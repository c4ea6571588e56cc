"""Shutdown: how often windows chosen from some weeks of a recorded trace break in the next.

Needs ../shared/traces/vm (Bitbrains, 50 machines, 30 days).

    python bench/shutdown.py [--write]
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import msgspec
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "bench")]

import sections  # noqa: E402
from azcost.optimise.shutdown import Activity, Answer, Rest, advise  # noqa: E402

TRACE = ROOT.parent / "shared/traces/vm/bitbrains_50vms_5min.parquet"
# An hour is busy when it reaches this share of the highest use of its machine.
BUSY = 0.05
WEEKS = (2, 3)
# What a disturbed night costs, in hours of the machine: the default, and one that hardly counts.
COSTS = (24.0, 4.0)
QUERY = """
    WITH hours AS (
        SELECT id, epoch(date_trunc('hour', timestamp)) // 3600 AS hour, max(cpu_usage) AS most
        FROM read_parquet(?) GROUP BY ALL
    )
    SELECT id, hour, most FROM hours ORDER BY id, hour
"""
TEXT = """
## Shutdown: `python bench/shutdown.py --write`

{machines} recorded machines (Bitbrains, {days} days); an hour is busy above {busy:.0%} of the machine's highest use.
Windows are chosen from the first weeks as `azcost shutdown plan` does, and judged by the nights and weekends after them.
"Kept" counts machines whose windows were disturbed later in no larger a share than their bound says, a share that should hold in 9 of 10 cases.

| a disturbed night costs | chosen from | machines with windows | bound, mean | disturbed later | kept | weeks left out agreed | of these kept | set by azcost |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{later}

Two or three weeks are not enough: that is why azcost asks the owner below four weeks, whatever the weeks left out say, and sets nothing.

With the first 28 days it answers:

| a disturbed night costs | schedule | ask the owner | delete it | keep it on | unknown | schedules: bound, mean | in weeks left out | broken bounds among schedules |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{whole}

Each week left out was not used to choose the window that it judges, but the answer is chosen by them, so this is no forecast; only two days of the trace are left after four weeks, too few to judge by.
The sample is small, of servers in 2013, and says nothing of machines that people switch off by habit.
"""  # noqa: E501 - one sentence per line


class Later(msgspec.Struct, frozen=True):
    """Windows of a machine: the bound that was promised, what came, and the back-test."""

    bound: float
    disturbed: float
    agreed: bool

    @property
    def is_kept(self) -> bool:
        return self.disturbed <= self.bound


def activities() -> list[Activity]:
    """Each machine's hours from the first whole day on."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(QUERY, [str(TRACE)]).fetchnumpy()
    first = int(-(-found["hour"].min() // 24))
    days = int(found["hour"].max() + 1) // 24 - first
    made = []
    for name in np.unique(np.asarray(found["id"], dtype=str)):
        own = np.asarray(found["id"], dtype=str) == name
        at = found["hour"][own].astype(int) - first * 24
        inside = (at >= 0) & (at < days * 24)
        hours = np.full(days * 24, np.nan)
        most = found["most"][own]
        hours[at[inside]] = most[inside] > BUSY * most.max()
        made.append(Activity(date(1970, 1, 1) + timedelta(days=first), hours.reshape(days, 24)))
    return made


def part(activity: Activity, first: int, last: int) -> Activity:
    return Activity(activity.first_day + timedelta(days=first), activity.hours[first:last])


def outcomes(activity: Activity, rest: Rest) -> list[bool]:
    """Whether each coming of a window was disturbed, an hour on either side included."""
    days = 3 if rest.kind == "weekend" else 1
    judged = []
    for day in range(len(activity.hours) - days):
        weekday = (activity.first_day + timedelta(days=day)).weekday()
        if weekday == 4 if rest.kind == "weekend" else weekday < 4:
            whole = activity.hours[day : day + days + 1].ravel()
            inside = whole[rest.stop - 1 : 24 * days + rest.start + 1]
            if not np.isnan(inside).all():
                judged.append(bool(np.nansum(inside) > 0))
    return judged


def later(machines: list[Activity], weeks: int, cost: float) -> list[Later]:
    found = []
    for one in machines:
        rests = advise(part(one, 0, 7 * weeks), cost).rests
        after = part(one, 7 * weeks, len(one.hours))
        met = [(rest, outcomes(after, rest)) for rest in rests]
        met = [(rest, judged) for rest, judged in met if judged]
        if met:
            counts = [len(judged) for _, judged in met]
            found.append(
                Later(
                    float(np.average([rest.bound for rest, _ in met], weights=counts)),
                    float(np.mean([it for _, judged in met for it in judged])),
                    all(rest.holds for rest in rests),
                )
            )
    return found


def row_later(machines: list[Activity], weeks: int, cost: float) -> str:
    found = later(machines, weeks, cost)
    answers = [advise(part(one, 0, 7 * weeks), cost).answer for one in machines]
    agreed = [one for one in found if one.agreed]
    return (
        f"| {cost:g} h | {weeks} weeks | {len(found)} | {mean(one.bound for one in found)} | "
        f"{mean(one.disturbed for one in found)} | {sum(one.is_kept for one in found)} of "
        f"{len(found)} | {len(agreed)} | {sum(one.is_kept for one in agreed)} of {len(agreed)} | "
        f"{answers.count(Answer.SCHEDULE)} |"
    )


def row_whole(machines: list[Activity], cost: float) -> str:
    found = [advise(part(one, 0, 28), cost) for one in machines]
    counts = " | ".join(str(sum(one.answer is answer for one in found)) for answer in Answer)
    rests = [rest for one in found if one.answer is Answer.SCHEDULE for rest in one.rests]
    broken = sum(not rest.holds for rest in rests)
    return (
        f"| {cost:g} h | {counts} | {mean(rest.bound for rest in rests)} | "
        f"{mean(rest.held_out for rest in rests)} | {broken} of {len(rests)} |"
    )


def mean(shares: object) -> str:
    listed = list(shares)  # type: ignore[call-overload]
    return f"{np.mean(listed):.0%}" if listed else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    machines = activities()
    text = TEXT.format(
        machines=len(machines),
        days=len(machines[0].hours),
        busy=BUSY,
        later="\n".join(row_later(machines, weeks, cost) for cost in COSTS for weeks in WEEKS),
        whole="\n".join(row_whole(machines, cost) for cost in COSTS),
    )
    print(text)
    if write:
        sections.write("shutdown", text)


if __name__ == "__main__":
    main()
