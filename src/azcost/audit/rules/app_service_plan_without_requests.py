"""App Service plans whose apps nobody calls."""

from azcost.audit.app_plans import APPS, apps_of
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule

DAYS = 28
# "Always On" calls every instance each five minutes, which counts as requests:
# https://learn.microsoft.com/azure/app-service/configure-common
PINGS_AN_HOUR = 12
# Judged: a process that answers pings uses less than a hundredth of a core, 36 s an hour;
# jobs in the background use more.
IDLE_CPU_SECONDS = 36.0
TIERS = ("basic", "standard", "premium", "isolated")


@rule(
    "Microsoft.Web/serverfarms",
    category=Category.IDLE,
    metrics=(f"{APPS}: Requests", f"{APPS}: CpuTime"),
)
def app_service_plan_without_requests(plan: Resource, facts: Facts) -> Verdict:
    """App Service plans whose apps nobody has called for four weeks, nor worked by themselves.

    Why it costs: A plan is billed for its instances, called or not.

    Keep it when: An app is for an emergency, or for once a quarter.

    Not checked: Functions, which have other triggers: plans with any are left alone. A
    health check or a monitor that calls more often than Always On looks like a user.
    """
    if not plan.sku.tier.lower().startswith(TIERS) or not plan.number("numberOfSites"):
        return None
    apps = [app for app in apps_of(plan, facts) if app.is_one_of("state", "Running")]
    if not apps or any("functionapp" in app.kind.lower() for app in apps):
        return None
    pings = PINGS_AN_HOUR * max(plan.sku.capacity or 1, 1)
    windows: list[Window] = []
    for app in apps:
        requests = facts.metric(app, "Requests", of="total", days=DAYS)
        cpu = facts.metric(app, "CpuTime", of="total", days=DAYS)
        if requests.maximum > pings or cpu.quantile(99) > IDLE_CPU_SECONDS:
            return None
        windows += [requests, cpu]
    bill = facts.bill(plan)
    return Waste(
        title=f"Nobody has called an app of the plan {plan.name} for four weeks",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("sku", f"{plan.sku.capacity or 1:g} x {plan.sku.name}"),
            Stated("calls of Always On", f"up to {pings:g} an hour"),
            *(one.evidence() for one in windows),
            *evidence_of(bill),
        ),
        steps=(
            *(az("Stop the app and wait for whom it troubles", "az webapp stop --ids {}", app.id)
              for app in apps),
            *_move(plan, "FREE"),
        ),
        undo=(
            *_move(plan, plan.sku.name or "B1"),
            *(az("Start the app again", "az webapp start --ids {}", app.id) for app in apps),
        ),
    )  # fmt: skip


def _move(plan: Resource, sku: str) -> tuple[Step, ...]:
    step = az(
        f"Move the plan to {sku}; the apps and their settings stay",
        "az appservice plan update --name {} --resource-group {} --sku {}",
        plan.name,
        plan.resource_group,
        sku,
    )
    tier = {"name": "F1", "tier": "Free"} if sku == "FREE" else {"name": sku, "tier": plan.sku.tier}
    return (step, *changed(plan.id, {"sku": tier}))
