"""Provisioned deployments of Azure OpenAI with more units than their busiest hour needs."""

from decimal import ROUND_CEILING, Decimal

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.model_deployments import (
    DEPLOYMENT,
    is_provisioned,
    model_of,
    resized,
    sold_as,
    unit_bill,
    units_of,
)
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    rule,
)
from azcost.audit.snapshot import Part
from azcost.pricing.ptu import throughput_of

# METHODS section 5.2: the highest of the days' P99 over two weeks.
DAYS = 14
QUANTILE = 99
# Above this a deployment is well used (OptimNow's guidance, findings catalogue
# aoai.ptu.underused); at 100 percent requests are refused.
WELL_USED = 80


@rule(
    DEPLOYMENT,
    category=Category.OPENAI,
    needs=(Part.OPENAI,),
    metrics=("AzureOpenAIProvisionedManagedUtilizationV2",),
)
def oversized_ptu_deployment(deployment: Resource, facts: Facts) -> Verdict:
    """Provisioned deployments that would be used to at most 80 percent with fewer units.

    Why it costs: Units are billed by the hour, and those that no request needs buy nothing.

    Keep it when: More traffic is coming soon, or a reservation covers the units for long:
    then fewer units save nothing until it ends.

    Not checked: Bursts shorter than a minute; requests above the units are refused unless
    they spill over to a standard deployment.
    """
    sold = sold_as(deployment)
    if sold is None or not is_provisioned(deployment):
        return None
    used = facts.metric(
        deployment, "AzureOpenAIProvisionedManagedUtilizationV2", of="maximum", days=DAYS
    )
    peak = used.highest_day(QUANTILE)
    if peak <= 0:
        return None
    facts_of_model = throughput_of(model_of(deployment), sold[0])
    units = Decimal(str(deployment.sku.capacity or 0))
    load = units * Decimal(str(peak)) / WELL_USED
    steps = (load / facts_of_model.increment).to_integral_value(ROUND_CEILING)
    needed = max(steps * facts_of_model.increment, Decimal(facts_of_model.minimum))
    if needed >= units:
        return None
    bill = unit_bill(deployment, facts)
    one_step = Decimal(facts_of_model.increment) / units
    share = 1 - needed / units
    return Waste(
        title=f"{deployment.name} has {units:.0f} throughput units and needs {needed:.0f}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share, low=min(one_step, share)),
        evidence=(
            Stated("kind", f"{deployment.sku.name}, {units:.0f} units"),
            Stated("busiest day", f"{peak:.0f} % (P{QUANTILE} of its hours' maxima)"),
            Stated(
                "sizes",
                f"{facts_of_model.minimum} units and more by {facts_of_model.increment}",
            ),
            used.evidence("%"),
            *evidence_of(bill),
        ),
        not_checked=("The low end is one step fewer.",),
        steps=resized("Take the units away", deployment, needed),
        undo=resized("As it was", deployment, units_of(deployment)),
    )
