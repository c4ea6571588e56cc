"""Reservations and savings plans that are in use and end soon."""

from statistics import fmean

from azcost.audit import commitments
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
    rule,
    said,
)
from azcost.audit.snapshot import Part

# Time to look at what is needed and to have it approved (Azure itself mails 30 days before).
SOON_DAYS = 60
# One that is used less had better end: `reservation_under_used` has it.
MIN_USE = 50.0


@rule(
    commitments.RESERVATION,
    commitments.SAVINGS_PLAN,
    category=Category.COMMITMENT,
    needs=(Part.UTILISATION,),
)
def commitment_expires_soon(benefit: Resource, facts: Facts) -> Verdict:
    """Reservations and savings plans in use that end within 60 days and do not renew.

    Why it costs: From the day after, what they cover is billed at the full price.

    Keep it when: What they cover ends as well.

    Not checked: Whether the same commitment is still the right one. It saves nothing by
    itself: it keeps a saving from ending.
    """
    if commitments.is_over(benefit):
        return None
    end = commitments.expiry(benefit)
    if end is None:
        return Unknown("Azure does not say when it ends")
    left = (end - facts.today).days
    if not 0 <= left <= SOON_DAYS or benefit.flag("renew") is True:
        return None
    use = commitments.utilisation(benefit, facts)
    if fmean(use) < MIN_USE:
        return None
    what = "reservation" if benefit.type == commitments.RESERVATION.lower() else "savings plan"
    return Waste(
        title=f"The {what} {commitments.name_of(benefit)} is in use and ends in {left} days",
        action=Action.NONE,
        confidence=Confidence.HIGH,
        saving=None,
        evidence=(
            Stated("ends on", str(end)),
            Stated("renews itself", "no"),
            Stated("use in 30 days", commitments.used(use)),
        ),
        steps=(
            Step(
                "Buy what is still needed to begin on that day, or let it renew itself",
                "https://learn.microsoft.com/azure/cost-management-billing/"
                "reservations/reservation-renew",
                "text",
            ),
        ),
        undo=(said("Renewing can be switched off again until that day; a purchase is bound"),),
    )
