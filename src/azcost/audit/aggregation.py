"""The statistics that Azure Monitor keeps of a metric: not all of them of each.

Of the sessions of a Bastion there are totals and averages, of the CPU of a Service Bus maxima
only, of the capacity units of a gateway averages only, and so on:
https://learn.microsoft.com/azure/azure-monitor/reference/metrics-index
"""

from __future__ import annotations

from azcost.audit.facts import Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.series import Statistic


def kept(
    facts: Facts, resource: Resource, metric: str, days: int, *statistics: Statistic
) -> Window | None:
    """The metric by the first of the statistics that has any value; None without any."""
    for of in statistics:
        found = facts.metric_if_any(resource, metric, of=of, days=days)
        if found is not None and len(found.measured):
            return found
    return None


def peaks(facts: Facts, resource: Resource, metric: str, days: int) -> Window:
    """The hours' maxima, or what is nearest to them where Azure keeps none.

    Totals are never less than maxima. Averages are: whoever uses them leaves room. Raises
    Blind without values, or with too few.
    """
    found = kept(facts, resource, metric, days, "maximum", "total", "average")
    return facts.metric(resource, metric, of=_statistic(found, "maximum"), days=days)


def seen(facts: Facts, resource: Resource, metric: str, days: int) -> Window:
    """The metric by whatever statistic there is; raises Blind without values, or too few."""
    found = kept(facts, resource, metric, days, "average", "maximum", "total")
    return facts.metric(resource, metric, of=_statistic(found, "average"), days=days)


def _statistic(found: Window | None, otherwise: Statistic) -> Statistic:
    for one in ("average", "maximum", "total"):
        if found is not None and found.statistic == one:
            return one
    return otherwise
