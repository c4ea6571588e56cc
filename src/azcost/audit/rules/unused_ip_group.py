"""IP groups that no firewall uses."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Network/ipGroups", category=Category.ORPHAN)
def unused_ip_group(group: Resource, facts: Facts) -> Verdict:
    """IP groups that no firewall uses.

    Why it costs: It costs nothing. A list of addresses that nobody uses is one that nobody
    keeps right.

    Keep it when: A rule of a firewall is about to use it.

    Not checked: Whether templates name it.
    """
    if group.has("firewalls") or group.has("firewallPolicies") or facts.named_by(group.id):
        return None
    return leftover(
        group,
        facts,
        title=f"No firewall uses the IP group {group.name}",
        evidence=(
            Stated("firewalls, firewallPolicies", "none"),
            Stated("addresses", str(len(group.texts("ipAddresses")))),
        ),
    )
