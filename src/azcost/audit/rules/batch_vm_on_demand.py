"""Machines for work that may be interrupted, bought at the full price."""

from azcost.audit import machines
from azcost.audit.changes import (
    MOVED,
)
from azcost.audit.environments import may_be_interrupted
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET, VM, Machine
from azcost.audit.pools import is_of_kubernetes
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
    said,
)
from azcost.audit.spot import WORST_SHARE_DONE_AGAIN, spot_share
from azcost.pricing.rows import Purchase


@rule(VM, SCALE_SET, category=Category.COMMITMENT)
def batch_vm_on_demand(vm: Resource, facts: Facts) -> Verdict:
    """Machines whose tags say that their work may be interrupted, not on spot.

    Why it costs: Spot is the same machine at a fraction of the price, which Azure may take
    back with 30 seconds of notice.

    Keep it when: The work keeps no checkpoints, or must be done by a time.

    Not checked: How often Azure takes this size back in this region, quota for spot, and
    whether the work really goes on where it stopped.
    """
    tag = may_be_interrupted(vm.tags)
    machine = machines.machine_of(vm, facts)
    if tag is None or machine is None or machine.is_spot or is_of_kubernetes(vm):
        return None
    if machines.is_off(vm) or machines.is_made_by_others(vm):
        return None
    share = spot_share(machine, facts)
    if share is None:
        return Unknown(f"no spot price of {machine.size} in {vm.location} is recorded")
    if share.expected <= 0:
        return None
    bill = machines.compute(facts, vm)
    return Waste(
        title=f"The work of {vm.name} may be interrupted ({tag}), and it is not on spot",
        action=Action.COMMIT,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share.expected, low=share.low),
        evidence=(
            Stated("tag", tag),
            Stated("list price a month", str(machine.list_price(facts))),
            Stated("on spot", str(machine.list_price(facts, purchase=Purchase.SPOT))),
            *evidence_of(bill),
        ),
        not_checked=(f"The low end has {percent(WORST_SHARE_DONE_AGAIN)} of the work done again.",),
        steps=_make_again(vm, machine),
        undo=_as_it_was(vm, machine),
        one_off=OneOff(None, "the machine is made anew: its priority cannot be changed"),
    )


def _make_again(vm: Resource, machine: Machine) -> tuple[Step, ...]:
    if vm.type == SCALE_SET.lower():
        return (
            said(
                "Declare a scale set beside the other with priority Spot, evictionPolicy Delete "
                "and billingProfile.maxPrice -1 in its `virtualMachineProfile`"
            ),
            MOVED,
        )
    return (
        *_remade(vm, machine, "--priority Spot --eviction-policy Deallocate --max-price -1"),
        MOVED,
    )


def _as_it_was(vm: Resource, machine: Machine) -> tuple[Step, ...]:
    if vm.type == SCALE_SET.lower():
        return (said("Send the jobs to the first scale set again: keep it until spot has worked"),)
    return _remade(vm, machine, "--priority Regular")


def _remade(vm: Resource, machine: Machine, options: str) -> tuple[Step, ...]:
    disk = vm.text("storageProfile.osDisk.managedDisk.id") or "OS_DISK_ID"
    return (
        az("Delete the machine; its disks stay", "az vm delete --ids {}", vm.id),
        az(
            "Make it again from its disk",
            "az vm create --resource-group {} --name {} --size {} --attach-os-disk {} "
            f"--os-type {{}} {options}",
            vm.resource_group,
            vm.name,
            machine.size,
            disk,
            machine.os,
        ),
    )
