"""Virtual machines whose work fits a smaller or cheaper size."""

from decimal import Decimal

from azcost.audit import machines, sizes
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, Window, evidence_of
from azcost.audit.machines import VM, Machine
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
    percent,
    rule,
)
from azcost.pricing.catalogue import VmSize

# The highest of 14 days' P99 was exceeded in the next week by 14.5 % of the machines of the
# Bitbrains traces, the P95 of a week by 71.5 % (measured for azcost).
DAYS = 14
# What Advisor lets a machine that no user waits for reach on its new size.
# https://learn.microsoft.com/azure/advisor/advisor-cost-recommendations
TARGET = 0.80
# The most memory that was ever in use, and a tenth: freeing it is up to the processes.
MEMORY_HEADROOM = 1.1
# A change means a restart; for less than this share of the bill it is not proposed (judgement).
MIN_SHARE = Decimal("0.10")
GIB = 1024**3
# The machine's own limits, which shrink with its size.
LIMITS = ("VM Uncached IOPS Consumed Percentage", "VM Uncached Bandwidth Consumed Percentage")


@rule(
    VM,
    category=Category.RIGHTSIZE,
    metrics=("Percentage CPU", "Available Memory Bytes", *LIMITS),
)
def vm_larger_than_needed(vm: Resource, facts: Facts) -> Verdict:
    """Virtual machines whose work fits a smaller or cheaper size, by CPU and memory.

    Why it costs: A size is billed whole, whatever of it is used, and half the vCPUs cost
    about half.

    Keep it when: It is sized for a peak that two weeks do not show (the end of a quarter, a
    launch), or software is licensed or certified for the size it has.

    Not checked: Burstable sizes, which are cheaper by the hour and slower by more; whether
    the size is free in the zone and in the quota; how fast one thread is on the other size.
    """
    machine = machines.machine_of(vm, facts)
    if machines.is_off(vm) or machine is None or machines.is_made_by_others(vm):
        return None
    built = machine.built_with(facts)
    if built is None or built.memory_gib is None:
        return Unknown(f"what {machine.size} is built with is not known")
    if built.gpus or sizes.named(machine.size) is None:
        return None
    cpu = facts.metric(vm, "Percentage CPU", of="maximum", days=DAYS)
    free = facts.metric(vm, "Available Memory Bytes", days=DAYS)
    limits = [
        one for name in LIMITS if (one := facts.metric_if_any(vm, name, of="maximum", days=DAYS))
    ]
    need = _need(vm, built, cpu, free, limits)
    target = sizes.cheapest_that_fits(facts.catalogue, machine.size, vm.location, machine.os, need)
    share = target and machines.share_saved(
        machine.list_price(facts), machine.list_price(facts, target)
    )
    if not target or not share or share < MIN_SHARE:
        return None
    bill = machines.compute(facts, vm)
    return Waste(
        title=f"The work of {vm.name} ({machine.size}) fits {target}",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("size", f"{machine.size}: {built.vcpus} vCPUs, {built.memory_gib} GiB"),
            Stated(
                "needed", f"{need.vcpus:.1f} vCPUs, {need.memory_gib:.1f} GiB, {need.disks} disks"
            ),
            Stated("list price", f"{percent(share)} below the size that it has"),
            cpu.evidence("%"),
            free.evidence("bytes"),
            *(one.evidence("%") for one in limits if len(one.measured)),
            *evidence_of(bill),
        ),
        not_checked=() if limits else ("Its IOPS and throughput, which were not measured.",),
        steps=_resize(machine, target),
        undo=_to_size(f"Back to {machine.size}", vm, machine.size),
    )


def _need(
    vm: Resource, built: VmSize, cpu: Window, free: Window, limits: list[Window]
) -> sizes.Need:
    """What the highest day needs; the limits on disks shrink about as the vCPUs do."""
    busiest = [cpu.highest_day(99), *(one.highest_day(99) for one in limits if len(one.measured))]
    memory = float(built.memory_gib or 0)
    used = memory - free.quantile(0) / GIB
    return sizes.Need(
        vcpus=built.vcpus * max(busiest) / 100 / TARGET,
        memory_gib=used * MEMORY_HEADROOM,
        disks=len(vm.each("storageProfile.dataDisks")),
        interfaces=len(vm.each("networkProfile.networkInterfaces")),
    )


def _resize(machine: Machine, target: str) -> tuple[Step, ...]:
    vm = machine.resource
    return (
        az(
            "See whether the size is free where the machine is",
            "az vm list-vm-resize-options --ids {} --query \"[?name=='{}']\"",
            vm.id,
            target,
        ),
        *_to_size("Change the size; the machine restarts", vm, target),
    )


def _to_size(title: str, vm: Resource, size: str) -> tuple[Step, ...]:
    return (
        az(title, "az vm resize --ids {} --size {}", vm.id, size),
        *changed(vm.id, {"properties": {"hardwareProfile": {"vmSize": size}}}),
    )
