"""Virtual machines: hours by size, operating system and way of buying, and their disks.

Prices: https://azure.microsoft.com/pricing/details/virtual-machines/linux/
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours, VmSize
from azcost.meters.compute import OperatingSystem, vm_hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource


class VirtualMachine(Resource, frozen=True, kw_only=True):
    """One or more virtual machines of one size."""

    kind: ClassVar[str] = "virtual_machine"

    size: VmSize
    """The size as Azure names it: `Standard_D4s_v5`."""
    count: Count = Decimal(1)
    """How many run at the same time."""
    hours: Hours = ALWAYS
    """When they run: `always`, hours a month, or a weekly schedule."""
    os: OperatingSystem = "linux"
    """The operating system; Windows adds its licence."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought."""
    hybrid_benefit: bool = False
    """Whether you bring your own Windows Server licences."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the compute hours, and the licence where it is billed apart."""
        yield from vm_hours(
            size=self.size,
            region=self.region,
            count=self.count,
            monthly=self.hours.monthly,
            purchase=self.purchase,
            os=self.os,
            hybrid_benefit=self.hybrid_benefit,
        )
