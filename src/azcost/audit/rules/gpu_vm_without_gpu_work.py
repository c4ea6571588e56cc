"""GPU machines on which no process is busy enough to feed a GPU."""

from azcost.audit import machines
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import VM
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)

DAYS = 14
# A process that drives a GPU keeps about one core busy while it does (judgement: CUDA spins
# while it waits by default). A machine that never has half a core busy drives none.
BUSY_CORES = 0.5


@rule(VM, category=Category.IDLE, metrics=("Percentage CPU",))
def gpu_vm_without_gpu_work(vm: Resource, facts: Facts) -> Verdict:
    """GPU machines that run, and on which not half a core was busy for two weeks.

    Why it costs: The GPUs are most of the price; a machine without them costs a tenth.

    Keep it when: The GPU serves a model that is asked rarely and must answer at once.

    Not checked: The GPUs themselves: Azure Monitor does not see them from outside. It is
    inferred from the CPU, so look with nvidia-smi before anything else.
    """
    machine = machines.machine_of(vm, facts)
    if machines.is_off(vm) or machine is None:
        return None
    built = machine.built_with(facts)
    if built is None:
        return Unknown(f"what {machine.size} is built with is not known")
    if not built.gpus:
        return None
    cpu = facts.metric(vm, "Percentage CPU", of="maximum", days=DAYS)
    cores = cpu.highest_day(99) / 100 * built.vcpus
    if cores >= BUSY_CORES:
        return None
    bill = machines.compute(facts, vm)
    return Waste(
        title=f"Nothing on {vm.name} is busy enough to feed its {built.gpu_model or 'GPU'}",
        action=Action.STOP,
        confidence=Confidence.LOW,
        saving=bill.saving(),
        evidence=(
            Stated("size", f"{machine.size}: {built.gpus} x {built.gpu_model or 'GPU'}"),
            Stated("busiest day", f"{cores:.2f} of {built.vcpus} cores"),
            cpu.evidence("%"),
            *evidence_of(bill),
        ),
        steps=(
            Step("Look at the GPU, on the machine", "nvidia-smi dmon -s u -c 60", "sh"),
            az("Deallocate the machine; its disks stay", "az vm deallocate --ids {}", vm.id),
        ),
        undo=(az("Start it again, if the size is free", "az vm start --ids {}", vm.id),),
    )
