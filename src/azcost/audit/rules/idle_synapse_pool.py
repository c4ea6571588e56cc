"""Dedicated SQL pools of Synapse that are online and not queried."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# https://learn.microsoft.com/azure/synapse-analytics/monitor-synapse-analytics-reference
QUERIES, WITNESS = "ActiveQueries", "CPUPercent"


@rule(
    "Microsoft.Synapse/workspaces/sqlPools",
    category=Category.DATABASE,
    metrics=(QUERIES, WITNESS),
)
def idle_synapse_pool(pool: Resource, facts: Facts) -> Verdict:
    """Dedicated SQL pools of Synapse that are online and were not queried for four weeks.

    Why it costs: A pool is billed by the hour for its data warehouse units while it is
    online. A paused one costs its storage only.

    Keep it when: Reports that are read once a quarter cannot wait for it to resume, which
    takes minutes.

    Not checked: Pipelines that expect it to be online: let them resume it.
    """
    if not pool.is_one_of("status", "Online"):
        return None
    quiet = silence(facts, pool, counts=(QUERIES,), witness=WITNESS)
    if quiet is None:
        return None
    bill = facts.bill(pool).without("Stored", "Storage", "Backup", "Snapshot")
    workspace = pool.id.split("/")[-3]
    return Waste(
        title=f"The pool {pool.name} is online and was not queried for four weeks",
        action=Action.STOP,
        confidence=quiet.confidence,
        saving=bill.saving(),
        evidence=(
            Stated("sku.name", pool.sku.name or "unknown"),
            Stated("status", "Online"),
            *quiet.evidence,
            *evidence_of(bill),
        ),
        steps=(
            az("Pause it; its data stay",
               "az synapse sql pool pause --name {} --workspace-name {} --resource-group {}",
               pool.name, workspace, pool.resource_group),
        ),
        undo=(
            az("Resume it",
               "az synapse sql pool resume --name {} --workspace-name {} --resource-group {}",
               pool.name, workspace, pool.resource_group),
        ),
    )  # fmt: skip
