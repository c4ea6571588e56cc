"""Firewall policies of Front Door that protect nothing."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

LINKS = ("frontendEndpointLinks", "securityPolicyLinks", "routingRuleLinks")


@rule("Microsoft.Network/frontDoorWebApplicationFirewallPolicies", category=Category.ORPHAN)
def unlinked_front_door_waf_policy(policy: Resource, facts: Facts) -> Verdict:
    """Web application firewall policies of Front Door that protect nothing.

    Why it costs: A policy of the classic Front Door is billed by the month with its rules,
    linked or not; those of Standard and Premium are in the price of the profile.

    Keep it when: A front door is about to be linked to it.

    Not checked: Whether templates name it.
    """
    if any(policy.has(link) for link in LINKS) or facts.named_by(policy.id):
        return None
    return leftover(
        policy,
        facts,
        title=f"The firewall policy {policy.name} is linked to no front door",
        evidence=(
            Stated("frontendEndpointLinks, securityPolicyLinks", "none"),
            Stated("sku", policy.sku.name or "not said"),
        ),
    )
