"""Days that cost unlike the days before: where, since when, how much, and why.

Found on the total and on every node below it (service, group, resource); each is told of
the deepest node that explains it, once. Robust residuals with a floor of money: a small
thing that doubles is no news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec
import numpy as np

from azcost.optimise.baseline import usual
from azcost.optimise.holt_winters import WEEK, Array

Path = tuple[str, ...]
Kind = Literal["spike", "dip", "level up", "level down"]

# A day is odd beyond so many usual errors, and beyond so much of the whole day's cost.
_ERRORS = 4.0
FLOOR_SHARE = 0.05
# Odd days with so few usual ones between them are one event.
_GAP_DAYS = 2
# An event that lasts so long, to the last day or until its own days became the usual ones.
_LEVEL_DAYS = 4
_STAYS = 0.5
# So long after a level moved, days off to the same side by no more are its echo.
_SETTLING_DAYS = 35
_ECHO = 1.5
# What came so often within so many days, not much smaller, comes again: a job without a
# rhythm of the week.
_OFTEN, _OFTEN_DAYS, _SMALLER = 3, 8 * WEEK, 1.5
# As does a fee of every month, from the third time on: the days between two and three of them.
_A_MONTH, _TWO_MONTHS = range(28, 32), range(59, 63)
# A child that explains so much of a node's anomaly is where it happened.
EXPLAINS = 0.7


class Leaves(msgspec.Struct, frozen=True):
    """Daily costs of the smallest things told apart.

    `paths` say where each is, from the service down to the resource, all of one length;
    `cost` has the shape (leaves, days).
    """

    paths: Sequence[Path]
    cost: Array

    def nodes(self) -> Mapping[Path, list[int]]:
        """Every node with the rows below it; the empty path is the total."""
        found: dict[Path, list[int]] = {}
        for row, path in enumerate(self.paths):
            for depth in range(len(path) + 1):
                found.setdefault(path[:depth], []).append(row)
        return found


class Anomaly(msgspec.Struct, frozen=True):
    """An event: days `first` to `last` (indices, inclusive) of a node.

    `expected` and `actual` are sums over these days; `usual_errors` how many usual errors
    the worst of them was off. `of` is the path of the node, empty for the total.
    """

    of: Path
    first: int
    last: int
    kind: Kind
    expected: float
    actual: float
    usual_errors: float

    @property
    def impact(self) -> float:
        """What the days cost more than usual; negative for less."""
        return self.actual - self.expected

    @property
    def a_day(self) -> float:
        """The impact of one of its days."""
        return self.impact / (self.last - self.first + 1)


def anomalies(leaves: Leaves, floor: float = 0.0) -> list[Anomaly]:
    """The anomalies of a bill, the dearest first.

    A day counts from `floor` (in money), or from a twentieth of the usual daily total,
    whichever is more. The first four weeks are only learnt from; what came three times
    within eight weeks, or each month, is told no more.
    """
    nodes = leaves.nodes()
    paths = list(nodes)
    sums = np.array([leaves.cost[rows].sum(axis=0) for rows in nodes.values()])
    expected, error = usual(sums)
    least = max(floor, FLOOR_SHARE * float(np.median(sums[paths.index(())])))
    bill = _Bill(dict(zip(paths, range(len(paths)), strict=True)), sums, expected, error)
    found: list[Anomaly] = []
    seen: dict[Path, list[Anomaly]] = {}
    # From the top down: what a node's parent already told of is not told again.
    for path in sorted(paths, key=len):
        for first, last in bill.events(path, least):
            one = bill.anomaly(bill.deepest(path, first, last), first, last)
            before = seen.setdefault(one.of, [])
            if not _told(found, one) and not _comes_again(before, one):
                found.append(one)
            before.append(one)
    return sorted(found, key=lambda one: -abs(one.impact))


def _told(found: Iterable[Anomaly], one: Anomaly) -> bool:
    """Whether an event of an ancestor or a descendant is the same story.

    Either the very days are told already, or a level moved just before: until the weekly
    profile has been learnt anew, its weekends look odd to the same side.
    """
    for other in found:
        if other.of != one.of[: len(other.of)] and one.of != other.of[: len(one.of)]:
            continue
        if other.first <= one.last and one.first <= other.last:
            return True
        echo = other.kind.startswith("level") and 0 < one.first - other.first <= _SETTLING_DAYS
        if echo and 0 < one.a_day / other.a_day <= _ECHO:
            return True
    return False


def _comes_again(before: Iterable[Anomaly], one: Anomaly) -> bool:
    """Whether the like of it came so often at this node, or each month, that it is no news."""
    if one.kind.startswith("level"):
        return False
    ago = {
        one.first - other.first
        for other in before
        if other.a_day and 0 < one.a_day / other.a_day <= _SMALLER
    }
    is_monthly = any(days in ago for days in _A_MONTH) and any(days in ago for days in _TWO_MONTHS)
    return is_monthly or sum(0 < days <= _OFTEN_DAYS for days in ago) >= _OFTEN


class _Bill(msgspec.Struct):
    rows: dict[Path, int]
    sums: Array
    expected: Array
    error: Array

    def events(self, path: Path, least: float) -> Iterator[tuple[int, int]]:
        """The first and last day of each run of odd days to one side."""
        row = self.rows[path]
        off = self.sums[row] - self.expected[row]
        with np.errstate(invalid="ignore"):
            odd = (np.abs(off) > _ERRORS * self.error[row]) & (np.abs(off) >= least)
        days = [int(day) for day in np.flatnonzero(odd)]
        for side in (1.0, -1.0):
            yield from _runs([day for day in days if np.sign(off[day]) == side])

    def deepest(self, path: Path, first: int, last: int) -> Path:
        """The deepest node that explains most of what happened at a node."""
        impact = self._impact(path, first, last)
        children = [one for one in self.rows if len(one) == len(path) + 1 and one[:-1] == path]
        for child in children:
            if impact and self._impact(child, first, last) / impact >= EXPLAINS:
                return self.deepest(child, first, last)
        return path

    def _impact(self, path: Path, first: int, last: int) -> float:
        row, days = self.rows[path], slice(first, last + 1)
        return float((self.sums[row, days] - self._usual(row, first, last)).sum())

    def _usual(self, row: int, first: int, last: int) -> Array:
        """The usual cost of the days; a level that moved must not become its own measure."""
        days = self.expected[row, first : last + 1]
        return np.where(np.isnan(days), 0.0, days)

    def anomaly(self, path: Path, first: int, last: int) -> Anomaly:
        row, days = self.rows[path], slice(first, last + 1)
        expected = float(self._usual(row, first, last).sum())
        actual = float(self.sums[row, days].sum())
        off = np.abs(self.sums[row, days] - self._usual(row, first, last))
        error = np.maximum(self.error[row, days], 1e-12)
        return Anomaly(
            path, first, last, self._kind(row, first, last, actual - expected), expected, actual,
            float((off / error).max()),
        )  # fmt: skip

    def _kind(self, row: int, first: int, last: int, impact: float) -> Kind:
        days = last - first + 1
        if days >= _LEVEL_DAYS and self._stays(row, first, last, impact / days):
            return "level up" if impact > 0 else "level down"
        return "spike" if impact > 0 else "dip"

    def _stays(self, row: int, first: int, last: int, a_day: float) -> bool:
        """Whether the week after still differs from the same weekdays before the event.

        So it does where nothing is known after it.
        """
        after = np.arange(last + 1, min(last + 1 + WEEK, self.sums.shape[1]))
        if not len(after):
            return True
        weeks = (after - first) // WEEK + 1
        off = self.sums[row, after] - self.sums[row, after - WEEK * weeks]
        return float(np.median(off)) / a_day > _STAYS


def _runs(days: list[int]) -> Iterator[tuple[int, int]]:
    start = previous = None
    for day in days:
        if previous is None or start is None:
            start = day
        elif day - previous > _GAP_DAYS + 1:
            yield start, previous
            start = day
        previous = day
    if start is not None and previous is not None:
        yield start, previous
