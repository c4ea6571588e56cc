"""Reservations and savings plans: what they are, and how far they are used."""

from __future__ import annotations

from datetime import date
from statistics import fmean

from azcost.audit.facts import Blind, Facts
from azcost.audit.resource import Resource

RESERVATION = "Microsoft.Capacity/reservationOrders/reservations"
SAVINGS_PLAN = "Microsoft.BillingBenefits/savingsPlanOrders/savingsPlans"
# Use is judged over a month: a week may be a holiday.
DAYS = 30
# The share of days that must be known, as for metrics.
MIN_COVERAGE = 0.80
# Of what is over, nothing can be said; recorded answers have these and Succeeded, Expiring.
_OVER = ("Cancelled", "Expired", "Failed", "NoBenefit", "Split", "Merged")


def is_over(benefit: Resource) -> bool:
    """Whether it is cancelled, expired or split, so that nothing is paid for it any more."""
    return benefit.is_one_of("displayProvisioningState", *_OVER) or benefit.is_one_of(
        "provisioningState", *_OVER
    )


def expiry(benefit: Resource) -> date | None:
    """The day on which it ends: savings plans have only the time, reservations both."""
    return benefit.day("expiryDate") or benefit.day("expiryDateTime")


def name_of(benefit: Resource) -> str:
    """What people called it."""
    return benefit.text("displayName") or benefit.name


def utilisation(benefit: Resource, facts: Facts) -> list[float]:
    """Percent used by day over the last month.

    Raises Blind when fewer than 80 % of the days are known.
    """
    found = [
        one.percent
        for one in facts.utilisation(benefit)
        if 0 < (facts.today - one.day).days <= DAYS
    ]
    if len(found) < MIN_COVERAGE * DAYS:
        raise Blind(f"its use is known for {len(found)} of {DAYS} days")
    return found


def used(percents: list[float]) -> str:
    """The use, as evidence says it."""
    return f"{fmean(percents):.0f} % on average, {max(percents):.0f} % on the best day"
