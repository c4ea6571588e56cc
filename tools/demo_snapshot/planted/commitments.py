"""Reservations and plans that do not fit, or end; and one that is missing."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import RESEARCH, Estate

RESERVATIONS = "/providers/Microsoft.Capacity/reservationOrders"
PLANS = "/providers/Microsoft.BillingBenefits/savingsPlanOrders"


def _reservation(estate: Estate, name: str, size: str, **properties: Any) -> Resource:
    return estate.raw(
        id=f"{RESERVATIONS}/{name}/reservations/{name}",
        name=name,
        type="Microsoft.Capacity/reservationOrders/reservations",
        location="westeurope",
        sku={"name": size},
        properties={
            "term": "P1Y",
            "reservedResourceType": "VirtualMachines",
            "appliedScopeType": "Single",
            "displayName": name,
            "displayProvisioningState": "Succeeded",
            **properties,
        },
    )


def plant_under_used(estate: Estate) -> None:
    """Four bought, of which two machines were switched off in September."""
    spare = _reservation(
        estate, "render-farm", "Standard_D4s_v5", quantity=4, expiryDate="2027-06-30", renew=False
    )
    estate.use(spare, [48.0] * 60)
    estate.bill_unused(spare, "UnusedReservation", "6.9270")
    estate.plant("reservation_under_used", spare)


def plant_expiring(estate: Estate) -> None:
    """It ends over the holidays, when nobody is there to notice."""
    ending = _reservation(
        estate, "api-nodes", "Standard_D8s_v3", quantity=1, expiryDate="2026-12-28", renew=False
    )
    estate.use(ending, [99.0] * 60)
    estate.plant("commitment_expires_soon", ending)


def plant_plan(estate: Estate) -> None:
    """Bought for a project that became smaller."""
    plan = estate.raw(
        id=f"{PLANS}/o-2/savingsPlans/analytics",
        name="analytics",
        type="Microsoft.BillingBenefits/savingsPlanOrders/savingsPlans",
        sku={"name": "Compute_Savings_Plan"},
        properties={
            "displayName": "analytics",
            "term": "P1Y",
            "commitment": {"grain": "Hourly", "currencyCode": "USD", "amount": 0.5},
            "expiryDateTime": "2027-05-01T00:00:00Z",
            "renew": True,
            "appliedScopeType": "Single",
            "displayProvisioningState": "Succeeded",
        },
    )
    estate.use(plan, [72.0] * 60)
    estate.bill_unused(plan, "UnusedSavingsPlan", "3.3600")
    estate.plant("savings_plan_under_used", plan)


def plant_missing(estate: Estate) -> None:
    """Research has run the same machines for a year at the full price."""
    estate.recommend(
        "benefit",
        RESEARCH,
        term="P1Y",
        scope="Single",
        lookBackPeriod="Last60Days",
        totalHours=1440,
        recommendationDetails={"commitmentAmount": 1.9, "savingsAmount": 980.0},
    )
    estate.plant("commitment_missing", _subscription(RESEARCH))


def _subscription(id_: str) -> Resource:
    return Resource(id=id_, type="microsoft.resources/subscriptions", name="")
