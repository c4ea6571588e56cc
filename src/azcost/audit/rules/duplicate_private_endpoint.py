"""Private endpoints to what another one in the same network reaches already."""

from collections.abc import Iterator

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource, key_of, parent_of
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule

CONNECTIONS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")
Target = tuple[str, str]


@rule("Microsoft.Network/privateEndpoints", category=Category.NETWORK)
def duplicate_private_endpoint(endpoint: Resource, facts: Facts) -> Verdict:
    """Private endpoints to what another one in the same network reaches already.

    Why it costs: Every private endpoint is billed by the hour, and one is enough for all
    subnets of a network and of those that are peered with it.

    Keep it when: A firewall or a policy lets each subnet use its own only.

    Not checked: Which of the two the names of the private DNS zone point to: keep that one.
    """
    own = set(_approved(endpoint))
    network = _network(endpoint)
    if not own or not network:
        return None
    # Of those that are alike the first by id stays.
    first = next(
        (
            one
            for one in sorted(facts.by_type(endpoint.type), key=lambda other: other.key)
            if one.key < endpoint.key and _network(one) == network and own <= set(_approved(one))
        ),
        None,
    )
    if first is None:
        return None
    bill = facts.bill(endpoint)
    return Waste(
        title=f"The private endpoint {endpoint.name} leads where {first.name} leads already",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        # The data moves to the other one.
        saving=bill.only(meter="Private Endpoint").saving(),
        evidence=(
            Stated("target", ", ".join(sorted(f"{id_} {group}".strip() for id_, group in own))),
            Stated("network", network),
            Stated("the other one", first.id),
            *evidence_of(bill),
        ),
        steps=(az("Delete it", "az network private-endpoint delete --ids {}", endpoint.id),),
        undo=(
            az("Make it again",
               "az network private-endpoint create --name {} --resource-group {} --subnet {} "
               "--private-connection-resource-id {} --group-id {} --connection-name {}",
               endpoint.name, endpoint.resource_group, endpoint.text("subnet.id") or "",
               sorted(own)[0][0], sorted(own)[0][1], endpoint.name),
        ),
    )  # fmt: skip


def _approved(endpoint: Resource) -> Iterator[Target]:
    """What it is connected to: the key of a resource, and the part of it."""
    for path in CONNECTIONS:
        for one in endpoint.each(path):
            connection = one.within("properties")
            if connection.is_one_of("privateLinkServiceConnectionState.status", "Approved"):
                target = connection.text("privateLinkServiceId")
                groups = connection.texts("groupIds") or ("",)
                yield from ((key_of(target), group.lower()) for group in groups if target)


def _network(endpoint: Resource) -> str:
    """The key of the network in whose subnet it is; empty where Azure names none."""
    subnet = endpoint.text("subnet.id")
    return parent_of(key_of(subnet)) if subnet else ""
