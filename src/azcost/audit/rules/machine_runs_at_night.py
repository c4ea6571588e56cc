"""Machines that run through nights in which they do nothing."""

from decimal import Decimal

import numpy as np

from azcost.audit import machines, nights
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.machines import VM
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Step,
    Verdict,
    Waste,
    az,
    percent,
    rule,
)

DAYS = nights.MIN_WEEKS * 7
# An hour counts as quiet below both: what OptScale takes for idle CPU (percent), and what
# agents and updates move (Flexera: 500 MiB a day), in bytes an hour.
QUIET_CPU = 5.0
QUIET_BYTES = 500 * 1024**2 / 24
# On real traces, rests that four weeks had kept were disturbed in up to 58 % of the weeks
# after (Bitbrains 44 to 58 %, Helios 33 to 56 %, measured for azcost): at least, the others.
KEPT_AT_LEAST = Decimal("0.42")
# With no disturbed night of 28, more than this share are not to be expected (90 % bound).
MOST_DISTURBED = 1 - 0.1 ** (1 / DAYS)
TRAFFIC = ("Network In Total", "Network Out Total")


@rule(VM, category=Category.SCHEDULE, metrics=("Percentage CPU", *TRAFFIC))
def machine_runs_at_night(vm: Resource, facts: Facts) -> Verdict:
    """Machines that run through nights in which they did nothing for four weeks.

    Why it costs: A machine is billed by the hour. One that rests twelve hours a night and at
    weekends costs a third.

    Keep it when: Somebody may need it at night all the same: ask the owner. Four quiet weeks
    are no promise; on measured traces up to 58 % of such rests were disturbed later.

    Not checked: Holidays, month ends, daylight saving time, and work that no CPU and no
    network shows, such as a GPU's. Machines for development have a rule of their own.
    """
    machine = machines.machine_of(vm, facts)
    if machines.is_off(vm) or machine is None or machine.is_spot:
        return None
    if machines.is_made_by_others(vm) or is_for_development(vm, facts):
        return None
    cpu = facts.metric(vm, "Percentage CPU", of="maximum", days=DAYS)
    traffic = [facts.metric(vm, name, of="total", days=DAYS) for name in TRAFFIC]
    rest = nights.rest(_quiet(cpu, traffic), _first_weekday(facts))
    # What never does anything is for `idle_vm`: it needs no schedule.
    if rest is None or rest.length == nights.HOURS:
        return None
    share = Decimal(rest.hours_a_week) / nights.WEEK
    bill = machines.compute(facts, vm)
    holds = rest.disturbed <= MOST_DISTURBED
    return Waste(
        title=f"{vm.name} did nothing {rest.words}, for four weeks, and ran",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM if holds else Confidence.LOW,
        saving=bill.saving(share, low=share * KEPT_AT_LEAST),
        evidence=(
            Stated("rest", f"{rest.hours_a_week} of 168 hours a week"),
            Stated(
                "back test, each week by the other three",
                f"{percent(rest.disturbed)} of the nights disturbed",
            ),
            cpu.evidence("%"),
            *(one.evidence("bytes an hour") for one in traffic),
            *evidence_of(bill),
        ),
        steps=_schedule(vm, rest),
        undo=(az("No schedule", "az vm auto-shutdown --ids {} --off", vm.id),),
        one_off=OneOff(None, "asking the owner, and a start each morning"),
    )


def _quiet(cpu: Window, traffic: list[Window]) -> nights.Quiet:
    """Hours without work; one without a value counts as work."""
    moved = np.sum([one.steps for one in traffic], axis=0)
    found: nights.Quiet = (cpu.steps < QUIET_CPU) & (moved < QUIET_BYTES)
    return found


def _first_weekday(facts: Facts) -> int:
    return (facts.today.weekday() - DAYS) % 7


def _schedule(vm: Resource, rest: nights.Rest) -> tuple[Step, ...]:
    return (
        *machines.shut_down_daily(
            "Shut it down every evening (UTC); this schedule does not start machines",
            vm,
            f"{rest.start:02}00",
        ),
        az(
            "Start it in the morning, from a timer of your own such as an Automation runbook",
            "az vm start --ids {}",
            vm.id,
        ),
    )
