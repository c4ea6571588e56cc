"""Container apps that keep replicas running while no requests come."""

from decimal import Decimal

import numpy as np

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule
from azcost.audit.silence import counted

# Requests are reported when there are any, the CPU of the replicas all the time.
WITNESS = "UsageNanoCores"
# Where requests come in most hours, a replica would seldom be off.
QUIET_SHARE = 0.5
# How long the last replica stays after the last request, in hours:
# https://learn.microsoft.com/azure/container-apps/scale-app ("Cool down period")
COOL_DOWN_HOURS = 300 / 3600


@rule(
    "Microsoft.App/containerApps",
    category=Category.SCHEDULE,
    metrics=("Requests", WITNESS),
)
def container_app_kept_warm(app: Resource, facts: Facts) -> Verdict:
    """Container apps that keep replicas running though half of all hours have no request.

    Why it costs: With a minimum of one or more replicas, vCPUs and memory are billed at the
    idle rate while no request comes; with none, nothing is.

    Keep it when: The first request after a pause cannot wait for a container to start.

    Not checked: How long a start takes. Apps without ingress, which work by queues or
    schedules, are left alone, and so are those on dedicated profiles.
    """
    least = int(app.number("template.scale.minReplicas") or 0)
    profile = app.text("workloadProfileName") or "Consumption"
    if least < 1 or not app.has("configuration.ingress") or profile.lower() != "consumption":
        return None
    requests = counted(facts, app, "Requests", witness=WITNESS)
    quiet = requests.measured == 0
    if float(np.mean(quiet)) < QUIET_SHARE:
        return None
    bill = facts.bill(app).only(meter="Idle Usage")
    return Waste(
        title=f"The container app {app.name} keeps {least} replicas for hours without requests",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(_off(requests)),
        evidence=(
            Stated("template.scale.minReplicas", str(least)),
            Stated("hours without requests", f"{np.mean(quiet):.0%}"),
            requests.evidence("requests an hour"),
            *evidence_of(bill),
        ),
        steps=_set(app, 0),
        undo=_set(app, least),
    )


def _off(requests: Window) -> Decimal:
    """The share of the quiet hours in which no replica would run."""
    quiet = requests.measured == 0
    pauses = int(np.sum(quiet[1:] & ~quiet[:-1])) + int(quiet[0])
    hours = int(np.sum(quiet))
    return Decimal(str(round(1 - pauses * COOL_DOWN_HOURS / hours, 4)))


def _set(app: Resource, replicas: int) -> tuple[Step, ...]:
    step = az(
        f"Keep {replicas} replicas at least",
        "az containerapp update --name {} --resource-group {} --min-replicas {}",
        app.name,
        app.resource_group,
        replicas,
    )
    scale = {"minReplicas": replicas}
    return (step, *changed(app.id, {"properties": {"template": {"scale": scale}}}))
