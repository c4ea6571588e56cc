"""Autoscale settings of Azure Monitor, which scale sets and App Service plans point to."""

from __future__ import annotations

from azcost.audit.facts import Facts
from azcost.audit.resource import Resource, key_of

SETTINGS = "Microsoft.Insights/autoscaleSettings"


def autoscale_of(resource: Resource, facts: Facts) -> Resource | None:
    """The enabled setting that may change how many instances a resource has, if there is one.

    One whose profiles all have the same minimum and maximum changes nothing.
    """
    for setting in facts.by_type(SETTINGS):
        target = setting.text("targetResourceUri")
        if not target or key_of(target) != resource.key or setting.flag("enabled") is not True:
            continue
        ends = [
            (profile.number("capacity.minimum"), profile.number("capacity.maximum"))
            for profile in setting.each("profiles")
        ]
        if len(ends) > 1 or any(low != high for low, high in ends):
            return setting
    return None
