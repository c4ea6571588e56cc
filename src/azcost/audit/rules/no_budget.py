"""Subscriptions that nobody set a budget for."""

from azcost.audit.changes import BY_AZCOST
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    rule,
    sh,
)
from azcost.audit.snapshot import Part

BUDGETS = "Microsoft.Consumption/budgets"


@rule("Microsoft.Resources/subscriptions", category=Category.GOVERNANCE, needs=(Part.BUDGETS,))
def no_budget(subscription: Resource, facts: Facts) -> Verdict:
    """Subscriptions without a budget over all of their costs.

    Why it costs: Nothing says a word when costs double, until the invoice.

    Keep it when: A budget of a management group or billing account covers it.

    Not checked: Budgets of management groups and billing accounts. It saves nothing by
    itself.
    """
    if hidden := facts.unread(Part.BUDGETS, subscription):
        return Unknown(f"its budgets could not be read: {hidden[0].reason}")
    # One of a resource group, or with a filter, does not see the rest.
    whole = [one for one in facts.by_type(BUDGETS) if _is_of(one, subscription)]
    if any(not one.has("filter") for one in whole):
        return None
    inside = [one for one in facts.by_type(BUDGETS) if one.key.startswith(f"{subscription.key}/")]
    bill = facts.bill(*facts.in_subscription(subscription))
    spent = str(bill.monthly) if bill.is_known else "unknown"
    return Waste(
        title=f"The subscription {subscription.name} has no budget over all of its costs",
        action=Action.NONE,
        confidence=Confidence.HIGH,
        saving=None,
        evidence=(
            Stated("budgets of parts of it", str(len(inside))),
            Stated("billed in an average month", spent),
        ),
        steps=(
            sh(
                "Make one of what is forecast, which says it at 50, 80 and 100 % spent and at 100 "
                "and 110 % forecast",
                "azcost budget create monthly --scope {} --from-forecast {} --email {}",
                subscription.id,
                "SNAPSHOT.azcost",
                "WHO@EXAMPLE.COM",
            ),
            BY_AZCOST,
        ),
        undo=(
            sh(
                "Delete the budget: it sends mails and changes nothing else",
                "azcost budget delete monthly --scope {}",
                subscription.id,
            ),
        ),
    )


def _is_of(budget: Resource, subscription: Resource) -> bool:
    scope = budget.key.partition("/providers/")[0]
    return scope == subscription.key
