"""Cosmos DB accounts on autoscale whose load never goes down."""

from decimal import Decimal

from azcost.audit import cosmos_throughput as cosmos
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule, said

# Less is not worth a change that has to be watched.
LEAST_SHARE = Decimal("0.1")


@rule(
    "Microsoft.DocumentDB/databaseAccounts",
    category=Category.TIER,
    metrics=cosmos.METRICS,
)
def cosmos_autoscale_always_full(account: Resource, facts: Facts) -> Verdict:
    """Cosmos DB accounts on autoscale that use more than two thirds of it at all hours.

    Why it costs: Autoscale bills the highest of each hour at 1.5 times the price of manual
    throughput: with two thirds used on average it costs as much, above that more.

    Keep it when: The load is about to fall, or nobody is there to raise the throughput.

    Not checked: Single containers: emptier ones are better left on autoscale. Those with
    manual throughput in the same account are in the bill too.
    """
    if cosmos.is_serverless(account):
        return None
    used = cosmos.consumption(account, facts)
    if not cosmos.scales_by_itself(account, facts):
        return None
    billed = cosmos.billed_by_autoscale(used, account)
    share = 1 - Decimal(str(round(1 / billed, 4)))
    if share < LEAST_SHARE:
        return None
    bill = cosmos.throughput_bill(account, facts)
    change = (
        "az cosmosdb sql container throughput migrate --account-name {} --resource-group {} "
        "--database-name DATABASE --name CONTAINER --throughput-type "
    )
    return Waste(
        title=f"{account.name} is busy at all hours, for which autoscale costs more than manual",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("autoscale", f"{billed:.2f} times manual throughput of its maximum"),
            used.evidence("%"),
            *evidence_of(bill),
        ),
        steps=(
            az("Make each busy container manual; DATABASE and CONTAINER are its names",
               change + "manual", account.name, account.resource_group),
            said("No template does this: moving between the two is a command of its own, after "
                 "which the template has to say the same"),
        ),
        undo=(
            az("Make it autoscale again", change + "autoscale", account.name,
               account.resource_group),
        ),
    )  # fmt: skip
