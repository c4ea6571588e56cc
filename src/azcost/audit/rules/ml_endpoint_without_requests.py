"""Online endpoints of Azure ML that nobody calls."""

from azcost.audit.bill import Bill
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import DEPLOYMENT, ENDPOINT, machine_bill, ml, size_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    rule,
)
from azcost.audit.snapshot import Part

# Cleancloud waits a week, Flexera a month.
DAYS = 14


@rule(
    ENDPOINT,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=("RequestsPerMinute",),
)
def ml_endpoint_without_requests(endpoint: Resource, facts: Facts) -> Verdict:
    """Managed online endpoints of Azure ML without a request in two weeks.

    Why it costs: The instances of every deployment are billed by the hour, with requests
    or without; they do not scale to none.

    Keep it when: It is called less often than every two weeks and must answer at once. A
    batch endpoint costs nothing while it waits.

    Not checked: Who calls it, and whether the model is registered so that it can be
    deployed again.
    """
    deployments = _managed(endpoint, facts)
    if not deployments:
        return None
    requests = facts.metric(endpoint, "RequestsPerMinute", days=DAYS)
    if requests.maximum > 0:
        return None
    bill = _bill(deployments, facts)
    return Waste(
        title=f"The endpoint {endpoint.name} has had no request for {DAYS} days",
        action=Action.DELETE,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            *(
                Stated(one.name, f"{one.sku.capacity or 1:.0f} x {size_of(one, facts)}")
                for one in deployments
            ),
            requests.evidence("requests a minute"),
            *evidence_of(bill),
        ),
        steps=(
            ml(
                "Keep what the endpoint is made of",
                "online-endpoint show {} --output yaml > {}",
                endpoint,
                f"{endpoint.name}.yml",
            ),
            *(
                ml(
                    f"Keep what {one.name} is made of",
                    "online-deployment show {} --output yaml > {}",
                    one,
                    f"{one.name}.yml",
                )
                for one in deployments
            ),
            ml("Delete the endpoint", "online-endpoint delete {} --yes", endpoint),
        ),
        undo=(
            ml(
                "Make the endpoint again",
                "online-endpoint create {} --file {}",
                endpoint,
                f"{endpoint.name}.yml",
            ),
            *(
                ml("Deploy again", "online-deployment create {} --file {}", one, f"{one.name}.yml")
                for one in deployments
            ),
        ),
    )


def _managed(endpoint: Resource, facts: Facts) -> list[Resource]:
    """Its deployments that run on instances of Azure ML, not on somebody's Kubernetes."""
    return [
        one
        for one in facts.children(endpoint, DEPLOYMENT)
        if not one.is_one_of("endpointComputeType", "Kubernetes")
    ]


def _bill(deployments: list[Resource], facts: Facts) -> Bill:
    bills = [machine_bill(one, facts) for one in deployments]
    items = tuple(item for bill in bills for item in bill.items)
    return Bill(facts.currency, items, all(one.is_known for one in bills))
