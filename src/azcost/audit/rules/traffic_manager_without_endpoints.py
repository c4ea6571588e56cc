"""Traffic Manager profiles without endpoints."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Network/trafficManagerProfiles", category=Category.ORPHAN)
def traffic_manager_without_endpoints(profile: Resource, facts: Facts) -> Verdict:
    """Traffic Manager profiles without endpoints.

    Why it costs: DNS queries and health checks are billed; without endpoints the queries that
    still come get no answer.

    Keep it when: Endpoints are about to be added, or the name must not go to somebody else:
    once the profile is gone, anybody can take it.

    Not checked: Which DNS records still lead to its name.
    """
    if profile.has("endpoints") or facts.named_by(profile.id):
        return None
    return leftover(
        profile,
        facts,
        title=f"The Traffic Manager profile {profile.name} has no endpoint",
        evidence=(
            Stated("endpoints", "none"),
            Stated("name in DNS", profile.text("dnsConfig.fqdn") or "not said"),
        ),
    )
