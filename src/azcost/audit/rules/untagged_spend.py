"""Spend that no tag says the owner of."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
    said,
)
from azcost.audit.snapshot import Part

# A tenth may be odds and ends (judgement); what counts is spend, not the number of resources.
MOST_UNTAGGED = 0.10
TOP = 10


@rule("Microsoft.Resources/subscriptions", category=Category.GOVERNANCE, needs=(Part.COSTS,))
def untagged_spend(subscription: Resource, facts: Facts) -> Verdict:
    """Subscriptions where more than a tenth of the spend is on resources without any tag.

    Why it costs: Nobody looks after what is nobody's, and nobody can be asked.

    Keep it when: Groups or subscriptions say whose it is; tag inheritance in Cost Management
    then does the rest.

    Not checked: What the tags say. It saves nothing by itself.
    """
    everything = facts.in_subscription(subscription)
    whole = facts.bill(*everything)
    if not whole.is_known:
        return Unknown("its costs could not be read")
    if not whole.monthly.amount:
        return None
    spend = [(facts.bill(one).monthly, one) for one in everything if not _says_whose(one, facts)]
    spend = [pair for pair in spend if pair[0].amount > 0]
    untagged = facts.bill(*(one for _, one in spend))
    share = untagged.monthly.amount / whole.monthly.amount
    if share <= MOST_UNTAGGED:
        return None
    top = sorted(spend, key=lambda pair: (-pair[0].amount, pair[1].key))[:TOP]
    return Waste(
        title=f"{percent(share)} of what {subscription.name} spends is on resources without tags",
        action=Action.NONE,
        confidence=Confidence.HIGH,
        saving=None,
        evidence=(
            Stated("without tags", f"{untagged.monthly} of {whole.monthly} a month"),
            Stated("resources", str(len(spend))),
            *evidence_of(facts.bill(*(one for _, one in top))),
        ),
        steps=(
            *(
                az(
                    f"Say whose {one.name} is ({cost} a month)",
                    "az tag update --resource-id {} --operation merge --tags owner=WHO",
                    one.id,
                )
                for cost, one in top
            ),
            said("In templates: `tags` of each resource, else the next deployment takes them off"),
        ),
        undo=(said("A tag changes nothing else; `az tag update --operation delete` takes it off"),),
    )


def _says_whose(resource: Resource, facts: Facts) -> bool:
    """Whether it has a tag, or its group has one."""
    group = facts.get(
        f"/subscriptions/{resource.subscription}/resourceGroups/{resource.resource_group}"
    )
    return bool(resource.tags) or bool(group and group.tags)
