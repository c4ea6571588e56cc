"""The types of what a specification may say; services declare their fields with them.

A range (`{low, expected, high}`) is allowed wherever a number is: the loader reads the
file once per end, so a service only ever sees plain numbers.
"""

from decimal import Decimal
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from azcost.units import HOURS_PER_MONTH

# Beyond these a figure is a slip of the keyboard: an exabyte, a quadrillion tokens.
Amount = Annotated[Decimal, Meta(ge=0, le=10**15)]
Gigabytes = Annotated[Decimal, Meta(ge=0, le=10**9)]
Operations = Annotated[Decimal, Meta(ge=0, le=10**15)]
Count = Annotated[Decimal, Meta(ge=0, le=10**6)]
Share = Annotated[Decimal, Meta(ge=0, le=1)]

Region = Annotated[str, Meta(extra={"names": "regions"})]
VmSize = Annotated[str, Meta(extra={"names": "sizes"})]
VOCABULARIES = ("regions", "sizes")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS_PER_WEEK = 168
_MAX_HOURS = 744  # a month of 31 days


class Hours(msgspec.Struct, frozen=True):
    """How long something runs: hours in an average month of 730, and how that was said."""

    monthly: Decimal
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `always`, a number of hours a month, or a weekly schedule.

        A schedule is `mon-fri 08:00-19:00 Europe/Berlin`; several windows are separated
        by commas, a window that ends before it starts runs past midnight, and the time
        zone may be left out. Raises ValueError with what was expected.
        """
        words = text.strip()
        if words.lower() == "always":
            return cls(HOURS_PER_MONTH, "always")
        if words.isascii() and words.replace(".", "", 1).isdigit():  # "²" is a digit, no number
            monthly = Decimal(words)
            if monthly > _MAX_HOURS:
                raise ValueError(f"a month has at most {_MAX_HOURS} hours")
            return cls(monthly, words)
        minutes = _minutes_per_week(words)
        return cls(minutes * HOURS_PER_MONTH / (60 * _HOURS_PER_WEEK), words)


ALWAYS = Hours.parse("always")


def _minutes_per_week(text: str) -> Decimal:
    windows = [window.split() for window in text.split(",")]
    last = windows[-1]
    if len(last) == 3:
        _check_zone(last.pop())
    on: set[int] = set()
    for words in windows:
        if len(words) != 2:
            raise ValueError(_EXPECTED)
        start, end = _clock_times(words[1])
        length = (end - start) % 1440 or 1440
        for day in _days(words[0]):
            begin = day * 1440 + start
            on.update(minute % (7 * 1440) for minute in range(begin, begin + length))
    return Decimal(len(on))


_EXPECTED = (
    "expected `always`, a number of hours a month, or a schedule such as "
    "`mon-fri 08:00-19:00 Europe/Berlin`"
)


def _days(text: str) -> list[int]:
    ends = [_day(name) for name in text.lower().split("-")]
    if len(ends) == 1:
        return ends
    if len(ends) != 2:
        raise ValueError(_EXPECTED)
    first, last = ends
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _day(name: str) -> int:
    if name not in _DAYS:
        raise ValueError(f"'{name}' is not a day: {', '.join(_DAYS)}")
    return _DAYS.index(name)


def _clock_times(text: str) -> tuple[int, int]:
    ends = text.split("-")
    if len(ends) != 2:
        raise ValueError(_EXPECTED)
    return _minute(ends[0]), _minute(ends[1]) % 1440


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (text.isascii() and hour.isdigit() and len(minute) == 2 and minute.isdigit()):
        raise ValueError(f"'{text}' is not a time such as 08:00")
    value = int(hour) * 60 + int(minute)
    if value > 1440 or int(minute) > 59:
        raise ValueError(f"'{text}' is not a time such as 08:00")
    return value


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"'{name}' is not a time zone such as Europe/Berlin") from None
