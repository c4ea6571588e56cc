"""A job on spot machines without a deadline: how often to checkpoint, and how long it takes.

The model is Daly's (A higher order estimate of the optimum checkpoint interval for restart
dumps, Future Generation Computer Systems 22, 2006): evictions come at a constant rate,
whatever the machine does, restarts included; what was done since the last checkpoint is lost.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from azcost.optimise.availability import Floats, Integers

# Azure gives an evicted machine so long before it stops it (spot-vms: 30 seconds).
NOTICE_HOURS = 30 / 3600
_HALLEY_STEPS = 20
_LARGEST_EXPONENT = 700.0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What runs, in hours: work, writing a checkpoint, restarting, waiting for a machine.

    `machines` run together: the eviction of any stops all. `wait` is from an eviction
    until there is capacity again, when nothing but storage is paid.
    """

    work: float
    checkpoint: float
    restart: float
    wait: float
    machines: int = 1

    @property
    def fits_notice(self) -> bool:
        """Whether a checkpoint can be written after the eviction notice."""
        return self.checkpoint <= NOTICE_HOURS


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A job's expected hours: `paid` of all its machines running, `elapsed` to its end.

    `interval` is the work between checkpoints, in hours; None where a checkpoint is written
    at the eviction notice only.
    """

    interval: float | None
    paid: float
    elapsed: float
    evictions: float


def lambert_w0(x: float) -> float:
    """The principal branch of Lambert's W: the w >= -1 with w e^w = x, for x >= -1/e.

    Halley's iteration from the series at the branch point or from log(1 + x): Corless et
    al., On the Lambert W function, Advances in Computational Mathematics 5, 1996, sections
    4 and 5. Raises ValueError below -1/e.
    """
    if x < -1 / math.e:
        if x < -1 / math.e * (1 + 1e-12):
            raise ValueError("Lambert's W is not real below -1/e")
        return -1.0
    p = math.sqrt(max(0.0, 2 * (math.e * x + 1)))
    w = -1 + p - p * p / 3 + 11 * p**3 / 72 if x < 0 else math.log1p(x)
    for _ in range(_HALLEY_STEPS):
        error = w * math.exp(w) - x
        if w == -1.0 or error == 0:
            break
        slope = math.exp(w) * (w + 1) - (w + 2) * error / (2 * w + 2)
        step = error / slope
        w -= step
        if abs(step) <= 1e-15 * (1 + abs(w)):
            break
    return w


def best_interval(rate: float, checkpoint: float) -> float:
    """The exact optimum of Daly's model: (1 + W0(-exp(-rate checkpoint - 1))) / rate.

    Work in hours between checkpoints for `rate` evictions per hour; infinite for no rate.
    """
    if rate * checkpoint == 0:
        return 0.0 if rate else math.inf
    return (1 + lambert_w0(-math.exp(-rate * checkpoint - 1))) / rate


def young_interval(rate: float, checkpoint: float) -> float:
    """Young's first order: sqrt(2 checkpoint / rate) (Communications of the ACM 17, 1974)."""
    return math.sqrt(2 * checkpoint / rate)


def daly_interval(rate: float, checkpoint: float) -> float:
    """Daly's higher order (2006, equation 37); 1 / rate for checkpoints beyond 2 / rate."""
    share = checkpoint * rate / 2
    if share >= 1:
        return 1 / rate
    return young_interval(rate, checkpoint) * (1 + math.sqrt(share) / 3 + share / 9) - checkpoint


def intervals(work: float, wanted: float) -> tuple[int, float]:
    """How many intervals a job has, and how long each is: as wanted, but all alike."""
    number = max(1, round(work / wanted)) if wanted > 0 else 1
    return number, work / number


