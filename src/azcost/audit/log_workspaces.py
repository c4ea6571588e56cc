"""Log Analytics workspaces: what the rules about them share."""

from __future__ import annotations

from decimal import Decimal

from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.services.log_analytics import FREE_DAYS, FREE_DAYS_WITH_SENTINEL

WORKSPACE = "Microsoft.OperationalInsights/workspaces"
TABLE = "Microsoft.OperationalInsights/workspaces/tables"
SOLUTION = "Microsoft.OperationsManagement/solutions"
LOGS = "Log Analytics"
PAY_AS_YOU_GO = "pergb2018"


def has_sentinel(workspace: Resource, facts: Facts) -> bool:
    """Whether Microsoft Sentinel is on it: a solution of that name points to it."""
    return any(
        one.name.lower().startswith("securityinsights(")
        and (one.text("workspaceResourceId") or "").lower().strip("/") == workspace.key.strip("/")
        for one in facts.by_type(SOLUTION)
    )


def free_days(workspace: Resource, facts: Facts) -> Decimal:
    """For how long logs are kept at no charge."""
    free = FREE_DAYS_WITH_SENTINEL if has_sentinel(workspace, facts) else FREE_DAYS
    return Decimal(free)
