"""Machines with a shutdown schedule that are on at night all the same."""

from decimal import Decimal

import numpy as np

from azcost.audit import machines
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import VM
from azcost.audit.resource import Resource, key_of
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
    said,
)
from azcost.audit.snapshot import Part

DAYS = 14
SCHEDULE = "Microsoft.DevTestLab/schedules"
# A machine that is shut down every evening and started in the morning is off for about half
# of the hours; on in more than so many, something starts it again (judgement).
MOST_ON = 20 / 24
# What OptScale takes for idle CPU, percent.
QUIET_CPU = 5.0


@rule(
    VM,
    category=Category.SCHEDULE,
    metrics=("Percentage CPU",),
    needs=(Part.POWER_STATES, Part.SCHEDULES),
)
def shutdown_without_effect(vm: Resource, facts: Facts) -> Verdict:
    """Machines with a shutdown schedule that are on for more than 20 hours a day all the same.

    Why it costs: Something, or somebody, starts it again after the schedule has stopped it,
    and it does nothing for the rest of the night.

    Keep it when: It is started for work at night that its CPU does not show.

    Not checked: What starts it: an Automation runbook, a pipeline, or a person.
    """
    schedule = _schedule(vm, facts)
    if schedule is None or not vm.is_one_of(machines.POWER_STATE, "PowerState/running"):
        return None
    cpu = facts.metric_if_any(vm, "Percentage CPU", of="maximum", days=DAYS)
    # An hour without a value is one in which it was off: that is what is looked for here.
    if cpu is None or not len(cpu.measured):
        return Unknown("no values of 'Percentage CPU'")
    if cpu.coverage <= MOST_ON:
        return None
    quiet = float(np.sum(cpu.measured < QUIET_CPU)) / len(cpu.steps)
    if quiet <= 1 - MOST_ON:
        return None
    bill = machines.compute(facts, vm)
    share = Decimal(str(quiet))
    at = schedule.text("dailyRecurrence.time") or "unknown"
    return Waste(
        title=f"{vm.name} is shut down every day at {at}, and is on in "
        f"{percent(cpu.coverage)} of all hours",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        # Some of the quiet hours are between two of work: at least half are not.
        saving=bill.saving(share, low=share / 2),
        evidence=(
            Stated("schedule", f"{at} {schedule.text('timeZoneId') or ''}".strip()),
            Stated("hours on and quiet", percent(quiet)),
            cpu.evidence("%"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "See who starts it",
                "az monitor activity-log list --resource-id {} --offset 14d "
                "--query \"[?contains(operationName.value, 'start')].[eventTimestamp, caller]\"",
                vm.id,
            ),
            az("Stop it now", "az vm deallocate --ids {}", vm.id),
            said("No template for this: the schedule is there, and somebody starts it again"),
        ),
        undo=(az("Start it again", "az vm start --ids {}", vm.id),),
    )


def _schedule(vm: Resource, facts: Facts) -> Resource | None:
    return next(
        (
            one
            for one in facts.by_type(SCHEDULE)
            if one.is_one_of("status", "Enabled")
            and key_of(one.text("targetResourceId") or "") == vm.key
        ),
        None,
    )
