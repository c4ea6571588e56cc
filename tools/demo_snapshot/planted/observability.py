"""Logs, images and indexes that nobody looks at."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import Estate, Week, daily
from ..parts import GIB, ago

WORKSPACE = "Microsoft.OperationalInsights/workspaces"
REGISTRY = "Microsoft.ContainerRegistry/registries"
SEARCH = "Microsoft.Search/searchServices"


def plant_many_logs(estate: Estate) -> None:
    """All clusters log everything into one workspace, kept for three months."""
    left = _workspace(estate, "cluster-logs", "tools-prod", days=90)
    estate.bill(left, "log_analytics", analytics_gb=2_900, retention_days=90)
    estate.plant("logs_above_commitment_tier", left)
    estate.plant("long_log_retention", left)


def plant_development_logs(estate: Estate) -> None:
    """A workspace of a sandbox, with last year's logs restored for one question."""
    left = _workspace(estate, "sandbox-logs", "tools-dev", days=30, cap=-1, env="dev")
    estate.bill(left, "log_analytics", analytics_gb=60, restores=1, restored_days=2)
    restored = estate.add(
        f"{WORKSPACE}/tables",
        "sandbox-logs/Heartbeat_RST",
        "tools-dev",
        properties={
            "plan": "Analytics",
            "restoredLogs": {
                "sourceTable": "Heartbeat",
                "startRestoreTime": ago(400),
                "endRestoreTime": ago(390),
            },
        },
    )
    estate.plant("uncapped_development_logs", left)
    estate.plant("restored_logs_kept", restored)


def plant_registries(estate: Estate) -> None:
    """A registry of the time before, and one that was made Premium to be safe."""
    idle = _registry(estate, "novavisionold", "Standard", stored=190, pulls=0)
    premium = _registry(estate, "novavisionml", "Premium", stored=120, pulls=40)
    estate.plant("idle_registry", idle)
    estate.plant("registry_beyond_included", idle)
    estate.plant("premium_registry_without_premium_use", premium)


def plant_search(estate: Estate) -> None:
    """The index of a demo, and a test with production's replicas."""
    idle = _search(estate, "demo-index", "assistant-prod", "basic", 1, queries=0)
    copies = _search(estate, "documents-test", "assistant-test", "standard", 2, queries=0.4)
    estate.plant("idle_search_service", idle)
    estate.plant("replicated_development_search", copies)


def _workspace(
    estate: Estate, name: str, group: str, *, days: int, cap: int = 200, env: str = "prod"
) -> Resource:
    return estate.add(
        WORKSPACE,
        name,
        group,
        tags={"env": env},
        properties={
            "sku": {"name": "PerGB2018"},
            "retentionInDays": days,
            "workspaceCapping": {"dailyQuotaGb": cap},
            "createdDate": ago(500),
        },
    )


def _registry(
    estate: Estate, name: str, sku: str, *, stored: int, pulls: float, week: Week = daily
) -> Resource:
    made = estate.add(
        REGISTRY,
        name,
        "research-ml",
        sku={"name": sku, "tier": sku},
        properties={"adminUserEnabled": False, "publicNetworkAccess": "Enabled"},
    )
    estate.bill(made, "container_registry", sku=sku, storage_gb=stored)
    estate.measure(made, "StorageUsed", stored * GIB, low=stored * GIB * 0.99, peaks=1.0)
    for metric in ("SuccessfulPullCount", "SuccessfulPushCount"):
        estate.measure(made, metric, pulls, week=week)
    return made


def _search(
    estate: Estate, name: str, group: str, sku: str, replicas: int, *, queries: float
) -> Resource:
    made = estate.add(
        SEARCH,
        name,
        group,
        sku={"name": sku},
        location="swedencentral",
        tags={"env": group.rpartition("-")[2]},
        properties={"replicaCount": replicas, "partitionCount": 1, "status": "running"},
    )
    estate.bill(made, "ai_search", region="swedencentral", sku=sku, replicas=replicas)
    estate.measure(made, "SearchQueriesPerSecond", queries)
    estate.measure(made, "ThrottledSearchQueriesPercentage", 0)
    return made
