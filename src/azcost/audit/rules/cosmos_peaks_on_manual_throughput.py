"""Cosmos DB accounts whose load comes in peaks and whose throughput does not."""

from decimal import Decimal

from azcost.audit import cosmos_throughput as cosmos
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule, said
from azcost.services.cosmos_db import AUTOSCALE_STEP

# Less is not worth a change that has to be watched.
LEAST_SHARE = Decimal("0.1")


@rule(
    "Microsoft.DocumentDB/databaseAccounts",
    category=Category.TIER,
    metrics=cosmos.METRICS,
)
def cosmos_peaks_on_manual_throughput(account: Resource, facts: Facts) -> Verdict:
    """Cosmos DB accounts on manual throughput whose load comes in peaks.

    Why it costs: Manual throughput is billed for the peak in every hour. Autoscale bills
    the highest of each hour, a tenth at least, at 1.5 times the price: with less than two
    thirds used on average it costs less.

    Keep it when: The load is about to become steady.

    Not checked: Single containers: one that is always full is better left as it is.
    """
    if cosmos.is_serverless(account) or cosmos.scales_by_itself(account, facts):
        return None
    provisioned = facts.metric(account, cosmos.PROVISIONED, of="maximum", days=cosmos.DAYS)
    # Autoscale has a maximum of 1,000 RU/s at least, which may be more than there is now.
    if provisioned.maximum < AUTOSCALE_STEP:
        return None
    used = cosmos.consumption(account, facts)
    billed = cosmos.billed_by_autoscale(used, account)
    share = 1 - Decimal(str(round(billed, 4)))
    # Where less manual throughput would do as well, that is the simpler change.
    if share < LEAST_SHARE or billed >= cosmos.enough(used, provisioned):
        return None
    bill = cosmos.throughput_bill(account, facts)
    change = (
        "az cosmosdb sql container throughput migrate --account-name {} --resource-group {} "
        "--database-name DATABASE --name CONTAINER --throughput-type "
    )
    return Waste(
        title=f"{account.name} pays for its peaks all day: autoscale would bill {1 - share:.0%}",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("throughput", "manual"),
            used.evidence("%"),
            provisioned.evidence("RU/s"),
            *evidence_of(bill),
        ),
        steps=(
            az("Make each container autoscale; DATABASE and CONTAINER are its names",
               change + "autoscale", account.name, account.resource_group),
            said("No template does this: moving between the two is a command of its own, after "
                 "which the template has to say the same"),
        ),
        undo=(
            az("Make it manual again", change + "manual", account.name, account.resource_group),
        ),
    )  # fmt: skip
