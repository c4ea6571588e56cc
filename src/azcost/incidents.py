"""Anomalies of a bill with their days, causes, and who changed something about then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from azcost.audit.resource import key_of
from azcost.audit.snapshot import Event
from azcost.optimise.anomalies import Anomaly, anomalies
from azcost.optimise.causes import Change, change
from azcost.spending import Spending

# The days that an event is compared with, and those around its start that are searched.
_BEFORE_DAYS = 28
_LOOK_BACK_DAYS, _LOOK_AHEAD_DAYS = 2, 1
_MAX_CULPRITS = 5


class Incident(msgspec.Struct, frozen=True):
    """An anomaly, from `first` to `last` day; `change` is that of a day against before.

    `changes` are lines of the activity log about the resources in it, from two days before
    it began: what they say may be a coincidence.
    """

    where: tuple[str, ...]
    first: date
    last: date
    is_open: bool
    anomaly: Anomaly
    change: Change
    changes: tuple[Event, ...]


def incidents(spending: Spending, floor: float, activity: Sequence[Event] = ()) -> list[Incident]:
    """The anomalies of a bill, the dearest first; see `optimise.anomalies`."""
    found = anomalies(spending.leaves(), floor)
    return [_incident(spending, one, activity) for one in found]


def _incident(spending: Spending, one: Anomaly, activity: Sequence[Event]) -> Incident:
    first = spending.first_day + timedelta(days=one.first)
    before = slice(max(0, one.first - _BEFORE_DAYS), one.first)
    return Incident(
        where=one.of,
        first=first,
        last=spending.first_day + timedelta(days=one.last),
        is_open=one.last == spending.days - 1,
        anomaly=one,
        change=change(spending.below(one.of), before, slice(one.first, one.last + 1)),
        changes=tuple(_about(activity, spending, one, first))[:_MAX_CULPRITS],
    )


def _about(
    activity: Sequence[Event], spending: Spending, one: Anomaly, first: date
) -> Iterable[Event]:
    depth = len(one.of)
    names = {path[-1] for path in spending.tree if path[:depth] == one.of and path[-1]}
    for event in activity:
        days = (event.at.date() - first).days
        words = set(key_of(event.resource).split("/"))
        if -_LOOK_BACK_DAYS <= days <= _LOOK_AHEAD_DAYS and words & names:
            yield event
