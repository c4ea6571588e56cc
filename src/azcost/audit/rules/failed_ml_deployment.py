"""Deployments of Azure ML that failed and are billed."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import DEPLOYMENT, machine_bill, ml, size_of
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

DAYS = 7


@rule(
    DEPLOYMENT,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=("RequestsPerMinute",),
)
def failed_ml_deployment(deployment: Resource, facts: Facts) -> Verdict:
    """Managed deployments whose provisioning failed, and which are billed all the same.

    Why it costs: Instances that were allocated before the failure stay allocated, and hold
    quota, until the deployment is deleted.

    Keep it when: Somebody is reading its logs; they go with it.

    Not checked: Why it failed.
    """
    failed = deployment.is_one_of("provisioningState", "Failed")
    if not failed or deployment.is_one_of("endpointComputeType", "Kubernetes"):
        return None
    # A failed update leaves the version before it in service.
    requests = facts.metric_if_any(deployment, "RequestsPerMinute", days=DAYS)
    measured = requests is not None and len(requests.measured) > 0
    if requests is not None and measured and requests.maximum > 0:
        return None
    bill = machine_bill(deployment, facts)
    if bill.is_known and not bill.monthly.amount:
        return None
    return Waste(
        title=f"The deployment {deployment.name} failed and is billed",
        action=Action.DELETE,
        confidence=Confidence.HIGH if measured else Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("provisioningState", "Failed"),
            Stated(
                "instances", f"{deployment.sku.capacity or 1:.0f} x {size_of(deployment, facts)}"
            ),
            *((requests.evidence("requests a minute"),) if requests and measured else ()),
            *evidence_of(bill),
        ),
        not_checked=() if measured else ("Requests: none are measured.",),
        steps=(
            ml(
                "Keep what it is made of",
                "online-deployment show {} --output yaml > {}",
                deployment,
                f"{deployment.name}.yml",
            ),
            ml(
                "Keep its logs",
                "online-deployment get-logs {} > {}",
                deployment,
                f"{deployment.name}.log",
            ),
            ml("Delete it", "online-deployment delete {} --yes", deployment),
        ),
        undo=(
            ml(
                "Deploy it again",
                "online-deployment create {} --file {}",
                deployment,
                f"{deployment.name}.yml",
            ),
        ),
    )
