"""Compute instances of Azure ML that run and do nothing."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machine_learning import COMPUTE, machine_bill, ml, size_of, workspace_of
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
)
from azcost.audit.snapshot import Part

DAYS = 14
# Flexera's policy for idle instances takes so much for what a machine needs by itself.
IDLE_CPU = 5.0


@rule(
    COMPUTE,
    category=Category.MACHINE_LEARNING,
    needs=(Part.MACHINE_LEARNING,),
    metrics=(
        "Microsoft.MachineLearningServices/workspaces: CpuUtilizationPercentage | ComputeName",
    ),
)
def idle_ml_instance(instance: Resource, facts: Facts) -> Verdict:
    """Compute instances of Azure ML that have run for two weeks and done nothing.

    Why it costs: An instance is billed while it runs, busy or not.

    Keep it when: Somebody comes back to it soon and cannot wait the minutes that it takes
    to start; its disk stays when it is stopped.

    Not checked: GPUs, and kernels that wait for input.
    """
    running = instance.is_one_of("properties.state", "Running")
    if not instance.is_one_of("computeType", "ComputeInstance") or not running:
        return None
    workspace = workspace_of(instance, facts)
    if workspace is None:
        return Unknown("its workspace was not read")
    cpu = facts.metric(
        workspace,
        "CpuUtilizationPercentage",
        of="maximum",
        days=DAYS,
        dimension=f"ComputeName={instance.name}",
    )
    if cpu.quantile(99) >= IDLE_CPU:
        return None
    bill = machine_bill(instance, facts)
    size = facts.catalogue.vm_size(size_of(instance, facts))
    sure = size is not None and not size.gpus
    return Waste(
        title=f"The compute instance {instance.name} has run for {DAYS} days and done nothing",
        action=Action.STOP,
        confidence=Confidence.HIGH if sure else Confidence.LOW,
        saving=bill.saving(),
        evidence=(Stated("size", size_of(instance, facts)), cpu.evidence("%"), *evidence_of(bill)),
        steps=(ml("Stop it; its disk stays", "compute stop {}", instance),),
        undo=(ml("Start it again", "compute start {}", instance),),
    )
