"""Elastic pools of SQL that no database is in."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import Category, Stated, Verdict, az, rule

DATABASE = "Microsoft.Sql/servers/databases"


@rule("Microsoft.Sql/servers/elasticPools", category=Category.ORPHAN)
def elastic_pool_without_databases(pool: Resource, facts: Facts) -> Verdict:
    """Elastic pools of SQL that no database is in.

    Why it costs: A pool is billed for what it reserves (eDTU or vCores), with or without
    databases.

    Keep it when: Databases are about to move into it.

    Not checked: Whether a long-term backup is to be restored into it.
    """
    facts.need_all_of(DATABASE)
    if any(one.type == DATABASE.lower() for one in facts.named_by(pool.id)):
        return None
    return leftover(
        pool,
        facts,
        title=f"No database is in the elastic pool {pool.name}",
        evidence=(
            Stated("databases that name it in elasticPoolId", "none"),
            Stated("sku", f"{pool.sku.name} {pool.sku.capacity or 0:.0f}"),
        ),
        undo=(
            az(
                "Make it again",
                "az sql elastic-pool create --name {} --server {} --resource-group {} "
                "--edition {} --capacity {}",
                pool.name,
                pool.parent_key.rpartition("/")[2],
                pool.resource_group,
                pool.sku.tier,
                f"{pool.sku.capacity or 0:.0f}",
            ),
        ),
    )
