"""App Service plans and the apps on them."""

from __future__ import annotations

from azcost.audit.facts import Blind, Facts
from azcost.audit.resource import Resource, key_of

APPS, SLOTS = "Microsoft.Web/sites", "Microsoft.Web/sites/slots"


def apps_of(plan: Resource, facts: Facts) -> tuple[Resource, ...]:
    """All apps and slots of a plan.

    Raises Blind when the plan has more apps than were read: they may be in a subscription
    that was not.
    """
    found = tuple(
        app
        for type_ in (APPS, SLOTS)
        for app in facts.by_type(type_)
        if key_of(app.text("serverFarmId") or "") == plan.key
    )
    if len(found) < (plan.number("numberOfSites") or 0):
        raise Blind("not all apps of the plan were read: they may be in other subscriptions")
    return found
