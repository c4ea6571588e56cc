"""Virtual machines: hours by size, operating system and way of buying, and their disks.

Prices: https://azure.microsoft.com/pricing/details/virtual-machines/linux/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours, VmSize
from azcost.meters.compute import (
    OperatingSystem,
    check_hybrid_benefit,
    notes_on_commitment,
    vm_hours,
)
from azcost.meters.disks import Disk, check_os_disk, disks_of_machines, notes_on_disks
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource


class VirtualMachine(Resource, frozen=True, kw_only=True):
    """One or more virtual machines of one size."""

    kind: ClassVar[str] = "virtual_machine"

    size: VmSize
    """The size as Azure names it: `Standard_D4s_v5`. Burst credits of B sizes are free."""
    count: Count = Decimal(1)
    """How many run at the same time."""
    hours: Hours = ALWAYS
    """When they run: `always`, hours a month, or a weekly schedule."""
    os: OperatingSystem = "linux"
    """The operating system; Windows adds its licence."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought. A maximum price for spot is a limit, never what is billed."""
    hybrid_benefit: bool = False
    """Whether you bring your own Windows Server licences."""
    os_disk: Disk | None = None
    """The disk of the operating system, one per machine; left out: not in the bill.

    Like `data_disks` it is billed for the whole month, whenever the machine runs. An
    ephemeral OS disk costs nothing.
    """
    data_disks: tuple[Disk, ...] = ()
    """The data disks of each machine."""

    def __post_init__(self) -> None:
        """Refuse an OS disk that no machine has, and a licence that Linux does not need."""
        check_os_disk(self.os_disk)
        check_hybrid_benefit(os=self.os, hybrid_benefit=self.hybrid_benefit)

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the compute hours, the licence where it is billed apart, and the disks."""
        yield from vm_hours(
            size=self.size,
            region=self.region,
            count=self.count,
            monthly=self.hours.monthly,
            purchase=self.purchase,
            os=self.os,
            hybrid_benefit=self.hybrid_benefit,
        )
        yield from disks_of_machines(
            self.os_disk, self.data_disks, region=self.region, machines=self.count
        )

    def notes(self) -> Iterator[str]:
        """Say what the bill is without, and where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)
        yield from notes_on_disks(self.size, self.os_disk, self.data_disks)
