"""Virtual networks without subnets."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Network/virtualNetworks", category=Category.ORPHAN)
def empty_virtual_network(network: Resource, facts: Facts) -> Verdict:
    """Virtual networks without subnets.

    Why it costs: It costs nothing, unless it is peered and something is billed for that. It
    keeps a range of addresses that others may need.

    Keep it when: The range is reserved on purpose, or subnets are about to be made.

    Not checked: Whether a plan of addresses counts on it.
    """
    if network.has("subnets"):
        return None
    ranges = ", ".join(network.texts("addressSpace.addressPrefixes"))
    return leftover(
        network,
        facts,
        title=f"The virtual network {network.name} has no subnet",
        evidence=(
            Stated("subnets", "none"),
            Stated("addresses", ranges or "not said"),
            Stated("peerings", str(len(network.each("virtualNetworkPeerings")))),
        ),
    )
