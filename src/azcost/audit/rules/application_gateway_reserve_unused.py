"""Application gateways that keep more instances ready than their busiest hours use."""

import math
from decimal import Decimal

import numpy as np

from azcost.audit.aggregation import peaks
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Category, Confidence, Stated, Step, Verdict, Waste, az, rule
from azcost.audit.silence import DAYS

# An instance reserves so many capacity units, and an hour is billed what it uses or what is
# reserved, whichever is more: https://learn.microsoft.com/azure/application-gateway/understanding-pricing
UNITS_PER_INSTANCE = 10
# The busiest hours, of which Azure keeps the average, may fill so much of what stays: the rest
# is for the minutes until another instance has started.
FULL = 0.75
# Two instances survive the loss of one while a third starts:
# https://learn.microsoft.com/azure/well-architected/service-guides/azure-application-gateway
LEAST_INSTANCES = 2


@rule(
    "Microsoft.Network/applicationGateways",
    category=Category.RIGHTSIZE,
    metrics=("CapacityUnits",),
)
def application_gateway_reserve_unused(gateway: Resource, facts: Facts) -> Verdict:
    """Application gateways (v2) that keep more instances ready than their busiest hours use.

    Why it costs: Every instance that is kept ready reserves 10 capacity units, which are
    billed whether requests need them or not.

    Keep it when: Traffic comes in bursts that are over before a new instance has started,
    which takes some minutes, or an event is ahead.

    Not checked: Bursts within a minute, and how fast the backends scale.
    """
    scales = gateway.has("autoscaleConfiguration")
    path = "autoscaleConfiguration.minCapacity" if scales else "sku.capacity"
    kept = int(gateway.number(path) or 0)
    if kept <= LEAST_INSTANCES or not (gateway.text("sku.tier") or "").lower().endswith("_v2"):
        return None
    busiest = peaks(facts, gateway, "CapacityUnits", DAYS)
    filled = busiest.highest_day(99) / (UNITS_PER_INSTANCE * FULL)
    needed = max(math.ceil(round(filled, 6)), LEAST_INSTANCES)
    if needed >= kept:
        return None
    used = facts.metric(gateway, "CapacityUnits", days=DAYS)
    share = 1 - _billed(used, needed) / _billed(used, kept)
    bill = facts.bill(gateway).only(meter="Capacity Units")
    return Waste(
        title=f"The gateway {gateway.name} keeps {kept} instances ready and uses {needed}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.HIGH if scales else Confidence.MEDIUM,
        saving=bill.saving(Decimal(str(round(share, 4)))),
        evidence=(
            Stated(path, str(kept)),
            busiest.evidence("capacity units"),
            *evidence_of(bill),
        ),
        steps=_set(gateway, needed),
        undo=_set(gateway, kept),
        not_checked=()
        if scales
        else ("It does not scale by itself: what exceeds its instances waits. Use autoscaling.",),
    )


def _billed(used: Window, instances: int) -> float:
    """Capacity units of an average hour, as billed with so many instances kept ready."""
    return float(np.mean(np.maximum(used.measured, instances * UNITS_PER_INSTANCE)))


def _set(gateway: Resource, instances: int) -> tuple[Step, ...]:
    if gateway.has("autoscaleConfiguration"):
        option, set_to = "--min-capacity", {"autoscaleConfiguration": {"minCapacity": instances}}
    else:
        option, set_to = "--capacity", {"sku": {"capacity": instances}}
    step = az(
        f"Keep {instances} instances ready",
        f"az network application-gateway update --ids {{}} {option} {{}}",
        gateway.id,
        instances,
    )
    return (step, *changed(gateway.id, {"properties": set_to}))
