"""Cosmos DB accounts with more manual throughput than their busiest hour uses."""

from decimal import Decimal

from azcost.audit import cosmos_throughput as cosmos
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule, said

# Less is not worth a change that has to be watched.
LEAST_SHARE = Decimal("0.2")


@rule(
    "Microsoft.DocumentDB/databaseAccounts",
    category=Category.RIGHTSIZE,
    metrics=cosmos.METRICS,
)
def cosmos_throughput_unused(account: Resource, facts: Facts) -> Verdict:
    """Cosmos DB accounts with more manual throughput than their busiest hour uses.

    Why it costs: Manual throughput is billed by the hour as provisioned, in every region.

    Keep it when: A load is ahead that the last four weeks did not have.

    Not checked: Single containers: those that are emptier than the fullest could save more.
    A container cannot go below 1 % of the highest throughput that it ever had, nor below
    1 RU/s for each GB that it stores.
    """
    if cosmos.is_serverless(account) or cosmos.scales_by_itself(account, facts):
        return None
    used = cosmos.consumption(account, facts)
    provisioned = facts.metric(account, cosmos.PROVISIONED, of="maximum", days=cosmos.DAYS)
    needed = cosmos.enough(used, provisioned)
    share = 1 - Decimal(str(round(needed, 4)))
    if share < LEAST_SHARE:
        return None
    bill = cosmos.throughput_bill(account, facts)
    return Waste(
        title=f"{account.name} uses at most {used.maximum:.0f} % of its manual throughput",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("throughput that is enough", f"{needed:.0%} of what is provisioned"),
            used.evidence("%"),
            provisioned.evidence("RU/s"),
            *evidence_of(bill),
        ),
        steps=(
            az("Lower each container (or database), DATABASE and CONTAINER, to what it uses",
               "az cosmosdb sql container throughput update --account-name {} --resource-group {} "
               "--database-name DATABASE --name CONTAINER --throughput RU",
               account.name, account.resource_group),
            said("In Bicep or Terraform, lower the throughput in the block of each container"),
        ),
        undo=(
            az("Raise it again at once, without a pause",
               "az cosmosdb sql container throughput update --account-name {} --resource-group {} "
               "--database-name DATABASE --name CONTAINER --throughput RU",
               account.name, account.resource_group),
        ),
    )  # fmt: skip
