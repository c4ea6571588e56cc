"""Public addresses of virtual machines that have been off for long."""

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

# As long as the disks of such machines are left alone.
LONG_DAYS = 30
# Azure keeps the activity log for so long.
LOG_DAYS = 90
POWER_STATE = "extended.instanceView.powerState.code"
DEALLOCATE = "microsoft.compute/virtualmachines/deallocate/action"


@rule(
    "Microsoft.Network/publicIPAddresses",
    category=Category.IDLE,
    needs=(Part.POWER_STATES, Part.ACTIVITY),
)
def public_ip_of_deallocated_vm(address: Resource, facts: Facts) -> Verdict:
    """Static public addresses of virtual machines that have been deallocated for 30 days.

    Why it costs: A static address is billed by the hour as long as it exists, and nobody can
    be reached at the address of a machine that is off.

    Keep it when: The address is in somebody's DNS or allow-list and the machine will be
    started again: a new address would be another one.

    Not checked: Whether the machine is needed at all; with it, the address goes too.
    """
    vm = _machine(address, facts)
    # A dynamic address is given back, and not billed, when the machine is deallocated.
    if vm is None or not address.is_one_of("publicIPAllocationMethod", "Static"):
        return None
    if not vm.has(POWER_STATE):
        return Unknown("Azure does not say whether the machine runs")
    if not vm.is_one_of(POWER_STATE, "PowerState/deallocated"):
        return None
    events = facts.events(vm, DEALLOCATE)
    off = facts.days_since(events[0].at.date()) if events else LOG_DAYS
    if off is None or off < LONG_DAYS:
        return None
    bill = facts.bill(address)
    since = f"for {off} days" if events else f"for at least {LOG_DAYS} days"
    return Waste(
        title=f"The address {address.name} belongs to {vm.name}, which has been off {since}",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("machine", vm.id),
            Stated("power state", "deallocated"),
            Stated("deallocated", str(events[0].at.date()) if events else "not in the log"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Take it off the interface",
                "az network nic ip-config update --ids {} --remove publicIPAddress",
                address.text("ipConfiguration.id") or "",
            ),
            az("Delete it", "az network public-ip delete --ids {}", address.id),
        ),
        undo=(
            az(
                "Make another one, whose address will differ",
                "az network public-ip create --name {} --resource-group {} --location {} "
                "--sku Standard --allocation-method Static",
                address.name,
                address.resource_group,
                address.location,
            ),
        ),
    )


def _machine(address: Resource, facts: Facts) -> Resource | None:
    """The machine of the interface that has the address."""
    configuration = address.text("ipConfiguration.id") or ""
    interface = facts.get(configuration.partition("/ipConfigurations/")[0])
    return facts.get(interface.text("virtualMachine.id")) if interface else None
