"""The offer that a subscription is bought by."""

from __future__ import annotations

from azcost.audit.facts import Facts
from azcost.audit.resource import Resource

# As Resource Graph has it in `resourcecontainers`.
QUOTA = "subscriptionPolicies.quotaId"
# Enterprise Dev/Test (MS-AZR-0148P) and Pay-As-You-Go Dev/Test (MS-AZR-0023P) share it.
# https://learn.microsoft.com/azure/cost-management-billing/costs/understand-cost-mgt-data
_DEVELOPMENT = "msdndevtest"


def is_development_offer(resource: Resource, facts: Facts) -> bool:
    """Whether a resource, or a subscription itself, is in a dev/test subscription."""
    found = facts.get(f"/subscriptions/{resource.subscription}")
    quota = found.text(QUOTA) if found else None
    return quota is not None and quota.lower().startswith(_DEVELOPMENT)
