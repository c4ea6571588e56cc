"""When machines work: the mean CPU by hour of the week, as squares that fit any screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.audit.series import Series
from azcost.audit.snapshot import Snapshot

DAYS = 28
METRIC = "percentage cpu"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR = 60
_LABEL_EVERY = 3


class Square(msgspec.Struct, frozen=True):
    """An hour of the week: its place from the top left, how dark it is, and what it says."""

    column: int
    row: int
    shade: float
    said: str


class Label(msgspec.Struct, frozen=True):
    """A name beside a row, or above a column."""

    place: int
    text: str


class Layout(msgspec.Struct, frozen=True):
    """The squares for wide or for narrow screens, which differ in what is across."""

    name: str
    columns: int
    rows: int
    squares: tuple[Square, ...]
    above: tuple[Label, ...]
    beside: tuple[Label, ...]


class HeatMap(msgspec.Struct, frozen=True):
    """The map with its words; `layouts` are the same in two shapes."""

    title: str
    description: str
    layouts: tuple[Layout, Layout]


def heat_map(snapshot: Snapshot) -> HeatMap | None:
    """The mean CPU of all measured machines by hour of the week (UTC); None without any."""
    found = [
        one
        for one in snapshot.metrics
        if one.metric.lower() == METRIC and one.step_minutes == _HOUR
    ]
    weeks = _weeks(found, snapshot)
    if weeks is None:
        return None
    busiest, quietest = (
        np.unravel_index(int(place), weeks.shape)
        for place in (np.nanargmax(weeks), np.nanargmin(weeks))
    )
    return HeatMap(
        title=f"Mean CPU of {len(found)} machines by hour of the week (UTC), {DAYS} days",
        description=(
            f"Busiest: {_hour(*map(int, busiest))} with {weeks[busiest]:.0f} %; quietest: "
            f"{_hour(*map(int, quietest))} with {weeks[quietest]:.0f} %. Faint hours are those "
            "in which a schedule could stop something; one machine may differ from all."
        ),
        layouts=(_layout(weeks, "wide"), _layout(weeks, "narrow")),
    )


def _weeks(found: list[Series], snapshot: Snapshot) -> NDArray[np.float64] | None:
    """The means in the shape (7 weekdays, 24 hours), NaN where nothing was measured."""
    end = datetime.combine(snapshot.today, time(), UTC)
    start = end - timedelta(days=DAYS)
    steps = [one.between(start, end, "average") for one in found]
    if not steps or np.all(np.isnan(steps)):
        return None
    values = np.asarray(steps, dtype=np.float64).reshape(len(steps), DAYS // 7, 7, 24)
    known = ~np.isnan(values)
    count = known.sum(axis=(0, 1))
    sums = np.where(known, values, 0).sum(axis=(0, 1))
    mean = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    return np.asarray(np.roll(mean, start.weekday(), axis=0), dtype=np.float64)


def _layout(weeks: NDArray[np.float64], name: str) -> Layout:
    days = tuple(Label(place, day) for place, day in enumerate(WEEKDAYS))
    hours = tuple(Label(hour, f"{hour:02}") for hour in range(0, 24, _LABEL_EVERY))
    squares = tuple(_squares(weeks, across=name == "wide"))
    if name == "wide":
        return Layout(name, 24, 7, squares, hours, days)
    return Layout(name, 7, 24, squares, days, hours)


def _squares(weeks: NDArray[np.float64], *, across: bool) -> Iterator[Square]:
    most = float(np.nanmax(weeks)) or 1.0
    for day in range(7):
        for hour in range(24):
            value = float(weeks[day, hour])
            column, row = (hour, day) if across else (day, hour)
            if np.isnan(value):
                yield Square(column, row, 0.0, f"{_hour(day, hour)}: not measured")
            else:
                shade = round(0.06 + 0.94 * max(value, 0) / most, 3)
                yield Square(column, row, shade, f"{_hour(day, hour)}: {value:.1f} %")


def _hour(day: int, hour: int) -> str:
    return f"{WEEKDAYS[day]} {hour:02}:00"
