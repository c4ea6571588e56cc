"""Windows machines whose licence is bought by the hour."""

from decimal import Decimal

from azcost.audit import machines
from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET, VM, share_saved
from azcost.audit.offers import is_development_offer
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
from azcost.services.virtual_machine import VirtualMachine

# A machine takes licences for at least so many cores.
# https://learn.microsoft.com/azure/virtual-machines/windows/hybrid-use-benefit-licensing
MIN_CORES = 8


@rule(VM, SCALE_SET, category=Category.LICENCE)
def hybrid_benefit_not_used(vm: Resource, facts: Facts) -> Verdict:
    """Windows machines that buy their licence by the hour.

    Why it costs: Windows Server is nearly half of what such a machine costs. Licences with
    Software Assurance, or subscriptions, may be used in Azure instead.

    Keep it when: There are no such licences, or all of them are in use.

    Not checked: How many licences you own, and what they cost: at the low end all have to be
    bought, and nothing is saved.
    """
    machine = machines.machine_of(vm, facts)
    if machine is None or machine.os != "windows" or machine.uses_hybrid_benefit:
        return None
    if machines.is_off(vm):
        return None
    # On this offer Windows costs nothing as it is.
    if is_development_offer(vm, facts):
        return None
    own = VirtualMachine(
        name="it",
        region=vm.location,
        size=machine.size,
        os="windows",
        hybrid_benefit=True,
    )
    share = share_saved(machine.list_price(facts), facts.list_price(own))
    if machine.is_spot or share is None:
        return Unknown(f"no list price of Windows on {machine.size} in {vm.location}")
    built = machine.built_with(facts)
    cores = max(built.vcpus, MIN_CORES) if built else MIN_CORES
    bill = machines.compute(facts, vm)
    return Waste(
        title=f"{vm.name} buys Windows by the hour",
        action=Action.LICENCE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share, low=Decimal(0)),
        evidence=(
            Stated("os", "Windows"),
            Stated("licenseType", machine.licence or "none"),
            Stated("licences needed", f"{cores} cores"),
            *evidence_of(bill),
        ),
        steps=_licence(vm, "Windows_Server", "Use licences of your own, with no restart"),
        undo=_licence(vm, "None", "Buy by the hour again"),
    )


def _licence(vm: Resource, licence: str, title: str) -> tuple[Step, ...]:
    program = "az vm"
    set_to: dict[str, object] = {"licenseType": licence}
    if vm.type != VM.lower():
        program, set_to = "az vmss", {"virtualMachineProfile": set_to}
    return (
        az(title, f"{program} update --ids {{}} --license-type {{}}", vm.id, licence),
        *changed(vm.id, {"properties": set_to}),
    )
