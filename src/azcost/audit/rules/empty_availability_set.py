"""Availability sets without machines."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule

# Virtual machines and their scale sets; a proximity placement group is no use of a set.
MACHINES = "microsoft.compute/virtualmachine"


@rule("Microsoft.Compute/availabilitySets", category=Category.ORPHAN)
def empty_availability_set(group: Resource, facts: Facts) -> Verdict:
    """Availability sets without machines.

    Why it costs: It costs nothing. It is a trace of machines that are gone, and others of the
    same kind may have been left behind with them.

    Keep it when: Machines are to be made in it: one cannot join later. Those that Azure Site
    Recovery keeps for a failover are left alone.

    Not checked: Whether templates name it.
    """
    machines = (one for one in facts.named_by(group.id) if one.type.startswith(MACHINES))
    if group.has("virtualMachines") or any(machines):
        return None
    return leftover(
        group,
        facts,
        title=f"The availability set {group.name} has no machine in it",
        evidence=(Stated("virtualMachines", "none"),),
    )
