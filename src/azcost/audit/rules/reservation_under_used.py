"""Reservations that are paid for and used in part."""

import math
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

# Under this use a reservation of a year is dearer than no reservation for the sizes whose
# discount is 20 % (judgement; most discounts are larger).
MIN_USE = 80.0


@rule(commitments.RESERVATION, category=Category.COMMITMENT, needs=(Part.UTILISATION,))
def reservation_under_used(reservation: Resource, facts: Facts) -> Verdict:
    """Reservations of which less than 80 % was used in the last month.

    Why it costs: A reservation is paid for every hour, and hours that nothing uses are lost.

    Keep it when: Machines that will use it are about to start.

    Not checked: How much may still be returned: Azure refunds up to 50,000 USD in twelve
    months. What machines outside of the snapshot could use of it.
    """
    if commitments.is_over(reservation):
        return None
    use = commitments.utilisation(reservation, facts)
    if fmean(use) >= MIN_USE:
        return None
    quantity = int(reservation.number("quantity") or 1)
    # Units that were free even on the best day can be returned without loss.
    spare = math.floor(quantity * (1 - max(use) / 100))
    unused = 1 - fmean(use) / 100
    bill = facts.unused(reservation)
    share = Decimal(str(min(spare / quantity / unused, 1.0)))
    scope = reservation.text("appliedScopeType") or "unknown"
    return Waste(
        title=f"The reservation {commitments.name_of(reservation)} was used to "
        f"{fmean(use):.0f} %, and is paid for whole",
        action=Action.COMMIT,
        confidence=Confidence.HIGH if spare else Confidence.MEDIUM,
        saving=bill.saving(share, low=Decimal(0), high=Decimal(1)),
        evidence=(
            Stated("use in 30 days", commitments.used(use)),
            *_size(reservation, quantity, spare),
            Stated("scope", scope),
            *evidence_of(bill),
        ),
        not_checked=()
        if bill.items or not bill.is_known
        else ("What the unused part costs: the bill has no row UnusedReservation for it.",),
        steps=_steps(reservation, scope, spare),
        undo=(
            said(
                f"The scope goes back to {scope} in the same way; what is returned or exchanged "
                "is gone, and is bought again at the price of that day"
            ),
        ),
    )


def _size(reservation: Resource, quantity: int, spare: int) -> tuple[Stated, ...]:
    """What was bought, which a bill alone does not say."""
    if not reservation.sku.name:
        return ()
    return (Stated("quantity", f"{quantity} x {reservation.sku.name}, {spare} never used"),)


def _steps(reservation: Resource, scope: str, spare: int) -> tuple[Step, ...]:
    order, name = reservation.id.split("/")[-3], reservation.name
    steps = []
    if scope.lower() != "shared":
        steps.append(
            az(
                "Let all subscriptions use it",
                "az reservations reservation update --reservation-order-id {} "
                "--reservation-id {} --applied-scope-type Shared",
                order,
                reservation.id.split("/")[-1],
            )
        )
    if spare:
        steps.append(
            Step(
                f"Return {spare} of them, or exchange them for sizes that run",
                "https://learn.microsoft.com/azure/cost-management-billing/reservations/"
                "exchange-and-refund-azure-reservations",
                "text",
            )
        )
    return tuple(steps) or (
        Step(
            f"Move machines of the same size group onto it, or let {name} expire",
            "https://learn.microsoft.com/azure/virtual-machines/"
            "reserved-vm-instance-size-flexibility",
            "text",
        ),
    )
