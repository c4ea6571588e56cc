"""Search services of development with more than one replica."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
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
)

DAYS = 14


@rule(
    "Microsoft.Search/searchServices",
    category=Category.RIGHTSIZE,
    metrics=("ThrottledSearchQueriesPercentage",),
)
def replicated_development_search(service: Resource, facts: Facts) -> Verdict:
    """Search services tagged as development or test with more than one replica.

    Why it costs: Each replica is billed like the first one. Two of them promise that
    queries are answered while one is down, three that documents are taken in as well:
    nobody has to promise that of a test.

    Keep it when: It is used to test load.

    Not checked: How many queries one replica can answer. None were refused with those there
    are.
    """
    replicas = int(service.number("replicaCount") or 1)
    if replicas < 2 or not is_for_development(service, facts):
        return None
    refused = facts.metric(service, "ThrottledSearchQueriesPercentage", days=DAYS)
    if refused.maximum > 0:
        return None
    bill = facts.bill(service).only(meter="Unit")
    return Waste(
        title=f"The search service {service.name} is for development and has {replicas} replicas",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(Decimal(replicas - 1) / replicas),
        evidence=(
            Stated("replicas", str(replicas)),
            Stated("tags", ", ".join(f"{name}={value}" for name, value in service.tags.items())),
            refused.evidence("% refused"),
            *evidence_of(bill),
        ),
        steps=_set(service, "Keep one replica", 1),
        undo=_set(service, "As it was", replicas),
    )


def _set(service: Resource, title: str, replicas: int) -> tuple[Step, ...]:
    update = "az search service update --name {} --resource-group {} --replica-count {}"
    return (
        az(title, update, service.name, service.resource_group, replicas),
        *changed(service.id, {"properties": {"replicaCount": replicas}}),
    )
