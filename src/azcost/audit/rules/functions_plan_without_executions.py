"""Premium plans of functions that are not executed."""

from azcost.audit.app_plans import APPS, apps_of
from azcost.audit.changes import MOVED
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Verdict, Waste, az, rule
from azcost.audit.silence import silence

# Executions are reported when there are any, memory as long as an app is loaded.
# https://learn.microsoft.com/azure/azure-functions/monitor-functions-reference
COUNTS, WITNESS = ("FunctionExecutionCount", "Requests"), "MemoryWorkingSet"


@rule(
    "Microsoft.Web/serverfarms",
    category=Category.IDLE,
    metrics=tuple(f"{APPS}: {name}" for name in (*COUNTS, WITNESS)),
)
def functions_plan_without_executions(plan: Resource, facts: Facts) -> Verdict:
    """Premium plans of functions of which none was executed for four weeks.

    Why it costs: A premium plan keeps an instance warm at all times. In the plans by
    consumption functions that are not executed cost nothing.

    Keep it when: A call may not wait for a start, however rare it is, or the functions need
    longer or larger than other plans allow.

    Not checked: Slots, and what triggers the functions.
    """
    if plan.sku.tier.lower() != "elasticpremium":
        return None
    apps = [app for app in apps_of(plan, facts) if app.type == APPS.lower()]
    if not apps:  # is another finding
        return None
    heard = [silence(facts, app, counts=COUNTS, witness=WITNESS) for app in apps]
    quiet = [one for one in heard if one is not None]
    if len(quiet) < len(apps):
        return None
    bill = facts.bill(plan)
    sure = all(one.confidence is Confidence.HIGH for one in quiet)
    return Waste(
        title=f"No function of the premium plan {plan.name} was executed for four weeks",
        action=Action.TIER,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("sku.name", plan.sku.name or "unknown"),
            *(measured for one in quiet for measured in one.evidence),
            *evidence_of(bill),
        ),
        steps=(
            az("Make a plan by consumption in its place, and deploy the functions to it",
               "az functionapp create --name {} --resource-group {} "
               "--flexconsumption-location {} --runtime RUNTIME --storage-account ACCOUNT",
               f"{apps[0].name}-flex", plan.resource_group, plan.location),
            MOVED,
            *(az("Delete the app", "az functionapp delete --ids {}", app.id) for app in apps),
            az("Delete the plan", "az functionapp plan delete --ids {} --yes", plan.id),
        ),
        undo=(
            az("Make the plan again, and deploy the functions to it",
               "az functionapp plan create --name {} --resource-group {} --location {} --sku {}",
               plan.name, plan.resource_group, plan.location, plan.sku.name or "EP1"),
        ),
    )  # fmt: skip
