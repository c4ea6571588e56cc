"""Private endpoints that lead nowhere."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

STATUS = "properties.privateLinkServiceConnectionState.status"
# https://learn.microsoft.com/azure/private-link/manage-private-endpoint: the owner of the
# service rejected or removed it. Pending waits for them, and is left alone.
ENDED = ("Disconnected", "Rejected")


@rule("Microsoft.Network/privateEndpoints", category=Category.ORPHAN)
def disconnected_private_endpoint(endpoint: Resource, facts: Facts) -> Verdict:
    """Private endpoints whose connection was rejected, or whose service is gone.

    Why it costs: An endpoint is billed by the hour, connected or not. One that was
    disconnected cannot be connected again.

    Keep it when: Never for its own sake: a new one is needed anyway. Those that wait for
    approval are left alone.

    Not checked: Whether names in DNS still lead to its private address.
    """
    connections = (
        *endpoint.each("privateLinkServiceConnections"),
        *endpoint.each("manualPrivateLinkServiceConnections"),
    )
    if not connections or not all(one.is_one_of(STATUS, *ENDED) for one in connections):
        return None
    target = connections[0].text("properties.privateLinkServiceId")
    return leftover(
        endpoint,
        facts,
        title=f"The private endpoint {endpoint.name} leads nowhere",
        evidence=(
            Stated("connection", connections[0].text(STATUS) or ""),
            Stated("led to", target or "not said"),
        ),
        again="Make it again, when there is something to lead to",
    )
