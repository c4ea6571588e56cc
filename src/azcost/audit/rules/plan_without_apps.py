"""App Service plans that no app runs on."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

# What costs nothing without apps (findings: F1, D1, Y1 excluded; Flex Consumption bills use).
# https://learn.microsoft.com/azure/app-service/overview-hosting-plans
FREE_TIERS = ("free", "shared", "dynamic", "flexconsumption")


@rule("Microsoft.Web/serverfarms", category=Category.ORPHAN)
def plan_without_apps(plan: Resource, facts: Facts) -> Verdict:
    """App Service plans that no app runs on.

    Why it costs: A plan is billed for its instances, and those run whether an app is on them
    or not; deleting an app leaves its plan behind.

    Keep it when: An app is about to be deployed to it. Free, Shared and Consumption plans cost
    nothing without apps and are left alone.

    Not checked: Whether a pipeline expects to find the plan.
    """
    if plan.sku.tier.lower() in FREE_TIERS or plan.number("numberOfSites") != 0:
        return None
    if any(one.type.startswith("microsoft.web/sites") for one in facts.named_by(plan.id)):
        return None
    return leftover(
        plan,
        facts,
        title=f"No app runs on the {plan.sku.name} plan {plan.name}",
        evidence=(
            Stated("numberOfSites", "0"),
            Stated("sku", f"{plan.sku.name}, {plan.sku.capacity or 1:.0f} instances"),
        ),
    )
