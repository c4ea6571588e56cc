"""Virtual machines that were stopped from inside and are billed as if they ran."""

from azcost.audit.facts import Facts, evidence_of
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

# A machine that is being restarted is stopped for minutes (OptScale waits a day, too).
GRACE_DAYS = 1
POWER_STATE = "extended.instanceView.powerState.code"
POWER_OFF = "microsoft.compute/virtualmachines/poweroff/action"


@rule(
    "Microsoft.Compute/virtualMachines",
    category=Category.IDLE,
    needs=(Part.POWER_STATES,),
)
def stopped_not_deallocated_vm(vm: Resource, facts: Facts) -> Verdict:
    """Virtual machines that are stopped and still billed, because they are not deallocated.

    Why it costs: Shutting a machine down from inside, or by "power off", keeps its host
    reserved; Azure bills the size as if it ran until the machine is deallocated.

    Keep it when: Its place on the host must not be lost, as with a scarce GPU size that
    may not be given back when it is started again.

    Not checked: Whether the size is free in the region when it is to be started again.
    """
    if not vm.has(POWER_STATE):
        return Unknown("Azure does not say whether the machine runs")
    if not vm.is_one_of(POWER_STATE, "PowerState/stopped"):
        return None
    stops = facts.events(vm, POWER_OFF)
    since = stops[0].at.date() if stops else None
    if since and (facts.today - since).days < GRACE_DAYS:
        return None
    compute = facts.bill(vm).only(service="Virtual Machines")
    return Waste(
        title=f"The machine {vm.name} is stopped, but Azure bills it as if it ran",
        action=Action.STOP,
        confidence=Confidence.HIGH if since else Confidence.MEDIUM,
        saving=compute.saving(),
        evidence=(
            Stated("power state", "stopped, not deallocated"),
            Stated("stopped since", str(since) if since else "more than 90 days, or from inside"),
            Stated("size", vm.text("hardwareProfile.vmSize") or "unknown"),
            *evidence_of(compute),
        ),
        steps=(az("Deallocate the machine", "az vm deallocate --ids {}", vm.id),),
        undo=(az("Start it again", "az vm start --ids {}", vm.id),),
    )
