"""Recorded availability of spot capacity, from a CSV file with the columns time, available."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.optimise import even_csv
from azcost.optimise.availability import Flags

_SIGNS = {"1": True, "0": False, "true": True, "false": False}


class Recording(msgspec.Struct, frozen=True):
    """Windows of availability, each of shape (slots,), and the time between slots."""

    windows: tuple[Flags, ...]
    slot_hours: float


def read(file: Path) -> Recording:
    """The windows of a file: one for each value of its column zone, if there is one.

    `available` is 1 or 0. Raises AzcostError with the line of what is wrong.
    """
    seen = even_csv.read(file, "available", _flag)
    windows = tuple(np.array([flag for _, flag in rows]) for rows in seen.zones.values())
    if all(window.all() or not window.any() for window in windows):
        raise AzcostError(
            f"{file}: the availability never changes, so that it says nothing of how long "
            "spot capacity lasts. Leave out --availability, and give --wait."
        )
    return Recording(windows, seen.step.total_seconds() / 3600)


def _flag(text: str) -> bool:
    if text.lower() not in _SIGNS:
        raise ValueError("expected 1 or 0")
    return _SIGNS[text.lower()]


def coarser(recording: Recording, times: int) -> Recording:
    """Slots of so many old ones: available when all of these are."""
    windows = tuple(
        np.asarray(window[: len(window) // times * times].reshape(-1, times).all(axis=1))
        for window in recording.windows
    )
    return Recording(windows, recording.slot_hours * times)
