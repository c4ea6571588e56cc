"""Network interfaces without a machine."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

# Whatever an interface can serve: Microsoft.Network, NetworkInterfacePropertiesFormat.
# `hostedWorkloads` has volumes of NetApp and other injected services.
SERVES = ("virtualMachine", "privateEndpoint", "privateLinkService", "hostedWorkloads")


@rule("Microsoft.Network/networkInterfaces", category=Category.ORPHAN)
def unattached_network_interface(nic: Resource, facts: Facts) -> Verdict:
    """Network interfaces without a machine.

    Why it costs: It costs nothing itself, but its public address does, and it holds a private
    address of the subnet.

    Keep it when: A machine is rebuilt around it. Those of private endpoints, private link
    services and volumes of NetApp have no machine and are left alone.

    Not checked: Whether a template expects it.
    """
    if any(nic.has(path) for path in SERVES):
        return None
    addresses = tuple(
        one
        for part in nic.each("ipConfigurations")
        if (one := facts.get(part.text("properties.publicIPAddress.id")))
    )
    with_address = " and holds a public address" if addresses else ""
    return leftover(
        nic,
        facts,
        title=f"The network interface {nic.name} has no machine{with_address}",
        evidence=(
            Stated(", ".join(SERVES), "none"),
            *(Stated("public address", one.name) for one in addresses),
        ),
        also=addresses,
        again="Make it again; a public address is then another one",
    )
