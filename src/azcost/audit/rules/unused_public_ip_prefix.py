"""Reserved ranges of public addresses that nothing takes an address from."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

# Whatever can use a prefix: Microsoft.Network, PublicIPPrefixPropertiesFormat.
USES = ("publicIPAddresses", "natGateway", "loadBalancerFrontendIpConfiguration")


@rule("Microsoft.Network/publicIPPrefixes", category=Category.ORPHAN)
def unused_public_ip_prefix(prefix: Resource, facts: Facts) -> Verdict:
    """Reserved ranges of public addresses that nothing takes an address from.

    Why it costs: Every address of the range is billed by the hour, taken or not.

    Keep it when: Others have the range in their firewalls: nobody gets the same one back.
    Ranges that a company brought itself are not billed by the address and are left alone.

    Not checked: Who knows the range outside of Azure.
    """
    if any(prefix.has(use) for use in USES) or prefix.has("customIPPrefix"):
        return None
    if facts.named_by(prefix.id):
        return None
    return leftover(
        prefix,
        facts,
        title=f"Nothing takes an address from the range {prefix.name}",
        evidence=(
            Stated("publicIPAddresses, natGateway", "none"),
            Stated(
                "range", prefix.text("ipPrefix") or f"/{prefix.number('prefixLength') or 0:.0f}"
            ),
        ),
        again="Make it again; it gets another range",
    )
