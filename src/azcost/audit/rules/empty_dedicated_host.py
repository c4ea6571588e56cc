"""Dedicated hosts that no machine runs on."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Compute/hostGroups/hosts", category=Category.ORPHAN)
def empty_dedicated_host(host: Resource, facts: Facts) -> Verdict:
    """Dedicated hosts that no machine is placed on.

    Why it costs: A host is billed whole from its first hour to its last, however many
    machines are on it.

    Keep it when: It is the spare for the failure of another, or machines are about to move.

    Not checked: Whether the region would have another host when one is needed again.
    """
    if host.has("virtualMachines") or facts.named_by(host.id):
        return None
    group = facts.parent(host)
    return leftover(
        host,
        facts,
        title=f"No machine is on the dedicated host {host.name}",
        evidence=(
            Stated("virtualMachines", "none"),
            Stated("sku", host.sku.name or "not said"),
            Stated("group", group.name if group else "not said"),
        ),
    )
