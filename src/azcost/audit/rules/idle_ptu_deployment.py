"""Throughput units of Azure OpenAI that nobody uses."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.model_deployments import (
    DEPLOYMENT,
    as_it_was,
    delete,
    is_provisioned,
    model_of,
    unit_bill,
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
)
from azcost.audit.snapshot import Part

# Cleancloud's window for provisioned deployments.
DAYS = 7


@rule(DEPLOYMENT, category=Category.OPENAI, needs=(Part.OPENAI,), metrics=("AzureOpenAIRequests",))
def idle_ptu_deployment(deployment: Resource, facts: Facts) -> Verdict:
    """Provisioned deployments of Azure OpenAI without a request in a week.

    Why it costs: Throughput units are billed by the hour from the moment that they are
    deployed, whether anybody asks the model or not.

    Keep it when: A launch is days away: capacity that is given back may be gone in the
    region. A reservation goes on being paid, and is used by other deployments of its kind
    only.

    Not checked: Whether the region has capacity to deploy it again.
    """
    if not is_provisioned(deployment):
        return None
    requests = facts.metric(deployment, "AzureOpenAIRequests", of="total", days=DAYS)
    if requests.maximum > 0:
        return None
    bill = unit_bill(deployment, facts)
    units = deployment.sku.capacity or 0
    return Waste(
        title=f"{units:.0f} throughput units of {deployment.name} have had no request "
        f"for {DAYS} days",
        action=Action.DELETE,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("kind", f"{deployment.sku.name}, {units:.0f} units"),
            Stated("model", model_of(deployment)),
            requests.evidence("requests an hour"),
            *evidence_of(bill),
        ),
        steps=(delete(deployment),),
        undo=as_it_was(deployment),
    )
