"""App Service plans whose apps are all stopped."""

from azcost.audit.app_plans import apps_of
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.audit.snapshot import Part

# Time to start an app again after a fault or a release.
GRACE_DAYS = 14
LOG_DAYS = 90
STOP = "microsoft.web/sites/stop/action"
# Plans that can be moved to the free tier and back; those of functions and of environments
# cannot: https://learn.microsoft.com/azure/app-service/app-service-plan-manage
TIERS = ("basic", "standard", "premium")


@rule("Microsoft.Web/serverfarms", category=Category.IDLE, needs=(Part.ACTIVITY,))
def app_service_plan_of_stopped_apps(plan: Resource, facts: Facts) -> Verdict:
    """App Service plans whose apps have all been stopped for two weeks or more.

    Why it costs: A plan is billed for its instances, not for the apps on them: stopping all
    apps saves nothing.

    Keep it when: The apps are started again soon and need what the free tier does not have:
    domains of their own, a network, 64 bits.

    Not checked: Whether the apps are needed at all, and what their names are used for.
    """
    if not plan.sku.tier.lower().startswith(TIERS) or not plan.number("numberOfSites"):
        return None
    apps = apps_of(plan, facts)
    if not all(app.is_one_of("state", "Stopped") for app in apps):
        return None
    stops = [event for app in apps for event in facts.events(app, STOP)]
    last = max((event.at.date() for event in stops), default=None)
    if last and (facts.today - last).days < GRACE_DAYS:
        return None
    bill = facts.bill(plan)
    return Waste(
        title=f"The plan {plan.name} is billed while all its apps are stopped",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("sku.name", plan.sku.name),
            Stated("apps", ", ".join(sorted(app.name for app in apps))),
            Stated("stopped", str(last or f"more than {LOG_DAYS} days ago")),
            *evidence_of(bill),
        ),
        steps=_move(plan, "FREE"),
        undo=_move(plan, plan.sku.name or "B1"),
    )


def _move(plan: Resource, sku: str) -> tuple[Step, ...]:
    step = az(
        f"Move the plan to {sku}; the apps and their settings stay",
        "az appservice plan update --name {} --resource-group {} --sku {}",
        plan.name,
        plan.resource_group,
        sku,
    )
    tier = {"name": "F1", "tier": "Free"} if sku == "FREE" else {"name": sku, "tier": plan.sku.tier}
    return (step, *changed(plan.id, {"sku": tier}))
