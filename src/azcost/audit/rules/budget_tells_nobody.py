"""Budgets that send no mail to anybody."""

from azcost.audit.documents import Document
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
    said,
    sh,
)
from azcost.audit.snapshot import Part

CONTACTS = ("contactEmails", "contactRoles", "contactGroups")


@rule("Microsoft.Consumption/budgets", category=Category.GOVERNANCE, needs=(Part.BUDGETS,))
def budget_tells_nobody(budget: Resource, facts: Facts) -> Verdict:
    """Budgets without a notification that is switched on and goes to somebody.

    Why it costs: A budget stops nothing; it only tells. One that tells nobody is none.

    Keep it when: A program reads it.

    Not checked: Whether the addresses exist. It saves nothing by itself.
    """
    del facts
    if budget.properties.get("notifications") is None:
        return Unknown("Azure does not say whom it tells")
    found = [Document(one) for one in _notifications(budget)]
    if any(one.flag("enabled") is True and any(map(one.has, CONTACTS)) for one in found):
        return None
    amount = budget.number("amount")
    return Waste(
        title=f"The budget {budget.name} tells nobody when it is spent",
        action=Action.NONE,
        confidence=Confidence.HIGH,
        saving=None,
        evidence=(
            Stated("amount", "unknown" if amount is None else f"{amount:,.0f}"),
            Stated("notifications", f"{len(found)}, none of them on and with somebody to tell"),
        ),
        steps=(
            sh(
                "Tell somebody",
                "azcost budget update {} --scope {} --email {}",
                budget.name,
                budget.id.partition("/providers/Microsoft.Consumption/")[0],
                "WHO@EXAMPLE.COM",
            ),
            said("In a template that declares it: `contactEmails` of each of its `notifications`"),
        ),
        undo=(said("Take the address out again: it gets mails, and nothing else changes"),),
    )


def _notifications(budget: Resource) -> list[dict[str, object]]:
    """The notifications, which Azure has by name."""
    fields = budget.within("notifications").fields
    return [one for one in fields.values() if isinstance(one, dict)]
