"""Resource groups without resources."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Verdict, az, rule


@rule("Microsoft.Resources/subscriptions/resourceGroups", category=Category.ORPHAN)
def empty_resource_group(group: Resource, facts: Facts) -> Verdict:
    """Resource groups without resources.

    Why it costs: It costs nothing. It hides the groups that are in use, and carries rights
    and policies for nothing.

    Keep it when: A pipeline expects to find it, or its rights were hard to get. Groups that a
    service manages are left alone.

    Not checked: Types that Resource Graph does not list: the first step asks for all.
    """
    facts.need_all_of()
    if group.managed_by or facts.has_resources(group):
        return None
    return leftover(
        group,
        facts,
        title=f"The resource group {group.name} is empty",
        evidence=(Stated("resources", "none"),),
        at_most=Confidence.MEDIUM,
        steps=(
            az(
                "See that nothing is in it",
                "az resource list --resource-group {} --subscription {} --output table",
                group.name,
                group.subscription,
            ),
            az(
                "Delete it",
                "az group delete --name {} --subscription {}",
                group.name,
                group.subscription,
            ),
        ),
        undo=(
            az(
                "Make it again; who had rights on it needs them again",
                "az group create --name {} --location {} --subscription {}",
                group.name,
                group.location,
                group.subscription,
            ),
        ),
    )
