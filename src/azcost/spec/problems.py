"""Mistakes in a specification, collected so that one run reports all of them."""

from __future__ import annotations

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


def did_you_mean(word: str, names: list[str]) -> str:
    """Name the close name, else the first few: the end of a sentence."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in names}
    close = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f": did you mean {by_lower[close[0]]}?"
    shown = ", ".join(sorted(names)[:12])
    return f": expected one of {shown}{', ...' if len(names) > 12 else ''}"
