"""Fine-tuned models of Azure OpenAI that are hosted for nobody."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.model_deployments import (
    DEPLOYMENT,
    as_it_was,
    delete,
    hosting_bill,
    is_fine_tuned,
    is_provisioned,
    is_trial,
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
)
from azcost.audit.snapshot import Part

# Azure itself deletes such a deployment after 15 days without a call:
# https://learn.microsoft.com/azure/ai-services/openai/how-to/fine-tuning
DAYS = 7


@rule(DEPLOYMENT, category=Category.OPENAI, needs=(Part.OPENAI,), metrics=("AzureOpenAIRequests",))
def idle_fine_tuned_model(deployment: Resource, facts: Facts) -> Verdict:
    """Fine-tuned models that are deployed and have had no request in a week.

    Why it costs: A deployed fine-tuned model is billed by the hour for being there, apart
    from its tokens.

    Keep it when: It is about to be tested; it can be deployed again at any time, since the
    model stays when its deployment goes.

    Not checked: Whether its base model is about to be retired.
    """
    if not is_fine_tuned(deployment) or is_provisioned(deployment) or is_trial(deployment):
        return None
    requests = facts.metric(deployment, "AzureOpenAIRequests", of="total", days=DAYS)
    if requests.maximum > 0:
        return None
    bill = hosting_bill(deployment, facts)
    return Waste(
        title=f"The fine-tuned model {deployment.name} is hosted and has had no request "
        f"for {DAYS} days",
        action=Action.DELETE,
        confidence=Confidence.HIGH,
        saving=bill.saving(),
        evidence=(
            Stated("model", model_of(deployment)),
            requests.evidence("requests an hour"),
            *evidence_of(bill),
        ),
        steps=(delete(deployment),),
        undo=as_it_was(deployment),
    )
