"""Throughput units of Azure OpenAI that cost more than the tokens would."""

from decimal import Decimal

from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.model_deployments import (
    DEPLOYMENT,
    as_it_was,
    create,
    delete,
    is_provisioned,
    list_price,
    model_of,
    sold_as,
    unit_bill,
)
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    by_hand,
    rule,
)
from azcost.audit.snapshot import Part
from azcost.pricing.models import SKU_CODES
from azcost.units import HOURS_PER_MONTH

DAYS = 28
# The quota that the command asks for, in thousands of tokens a minute, is the busiest hour's.
_MINUTES = 60


@rule(
    DEPLOYMENT,
    category=Category.OPENAI,
    needs=(Part.OPENAI,),
    metrics=("ProcessedPromptTokens", "GeneratedTokens"),
)
def ptus_dearer_than_tokens(deployment: Resource, facts: Facts) -> Verdict:
    """Provisioned deployments whose tokens would cost less by the token.

    Why it costs: Units pay for the busiest minute all month; at recorded prices they are
    cheaper than tokens only with a reservation and a load that is high day and night.

    Keep it when: They were bought for latency that a standard deployment does not promise.

    Not checked: Latency, and quota for a standard deployment. Every prompt token is taken
    as not cached, so that the tokens may cost less still.
    """
    sold = sold_as(deployment)
    if sold is None or not is_provisioned(deployment):
        return None
    reads, writes = (
        facts.metric(deployment, name, of="total", days=DAYS)
        for name in ("ProcessedPromptTokens", "GeneratedTokens")
    )
    if reads.maximum <= 0:
        return None  # idle_ptu_deployment
    instead = SKU_CODES[sold[0], ""]
    tokens = list_price(
        deployment,
        facts,
        instead,
        input_tokens=_monthly(reads),
        output_tokens=_monthly(writes),
    )
    if tokens is None:
        return Unknown(f"no price of {model_of(deployment)} by the token in {facts.currency}")
    bill = unit_bill(deployment, facts)
    if bill.is_known and bill.monthly.amount <= tokens.amount:
        return None
    quota = Decimal(int((reads.maximum + writes.maximum) / _MINUTES / 1000) + 1)
    return Waste(
        title=f"The tokens of {deployment.name} would cost less than its throughput units",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(keep=tokens),
        evidence=(
            Stated("kind", f"{deployment.sku.name}, {deployment.sku.capacity or 0:.0f} units"),
            Stated("its tokens by the token, list price a month", str(tokens)),
            reads.evidence("prompt tokens an hour"),
            writes.evidence("generated tokens an hour"),
            *evidence_of(bill),
        ),
        steps=(
            *create(
                f"Deploy it as {instead} beside it, and send requests there",
                deployment,
                instead,
                quota,
                name=f"{deployment.name}-tokens",
            ),
            by_hand(delete(deployment), "when no request comes to it any more"),
        ),
        undo=as_it_was(deployment),
    )


def _monthly(hourly: Window) -> Decimal:
    """The tokens of an average month, from what is measured."""
    return Decimal(str(round(hourly.mean))) * HOURS_PER_MONTH
