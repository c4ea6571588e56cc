"""CSV files of what was seen at evenly spaced times: the column time, a value, perhaps zone."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from azcost.errors import AzcostError

_FEWEST = 24  # rows; fewer say nothing

Value = TypeVar("Value")
Rows = list[tuple[datetime, Value]]


class Evenly(msgspec.Struct, Generic[Value], frozen=True):
    """Rows by zone ("" where there is no such column), and the time between them."""

    zones: dict[str, Rows[Value]]
    step: timedelta


def read(file: Path, column: str, parse: Callable[[str], Value]) -> Evenly[Value]:
    """Read a file; `parse` turns a cell into a value, or raises ValueError saying what it expects.

    Times are ISO 8601, ascending and evenly spaced within a zone. Raises AzcostError with
    the line of what is wrong.
    """
    zones: dict[str, Rows[Value]] = {}
    for zone, time, value in _rows(file, column, parse):
        zones.setdefault(zone, []).append((time, value))
    if not zones:
        raise AzcostError(f"{file}: there are no rows below the header.")
    steps = {_step(f"{file}, zone {zone}" if zone else str(file), zones[zone]) for zone in zones}
    if len(steps) > 1:
        raise AzcostError(f"{file}: the zones have different times between rows.")
    return Evenly(zones, steps.pop())


def _rows(
    file: Path, column: str, parse: Callable[[str], Value]
) -> Iterator[tuple[str, datetime, Value]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AzcostError(f"{file}: not UTF-8 text. Save it as CSV in UTF-8.") from None
    except OSError as error:
        raise AzcostError(f"{file}: {error.strerror}") from None
    lines = csv.DictReader(text.splitlines())
    missing = [name for name in ("time", column) if name not in (lines.fieldnames or ())]
    if missing:
        raise AzcostError(
            f"{file}: the column {missing[0]} is missing. Expected the columns time, {column} "
            "and, for several windows, zone."
        )
    for line in lines:
        place = f"{file}:{lines.line_num}"
        said = (line[column] or "").strip()
        try:
            value = parse(said)
        except ValueError as expected:
            raise AzcostError(f"{place}: {column} is {said or 'empty'}; {expected}.") from None
        yield (line.get("zone") or "").strip(), _time(place, (line["time"] or "").strip()), value


def _time(place: str, said: str) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        raise AzcostError(
            f"{place}: time is {said or 'empty'}; expected ISO 8601: 2026-01-31T08:00."
        ) from None


def _step(place: str, rows: Rows[Value]) -> timedelta:
    """The one time between rows."""
    if len(rows) < _FEWEST:
        raise AzcostError(f"{place}: {len(rows)} rows; at least {_FEWEST} are needed.")
    step = _gap(place, rows[0][0], rows[1][0])
    for (before, _), (after, _) in pairwise(rows):
        gap = _gap(place, before, after)
        if gap != step:
            raise AzcostError(
                f"{place}: {after.isoformat()} comes {gap} after the row before, others {step}. "
                "Expected evenly spaced times; give each stretch a zone of its own."
            )
    return step


def _gap(place: str, before: datetime, after: datetime) -> timedelta:
    try:
        gap = after - before
    except TypeError:
        raise AzcostError(f"{place}: some times have a UTC offset and some have none.") from None
    if gap <= timedelta(0):
        raise AzcostError(
            f"{place}: {after.isoformat()} follows {before.isoformat()}. Expected ascending "
            "times, each once."
        )
    return gap
