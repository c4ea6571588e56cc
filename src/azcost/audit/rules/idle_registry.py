"""Container registries that nobody pulls from or pushes to."""

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
    by_hand,
    rule,
)

# az-costguard waits a month, cleancloud three.
DAYS = 28


@rule(
    "Microsoft.ContainerRegistry/registries",
    category=Category.IDLE,
    metrics=("SuccessfulPullCount", "SuccessfulPushCount"),
)
def idle_registry(registry: Resource, facts: Facts) -> Verdict:
    """Container registries without a pull or a push in four weeks.

    Why it costs: A registry is billed by the day for its tier, and by the gigabyte for what
    is beyond it.

    Keep it when: What runs was pulled before, and may have to be pulled again: a node that
    is replaced needs its images.

    Not checked: Which machines, jobs or workspaces name it.
    """
    pulls, pushes = (
        facts.metric(registry, name, of="total", days=DAYS)
        for name in ("SuccessfulPullCount", "SuccessfulPushCount")
    )
    if pulls.maximum > 0 or pushes.maximum > 0:
        return None
    bill = facts.bill(registry)
    return Waste(
        title=f"Nobody has used the registry {registry.name} for {DAYS} days",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("sku", registry.sku.name),
            pulls.evidence("pulls an hour"),
            pushes.evidence("pushes an hour"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "See what is in it",
                "az acr repository list --name {} --output table",
                registry.name,
            ),
            by_hand(
                az(
                    "Keep an image elsewhere",
                    "az acr import --name OTHER --source {}/REPOSITORY:TAG",
                    registry.text("loginServer") or f"{registry.name}.azurecr.io",
                ),
                "for each image that is to stay",
            ),
            by_hand(
                az(
                    "Delete the registry",
                    "az acr delete --name {} --resource-group {} --yes",
                    registry.name,
                    registry.resource_group,
                ),
                "when nothing in it is needed",
            ),
        ),
        undo=(
            az(
                "Make it again, empty",
                "az acr create --name {} --resource-group {} --sku {}",
                registry.name,
                registry.resource_group,
                registry.sku.name,
            ),
        ),
    )
