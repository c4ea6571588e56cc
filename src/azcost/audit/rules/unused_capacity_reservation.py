"""Reserved capacity on which no machine runs."""

from azcost.audit import machines
from azcost.audit.changes import changed
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

# Time to make the machines that it is for.
GRACE_DAYS = 7


@rule(
    "Microsoft.Compute/capacityReservationGroups/capacityReservations",
    category=Category.IDLE,
)
def unused_capacity_reservation(reservation: Resource, facts: Facts) -> Verdict:
    """Capacity that is reserved on demand and on which no machine runs.

    Why it costs: Reserved capacity is billed at the price of the machine, used or not, from
    the minute that it is made; unlike a reservation it is no discount.

    Keep it when: It is there to be sure of a scarce size in a failover or for a launch.

    Not checked: Machines of other subscriptions that share the group.
    """
    capacity = int(reservation.sku.capacity or 0)
    age = facts.days_since(reservation.day("provisioningTime") or reservation.day("timeCreated"))
    if not capacity:
        return None
    if age is None:
        return Unknown("Azure does not say when the capacity was reserved")
    # `virtualMachinesAssociated` has deallocated machines, too, which use nothing.
    found = [facts.get(one.text("id")) for one in reservation.each("virtualMachinesAssociated")]
    using = sum(vm is None or not machines.is_off(vm) for vm in found)
    unused = capacity - using
    if age < GRACE_DAYS or unused <= 0:
        return None
    # Azure bills the machines for what they use of it, and the reservation for the rest.
    bill = facts.bill(reservation)
    return Waste(
        title=f"{unused} of {capacity} reserved {reservation.sku.name} have no machine",
        action=Action.DELETE,
        confidence=Confidence.HIGH if not using else Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("reserved", f"{capacity} x {reservation.sku.name}, {age} days ago"),
            Stated("machines that run on it", str(using)),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Reserve no more than what runs",
                "az resource update --ids {} --set sku.capacity={}",
                reservation.id,
                using,
            ),
            *changed(reservation.id, {"sku": {"capacity": using}}),
        ),
        undo=(
            az(
                "Reserve it again, if it is free",
                "az resource update --ids {} --set sku.capacity={}",
                reservation.id,
                capacity,
            ),
            *changed(reservation.id, {"sku": {"capacity": capacity}}),
        ),
    )
