"""Compute instances of Azure ML that nothing stops."""

from decimal import Decimal

from azcost.audit.bill import AVERAGE_MONTH
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import (
    COMPUTE,
    IDLE_TIME,
    idle_shutdown,
    machine_bill,
    size_of,
    stops_itself,
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
    rule,
    said,
)
from azcost.audit.snapshot import Part

# Somebody who works at it needs it so long (findings catalogue, ml.ci.no_schedule).
WORKING_HOURS_A_DAY = 10
WORKING_DAYS = AVERAGE_MONTH * 5 / 7
NEEDED_HOURS = WORKING_DAYS * WORKING_HOURS_A_DAY
# When it stops at weekends and at no other time.
WEEKDAY_HOURS = WORKING_DAYS * 24


@rule(COMPUTE, category=Category.MACHINE_LEARNING, needs=(Part.MACHINE_LEARNING,))
def ml_instance_without_idle_shutdown(instance: Resource, facts: Facts) -> Verdict:
    """Compute instances of Azure ML that run for more hours than anybody works.

    Why it costs: An instance is billed while it runs, and runs until somebody stops it,
    unless it may shut down by itself when idle or by a schedule.

    Keep it when: It works at night: long jobs in notebooks count as activity, so that an
    idle shutdown does not end them.

    Not checked: What runs on it; the hours are those of the bill.
    """
    if not instance.is_one_of("computeType", "ComputeInstance") or stops_itself(instance):
        return None
    bill = machine_bill(instance, facts)
    if not bill.is_known:
        return Unknown("how long it ran is in the bill, which could not be read")
    hours = bill.quantity
    if hours <= NEEDED_HOURS:
        return None
    spare = (hours - NEEDED_HOURS) / hours
    weekends = max(hours - WEEKDAY_HOURS, Decimal(0)) / hours
    return Waste(
        title=f"The compute instance {instance.name} ran {hours:.0f} hours a month; "
        "nothing stops it when idle",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(spare, low=weekends),
        evidence=(
            Stated("size", size_of(instance, facts)),
            Stated("idleTimeBeforeShutdown", "none"),
            Stated("last operation", _last_operation(instance)),
            Stated(
                "hours a month",
                f"{hours:.0f} billed, {NEEDED_HOURS:.0f} for {WORKING_HOURS_A_DAY} on workdays",
            ),
            *evidence_of(bill),
        ),
        not_checked=(
            f"Low: only weekends end; expected: all but {WORKING_HOURS_A_DAY} hours on workdays.",
        ),
        steps=(
            idle_shutdown("Let it stop after an hour of idleness", instance, IDLE_TIME),
            said(
                "No template does this to an instance that exists; in the template that makes one "
                "it is the property idleTimeBeforeShutdown"
            ),
        ),
        undo=(idle_shutdown("Let it run again until somebody stops it", instance, ""),),
    )


def _last_operation(instance: Resource) -> str:
    operation = instance.text("properties.lastOperation.operationName") or "unknown"
    day = instance.day("properties.lastOperation.operationTime")
    return f"{operation} on {day}" if day else operation
