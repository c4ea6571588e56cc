"""Budgets far from what is spent."""

from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    percent,
    rule,
    said,
    sh,
)
from azcost.audit.snapshot import Part

# Below half of the spend it always cries, above twice of it never.
LOW, HIGH = 0.5, 2.0


@rule(
    "Microsoft.Consumption/budgets",
    category=Category.GOVERNANCE,
    needs=(Part.BUDGETS, Part.COSTS),
)
def budget_does_not_fit(budget: Resource, facts: Facts) -> Verdict:
    """Monthly budgets of less than half, or more than twice, of what is spent.

    Why it costs: A budget that is always over is not read any more, and one that is never
    reached says nothing when costs double.

    Keep it when: Costs are about to change by that much.

    Not checked: Budgets with a filter, and those of a quarter or a year. It saves nothing by
    itself.
    """
    amount = budget.number("amount")
    if amount is None:
        return Unknown("Azure does not say how much it is")
    scope = facts.get(budget.key.partition("/providers/")[0])
    if scope is None or budget.has("filter") or not budget.is_one_of("timeGrain", "Monthly"):
        return None
    bill = facts.bill(*facts.in_subscription(scope))
    if not bill.is_known:
        return Unknown("its costs could not be read")
    spent = float(bill.monthly.amount)
    if spent <= 0 or LOW * spent <= amount <= HIGH * spent:
        return None
    return Waste(
        title=f"The budget {budget.name} is {percent(amount / spent)} of what is spent",
        action=Action.NONE,
        confidence=Confidence.MEDIUM,
        saving=None,
        evidence=(
            Stated("amount", f"{amount:,.0f} a month"),
            Stated("spent in an average month", str(bill.monthly)),
        ),
        steps=(
            _of(budget, "Set it to what is spent, and a tenth", spent * 1.1),
            said("In a template that declares it: the property `amount`"),
        ),
        undo=(_of(budget, "As it was", amount),),
    )


def _of(budget: Resource, title: str, amount: float) -> Step:
    return sh(
        title,
        "azcost budget update {} --scope {} --amount {}",
        budget.name,
        budget.id.partition("/providers/")[0],
        f"{amount:.0f}",
    )
