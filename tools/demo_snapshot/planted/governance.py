"""A sandbox that nobody owns: no budget, no tags, Windows at the production price."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import PROD, RESEARCH, SANDBOX, Estate, daily
from ..parts import vm

GROUP = "try-sandbox"


def plant_sandbox(estate: Estate) -> None:
    """Two machines of people who wanted to try something."""
    vm(
        estate, "try-linux", GROUP, "Standard_D2as_v5", cpu=70, week=daily, memory_gib=8, tags={},
        os_sku="StandardSSD_LRS",
    )  # fmt: skip
    vm(
        estate, "try-windows", GROUP, "Standard_D2as_v5", cpu=70, week=daily, os="Windows",
        memory_gib=8, tags={"env": "test"}, os_sku="StandardSSD_LRS",
    )  # fmt: skip
    sandbox = Resource(id=SANDBOX, type="microsoft.resources/subscriptions", name="")
    for rule in ("no_budget", "untagged_spend", "dev_test_offer_not_used"):
        estate.plant(rule, sandbox)


def plant_small_budget(estate: Estate) -> None:
    """Set when the platform was one cluster, and over ever since."""
    small = estate.raw(
        id=f"{PROD}/providers/Microsoft.Consumption/budgets/first-year",
        type="Microsoft.Consumption/budgets",
        properties={
            "amount": 2_000,
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2025-02-01T00:00:00Z"},
            "category": "Cost",
            "notifications": {
                "actual100": {
                    "enabled": True,
                    "operator": "GreaterThan",
                    "threshold": 100,
                    "thresholdType": "Actual",
                    "contactEmails": ["a@b.example"],
                }
            },
        },
    )
    estate.plant("budget_does_not_fit", small)


def plant_silent_budget(estate: Estate) -> None:
    """A budget whose mails went to somebody who left."""
    silent = estate.raw(
        id=f"{RESEARCH}/resourceGroups/gpu-lab/providers/Microsoft.Consumption/budgets/lab",
        type="Microsoft.Consumption/budgets",
        properties={
            "amount": 8_000,
            "timeGrain": "Monthly",
            "timePeriod": {"startDate": "2026-01-01T00:00:00Z"},
            "category": "Cost",
            "currentSpend": {"amount": 5_200, "unit": "USD"},
            "notifications": {
                "actual90": {
                    "enabled": False,
                    "operator": "GreaterThan",
                    "threshold": 90,
                    "thresholdType": "Actual",
                    "contactEmails": [],
                }
            },
        },
    )
    estate.plant("budget_tells_nobody", silent)
