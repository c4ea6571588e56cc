"""Public addresses that belong to nothing."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Verdict, rule

# Whatever an address can belong to: Microsoft.Network, PublicIPAddressPropertiesFormat.
OWNERS = ("ipConfiguration", "natGateway", "publicIPPrefix", "linkedPublicIPAddress")


@rule("Microsoft.Network/publicIPAddresses", category=Category.ORPHAN)
def unassociated_public_ip(address: Resource, facts: Facts) -> Verdict:
    """Public addresses that belong to nothing.

    Why it costs: A static address is billed by the hour, used or not. Deleting a machine
    leaves its address.

    Keep it when: Somebody outside has the address in a firewall or a DNS record: nobody gets
    the same one back. Dynamic Basic addresses, IPv6 and those of a prefix cost nothing by
    themselves and are left alone.

    Not checked: Who knows the address outside of Azure.
    """
    if any(address.has(owner) for owner in OWNERS) or facts.named_by(address.id):
        return None
    if _costs_nothing(address):
        return None
    named = address.text("dnsSettings.fqdn")
    known = f"{named} leads to it: who uses that name is not known."
    return leftover(
        address,
        facts,
        title=f"The public address {address.name} belongs to nothing",
        evidence=(
            Stated("ipConfiguration, natGateway, publicIPPrefix", "none"),
            Stated("address", address.text("ipAddress") or "not assigned"),
            Stated("sku", address.sku.name or "Basic"),
        ),
        at_most=Confidence.MEDIUM if named else Confidence.HIGH,
        not_checked=(known,) if named else (),
        again="Make it again; it gets another address",
    )


def _costs_nothing(address: Resource) -> bool:
    return address.is_one_of("publicIPAllocationMethod", "Dynamic") or address.is_one_of(
        "publicIPAddressVersion", "IPv6"
    )
