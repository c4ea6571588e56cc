"""A profile of requests to a language model: a week made from what somebody expects."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from msgspec import Meta

from azcost.fields import Share
from azcost.spec import nodes
from azcost.spec.problems import Problem, SpecError
from azcost.spec.reader import Reader, Wrong
from azcost.token_load import MINUTES_PER_DAY, MINUTES_PER_MONTH, Minutes, TokenLoad

_DAYS = 7
_HOURS = (24, 168)
_Weight = Annotated[Decimal, Meta(ge=0, le=10**9)]
# More is a batch job, which has no shape; and the wave would be narrower than a minute.
_MAX_PEAK = 100


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What an application is expected to ask in a month."""

    requests: Annotated[Decimal, Meta(gt=0, le=10**12)]
    """Requests a month."""
    input_tokens: Annotated[Decimal, Meta(ge=0, le=10**7)]
    """Tokens that a request reads, those from the prompt cache included."""
    output_tokens: Annotated[Decimal, Meta(ge=0, le=10**7)]
    """Tokens that a request writes, reasoning included."""
    cached_share: Share = Decimal(0)
    """The share of the input that comes from the prompt cache."""
    deferrable_share: Share = Decimal(0)
    """The share of the requests that may wait 24 hours."""
    hour_of_week: tuple[_Weight, ...] = ()
    """How busy each hour is, in any unit: 168 numbers from Monday 00:00, or 24 for a day."""
    peak_to_mean: Annotated[Decimal, Meta(ge=1, le=_MAX_PEAK)] = Decimal(1)
    """The busiest minute of a day over the mean one, if hours are not given."""

    def __post_init__(self) -> None:
        """Refuse what describes no load."""
        if not self.input_tokens + self.output_tokens:
            raise ValueError("`input_tokens` and `output_tokens`: a request has some")
        if self.hour_of_week and len(self.hour_of_week) not in _HOURS:
            raise ValueError(
                f"`hour_of_week`: give 168 numbers or 24, not {len(self.hour_of_week)}"
            )
        if self.hour_of_week and not sum(self.hour_of_week):
            raise ValueError("`hour_of_week`: some hour must be busy")
        if self.hour_of_week and self.peak_to_mean != 1:
            raise ValueError("`peak_to_mean` follows from `hour_of_week`: leave one out")


def read(path: Path) -> tuple[TokenLoad, Profile]:
    """Read a profile and make a week of minutes of it.

    Raises SpecError with every mistake of the file.
    """
    reader = Reader(_NoNames())
    try:
        profile: Profile = reader.struct(nodes.read(path), Profile)
    except Wrong:
        raise SpecError(str(path), reader.problems) from None
    if reader.problems:
        raise SpecError(str(path), reader.problems)
    if reader.ranged:
        raise SpecError(str(path), [Problem(0, "has a range: a profile takes single numbers")])
    return load_of(profile, path.name), profile


def load_of(profile: Profile, name: str) -> TokenLoad:
    """A week with the profile's shape, of which a month is 730 hours."""
    shape = _shape(profile)
    requests = shape * (float(profile.requests) / MINUTES_PER_MONTH)
    read_ = requests * float(profile.input_tokens)
    return TokenLoad(
        name=name,
        first=None,
        requests=requests,
        input=read_,
        cached=read_ * float(profile.cached_share),
        output=requests * float(profile.output_tokens),
        notes=(_NOTE,),
    )


_NOTE = "a profile is smoother than real minutes are, so it flatters PTUs: a trace tells more"


def _shape(profile: Profile) -> Minutes:
    """A week of minutes around a mean of 1."""
    if profile.hour_of_week:
        hours = np.array([float(weight) for weight in profile.hour_of_week])
        minutes = np.repeat(np.tile(hours, _HOURS[1] // len(hours)), 60)
    else:
        minutes = np.tile(_wave(float(profile.peak_to_mean)), _DAYS)
    return np.asarray(minutes / minutes.mean())


def _wave(peak: float) -> Minutes:
    """A day that swells and ebbs, with its busiest minute at so many times the mean.

    exp(k cos) has every such ratio for some k, which halving finds: flat for k = 0.
    """
    angle = np.linspace(-np.pi, np.pi, MINUTES_PER_DAY, endpoint=False)
    low, high = 0.0, 10.0 * _MAX_PEAK**2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        day = np.exp(middle * (np.cos(angle) - 1))
        low, high = (middle, high) if 1 / day.mean() < peak else (low, middle)
    return np.exp(low * (np.cos(angle) - 1)) if peak > 1 else np.ones(MINUTES_PER_DAY)


_HALVINGS = 60


class _NoNames:
    """A profile names neither regions nor sizes."""

    def find(self, kind: str, text: str) -> str | None:
        del kind, text
        return None

    def all(self, kind: str) -> list[str]:
        del kind
        return []
