"""Route tables without a subnet."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, rule


@rule("Microsoft.Network/routeTables", category=Category.ORPHAN)
def unused_route_table(table: Resource, facts: Facts) -> Verdict:
    """Route tables without a subnet.

    Why it costs: It costs nothing. It misleads whoever looks for how traffic goes.

    Keep it when: It is kept ready for a failover or a move of a subnet.

    Not checked: Whether templates name it.
    """
    if table.has("subnets") or facts.named_by(table.id):
        return None
    return leftover(
        table,
        facts,
        title=f"The route table {table.name} belongs to no subnet",
        evidence=(
            Stated("subnets", "none"),
            Stated("routes", str(len(table.each("routes")))),
        ),
    )
