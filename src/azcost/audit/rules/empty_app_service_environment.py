"""App Service environments that no plan is in."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

PLAN = "Microsoft.Web/serverfarms"


@rule("Microsoft.Web/hostingEnvironments", category=Category.ORPHAN)
def empty_app_service_environment(environment: Resource, facts: Facts) -> Verdict:
    """App Service environments that no plan is in.

    Why it costs: An empty environment is billed as if one instance ran in it; see "Pricing" of
    https://learn.microsoft.com/azure/app-service/environment/overview.

    Keep it when: Apps are about to be deployed: an environment takes hours to make.

    Not checked: Whether plans in subscriptions that were not read are in it.
    """
    facts.need_all_of(PLAN)
    if any(one.type == PLAN.lower() for one in facts.named_by(environment.id)):
        return None
    return leftover(
        environment,
        facts,
        title=f"No plan is in the App Service environment {environment.name}",
        evidence=(
            Stated("plans that name it in hostingEnvironmentProfile", "none"),
            Stated("kind", environment.kind or "not said"),
        ),
    )
