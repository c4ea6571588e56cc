"""Azure ML compute instances: hours of the machine, and its OS disk, running or stopped.

Azure Machine Learning adds no charge of its own to the machines.

Prices: https://azure.microsoft.com/pricing/details/machine-learning/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours, VmSize
from azcost.meters.compute import notes_on_commitment, vm_hours
from azcost.meters.disks import Disk, disk_charges
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource

# 128 GB, a P10, that cannot be changed: "OS disk on compute instance has 128-GB capacity",
# https://learn.microsoft.com/azure/machine-learning/concept-compute-instance
_OS_DISK = Disk(type="Premium_LRS", size_gb=Decimal(128))


class MlComputeInstance(Resource, frozen=True, kw_only=True):
    """One or more compute instances of one size: workstations of data scientists."""

    kind: ClassVar[str] = "ml_compute_instance"

    size: VmSize
    """The size as Azure names it: `Standard_DS3_v2`."""
    count: Count = Decimal(1)
    """How many there are."""
    hours: Hours = ALWAYS
    """When each runs: `always`, hours a month, or the schedule that starts and stops it."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought; reservations of virtual machines apply."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.purchase is Purchase.SPOT:
            raise ValueError("`purchase`: compute instances have no spot price; leave it out")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours run, and the OS disks for the whole month."""
        yield from vm_hours(
            size=self.size,
            region=self.region,
            count=self.count,
            monthly=self.hours.monthly,
            purchase=self.purchase,
        )
        yield from disk_charges(_OS_DISK, region=self.region, machines=self.count, role="OS disk")

    def notes(self) -> Iterator[str]:
        """Say what Azure bills beside it, and where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)
        # https://learn.microsoft.com/azure/machine-learning/concept-plan-manage-cost
        yield (
            "Azure also bills one Standard load balancer for each instance, by the day, "
            "until it is deleted: add a `load_balancer`"
        )
