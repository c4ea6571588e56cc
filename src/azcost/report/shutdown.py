"""Shutdown plans, and what a change of schedules does, as documents."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from azcost.actions.auto_shutdown import AutoShutdown
from azcost.actions.difference import Verb
from azcost.actions.idle_shutdown import IdleShutdown
from azcost.actions.shutdown_change import Shutdown, ShutdownChange
from azcost.actions.shutdown_code import call
from azcost.money import Money, total
from azcost.optimise.shutdown import Answer, Rest
from azcost.report.document import Chart, Code, Document, Part, Series, Table
from azcost.rests import WEEKS, Rested

_SHOWN = 3
# What a saving is, with a bill and without.
BY_BILL = (
    "A saving is of compute that nothing else pays: disks, addresses and what reservations or "
    "savings plans cover stay."
)
BY_PRICE = (
    "A saving is the file's price_per_hour, 24 hours on 30.4375 days a month; what reservations or "
    "savings plans pay of it is not known here, and would not be saved."
)


def plan_document(
    found: Sequence[Rested],
    currency: str,
    zone: str,
    disturbance_hours: float,
    idle: Sequence[IdleShutdown] = (),
    *,
    saved: str = BY_BILL,
    notes: Sequence[str] = (),
) -> Document:
    """Which resources can be off, when, and what it saves.

    `idle` is what compute instances of Azure ML lack that nothing stops.
    """
    return Document(
        title="Shutdown plan",
        verdict=_verdict(found, currency),
        parts=(*_parts(found, zone), *_instances(idle)),
        notes=(*_notes(found, zone, disturbance_hours, saved), *notes),
        facts={
            "schema": 1,
            "currency": currency,
            "zone": zone,
            "resources": [_facts(one) for one in found],
            "instances_without_idle_shutdown": [
                {"name": _last(one.compute), "step": call(one)} for one in idle
            ],
        },
    )


def _of(found: Sequence[Rested], answer: Answer) -> list[Rested]:
    return [one for one in found if one.advice.answer is answer]


def _sum(found: Sequence[Rested], currency: str) -> Money:
    known = (one.saving.expected for one in found if one.saving)
    return total(known, currency)


def _worth(found: Sequence[Rested], currency: str) -> str:
    """What these save a month, as far as it is known."""
    unknown = sum(one.saving is None for one in found)
    if unknown == len(found):
        return "what that saves is not known, without prices"
    saved = f"{_sum(found, currency)} a month"
    return f"{saved}, without {unknown} of unknown price" if unknown else saved


def _verdict(found: Sequence[Rested], currency: str) -> str:
    scheduled, asked = _of(found, Answer.SCHEDULE), _of(found, Answer.ASK)
    idle = _of(found, Answer.DELETE)
    if not (scheduled or asked or idle):
        return f"None of {len(found)} resources rests often enough for a schedule."
    said = []
    if scheduled:
        worth = _worth(scheduled, currency)
        said.append(f"{len(scheduled)} of {len(found)} resources can be off at night: {worth}")
    if asked:
        said.append(f"{len(asked)} more perhaps, if their owners agree")
    if idle:
        said.append(
            f"{len(idle)} never work and are for deletion, not for a schedule "
            f"({_worth(idle, currency)})"
        )
    return "; ".join(said) + "."


def _parts(found: Sequence[Rested], zone: str) -> Iterator[Part]:
    told = [one for one in found if one.advice.answer is not Answer.KEEP]
    if told:
        yield Table(
            columns=("resource", "what to do", f"off ({zone})", "hours a week", "a month", "why"),
            rows=tuple(_row(one) for one in told),
            left=(0, 1, 2, 5),
        )
    evidence = [(one, rest) for one in told for rest in one.advice.rests]
    if evidence:
        yield Table(
            title="Evidence, in nights and weekends",
            columns=(
                "resource", "window", "judged", "disturbed", "at most (9 of 10 cases)",
                "disturbed in weeks left out",
            ),
            rows=tuple(
                (
                    one.resource.name,
                    window(rest),
                    str(rest.seen),
                    str(rest.disturbed),
                    f"{rest.bound:.0%}",
                    f"{rest.held_out:.0%}",
                )
                for one, rest in evidence
            ),
            left=(0, 1),
        )  # fmt: skip
    for one in [one for one in told if one.advice.rests][:_SHOWN]:
        yield _heat(one)
    commands = [line for one in told for line in _commands(one)]
    if commands:
        yield Code(
            title="What auto-shutdown does not do: timers of your own (cron, in the zone's time)",
            text="\n".join(commands),
        )


def _instances(idle: Sequence[IdleShutdown]) -> Iterator[Part]:
    if idle:
        yield Code(
            title="Compute instances of Azure ML that nothing stops: azcost shutdown apply does",
            text="\n".join(f"# {_last(one.compute)}\n{call(one)}" for one in idle),
        )


def _last(id_: str) -> str:
    return id_.rpartition("/")[2]


def window(rest: Rest) -> str:
    """A window in words."""
    if rest.kind == "weekend":
        return f"Fri {rest.stop:02}:00 to Mon {rest.start:02}:00"
    return f"Mon-Thu {rest.stop:02}:00 to {rest.start:02}:00"


def _row(one: Rested) -> tuple[str, ...]:
    advice = one.advice
    return (
        f"{one.kind.words} {one.resource.name}",
        str(advice.answer),
        ", ".join(window(rest) for rest in advice.rests),
        str(advice.hours_a_week) if advice.rests else "",
        _money(one),
        advice.why,
    )


def _money(one: Rested) -> str:
    if one.saving is None:
        return "?"
    low, expected = one.saving.low.amount, one.saving.expected.amount
    return f"{expected:,.2f}" if low == expected else f"{low:,.2f} to {expected:,.2f}"


def _heat(one: Rested) -> Chart:
    """How often each hour was busy, workdays and weekends apart."""
    assert one.activity is not None  # noqa: S101 - there are rests
    weekday = (one.activity.first_day.weekday() + np.arange(len(one.activity.hours))) % 7
    series = []
    for name, days in (("Mon-Fri", weekday < 5), ("Sat and Sun", weekday >= 5)):
        hours = one.activity.hours[days]
        known = np.count_nonzero(~np.isnan(hours), axis=0)
        share = np.nansum(hours, axis=0) / np.maximum(known, 1)
        series.append(
            Series(name, tuple(map(float, range(24))), tuple(float(100 * x) for x in share))
        )
    return Chart(
        title=f"{one.resource.name}: how often each hour was busy",
        description=f"{one.resource.name} was busy in {one.activity.busy_share:.0%} of all hours.",
        kind="lines",
        x_label="hour of the day",
        y_label="% of days",
        series=tuple(series),
    )


_STOP = {
    "machine": ("az vm deallocate", "az vm start"),
    "cluster": ("az aks stop", "az aks start"),
    "PostgreSQL server": (
        "az postgres flexible-server stop",
        "az postgres flexible-server start",
    ),
}


def _commands(one: Rested) -> Iterator[str]:
    if not one.resource.resource_group:
        return  # a name without an id: nobody knows where it is
    stop, start = _STOP[one.kind.words]
    which = f"--ids {shlex.quote(one.resource.id)}"
    if one.kind.words == "cluster":
        group = shlex.quote(one.resource.resource_group)
        which = f"--resource-group {group} --name {shlex.quote(one.resource.name)}"
    if one.advice.answer is not Answer.SCHEDULE:
        return
    for rest in one.advice.rests:
        first, last = ("5", "1") if rest.kind == "weekend" else ("1-4", "2-5")
        yield f"0 {rest.stop} * * {first}  {stop} {which}"
        yield f"0 {rest.start} * * {last}  {start} {which}"


def _notes(
    found: Sequence[Rested], zone: str, disturbance_hours: float, saved: str
) -> Iterator[str]:
    yield (
        f"Hours are those of {zone}, daylight saving time included; the last {WEEKS} weeks at most "
        "are looked at. An hour on either side of a window must be quiet, too."
    )
    yield (
        f"A disturbed night counts as {disturbance_hours:g} hours of the resource "
        "(--disturbance-hours)."
    )
    yield saved
    if _of(found, Answer.SCHEDULE):
        yield (
            "Azure's auto-shutdown (azcost shutdown apply) stops a machine every day and never "
            "starts one: whoever needs it starts it, or a timer does."
        )
    blind = _of(found, Answer.UNKNOWN)
    if blind:
        names = ", ".join(one.resource.name for one in blind[:_SHOWN])
        yield f"{len(blind)} could not be judged, such as {names}: {blind[0].advice.why}."


def _facts(one: Rested) -> dict[str, object]:
    saving = one.saving
    return {
        "id": one.resource.id,
        "kind": one.kind.words,
        "answer": str(one.advice.answer),
        "why": one.advice.why,
        "hours_a_week": one.advice.hours_a_week,
        "disturbed_a_month_at_most": _decimal(one.advice.disturbed_a_month),
        "saving_monthly": saving
        and {
            "low": saving.low.amount,
            "expected": saving.expected.amount,
            "high": saving.high.amount,
        },
        "windows": [
            {
                "kind": rest.kind,
                "stop": rest.stop,
                "start": rest.start,
                "judged": rest.seen,
                "disturbed": rest.disturbed,
                "bound": _decimal(rest.bound),
                "held_out": _decimal(rest.held_out),
            }
            for rest in one.advice.rests
        ],
    }


def _decimal(number: float) -> Decimal:
    return Decimal(f"{number:.4f}")


def change_document(changes: Sequence[ShutdownChange], done: str) -> Document:
    """What is to be done, or was: `done` is the word for it."""
    to_do = [one for one in changes if one.verb is not Verb.NOTHING]
    rows = [
        (_last(one.target), str(one.verb), it.setting, it.before or "-", it.after or "-")
        for one in to_do
        for it in one.differences
    ]
    said = f"{len(to_do)} of {len(changes)} shutdowns {done}."
    return Document(
        title="Shutdown",
        verdict=said if to_do else "Nothing to change: all are as they should be.",
        parts=(
            (Table(columns=("resource", "", "setting", "before", "after"), rows=tuple(rows),
                   left=(0, 1, 2, 3, 4)),)
            if rows
            else ()
        ),
        facts={
            "schema": 1,
            "changes": [
                {
                    "resource": one.target,
                    "verb": str(one.verb),
                    "body": one.after and one.after.body(),
                }
                for one in changes
            ],
        },
    )  # fmt: skip


def status_document(found: Sequence[Shutdown]) -> Document:
    """The shutdowns that there are."""
    machines = [one for one in found if isinstance(one, AutoShutdown)]
    instances = [one for one in found if isinstance(one, IdleShutdown)]
    return Document(
        title="Shutdowns",
        verdict=f"{len(machines)} machines are stopped by a schedule, "
        f"{len(instances)} compute instances of Azure ML when idle.",
        parts=tuple(
            Table(
                columns=(kind, *some[0].settings()),
                rows=tuple((_last(one.target), *one.settings().values()) for one in some),
                left=tuple(range(1 + len(some[0].settings()))),
            )
            for kind, some in (("machine", machines), ("compute instance", instances))
            if some
        ),
        facts={
            "schema": 1,
            "shutdowns": [{"resource": one.target, **one.settings()} for one in found],
        },
    )
