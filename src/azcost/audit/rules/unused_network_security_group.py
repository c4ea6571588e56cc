"""Network security groups that guard nothing."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Network/networkSecurityGroups", category=Category.ORPHAN)
def unused_network_security_group(group: Resource, facts: Facts) -> Verdict:
    """Network security groups that guard no subnet and no interface.

    Why it costs: It costs nothing. It misleads whoever reads the rules and takes them to be
    in force.

    Keep it when: It is a template for others, or a scale set of no machines at the moment
    names it (those are left alone).

    Not checked: Whether templates name it.
    """
    if group.has("networkInterfaces") or group.has("subnets") or facts.named_by(group.id):
        return None
    return leftover(
        group,
        facts,
        title=f"The network security group {group.name} guards nothing",
        evidence=(
            Stated("networkInterfaces, subnets", "none"),
            Stated("rules of its own", str(len(group.each("securityRules")))),
        ),
    )
