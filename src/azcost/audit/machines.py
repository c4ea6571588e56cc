"""What rules know of virtual machines and scale sets: size, system, state, price."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from azcost.audit.bill import Bill
from azcost.audit.changes import made
from azcost.audit.documents import Document
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import Step, az
from azcost.money import Money
from azcost.pricing.catalogue import VmSize
from azcost.pricing.rows import Purchase
from azcost.services.virtual_machine import VirtualMachine

VM = "Microsoft.Compute/virtualMachines"
SCALE_SET = "Microsoft.Compute/virtualMachineScaleSets"
POWER_STATE = "extended.instanceView.powerState.code"
HYBRID = ("Windows_Server", "Windows_Client")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """A machine, or the model of a scale set's instances, as its bill depends on it.

    `licence` is what it says of its own licences, empty for none.
    """

    resource: Resource
    size: str
    os: Literal["linux", "windows"]
    licence: str
    is_spot: bool

    @property
    def uses_hybrid_benefit(self) -> bool:
        """Whether Windows is licensed otherwise than by the hour."""
        return self.licence.lower() in {word.lower() for word in HYBRID}

    def list_price(
        self, facts: Facts, size: str = "", purchase: Purchase | None = None
    ) -> Money | None:
        """A month of one machine by the price list, of another size or way to buy if given."""
        bought = Purchase.SPOT if self.is_spot else Purchase.PAY_AS_YOU_GO
        return facts.list_price(
            VirtualMachine(
                name="it",
                region=self.resource.location,
                size=size or self.size,
                os=self.os,
                purchase=purchase or bought,
                hybrid_benefit=self.os == "windows" and self.uses_hybrid_benefit,
            )
        )

    def built_with(self, facts: Facts) -> VmSize | None:
        """What the size has, None where the tables do not know it."""
        return facts.catalogue.vm_size(self.size)


def machine_of(resource: Resource, facts: Facts) -> Machine | None:
    """The machine of a resource; None where Azure does not say its size."""
    if resource.type == SCALE_SET.lower():
        model = resource.within("virtualMachineProfile")
        size = resource.sku.name
    else:
        model = resource.document
        size = resource.text("hardwareProfile.vmSize") or ""
    if not size:
        return None
    return Machine(
        resource=resource,
        size=facts.catalogue.name("sizes", size) or size,
        os="windows" if is_windows(model) else "linux",
        licence=model.text("licenseType") or "",
        is_spot=model.is_one_of("priority", "Spot", "Low"),
    )


def is_windows(model: Document) -> bool:
    """Whether the OS disk says Windows; scale sets may only have a configuration for it."""
    return model.is_one_of("storageProfile.osDisk.osType", "Windows") or model.has(
        "osProfile.windowsConfiguration"
    )


def is_off(vm: Resource) -> bool:
    """Whether Azure says that a machine does not run."""
    return vm.is_one_of(POWER_STATE, "PowerState/deallocated", "PowerState/stopped")


def is_made_by_others(vm: Resource) -> bool:
    """Whether a scale set or a service such as Databricks makes and ends a machine.

    Such a machine is changed where it is made, never by itself.
    """
    vendor = {name.lower(): value.lower() for name, value in vm.tags.items()}.get("vendor")
    return vm.has("virtualMachineScaleSet.id") or bool(vm.managed_by) or vendor == "databricks"


def compute(facts: Facts, *machines: Resource) -> Bill:
    """The hours that machines are billed for, without their disks."""
    return facts.bill(*machines).only(service="Virtual Machines")


def share_saved(now: Money | None, then: Money | None) -> Decimal | None:
    """The share by which one list price is below another; None where one is not known."""
    if now is None or then is None or not now.amount:
        return None
    return 1 - then.amount / now.amount


def shut_down_daily(title: str, vm: Resource, time: str) -> tuple[Step, ...]:
    """Deallocate a machine every day at a time of UTC such as "1900"; nothing starts it."""
    group = vm.id.partition("/providers/")[0]
    schedule = {
        "status": "Enabled",
        "taskType": "ComputeVmShutdownTask",
        "dailyRecurrence": {"time": time},
        "timeZoneId": "UTC",
        "targetResourceId": vm.id,
    }
    return (
        az(title, "az vm auto-shutdown --ids {} --time {}", vm.id, time),
        *made(
            f"{group}/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-{vm.name}",
            {"properties": schedule},
            vm.location,
        ),
    )
