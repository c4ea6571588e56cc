"""Foreign JSON, read without trust: whatever is absent or of another type is None."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec

# Bytes of a large store are 10^17; NaN and infinity are not below it either.
_BEYOND_ALL = 1e18


class Document(msgspec.Struct, frozen=True):
    """A JSON object of Azure's; a path is the names of its fields with dots between.

    Names are taken in any case: Resource Graph and the resource providers differ.
    """

    fields: dict[str, Any]

    def text(self, path: str) -> str | None:
        """The text at a path; an empty one is None, since Azure sends both for nothing."""
        found = self._at(path)
        return found if isinstance(found, str) and found else None

    def is_one_of(self, path: str, *words: str) -> bool:
        """Whether the text at a path is one of the words, in any case."""
        found = self.text(path)
        return found is not None and found.lower() in {word.lower() for word in words}

    def number(self, path: str) -> float | None:
        """The number at a path; Azure writes some of them as text.

        One that no count, size or amount comes near to is None: nobody can reckon with it.
        """
        found = self._at(path)
        if isinstance(found, bool) or not isinstance(found, int | float | str):
            return None
        try:
            number = float(found)
        except (ValueError, OverflowError):
            return None
        return number if abs(number) < _BEYOND_ALL else None

    def flag(self, path: str) -> bool | None:
        """The truth value at a path; "true" and "false" as text count too."""
        found = self._at(path)
        if isinstance(found, str):
            return {"true": True, "false": False}.get(found.lower())
        return found if isinstance(found, bool) else None

    def day(self, path: str) -> date | None:
        """The day of the time at a path, in UTC as Azure writes it."""
        return day_of(self.text(path))

    def has(self, path: str) -> bool:
        """Whether something stands at a path: no null, empty text, list or object."""
        found = self._at(path)
        return found is not None and found not in ("", [], {})

    def within(self, path: str) -> Document:
        """The object at a path; an empty one where there is none."""
        found = self._at(path)
        return Document(found if isinstance(found, dict) else {})

    def each(self, path: str) -> tuple[Document, ...]:
        """The objects of the list at a path."""
        found = self._at(path)
        return tuple(Document(one) for one in _list(found) if isinstance(one, dict))

    def texts(self, path: str) -> tuple[str, ...]:
        """The texts of the list at a path."""
        return tuple(one for one in _list(self._at(path)) if isinstance(one, str))

    def _at(self, path: str) -> object:
        found: object = self.fields
        for name in path.split("."):
            if not isinstance(found, dict):
                return None
            found = found[name] if name in found else _in_any_case(found, name)
        return found


def day_of(text: str | None) -> date | None:
    """The day of a time as Azure writes it: `2026-11-03T08:15:00.1234567Z`."""
    try:
        return datetime.fromisoformat(text[:10]).date() if text else None
    except ValueError:
        return None


def _list(found: object) -> Iterator[object]:
    if isinstance(found, list):
        yield from found


def _in_any_case(found: dict[str, Any], name: str) -> object:
    wanted = name.lower()
    return next((value for key, value in found.items() if str(key).lower() == wanted), None)