def run(job: Job, rate: float, interval: float) -> Run:
    """Expected hours with a checkpoint after every `interval` hours of work.

    e^(rate restart) / rate (e^(rate (interval + checkpoint)) - 1) per interval (Daly 2006,
    equation 20, METHODS 2.2); every eviction adds the wait. `rate` is of one machine. The
    number of intervals is the whole number next to what is asked. Hours are infinite where
    a float ends.
    """
    number, interval = intervals(job.work, interval)
    rate *= job.machines
    paid = number * _hours(rate, interval + job.checkpoint, job.restart)
    return Run(
        interval=interval,
        paid=paid,
        elapsed=paid * (1 + rate * job.wait),
        evictions=paid * rate,
    )


def run_on_notice(job: Job, rate: float) -> Run:
    """Expected hours when each eviction is preceded by a checkpoint: no work is lost.

    The work takes its time; every eviction adds a checkpoint and a restart that may itself
    be evicted: (e^(rate restart) - 1) / rate.
    """
    rate *= job.machines
    up = job.work * (1 + rate * _hours(rate, job.restart))
    return Run(
        interval=None,
        paid=up + job.work * rate * job.checkpoint,
        elapsed=up * (1 + rate * job.wait) + job.work * rate * job.checkpoint,
        evictions=up * rate,
    )


def _hours(rate: float, span: float, restart: float = 0.0) -> float:
    """Expected hours until `span` hours went by without an eviction.

    Every attempt but the first begins with a restart.
    """
    if not rate:
        return span
    if rate * (span + restart) > _LARGEST_EXPONENT:
        return math.inf
    return math.exp(rate * restart) * math.expm1(rate * span) / rate


def best_run(job: Job, rate: float) -> Run:
    """The job with the best interval, or with checkpoints on notice where these fit it."""
    if job.fits_notice:
        return run_on_notice(job, rate)
    return run(job, rate, best_interval(rate * job.machines, job.checkpoint))


class Draws(msgspec.Struct, frozen=True, kw_only=True):
    """Drawn runs of a job: hours paid and elapsed, each of shape (draws,)."""

    paid: Floats
    elapsed: Floats


def draw(job: Job, rates: Floats, interval: float | None, rng: np.random.Generator) -> Draws:
    """Draw a run for each of `rates`, the evictions per hour of one machine.

    Attempts at an interval fail a geometric number of times, each after a truncated
    exponential time; restarts likewise. Waits are exponential. An `interval` of None is a
    checkpoint on notice.
    """
    rates = np.maximum(rates * job.machines, 1e-12)
    if interval is None:
        firsts = rng.poisson(rates * job.work)
        paid = job.work + firsts * job.checkpoint
    else:
        number, interval = intervals(job.work, interval)
        span = interval + job.checkpoint
        firsts = rng.negative_binomial(number, np.exp(-rates * span))
        paid = number * span + _lost(firsts, rates, span, rng)
    # A restart ends in time with e^(-rate restart): those that do not are evictions too.
    again = np.zeros_like(firsts)
    if job.restart:
        some = firsts > 0
        chance = np.exp(-rates[some] * job.restart)
        again[some] = rng.negative_binomial(firsts[some], chance)
        paid = paid + firsts * job.restart + _lost(again, rates, job.restart, rng)
    evictions = firsts + again
    waits = rng.gamma(np.maximum(evictions, 1e-9), 1.0) * job.wait
    elapsed = paid + np.where(evictions > 0, waits, 0.0)
    return Draws(paid=np.asarray(paid, dtype=np.float64), elapsed=np.asarray(elapsed, np.float64))


def _lost(
    failures: Integers,
    rates: Floats,
    span: float,
    rng: np.random.Generator,
) -> Floats:
    """Sums of so many times to an eviction, each known to be shorter than `span`."""
    owners = np.repeat(np.arange(len(failures)), failures)
    rate = rates[owners]
    times = -np.log1p(rng.random(len(owners)) * np.expm1(-rate * span)) / rate
    return np.asarray(np.bincount(owners, times, len(failures)), dtype=np.float64)
