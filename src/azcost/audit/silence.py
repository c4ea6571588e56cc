"""What is heard of a resource that counts requests, sessions or bytes: nothing, or something.

Several services report a count only while there is something to count (of an application
gateway: https://learn.microsoft.com/azure/application-gateway/application-gateway-metrics), so
that an idle one looks like one that could not be read. A metric that is reported all the time,
the witness, tells them apart.
"""

from __future__ import annotations

import msgspec
import numpy as np

from azcost.audit.aggregation import kept, seen
from azcost.audit.facts import Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.rule import Confidence, Measured

# Four weeks hold the end of a month, and whatever is done once a week four times.
DAYS = 28


class Silence(msgspec.Struct, frozen=True):
    """Counts that were all 0 for `DAYS` days, and the witness of those hours."""

    windows: tuple[Window, ...]
    witness: Window
    is_stated: bool

    @property
    def confidence(self) -> Confidence:
        """High where Azure Monitor states a 0, medium where it only says nothing."""
        return Confidence.HIGH if self.is_stated else Confidence.MEDIUM

    @property
    def evidence(self) -> tuple[Measured, ...]:
        """The counts, and the metric by which the resource was seen meanwhile."""
        return (*(one.evidence() for one in self.windows), self.witness.evidence())


def silence(
    facts: Facts, resource: Resource, *, witness: str, counts: tuple[str, ...]
) -> Silence | None:
    """The silence of a resource; None when anything was heard.

    `counts` are metrics that are 0 while nothing happens, by whatever statistic Azure keeps of
    them. Raises Blind when the witness does not cover the days.
    """
    stated = [_stated(facts, resource, name) for name in counts]
    windows = tuple(counted(facts, resource, name, witness=witness) for name in counts)
    if any(window.maximum > 0 for window in windows):
        return None
    return Silence(
        windows=windows,
        witness=seen(facts, resource, witness, DAYS),
        is_stated=any(one is not None for one in stated),
    )


def counted(facts: Facts, resource: Resource, metric: str, *, witness: str) -> Window:
    """A count over `DAYS` days, 0 in the hours in which only the witness was reported.

    Raises Blind when the witness, or the two together, do not cover the days.
    """
    awake = seen(facts, resource, witness, DAYS)
    found = _stated(facts, resource, metric)
    if found is not None and found.steps.shape != awake.steps.shape:
        return seen(facts, resource, metric, DAYS)
    steps = np.full_like(awake.steps, np.nan) if found is None else found.steps
    gaps = np.isnan(steps) & ~np.isnan(awake.steps)
    return Window(
        resource=resource.id,
        metric=metric,
        statistic="total" if found is None else found.statistic,
        days=DAYS,
        steps=np.where(gaps, np.float32(0), steps),
    )


def _stated(facts: Facts, resource: Resource, metric: str) -> Window | None:
    return kept(facts, resource, metric, DAYS, "total", "maximum", "average")
