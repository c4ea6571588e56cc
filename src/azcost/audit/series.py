"""Measurements of resources: equal steps of time, with what is missing as NaN."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Statistic = Literal["average", "maximum", "total"]
_LITTLE = np.dtype("<f4")


class Series(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A metric of a resource from `start` (UTC) on, every `step_minutes`.

    The arrays are little-endian float32 (base64 in the file), all of one length, with NaN
    for what Azure Monitor has no value for; one that was not collected is empty.
    `dimension` is what the metric was split by, as `Tier=Hot`.
    """

    resource: str
    metric: str
    start: datetime
    step_minutes: int = 60
    dimension: str = ""
    average: bytes = b""
    maximum: bytes = b""
    total: bytes = b""

    def __post_init__(self) -> None:
        lengths = {len(one) for one in (self.average, self.maximum, self.total) if one}
        if self.step_minutes <= 0 or self.start.tzinfo is None:
            raise ValueError(f"{self.metric}: a series needs a step and a start with its zone")
        if len(lengths) > 1 or any(length % _LITTLE.itemsize for length in lengths):
            raise ValueError(f"{self.metric}: the arrays of a series must be of one length")

    def values(self, statistic: Statistic) -> Values:
        """The values of a statistic; empty when it was not collected."""
        return np.frombuffer(getattr(self, statistic), dtype=_LITTLE)

    def between(self, start: datetime, end: datetime, statistic: Statistic) -> Values:
        """The values of the steps from `start` until before `end`, NaN outside of the series."""
        step = timedelta(minutes=self.step_minutes)
        values = self.values(statistic)
        first, length = (start - self.start) // step, (end - start) // step
        found = np.full(length, np.nan, dtype=np.float32)
        low, high = max(first, 0), min(first + length, len(values))
        if low < high:
            found[low - first : high - first] = values[low:high]
        return found


def packed(values: Iterable[float | None]) -> bytes:
    """Values as a series keeps them; None is missing."""
    numbers = [float("nan") if value is None else value for value in values]
    return np.asarray(numbers, dtype=_LITTLE).tobytes()
