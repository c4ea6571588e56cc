"""Subnets that nothing is in."""

from azcost.audit.documents import Document
from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Step, Verdict, az, rule

# Whatever a subnet can hold: Microsoft.Network, SubnetPropertiesFormat.
HOLDS = (
    "ipConfigurations", "ipConfigurationProfiles", "applicationGatewayIPConfigurations",
    "privateEndpoints", "delegations", "serviceAssociationLinks", "resourceNavigationLinks",
)  # fmt: skip
# Azure wants these names for gateways and firewalls; they are made ahead of them.
RESERVED = (
    "gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet",
    "azurebastionsubnet", "routeserversubnet",
)  # fmt: skip
# What names subnets without being in one.
ROUND_THEM = (
    "microsoft.network/networksecuritygroups", "microsoft.network/routetables",
    "microsoft.network/natgateways", "microsoft.network/serviceendpointpolicies",
    "microsoft.network/virtualnetworks",
)  # fmt: skip


@rule("Microsoft.Network/virtualNetworks", category=Category.ORPHAN)
def empty_subnets(network: Resource, facts: Facts) -> Verdict:
    """Subnets that nothing is in.

    Why it costs: They cost nothing. They keep addresses that others may need, and hide which
    parts of a network are in use.

    Keep it when: They are part of a plan of addresses. Delegated subnets, those with names
    that Azure reserves for gateways, and those that a cluster or a scale set of no machines
    names are left alone.

    Not checked: What joins them from subscriptions that were not read.
    """
    empty = [one for one in network.each("subnets") if _is_empty(one, network, facts)]
    if not empty:
        return None
    names = [one.text("name") or "without a name" for one in empty]
    return leftover(
        network,
        facts,
        title=f"Nothing is in {_so_many(names)} of {network.name}: {', '.join(names)}",
        evidence=tuple(
            Stated(name, one.text("properties.addressPrefix") or "addresses not said")
            for name, one in zip(names, empty, strict=True)
        ),
        at_most=Confidence.MEDIUM,
        steps=tuple(_delete(name, network) for name in names),
        undo=tuple(_make(one, network) for one in empty),
    )


def _so_many(names: list[str]) -> str:
    return "a subnet" if len(names) == 1 else f"{len(names)} subnets"


def _is_empty(subnet: Document, network: Resource, facts: Facts) -> bool:
    id_ = subnet.text("id") or f"{network.id}/subnets/{subnet.text('name')}"
    # In a redacted snapshot only the id still has the names that Azure gives.
    if id_.lower().rpartition("/")[2] in RESERVED or any(
        subnet.has(f"properties.{path}") for path in HOLDS
    ):
        return False
    inside = facts.named_by(id_)
    return all(one.type in ROUND_THEM for one in inside)


def _delete(name: str, network: Resource) -> Step:
    return az(
        f"Delete the subnet {name}",
        "az network vnet subnet delete --ids {}",
        f"{network.id}/subnets/{name}",
    )


def _make(subnet: Document, network: Resource) -> Step:
    return az(
        "Make it again; its security group and route table are to be set again",
        "az network vnet subnet create --name {} --vnet-name {} --resource-group {} "
        "--address-prefixes {}",
        subnet.text("name"),
        network.name,
        network.resource_group,
        subnet.text("properties.addressPrefix"),
    )
