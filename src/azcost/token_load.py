"""What an application asks of a language model, minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.units import HOURS_PER_MONTH

Minutes = NDArray[np.float64]
MINUTES_PER_DAY = 1440
MINUTES_PER_MONTH = int(HOURS_PER_MONTH) * 60
# One time of a slipped digit must not make an array of a thousand years.
MAX_DAYS = 800


class TokenLoad(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Requests and tokens of every minute, in arrays of one length; a quiet minute is 0.

    `input` is everything that is read, `cached` the part of it that the prompt cache had.
    `first` is the first minute of a trace (UTC), None for a profile, which is made up.
    """

    name: str
    first: datetime | None
    requests: Minutes
    input: Minutes
    cached: Minutes
    output: Minutes
    notes: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """How many minutes it spans."""
        return len(self.requests)

    def scaled(self, factor: float) -> TokenLoad:
        """The same load with every minute times a factor."""
        return self._map(lambda minutes: minutes * factor)

    def between(self, start: int, stop: int) -> TokenLoad:
        """The minutes from `start` up to `stop`."""
        return self._map(lambda minutes: minutes[start:stop])

    def with_cached_share(self, share: float) -> TokenLoad:
        """The same load if the prompt cache had this share of the input of every minute."""
        return msgspec.structs.replace(self, cached=self.input * share)

    def monthly(self, amount: float) -> Decimal:
        """An amount over the whole load, as that of a month of 730 hours like it."""
        return Decimal(repr(float(amount))) * MINUTES_PER_MONTH / self.minutes

    def _map(self, change: Callable[[Minutes], Minutes]) -> TokenLoad:
        return msgspec.structs.replace(
            self,
            requests=change(self.requests),
            input=change(self.input),
            cached=change(self.cached),
            output=change(self.output),
        )
