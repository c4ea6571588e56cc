"""Search services that nobody asks."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    az,
    rule,
)

# Cleancloud waits for 90 days; a snapshot has 28 at least.
DAYS = 28


@rule(
    "Microsoft.Search/searchServices",
    category=Category.IDLE,
    metrics=("SearchQueriesPerSecond", "DocumentsProcessedCount"),
)
def idle_search_service(service: Resource, facts: Facts) -> Verdict:
    """Search services without a query in four weeks.

    Why it costs: Search units are billed by the hour and cannot be stopped, only deleted.

    Keep it when: It is the standby of another one, or its index takes long to build and is
    needed again soon.

    Not checked: Whether its index can be built again: an index that was pushed, not crawled,
    is only here.
    """
    if service.sku.name.lower() == "free":
        return None
    queries = facts.metric(service, "SearchQueriesPerSecond", days=DAYS)
    if queries.maximum > 0:
        return None
    documents = facts.metric_if_any(service, "DocumentsProcessedCount", of="total", days=DAYS)
    fed = documents is not None and len(documents.measured) > 0 and documents.maximum > 0
    bill = facts.bill(service)
    replicas = service.number("replicaCount") or 1
    partitions = service.number("partitionCount") or 1
    return Waste(
        title=f"Nobody has asked the search service {service.name} for {DAYS} days"
        + (", though documents still come in" if fed else ""),
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("sku", f"{service.sku.name}, {replicas * partitions:.0f} search units"),
            queries.evidence("queries a second"),
            *((documents.evidence("documents an hour"),) if documents and fed else ()),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Delete it, with its indexes",
                "az search service delete --name {} --resource-group {} --yes",
                service.name,
                service.resource_group,
            ),
        ),
        undo=(
            az(
                "Make it again, empty",
                "az search service create --name {} --resource-group {} --sku {} "
                "--replica-count {} --partition-count {}",
                service.name,
                service.resource_group,
                service.sku.name,
                f"{replicas:.0f}",
                f"{partitions:.0f}",
            ),
        ),
    )
