"""Machines for development that nothing shuts down in the evening."""

from decimal import Decimal

import numpy as np

from azcost.audit import machines
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.machines import VM
from azcost.audit.resource import Resource, key_of
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    az,
    percent,
    rule,
)
from azcost.audit.snapshot import Part

DAYS = 14
SCHEDULE = "Microsoft.DevTestLab/schedules"
# What OptScale takes for idle CPU, percent.
QUIET_CPU = 5.0
EVENING, MORNING = 19, 7  # UTC
# Less than this share of its hours is not worth a schedule (judgement).
MIN_SHARE = 0.20


@rule(
    VM,
    category=Category.SCHEDULE,
    metrics=("Percentage CPU",),
    needs=(Part.POWER_STATES, Part.SCHEDULES),
)
def vm_without_auto_shutdown(vm: Resource, facts: Facts) -> Verdict:
    """Machines for development, by their tags, that nothing shuts down in the evening.

    Why it costs: Nobody works on it at night and at weekends, which are 70 % of a week.

    Keep it when: Tests or builds run on it at night.

    Not checked: Schedules elsewhere, such as Automation or a pipeline; machines whose tags
    do not say that they are for development.
    """
    runs = vm.is_one_of(machines.POWER_STATE, "PowerState/running")
    if not runs or machines.is_made_by_others(vm):
        return None
    if not is_for_development(vm, facts) or _has_schedule(vm, facts):
        return None
    cpu = facts.metric(vm, "Percentage CPU", of="maximum", days=DAYS)
    off, quiet = _off_hours(cpu, facts)
    if quiet < MIN_SHARE:
        return None
    bill = machines.compute(facts, vm)
    return Waste(
        title=f"Nothing shuts down {vm.name}, which is for development, in the evening",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(
            Decimal(str(quiet)), low=Decimal(str(quiet)) / 2, high=Decimal(str(off))
        ),
        evidence=(
            Stated("tags", ", ".join(f"{name}={value}" for name, value in vm.tags.items())),
            Stated("hours", f"{percent(quiet)} at night or weekend and quiet, of {percent(off)}"),
            cpu.evidence("%"),
            *evidence_of(bill),
        ),
        not_checked=("Whether it is really started each working day: half is saved at least.",),
        steps=machines.shut_down_daily(
            "Shut it down every evening (UTC); people start it when they come", vm, f"{EVENING}00"
        ),
        undo=(az("No schedule", "az vm auto-shutdown --ids {} --off", vm.id),),
    )


def _has_schedule(vm: Resource, facts: Facts) -> bool:
    return any(
        one.is_one_of("status", "Enabled") and key_of(one.text("targetResourceId") or "") == vm.key
        for one in facts.by_type(SCHEDULE)
    )


def _off_hours(cpu: Window, facts: Facts) -> tuple[float, float]:
    """The shares of all hours that are at night or weekend, and those of them without work."""
    hour = np.arange(len(cpu.steps)) % 24
    weekday = (facts.today.weekday() - DAYS + np.arange(len(cpu.steps)) // 24) % 7
    off = (hour >= EVENING) | (hour < MORNING) | (weekday >= 5)
    return float(np.mean(off)), float(np.mean(off & (cpu.steps < QUIET_CPU)))
