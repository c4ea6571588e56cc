"""What watches, keeps secrets and runs web sites; budgets."""

from __future__ import annotations

from ..estate import PROD, RESEARCH, Estate, daily
from ..parts import ago

GROUP = "tools-prod"


def build(estate: Estate) -> None:
    """Logs, vaults, a snapshot that is a backup, budgets on both subscriptions."""
    logs = estate.add(
        "Microsoft.OperationalInsights/workspaces",
        "platform-logs",
        GROUP,
        properties={
            "sku": {"name": "PerGB2018"},
            "retentionInDays": 30,
            "workspaceCapping": {"dailyQuotaGb": 30},
            "createdDate": ago(700),
        },
    )
    estate.bill(logs, "log_analytics", analytics_gb=420)
    insights = estate.add(
        "Microsoft.Insights/components",
        "assistant-insights",
        GROUP,
        kind="web",
        properties={"IngestionMode": "LogAnalytics", "WorkspaceResourceId": logs.id},
    )
    estate.measure(insights, "requests/count", 4_000, week=daily)
    for name in ("serving", "research"):
        vault = estate.add(
            "Microsoft.KeyVault/vaults",
            f"nv-{name}-kv",
            GROUP,
            properties={"sku": {"name": "standard"}, "enableSoftDelete": True},
        )
        estate.bill(vault, "key_vault", operations=500_000)
        estate.measure(vault, "ServiceApiHit", 700)
    kept = estate.add(
        "Microsoft.Compute/snapshots",
        "licences-weekly",
        GROUP,
        sku={"name": "Standard_LRS"},
        properties={"timeCreated": ago(6), "diskSizeGB": 64, "incremental": True},
        tags={"purpose": "backup"},
    )
    estate.bill(kept, "snapshot", size_gb=40, since=6)
    for scope, amount in ((PROD, 42_000), (RESEARCH, 40_000)):
        estate.raw(
            id=f"{scope}/providers/Microsoft.Consumption/budgets/monthly",
            type="Microsoft.Consumption/budgets",
            properties={
                "amount": amount,
                "timeGrain": "Monthly",
                "category": "Cost",
                "currentSpend": {"amount": amount * 0.6, "unit": "USD"},
                "timePeriod": {"startDate": "2026-01-01T00:00:00Z"},
                "notifications": {
                    "actual80": {
                        "enabled": True,
                        "operator": "GreaterThan",
                        "threshold": 80,
                        "thresholdType": "Actual",
                        "contactEmails": ["a@b.example"],
                    }
                },
            },
        )
