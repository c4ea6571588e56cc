"""Deployments of Azure OpenAI by the token that nobody uses."""

from azcost.audit.changes import IN_TEMPLATES
from azcost.audit.facts import Facts
from azcost.audit.model_deployments import (
    DEPLOYMENT,
    as_it_was,
    delete,
    is_fine_tuned,
    is_provisioned,
    model_of,
)
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    rule,
    said,
)
from azcost.audit.snapshot import Part

DAYS = 28


@rule(DEPLOYMENT, category=Category.OPENAI, needs=(Part.OPENAI,), metrics=("AzureOpenAIRequests",))
def unused_model_deployment(deployment: Resource, facts: Facts) -> Verdict:
    """Deployments by the token without a request in four weeks; they cost nothing.

    Why it costs: It does not: tokens are billed when they are used. It holds quota that
    another deployment may need, and its key can still be used.

    Keep it when: It is called less often than once a month.

    Not checked: Who calls it.
    """
    if is_provisioned(deployment) or is_fine_tuned(deployment):
        return None
    requests = facts.metric(deployment, "AzureOpenAIRequests", of="total", days=DAYS)
    if requests.maximum > 0:
        return None
    return Waste(
        title=f"The deployment {deployment.name} has had no request for {DAYS} days",
        action=Action.NONE,
        confidence=Confidence.HIGH,
        saving=facts.bill().saving(),
        evidence=(
            Stated("model", model_of(deployment)),
            Stated("kind and quota", f"{deployment.sku.name}, {deployment.sku.capacity or 0:.0f}"),
            requests.evidence("requests an hour"),
        ),
        steps=(delete(deployment), said(IN_TEMPLATES[Action.DELETE])),
        undo=as_it_was(deployment),
    )
