"""Private DNS zones that no network asks."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Confidence, Stated, Unknown, Verdict, rule

# A new zone has its SOA record alone.
OWN_RECORDS = 1


@rule("Microsoft.Network/privateDnsZones", category=Category.ORPHAN)
def unlinked_private_dns_zone(zone: Resource, facts: Facts) -> Verdict:
    """Private DNS zones that no virtual network is linked to.

    Why it costs: A zone is billed by the month. Without a link nobody can ask it, except
    people with a portal.

    Keep it when: It is linked only for the time of a failover or a migration. One with records
    of its own is found with less confidence.

    Not checked: Whether its records are kept anywhere else.
    """
    links = zone.number("numberOfVirtualNetworkLinks")
    if links is None:
        return Unknown("Azure does not say how many networks are linked to the zone")
    if links > 0:
        return None
    records = zone.number("numberOfRecordSets")
    own = records is None or records > OWN_RECORDS
    return leftover(
        zone,
        facts,
        title=f"No network is linked to the private DNS zone {zone.name}",
        evidence=(
            Stated("numberOfVirtualNetworkLinks", "0"),
            Stated("numberOfRecordSets", "not said" if records is None else f"{records:.0f}"),
        ),
        at_most=Confidence.MEDIUM if own else Confidence.HIGH,
    )
