"""Mistakes in a specification, collected so that one run reports all of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from azcost.errors import AzcostError


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake: its line in the file (0 when it is about the whole file) and what to do."""

    line: int
    message: str


class SpecError(AzcostError):
    """A specification that cannot be priced, with every mistake that was found in it."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(self._line, self.problems)))

    def _line(self, problem: Problem) -> str:
        where = f"{self.file}:{problem.line}" if problem.line else self.file
        return f"{where}: {problem.message}"


_SHOWN = 12


def did_you_mean(word: str, names: Sequence[str], most: int = _SHOWN) -> str:
    """Name what was probably meant, else what there is: the end of a sentence.

    First the names that contain the word (`D4s_v5`, `DataZone`), then the most similar;
    else the first `most` names.
    """
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in names}
    wanted = word.lower().strip()
    found = [name for lower, name in by_lower.items() if _is_part(wanted, lower)]
    if not 0 < len(found) <= _SHOWN:
        found = [by_lower[close] for close in get_close_matches(wanted, by_lower, n=1, cutoff=0.6)]
    if found:
        return f": did you mean {_either(found)}?"
    shown = ", ".join(names[:most])
    return f": expected one of {shown}{', ...' if len(names) > most else ''}"


def _is_part(word: str, name: str) -> bool:
    """Whether a name is meant by a part of it, or by its initials (`vm`)."""
    parts = name.split("_")
    if name == f"standard_{word}" or word == "".join(part[:1] for part in parts):
        return True
    return word in parts or (len(word) > 3 and word in name and "standard_" not in name)


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
