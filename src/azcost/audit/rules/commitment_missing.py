"""Steady use at the full price, for which Azure recommends a commitment."""

from decimal import Decimal

import msgspec

from azcost.audit.documents import Document
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource, key_of
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
    said,
)
from azcost.audit.snapshot import Part, Recommendation
from azcost.units import HOURS_PER_MONTH

# Whatever saves less is not worth a year's promise (judgement), of the bill of computing.
MIN_SHARE = Decimal("0.02")


class Offer(msgspec.Struct, frozen=True, order=True):
    """What Azure says a commitment would save a month."""

    monthly: Decimal
    term: str
    scope: str
    source: str


@rule(
    "Microsoft.Resources/subscriptions",
    category=Category.COMMITMENT,
    needs=(Part.RECOMMENDATIONS, Part.ADVISOR),
)
def commitment_missing(subscription: Resource, facts: Facts) -> Verdict:
    """Steady use at the full price, for which Azure recommends a reservation or savings plan.

    Why it costs: What runs all year costs a third to a half less when it is promised.

    Keep it when: The machines will be stopped, made smaller or moved: do that first, since
    the promise is paid for all the same.

    Not checked: Azure's figures look back and know no plans. Of several offers only the best
    counts, for they are about the same hours; a term of three years is the high end only.
    """
    offers = sorted(
        offer
        for one in facts.recommendations()
        if not one.suppressed and (offer := _offer(one, subscription))
    )
    bill = facts.bill(*facts.in_subscription(subscription)).only(service="Virtual Machines")
    free = bill.monthly.amount - bill.committed.amount
    if not bill.is_known:
        return Unknown("its costs could not be read")
    short = [one for one in offers if one.term != "P3Y"]
    if not offers or not free:
        return None
    best = max(short, default=offers[-1])
    share, highest = (min(one.monthly / free, Decimal(1)) for one in (best, offers[-1]))
    if share < MIN_SHARE:
        return None
    return Waste(
        title="Steady machines are billed at the full price; "
        f"{best.source} recommends a commitment of {_years(best.term)}",
        action=Action.COMMIT,
        confidence=Confidence.MEDIUM,
        # It pays only as long as the use lasts, so at least nothing.
        saving=bill.saving(share, low=Decimal(0), high=max(highest, share)),
        evidence=(
            *(
                Stated(
                    f"{one.source}, {_years(one.term)}, scope {one.scope}",
                    f"{one.monthly:,.2f} a month",
                )
                for one in offers
            ),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Read Azure's own figures, hour by hour where it gives them",
                "az rest --url 'https://management.azure.com/subscriptions/{}/providers/"
                "Microsoft.CostManagement/benefitRecommendations?api-version=2025-03-01"
                "&$expand=properties/usage,properties/allRecommendationDetails'",
                subscription.subscription,
            ),
            Step(
                "See what to buy and what it risks, from the hours that machines were billed for",
                "azcost collect --subscription ID -o mine.json.gz && azcost commit mine.json.gz",
                "sh",
            ),
        ),
        undo=(
            said(
                "Reading takes nothing back. What is bought is bound: a savings plan cannot be "
                "returned, a reservation only within Azure's limits"
            ),
        ),
    )


def _years(term: str) -> str:
    return {"P1Y": "a year", "P3Y": "three years"}.get(term, term or "unknown length")


def _offer(found: Recommendation, subscription: Resource) -> Offer | None:
    """The offer of a recommendation, if it is one for this subscription.

    Advisor: `extendedProperties` with texts, a year's saving. Cost Management: the saving is
    of `totalHours`. Consumption: of the look-back period, as numbers or {currency, value}.
    """
    about = key_of(found.resource or found.id)
    if not f"{about}/".startswith(f"{subscription.key}/"):
        return None
    read = found.document
    if found.source == "advisor":
        extended = read.within("extendedProperties")
        term, yearly = extended.text("term"), extended.number("annualSavingsAmount")
        if term is None or yearly is None:
            return None
        monthly, scope, source = yearly / 12, extended.text("scope"), "Advisor"
    elif found.source == "benefit":
        saved = read.number("recommendationDetails.savingsAmount")
        hours = read.number("totalHours")
        if saved is None or not hours:
            return None
        monthly, source = saved / hours * float(HOURS_PER_MONTH), "Cost Management"
        term, scope = read.text("term"), read.text("scope")
    else:
        saved, days = _net_savings(read), _look_back(read)
        if saved is None or not days:
            return None
        monthly, source = saved / days * 365 / 12, "Consumption"
        term, scope = read.text("term"), read.text("scope")
    if monthly <= 0:
        return None
    return Offer(Decimal(str(round(monthly, 2))), term or "", scope or "unknown", source)


def _net_savings(read: Document) -> float | None:
    plain = read.number("netSavings")
    return plain if plain is not None else read.number("netSavings.value")


def _look_back(read: Document) -> float | None:
    words = {"Last7Days": 7.0, "Last30Days": 30.0, "Last60Days": 60.0}
    return words.get(read.text("lookBackPeriod") or "")
