"""When a machine can be off: nights and weekends, judged by nights and not by hours.

An hour that was never busy in two weeks is busy later in 36 to 43 of 100 cases; what can be
learnt is how often a whole night is disturbed (METHODS 5.3 of the project's research). So the
evidence is a night, its bound a Beta quantile, and a schedule is only for what also holds in
each week left out. Hours are local: a machine's users go home by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

Hours = NDArray[np.float64]

MIN_WEEKS = 4
# Enough of a night must be known, as enough of a metric must be for a rule.
MIN_KNOWN = 0.8
# A machine that is busy in fewer of its hours is not for a schedule, but for a deletion.
ALWAYS_IDLE = 0.01
# The level of the bound on the share of disturbed nights, with Jeffreys' prior.
_LEVEL = 0.9
_STOPS = range(15, 24)
_STARTS = range(4, 12)
_FRIDAY = 4
WEEKS_PER_MONTH = 365.25 / 7 / 12


class Answer(StrEnum):
    """What to do with a machine."""

    SCHEDULE = "schedule"
    ASK = "ask the owner"
    DELETE = "delete it"
    KEEP = "keep it on"
    UNKNOWN = "unknown"


class Activity(msgspec.Struct, frozen=True):
    """What a machine did, by local hours: 1 busy, 0 idle, NaN unknown.

    `hours` has the shape (days, 24), from `first_day` on. In the hour that a clock jumps
    over nothing is known, in the one that it repeats the busier one counts.
    """

    first_day: date
    hours: Hours

    @property
    def busy_share(self) -> float:
        """The share of known hours that were busy; 0 if none are known."""
        known = self.hours[~np.isnan(self.hours)]
        return float(known.mean()) if len(known) else 0.0


class Rest(msgspec.Struct, frozen=True):
    """A window to be off, each time it comes round: local hours, `stop` until `start`.

    `kind` is a night between workdays or a weekend, from Friday to Monday. `seen` counts
    the times it could be judged, `disturbed` those with work in it, `bound` is the share of
    disturbed times that is not exceeded in 9 of 10 cases. `held_out` is the share in weeks
    that the window was not chosen from.
    """

    kind: str
    stop: int
    start: int
    seen: int
    disturbed: int
    bound: float
    held_out: float

    @property
    def length(self) -> int:
        """Hours from stop to start."""
        whole_days = 2 if self.kind == "weekend" else 0
        return 24 - self.stop + 24 * whole_days + self.start

    @property
    def a_week(self) -> int:
        """How often it comes in a week: four nights between workdays, one weekend."""
        return 1 if self.kind == "weekend" else 4

    @property
    def holds(self) -> bool:
        """Whether the weeks left out were disturbed no more than the bound says."""
        return self.held_out <= self.bound


class Advice(msgspec.Struct, frozen=True):
    """What to do with a machine, why, and the windows it is about."""

    answer: Answer
    why: str
    rests: tuple[Rest, ...] = ()

    @property
    def hours_a_week(self) -> int:
        """The hours that the windows keep it off."""
        return sum(rest.length * rest.a_week for rest in self.rests)

    @property
    def disturbed_a_month(self) -> float:
        """At most so many disturbed nights and weekends a month, in 9 of 10 cases."""
        return sum(rest.bound * rest.a_week for rest in self.rests) * WEEKS_PER_MONTH


def local_activity(busy: Hours, start: datetime, zone: str) -> Activity:
    """Put hourly activity that begins at `start` (UTC) on the local clock of a time zone."""
    place = ZoneInfo(zone)
    local = [(start + timedelta(hours=n)).astimezone(place) for n in range(len(busy))]
    first = local[0].date()
    hours = np.full(((local[-1].date() - first).days + 1, 24), np.nan)
    for when, value in zip(local, busy, strict=True):
        here = (when.date() - first).days, when.hour
        hours[here] = np.fmax(hours[here], value)
    return Activity(first, hours)


def advise(activity: Activity, disturbance_hours: float) -> Advice:
    """What to do with a machine of which every hour is billed.

    `disturbance_hours` is what one disturbed night costs, in hours of the machine: a window
    is taken if its quiet hours outweigh its disturbed ones. Never a schedule from fewer than
    four weeks, or from one that a week left out contradicts.
    """
    known = float((~np.isnan(activity.hours)).mean())
    weeks = len(activity.hours) // 7
    if known < MIN_KNOWN:
        return Advice(Answer.UNKNOWN, f"only {known:.0%} of its hours are known")
    if activity.busy_share < ALWAYS_IDLE and weeks >= MIN_WEEKS:
        return Advice(Answer.DELETE, f"it was busy in {activity.busy_share:.1%} of its hours")
    rests = tuple(
        rest
        for kind in ("night", "weekend")
        if (rest := _best(activity, kind, disturbance_hours)) is not None
    )
    if not rests:
        return Advice(Answer.KEEP, "no night or weekend is quiet often enough")
    if weeks < MIN_WEEKS:
        return Advice(Answer.ASK, f"there are only {weeks} of {MIN_WEEKS} weeks to judge by", rests)
    broken = [rest for rest in rests if not rest.holds]
    if broken:
        return Advice(Answer.ASK, _contradicted(broken[0]), rests)
    return Advice(Answer.SCHEDULE, _evidence(rests), rests)


def _contradicted(rest: Rest) -> str:
    return (
        f"{rest.held_out:.0%} of the {rest.kind}s of weeks left out were disturbed, more than "
        f"the {rest.bound:.0%} promised"
    )


def _evidence(rests: Sequence[Rest]) -> str:
    return ", ".join(
        f"{rest.disturbed} of {rest.seen} {rest.kind}s with work in them" for rest in rests
    )


class _Windows(msgspec.Struct, frozen=True):
    """What every window of a kind met, by the day on which it begins.

    `outcomes` has the shape (days, stops, starts): 1 disturbed, 0 quiet, NaN where it cannot
    be judged. An hour on either side counts as part of the window: a machine must be up
    before its users are. `weeks` numbers the weeks of the days.
    """

    kind: str
    outcomes: Hours
    lengths: Hours
    weeks: NDArray[np.int_]

    def best(self, days: NDArray[np.bool_], disturbance_hours: float) -> tuple[int, int] | None:
        """The indices of the window that saves the most, net of what disturbances cost."""
        outcomes = self.outcomes[days]
        seen = np.count_nonzero(~np.isnan(outcomes), axis=0)
        disturbed = np.nansum(outcomes, axis=0)
        share = np.vectorize(bound)(disturbed.astype(int), np.maximum(seen, 1))
        net = self.lengths * (1 - share) - disturbance_hours * share
        place = np.unravel_index(int(np.argmax(np.where(seen > 0, net, -np.inf))), net.shape)
        stop, start = int(place[0]), int(place[1])
        return (stop, start) if seen[place] and net[place] > 0 else None

    def held_out(self, disturbance_hours: float) -> float:
        """The share of disturbed windows in weeks that the window was not chosen from."""
        judged: list[float] = []
        for week in np.unique(self.weeks):
            inside = self.weeks == week
            found = self.best(~inside, disturbance_hours)
            if found is not None:
                outcomes = self.outcomes[inside][:, found[0], found[1]]
                judged += [float(one) for one in outcomes[~np.isnan(outcomes)]]
        return float(np.mean(judged)) if judged else 1.0


def _best(activity: Activity, kind: str, disturbance_hours: float) -> Rest | None:
    windows = _windows(activity, kind)
    found = windows.best(np.ones(len(activity.hours), dtype=bool), disturbance_hours)
    if found is None:
        return None
    outcomes = windows.outcomes[:, found[0], found[1]]
    judged = outcomes[~np.isnan(outcomes)]
    disturbed = int(judged.sum())
    return Rest(
        kind,
        _STOPS[found[0]],
        _STARTS[found[1]],
        len(judged),
        disturbed,
        bound(disturbed, len(judged)),
        windows.held_out(disturbance_hours),
    )


def _windows(activity: Activity, kind: str) -> _Windows:
    between = 2 if kind == "weekend" else 0
    days = len(activity.hours)
    outcomes = np.full((days, len(_STOPS), len(_STARTS)), np.nan)
    lengths = np.array([[24 - stop + 24 * between + start for start in _STARTS] for stop in _STOPS])
    for day in _first_days(activity, kind):
        last = day + between + 1
        if last >= days:
            continue
        middle = activity.hours[day + 1 : last].ravel()
        for i, stop in enumerate(_STOPS):
            evening = np.concatenate([activity.hours[day, stop - 1 :], middle])
            for j, start in enumerate(_STARTS):
                outcomes[day, i, j] = _outcome(evening, activity.hours[last, : start + 1])
    weeks = (np.arange(days) + activity.first_day.weekday()) // 7
    return _Windows(kind, outcomes, lengths.astype(np.float64), weeks)


def _outcome(evening: Hours, morning: Hours) -> float:
    known = np.count_nonzero(~np.isnan(evening)) + np.count_nonzero(~np.isnan(morning))
    if known < MIN_KNOWN * (len(evening) + len(morning)):
        return np.nan
    return float(np.nansum(evening) + np.nansum(morning) > 0)


def _first_days(activity: Activity, kind: str) -> Iterator[int]:
    for day in range(len(activity.hours)):
        weekday = (activity.first_day.weekday() + day) % 7
        if (kind == "weekend" and weekday == _FRIDAY) or (kind == "night" and weekday < _FRIDAY):
            yield day


@cache
def bound(disturbed: int, seen: int) -> float:
    """The share of disturbed windows that is not exceeded in 9 of 10 cases.

    The 0.9 quantile of Beta(1/2 + disturbed, 1/2 + quiet), Jeffreys' posterior; by summing
    up its density over the angle whose squared sine is the share, where it has no poles.
    """
    angle = (np.arange(_GRID) + 0.5) * (np.pi / 2 / _GRID)
    logs = 2 * disturbed * np.log(np.sin(angle)) + 2 * (seen - disturbed) * np.log(np.cos(angle))
    mass = np.cumsum(np.exp(logs - logs.max()))
    return float(np.sin(angle[np.searchsorted(mass, _LEVEL * mass[-1])]) ** 2)


_GRID = 4000
