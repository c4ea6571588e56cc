"""Deployments of Azure OpenAI that work through batches at the price of conversations."""

from decimal import Decimal

import numpy as np

from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.model_deployments import DEPLOYMENT, create, ratio, sold_as, token_bill, units_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    percent,
    rule,
    said,
)
from azcost.audit.snapshot import Part
from azcost.pricing.models import SKU_CODES

DAYS = 28
# People ask by day: at the demo's waves the busiest six hours have 40 to 50 percent of a
# day's tokens. More in so few hours, day after day, is a job's.
HOURS = 6
LEAST_SHARE = 0.7


@rule(DEPLOYMENT, category=Category.OPENAI, needs=(Part.OPENAI,), metrics=("TokenTransaction",))
def batch_traffic_at_full_price(deployment: Resource, facts: Facts) -> Verdict:
    """Standard deployments that get most of their tokens in the same few hours each day.

    Why it costs: The batch API answers within a day at a part of the price, for work that
    nobody waits for.

    Keep it when: Somebody does wait for it, or each answer is needed for the next question.

    Not checked: What asks; its owner knows whether the answers may come within 24 hours.
    """
    sold = sold_as(deployment)
    if sold is None or sold[1] or (sold[0], "batch") not in SKU_CODES:
        return None
    tokens = facts.metric(deployment, "TokenTransaction", of="total", days=DAYS)
    if tokens.total <= 0:
        return None
    first, share = _busiest(tokens)
    if share < LEAST_SHARE:
        return None
    standard, batch = SKU_CODES[sold[0], ""], SKU_CODES[sold[0], "batch"]
    price = ratio(deployment, facts, of=(batch, "input_tokens"), to=(standard, "input_tokens"))
    if price is None:
        return Unknown(f"no price of this model as {batch}")
    bill = token_bill(deployment, facts, "input", "output")
    return Waste(
        title=f"{percent(share)} of the tokens of {deployment.name} come in {HOURS} hours "
        "of the day, as a batch's do",
        action=Action.TIER,
        confidence=Confidence.LOW,
        saving=bill.saving(Decimal(str(share)) * (1 - price), low=Decimal(0), high=1 - price),
        evidence=(
            Stated("busiest hours", f"{first} to {(first + HOURS) % 24} o'clock UTC"),
            Stated("price of a batch", f"{price:.0%} of the ordinary one, by the price list"),
            tokens.evidence("tokens an hour"),
            *evidence_of(bill),
        ),
        not_checked=("The low end: somebody waits for the answers.",),
        steps=create(
            "Deploy it for batches beside it, and send the job there",
            deployment,
            batch,
            max(units_of(deployment), Decimal(1)),
            name=f"{deployment.name}-batch",
        ),
        undo=(said("Send the job to the deployment that there was: it has not been changed"),),
    )


def _busiest(tokens: Window) -> tuple[int, float]:
    """The first of the busiest hours of the day, and their part of all tokens."""
    by_hour = np.nansum(tokens.steps.reshape(-1, 24), axis=0, dtype=np.float64)
    twice = np.concatenate((by_hour, by_hour))
    sums = [float(twice[hour : hour + HOURS].sum()) for hour in range(24)]
    first = int(np.argmax(sums))
    return first, sums[first] / float(by_hour.sum())
