"""Hours of the week in which a machine does nothing, by weeks that agree.

The unit of evidence is a night, not an hour: METHODS section 5.3 of the project's notes,
whose measurements on real traces are in the manual of the rules that use this.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

HOURS = 24
WEEK = 7 * HOURS
# Fewer weeks say nothing of the next one.
MIN_WEEKS = 4
# A shorter rest is not worth a start.
MIN_LENGTH = 6

Quiet = NDArray[np.bool_]


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """What is quiet in every week: `length` hours from `start` (UTC) on, every night.

    `weekend` says that Saturdays and Sundays are quiet from end to end, too. `disturbed`
    is the share of nights of a week left out that a rest chosen from the others would have
    interrupted: the back test.
    """

    start: int
    length: int
    weekend: bool
    nights: int
    disturbed: float

    @property
    def hours_a_week(self) -> int:
        """The hours that the machine can be off."""
        if not self.weekend:
            return 7 * self.length
        # Five nights begin on weekdays; Friday's joins the weekend, Sunday's ends it.
        return 5 * self.length + 2 * HOURS

    @property
    def words(self) -> str:
        """The rest, as people say it."""
        end = (self.start + self.length) % HOURS
        nights = f"{self.start:02}:00 to {end:02}:00 UTC"
        return f"every night from {nights}" + (" and all weekend" if self.weekend else "")


def rest(quiet: Quiet, first_weekday: int) -> Rest | None:
    """The longest rest that every week kept; None where there is none, or too few weeks.

    `quiet` has one value per hour from midnight on, oldest first, `first_weekday` is that
    of the first day (0 is Monday).
    """
    days = len(quiet) // HOURS
    if days < MIN_WEEKS * 7:
        return None
    by_day = quiet[-MIN_WEEKS * 7 * HOURS :].reshape(-1, HOURS)
    weekday = (first_weekday + days - len(by_day) + np.arange(len(by_day))) % 7
    found = _longest(by_day, weekday)
    if found is None:
        return None
    start, length, weekend = found
    return Rest(
        start=start,
        length=length,
        weekend=weekend,
        nights=len(by_day),
        disturbed=_back_test(by_day, weekday),
    )


def _longest(by_day: Quiet, weekday: NDArray[np.int_]) -> tuple[int, int, bool] | None:
    work: Quiet = np.all(by_day[weekday < 5], axis=0)
    free: Quiet = np.all(by_day[weekday >= 5], axis=0)
    weekend = bool(free.all())
    hours: Quiet = work if weekend else np.logical_and(work, free)
    best = max(_runs(hours), key=lambda one: one[1], default=(0, 0))
    return (*best, weekend) if best[1] >= MIN_LENGTH else None


def _runs(hours: Quiet) -> Iterator[tuple[int, int]]:
    """Yield each start with the quiet hours from there on, around midnight."""
    for start in range(HOURS):
        length = next((n for n in range(HOURS) if not hours[(start + n) % HOURS]), HOURS)
        if length:
            yield start, length


def _back_test(by_day: Quiet, weekday: NDArray[np.int_]) -> float:
    """The share of nights that a rest would have disturbed, each week judged by the others."""
    disturbed = nights = 0
    for week in range(len(by_day) // 7):
        held = np.zeros(len(by_day), dtype=bool)
        held[week * 7 : (week + 1) * 7] = True
        found = _longest(by_day[~held], weekday[~held])
        if found is None:
            continue
        start, length, weekend = found
        hours = [(start + n) % HOURS for n in range(length)]
        for day in np.flatnonzero(held):
            whole = weekend and weekday[day] >= 5
            disturbed += not (by_day[day].all() if whole else by_day[day][hours].all())
            nights += 1
    return disturbed / nights if nights else 1.0
