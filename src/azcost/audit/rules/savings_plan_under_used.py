"""Savings plans that commit to more than is spent."""

from decimal import Decimal
from statistics import fmean

from azcost.audit import commitments
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
    said,
)
from azcost.audit.snapshot import Part

# What is paid for and not used is the loss, since no plan can be returned; some of it is the
# price of covering peaks (judgement).
MIN_USE = 90.0


@rule(commitments.SAVINGS_PLAN, category=Category.COMMITMENT, needs=(Part.UTILISATION,))
def savings_plan_under_used(plan: Resource, facts: Facts) -> Verdict:
    """Savings plans of which less than 90 % was used in the last month.

    Why it costs: The amount of each hour is paid, used or not, and what one hour leaves over
    the next one cannot use.

    Keep it when: It was made so large for use that is about to come.

    Not checked: What subscriptions outside of the snapshot could use of it. A plan can be
    neither returned nor made smaller: only more use saves, which counts at the high end.
    """
    if commitments.is_over(plan):
        return None
    use = commitments.utilisation(plan, facts)
    if fmean(use) >= MIN_USE:
        return None
    bill = facts.unused(plan)
    scope = plan.text("appliedScopeType") or "unknown"
    amount = plan.number("commitment.amount")
    return Waste(
        title=f"The savings plan {commitments.name_of(plan)} was used to {fmean(use):.0f} %",
        action=Action.COMMIT,
        confidence=Confidence.HIGH,
        saving=bill.saving(Decimal(0), high=Decimal(1)),
        evidence=(
            Stated("use in 30 days", commitments.used(use)),
            Stated("commitment", f"{amount} an hour" if amount else "unknown"),
            Stated("scope", scope),
            *evidence_of(bill),
        ),
        not_checked=()
        if bill.items or not bill.is_known
        else ("What the unused part costs: the bill has no row UnusedSavingsPlan for it.",),
        steps=_steps(plan, scope),
        undo=(said(f"The same commands with --renew true, and the scope {scope}"),),
    )


def _steps(plan: Resource, scope: str) -> tuple[Step, ...]:
    order, own = plan.id.split("/")[-3], plan.id.split("/")[-1]
    renew = az(
        "See that it does not renew itself at this amount",
        "az billing-benefits savings-plan-order savings-plan update "
        "--savings-plan-order-id {} --savings-plan-id {} --renew false",
        order,
        own,
    )
    if scope.lower() == "shared":
        return (renew,)
    return (
        az(
            "Let all subscriptions use it",
            "az billing-benefits savings-plan-order savings-plan update "
            "--savings-plan-order-id {} --savings-plan-id {} --applied-scope-type Shared",
            order,
            own,
        ),
        renew,
    )
