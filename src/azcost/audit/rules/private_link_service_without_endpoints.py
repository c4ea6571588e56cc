"""Private link services that nobody is connected to."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Verdict, rule


@rule("Microsoft.Network/privateLinkServices", category=Category.ORPHAN)
def private_link_service_without_endpoints(service: Resource, facts: Facts) -> Verdict:
    """Private link services that no private endpoint is connected to.

    Why it costs: It costs nothing itself. The load balancer behind it does, and is often
    there for nothing else.

    Keep it when: It is offered and waits for its first client.

    Not checked: Whether the load balancer behind it has other uses.
    """
    # In another tenant too, endpoints are listed here as soon as they ask.
    if service.has("privateEndpointConnections") or facts.named_by(service.id):
        return None
    return leftover(
        service,
        facts,
        title=f"Nobody is connected to the private link service {service.name}",
        evidence=(Stated("privateEndpointConnections", "none"),),
        at_most=Confidence.MEDIUM,
    )
