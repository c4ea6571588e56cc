"""How often spot machines are evicted: Azure's buckets, and the evictions that one has seen.

Azure states an eviction rate per hour in buckets ("5-10" is a 5 to 10 % chance to be
evicted within the next hour), from the last 28 days
(https://learn.microsoft.com/azure/virtual-machines/spot-vms, table SpotResources). Here it
becomes a Gamma prior of the hazard, to which own evictions are evidence (METHODS 2.1).
"""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np

from azcost.optimise.availability import Floats

# Chance of an eviction per hour, from and to; the last bucket has no end.
BUCKETS: Final = {
    "0-5": (0.0, 0.05),
    "5-10": (0.05, 0.10),
    "10-15": (0.10, 0.15),
    "15-20": (0.15, 0.20),
    "20+": (0.20, None),
}
# Mean evictions per hour of the bucket without an end (METHODS 2.1).
_MEAN_OF_LAST = 0.30
_GRID = 20_001


class Evictions(msgspec.Struct, frozen=True, kw_only=True):
    """What is believed of the evictions per hour of one machine: Gamma(shape, hours).

    In words: as if `shape` evictions had been seen in `hours` machine-hours.
    """

    shape: float
    hours: float

    @property
    def mean(self) -> float:
        """Expected evictions per hour."""
        return self.shape / self.hours

    def seeing(self, evictions: int, hours: float) -> Evictions:
        """The belief after so many evictions in so many machine-hours.

        The Gamma distribution is conjugate to a Poisson count: both are added.
        """
        return Evictions(shape=self.shape + evictions, hours=self.hours + hours)

    def quantiles(self, shares: Floats) -> Floats:
        """Evictions per hour that the shares (0 to 1) of belief lie below.

        By the trapezoidal rule over the logarithm; right to 1e-5 from a shape of 1 up.
        """
        spread = 12 / math.sqrt(self.shape) + 12
        logs = np.linspace(-spread, math.log1p(spread), _GRID) + math.log(self.mean)
        density = np.exp(self.shape * (1 + logs - math.log(self.mean)) - self.hours * np.exp(logs))
        below = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
        return np.exp(np.interp(shares, below / below[-1], logs))


def hazard(share: float) -> float:
    """Evictions per hour of a chance per hour: -ln(1 - r)."""
    return -math.log1p(-share)


def prior(bucket: str) -> Evictions:
    """The belief from a bucket: mean and deviation of an even spread between its ends.

    The last bucket has mean 0.30, and its deviation is the distance from its lower end.
    Means of the others: 0.026, 0.078, 0.134, 0.193 per hour. Raises KeyError for others.
    """
    low, high = BUCKETS[bucket]
    if high is None:
        mean = _MEAN_OF_LAST
        deviation = mean - hazard(low)
    else:
        mean = (hazard(low) + hazard(high)) / 2
        deviation = (hazard(high) - hazard(low)) / math.sqrt(12)
    return Evictions(shape=(mean / deviation) ** 2, hours=mean / deviation**2)
