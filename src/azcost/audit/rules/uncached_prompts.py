"""Long prompts of Azure OpenAI that are read anew each time."""

from decimal import Decimal

from azcost.audit.bill import Bill, Saving
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.model_deployments import DEPLOYMENT, offer_of, ratio, sold_as, token_bill
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    percent,
    rule,
    said,
)
from azcost.audit.snapshot import Part
from azcost.pricing.models import SKU_CODES

DAYS = 14
# Shorter prompts are not cached: https://learn.microsoft.com/azure/ai-services/openai/how-to/prompt-caching
CACHED_FROM_TOKENS = 1024
FEW = Decimal("0.10")
# What of the prompts of recorded conversations could be read from a cache that keeps them for
# 5 minutes, and for ever: METHODS section 4.3, the Mooncake trace.
USUAL = Decimal("0.264")
MOST = Decimal("0.347")


@rule(
    DEPLOYMENT,
    category=Category.OPENAI,
    needs=(Part.OPENAI,),
    metrics=("ProcessedPromptTokens", "AzureOpenAIRequests"),
)
def uncached_prompts(deployment: Resource, facts: Facts) -> Verdict:
    """Deployments with long prompts of which less than a tenth is billed as cached.

    Why it costs: Tokens at the start of a prompt that are the same as minutes ago cost a
    part of the others. A date or a name at the start makes every prompt a new one.

    Keep it when: Prompts really have nothing in common.

    Not checked: The prompts; how much of them repeats is that of a recorded trace of other
    people's conversations.
    """
    sold = sold_as(deployment)
    if sold is None or sold[1]:
        return None
    prompts, requests = (
        facts.metric(deployment, name, of="total", days=DAYS)
        for name in ("ProcessedPromptTokens", "AzureOpenAIRequests")
    )
    if requests.total <= 0 or prompts.total / requests.total < CACHED_FROM_TOKENS:
        return None
    if "cached-input" not in {row.item for row in offer_of(deployment).meters()}:
        return None
    whole = token_bill(deployment, facts, "input", "cached-input")
    read = token_bill(deployment, facts, "input")
    if not whole.quantity:
        return Unknown("its tokens are not in the bill")
    hits = 1 - read.quantity / whole.quantity
    if hits >= FEW:
        return None
    scope = SKU_CODES[sold[0], ""]
    price = ratio(deployment, facts, of=(scope, "cached_input_tokens"), to=(scope, "input_tokens"))
    if price is None:
        return Unknown("no price of cached tokens")
    return Waste(
        title=f"{percent(hits)} of the prompts of {deployment.name} are read from the cache",
        action=Action.TIER,
        confidence=Confidence.LOW,
        saving=_saving(read, hits, price),
        evidence=(
            Stated("tokens a prompt", f"{prompts.total / requests.total:,.0f}"),
            Stated("billed as cached", percent(hits)),
            Stated("price of cached tokens", f"{price:.0%} of the others, by the price list"),
            prompts.evidence("prompt tokens an hour"),
            *evidence_of(whole),
        ),
        not_checked=("The low end: no prompt begins like another.",),
        steps=(
            Step(
                "Put what is always the same first: instructions, tools, examples; "
                "what differs last",
                "messages = [instructions, *examples, *history, question]",
                "python",
            ),
            said("No command and no template does this: the prompts are in the application"),
        ),
        undo=(said("Put the parts of the prompts back in the order that they had"),),
    )


def _saving(read: Bill, hits: Decimal, price: Decimal) -> Saving | None:
    return read.saving(
        (USUAL - hits) * (1 - price), low=Decimal(0), high=(MOST - hits) * (1 - price)
    )
