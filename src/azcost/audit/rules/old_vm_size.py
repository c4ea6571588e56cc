"""Machines of an old size whose successor costs less."""

from decimal import Decimal

from azcost.audit import machines, sizes
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET, VM
from azcost.audit.pools import is_of_kubernetes
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

# A change means a restart; for less than this share of the bill it is not proposed (judgement).
MIN_SHARE = Decimal("0.03")


@rule(VM, SCALE_SET, category=Category.RIGHTSIZE)
def old_vm_size(vm: Resource, facts: Facts) -> Verdict:
    """Machines of an old size whose successor in the same family costs less.

    Why it costs: Azure lists newer versions of a size at the same price or below, on newer
    processors; an old size stays at its price.

    Keep it when: Software is certified for the old size, or a reservation of the old size
    still runs.

    Not checked: Quota, whether the size is free in the zone, and how much faster it is.
    Versions from 6 on are not proposed to older ones: their disks are NVMe, for which the
    image must be ready.
    """
    machine = machines.machine_of(vm, facts)
    if machine is None or machines.is_off(vm) or is_of_kubernetes(vm):
        return None
    if machines.is_made_by_others(vm):
        return None
    built = machine.built_with(facts)
    if built is None:
        return Unknown(f"what {machine.size} is built with is not known")
    newer = sizes.successor(facts.catalogue, machine.size, vm.location, machine.os)
    if newer is None:
        return None
    share = machines.share_saved(machine.list_price(facts), machine.list_price(facts, newer))
    if share is None or share < MIN_SHARE:
        return None
    bill = machines.compute(facts, vm)
    return Waste(
        title=f"{newer} does what the {machine.size} of {vm.name} does, at {percent(share)} less",
        action=Action.RIGHTSIZE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("size", f"{machine.size}: {built.vcpus} vCPUs, {built.memory_gib} GiB"),
            Stated("list price a month", str(machine.list_price(facts))),
            Stated(f"as {newer}", str(machine.list_price(facts, newer))),
            *evidence_of(bill),
        ),
        steps=_to(vm, newer, "Change the size; the machine restarts"),
        undo=_to(vm, machine.size, f"Back to {machine.size}"),
    )


def _to(vm: Resource, size: str, title: str) -> tuple[Step, ...]:
    if vm.type == VM.lower():
        command = "az vm resize --ids {} --size {}"
        set_to: dict[str, object] = {"properties": {"hardwareProfile": {"vmSize": size}}}
    else:
        command, set_to = "az vmss update --ids {} --set sku.name={}", {"sku": {"name": size}}
    return (az(title, command, vm.id, size), *changed(vm.id, set_to))
