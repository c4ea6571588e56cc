"""What the columns of a cost export mean: one table, `data/exports/columns.csv`."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from azcost import paths
from azcost.errors import AzcostError

# `Region der Verbrauchseinheit (MeterRegion)`: translated exports keep the name in brackets.
_TRANSLATED = re.compile(r".*\(([A-Za-z]+)\)")
_SHOWN = 12


class ExportError(AzcostError):
    """A file that is no cost export, or one that says too little or contradicts another."""


class Form(StrEnum):
    """The two shapes of cost exports."""

    USAGE = "usage"
    FOCUS = "focus"


_NAMES = {Form.USAGE: "usage details", Form.FOCUS: "FOCUS"}
_NEEDED = {Form.USAGE: ("day", "cost"), Form.FOCUS: ("day", "cost", "amortised")}


class Header(msgspec.Struct, frozen=True):
    """The columns of a file in order, and `places`: where each meaning stands."""

    form: Form
    columns: tuple[str, ...]
    places: tuple[tuple[str, int], ...]

    def names(self) -> tuple[str, ...]:
        """A name for each column: its meaning, or its place where it has none."""
        meanings = {place: meaning for meaning, place in self.places}
        return tuple(meanings.get(place, f"_{place}") for place in range(len(self.columns)))


def recognise(columns: tuple[str, ...], file: Path) -> Header:
    """What a file is by its columns; raises ExportError when it is no export that is known.

    FOCUS is asked first: its files may also have columns of Azure's own.
    """
    by_name: dict[str, int] = {}
    for place, column in enumerate(columns):
        by_name.setdefault(_plain(column), place)
    for form in (Form.FOCUS, Form.USAGE):
        found = {
            meaning: next(by_name[name] for name in names if name in by_name)
            for meaning, names in aliases(form).items()
            if any(name in by_name for name in names)
        }
        if all(meaning in found for meaning in _NEEDED[form]):
            return Header(form, columns, tuple(found.items()))
    raise ExportError(f"{file} is no cost export that is known: {_missing(by_name, columns)}")


def _missing(by_name: dict[str, int], columns: tuple[str, ...]) -> str:
    wanted = "; ".join(
        f"{_NAMES[form]} have {', '.join(' or '.join(aliases(form)[one]) for one in needed)}"
        for form, needed in _NEEDED.items()
    )
    more = f" and {len(columns) - _SHOWN} more" if len(columns) > _SHOWN else ""
    shown = ", ".join(column[:40] for column in columns[:_SHOWN])
    return f"{wanted}. It has {len(by_name)} columns: {shown}{more}."


def _plain(column: str) -> str:
    inside = _TRANSLATED.fullmatch(column.strip())
    name = inside[1] if inside else column
    return re.sub(r"[^a-z0-9]", "", name.lower())


@cache
def aliases(form: Form) -> dict[str, tuple[str, ...]]:
    """The names of each meaning in a form, the first that a file has counts."""
    found: dict[str, list[str]] = {}
    file = paths.shipped("data/exports") / "columns.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["form"] == form:
                found.setdefault(row["meaning"], []).append(row["column"])
    return {meaning: tuple(names) for meaning, names in found.items()}


def columns_of_csv(file: Path) -> tuple[str, ...]:
    """The first line of a CSV, compressed or not, without a byte order mark.

    Raises ExportError for what is empty, not UTF-8 or damaged.
    """
    opened = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opened(file, "rt", encoding="utf-8-sig", newline="") as text:
            first = next(csv.reader(text), [])
    except UnicodeDecodeError as error:
        raise ExportError(f"{file} is not UTF-8: {error.reason}.") from error
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise ExportError(f"{file} cannot be read: {error}.") from error
    if not first:
        raise ExportError(f"{file} is empty: not even the names of its columns are there.")
    return tuple(first)
