"""Windows licences that are held by machines which do not need them."""

from azcost.audit import machines
from azcost.audit.changes import changed
from azcost.audit.facts import Facts
from azcost.audit.machines import POWER_STATE, VM
from azcost.audit.offers import is_development_offer
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.audit.snapshot import Part

# A machine takes licences for at least so many cores.
# https://learn.microsoft.com/azure/virtual-machines/windows/hybrid-use-benefit-licensing
MIN_CORES = 8
DEALLOCATE = "microsoft.compute/virtualmachines/deallocate/action"
# One that is switched off for a while will want its licence back.
LONG_DAYS = 30
LOG_DAYS = 90


@rule(VM, category=Category.LICENCE, needs=(Part.POWER_STATES, Part.ACTIVITY))
def hybrid_benefit_wasted(vm: Resource, facts: Facts) -> Verdict:
    """Windows licences of your own on machines that are off, or on a dev/test subscription.

    Why it costs: A licence that is counted here cannot be used on a machine that buys
    Windows by the hour. On the dev/test offer Windows costs nothing without it.

    Keep it when: There are more licences than machines to use them.

    Not checked: How many licences you own. It saves nothing by itself: what another machine
    saves by the licence is found there.
    """
    machine = machines.machine_of(vm, facts)
    if machine is None or not machine.uses_hybrid_benefit:
        return None
    if not vm.has(POWER_STATE):
        return Unknown("Azure does not say whether the machine runs")
    why = _why(vm, facts)
    if not why:
        return None
    built = machine.built_with(facts)
    cores = max(built.vcpus, MIN_CORES) if built else MIN_CORES
    return Waste(
        title=f"{vm.name} {why} and holds Windows licences for {cores} cores",
        action=Action.NONE,
        confidence=Confidence.MEDIUM,
        saving=None,
        evidence=(
            Stated("licenseType", machine.licence),
            Stated("power state", vm.text(POWER_STATE) or "unknown"),
            Stated("size", machine.size),
        ),
        steps=(
            az(
                "Free the licences",
                "az vm update --ids {} --license-type None",
                vm.id,
            ),
            *changed(vm.id, {"properties": {"licenseType": "None"}}),
        ),
        undo=(
            az(
                "Before it starts again",
                "az vm update --ids {} --license-type {}",
                vm.id,
                machine.licence,
            ),
            *changed(vm.id, {"properties": {"licenseType": machine.licence}}),
        ),
    )


def _why(vm: Resource, facts: Facts) -> str:
    if is_development_offer(vm, facts):
        return "is on a dev/test subscription"
    if not vm.is_one_of(POWER_STATE, "PowerState/deallocated"):
        return ""
    stops = facts.events(vm, DEALLOCATE)
    days = (facts.today - stops[0].at.date()).days if stops else LOG_DAYS
    if days < LONG_DAYS:
        return ""
    return f"has been off for {days} days" if stops else f"has been off for over {days} days"
