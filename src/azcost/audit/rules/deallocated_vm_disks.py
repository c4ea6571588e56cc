"""Fast disks of virtual machines that have been deallocated for long."""

from decimal import Decimal

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
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
from azcost.audit.snapshot import Part
from azcost.money import Money, total
from azcost.services.managed_disk import ManagedDisk

# The Azure Optimization Engine and Flexera both wait as long.
LONG_DAYS = 30
# Azure keeps the activity log for so long: a machine that it does not mention was off all along.
LOG_DAYS = 90
# What can be made Standard HDD while its machine is off: redundancy stays what it is, and
# Premium SSD v2 and Ultra disks only change through a snapshot.
# https://learn.microsoft.com/azure/virtual-machines/disks-convert-types
CONVERTIBLE = ("premium_lrs", "standardssd_lrs")
DISK = "microsoft.compute/disks"
POWER_STATE = "extended.instanceView.powerState.code"
DEALLOCATE = "microsoft.compute/virtualmachines/deallocate/action"


@rule(
    "Microsoft.Compute/virtualMachines",
    category=Category.TIER,
    needs=(Part.POWER_STATES, Part.ACTIVITY),
)
def deallocated_vm_disks(vm: Resource, facts: Facts) -> Verdict:
    """Fast disks of virtual machines that have been deallocated for more than 30 days.

    Why it costs: Deallocating ends the bill for the size, but not for the disks: those of a
    machine that is off cost as much as those of one that runs, and nobody reads them.

    Keep it when: The machine must be up to speed the moment it starts; else its disks can
    be made what they were before that.

    Not checked: Whether the machine is needed at all. If not, the disks can go altogether,
    which saves more.
    """
    if not vm.has(POWER_STATE):
        return Unknown("Azure does not say whether the machine runs")
    if not vm.is_one_of(POWER_STATE, "PowerState/deallocated"):
        return None
    stops = facts.events(vm, DEALLOCATE)
    off = (facts.today - stops[0].at.date()).days if stops else LOG_DAYS
    age = facts.days_since(vm.day("timeCreated"))
    disks = [one for one in facts.attached_to(vm) if _is_convertible(one)]
    if not disks or off < LONG_DAYS or (age is not None and age < LONG_DAYS):
        return None
    slow = _as_hard_disks(disks, facts)
    if slow is None:
        return Unknown(f"no list price of Standard HDD in {disks[0].location} in {facts.currency}")
    bill = facts.bill(*disks)
    if bill.is_known and bill.monthly.amount <= slow.amount:
        return None
    days = f"{off} days" if stops else f"over {off} days"
    fast = "its disk is still fast" if len(disks) == 1 else f"its {len(disks)} disks still fast"
    return Waste(
        title=f"{vm.name} has been off for {days}, {fast}",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(keep=slow),
        evidence=(
            Stated("power state", "deallocated"),
            Stated("last deallocated", str(stops[0].at.date()) if stops else "not in the log"),
            *(Stated(one.name, f"{_gib(one):.0f} GiB {one.sku.name}") for one in disks),
            Stated("as Standard HDD, list price a month", str(slow)),
            *evidence_of(bill),
        ),
        steps=tuple(
            step
            for one in disks
            for step in _set(one, f"Make {one.name} a Standard HDD", "Standard_LRS")
        ),
        undo=tuple(
            step for one in disks for step in _set(one, "As it was, before it starts", one.sku.name)
        ),
    )


def _set(disk: Resource, title: str, type_: str) -> tuple[Step, ...]:
    step = az(title, "az disk update --ids {} --sku {}", disk.id, type_)
    return (step, *changed(disk.id, {"sku": {"name": type_}}))


def _is_convertible(disk: Resource) -> bool:
    return disk.type == DISK and disk.sku.name.lower() in CONVERTIBLE and _gib(disk) > 0


def _gib(disk: Resource) -> float:
    return disk.number("diskSizeGB") or 0


def _as_hard_disks(disks: list[Resource], facts: Facts) -> Money | None:
    """What the disks would cost as Standard HDD, which is billed by I/O only when used."""
    prices = [
        facts.list_price(
            ManagedDisk(
                name=one.name,
                region=one.location,
                type="Standard_LRS",
                size_gb=Decimal(str(_gib(one))),
            )
        )
        for one in disks
    ]
    known = [price for price in prices if price is not None]
    return total(known, facts.currency) if len(known) == len(disks) else None
