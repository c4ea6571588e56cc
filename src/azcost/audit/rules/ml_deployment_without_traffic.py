"""Deployments of Azure ML that a newer one has replaced."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import DEPLOYMENT, machine_bill, ml, size_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    rule,
)
from azcost.audit.snapshot import Part

# So long after a switch nobody wants to switch back (findings catalogue,
# ml.endpoint.zero_traffic_deployment).
DAYS = 7


@rule(
    DEPLOYMENT,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=("RequestsPerMinute",),
)
def ml_deployment_without_traffic(deployment: Resource, facts: Facts) -> Verdict:
    """Managed deployments that get no traffic while another of their endpoint gets all.

    Why it costs: After a blue-green switch the old deployment goes on running, and its
    instances are billed until it is deleted.

    Keep it when: The new deployment is on trial, and the old one is the way back.

    Not checked: Tests that call it by name less often than once a week.
    """
    failed = deployment.is_one_of("provisioningState", "Failed")
    if failed or deployment.is_one_of("endpointComputeType", "Kubernetes"):
        return None
    endpoint = facts.parent(deployment)
    if endpoint is None:
        return Unknown("its endpoint was not read")
    # OnlineEndpoint of the API 2024-04-01: deployment name -> percent.
    traffic = {name.lower(): value for name, value in endpoint.within("traffic").fields.items()}
    mirrored = endpoint.within("mirrorTraffic").number(deployment.name) or 0
    own = traffic.pop(deployment.name.lower(), 0)
    if own or mirrored or not any(traffic.values()):
        return None
    # A client may name a deployment in a header, whatever the traffic rules say.
    requests = facts.metric(deployment, "RequestsPerMinute", days=DAYS)
    if requests.maximum > 0:
        return None
    bill = machine_bill(deployment, facts)
    return Waste(
        title=f"The deployment {deployment.name} of {endpoint.name} gets no traffic",
        action=Action.DELETE,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("traffic", ", ".join(f"{name}: {value} %" for name, value in traffic.items())),
            Stated(
                "instances", f"{deployment.sku.capacity or 1:.0f} x {size_of(deployment, facts)}"
            ),
            requests.evidence("requests a minute"),
            *evidence_of(bill),
        ),
        steps=(
            ml(
                "Keep what it is made of",
                "online-deployment show {} --output yaml > {}",
                deployment,
                f"{deployment.name}.yml",
            ),
            ml("Delete it", "online-deployment delete {} --yes", deployment),
        ),
        undo=(
            ml(
                "Deploy it again, without traffic",
                "online-deployment create {} --file {}",
                deployment,
                f"{deployment.name}.yml",
            ),
        ),
    )
