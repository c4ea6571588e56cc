"""Virtual machines: hours by size, operating system and way of buying, and their disks.

Prices: https://azure.microsoft.com/pricing/details/virtual-machines/linux/
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours, VmSize
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, hours, plain

COMMITTED = frozenset(
    {Purchase.RESERVED_1Y, Purchase.RESERVED_3Y, Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y}
)


class VirtualMachine(Resource, frozen=True, kw_only=True):
    """One or more virtual machines of one size."""

    kind: ClassVar[str] = "virtual_machine"

    size: VmSize
    """The size as Azure names it: `Standard_D4s_v5`."""
    count: Count = Decimal(1)
    """How many run at the same time."""
    hours: Hours = ALWAYS
    """When they run: `always`, hours a month, or a weekly schedule."""
    os: Literal["linux", "windows"] = "linux"
    """The operating system; Windows adds its licence."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought."""
    hybrid_benefit: bool = False
    """Whether you bring your own Windows Server licences."""

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the compute hours, and the licence where it is billed apart."""
        yield from compute(self, self.size, self.count, self.hours.monthly)


def compute(vm: VirtualMachine, size: VmSize, count: Decimal, monthly: Decimal) -> Iterator[Charge]:
    """Yield the charges of `count` machines that run for `monthly` hours each."""
    label = f"{plain(count)} x {size}"
    licensed = vm.os == "windows" and not vm.hybrid_benefit
    meter = Meter(service="Virtual Machines", region=vm.region, arm_sku=size, os="linux")
    if vm.purchase in COMMITTED:
        # A reservation is paid for every hour of the month, used or not, and neither it nor
        # a savings plan covers the Windows licence (Azure Pricing Calculator, 2024-2026).
        yield Charge(f"{label}, {vm.purchase}", hours(count * HOURS_PER_MONTH), meter, vm.purchase)
        if licensed:
            licence = Meter(
                service="Virtual Machines", region=vm.region, arm_sku=size, os="licence"
            )
            yield Charge(f"{label}, Windows licence", hours(count * monthly), licence)
        return
    if licensed:
        meter = Meter(service="Virtual Machines", region=vm.region, arm_sku=size, os="windows")
    yield Charge(f"{label}, {vm.os}, {vm.purchase}", hours(count * monthly), meter, vm.purchase)
