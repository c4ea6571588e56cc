"""DDoS protection plans that protect nothing."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Network/ddosProtectionPlans", category=Category.ORPHAN)
def ddos_plan_without_networks(plan: Resource, facts: Facts) -> Verdict:
    """DDoS protection plans that protect nothing.

    Why it costs: A plan has a monthly price of thousands, whatever it protects. One plan is
    enough for all subscriptions of a tenant.

    Keep it when: A network is about to be put under it. Networks of other subscriptions count:
    Azure lists them in the plan.

    Not checked: Whether a contract ties the plan to a term.
    """
    if plan.has("virtualNetworks") or plan.has("publicIPAddresses") or facts.named_by(plan.id):
        return None
    return leftover(
        plan,
        facts,
        title=f"The DDoS protection plan {plan.name} protects nothing",
        evidence=(Stated("virtualNetworks, publicIPAddresses", "none"),),
    )
