"""Hours of virtual machine sizes, whoever runs them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from azcost.estimate import Charge
from azcost.fields import Hours
from azcost.pricing.price import Meter
from azcost.pricing.rows import SAVINGS, Purchase
from azcost.units import HOURS_PER_MONTH, hours, plain

OperatingSystem = Literal["linux", "windows"]

COMMITTED = frozenset(
    {Purchase.RESERVED_1Y, Purchase.RESERVED_3Y, Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y}
)

# Family, vCPUs, constrained vCPUs and features of a size, of which "s" is premium storage:
# https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
SIZE = re.compile(r"(?:Standard|Basic)_([A-Z]+)(\d+)(?:-(\d+))?([a-z]*)")
# Families that have it without the letter: M (says the same page), the old DS and GS. Of DC
# only DC8_v2 lacks the letter, and Azure's list of SKUs (in microsoft/aspire,
# AksNodeVmSizes.Generated.cs) says that it has premium storage.
_PREMIUM_FAMILIES = ("DC", "DS", "GS", "M")


def has_premium_storage(size: str) -> bool:
    """Whether a size takes premium disks; sizes whose name is not understood do."""
    named = SIZE.match(size)
    return named is None or named[1] in _PREMIUM_FAMILIES or "s" in named[4]


def check_hybrid_benefit(*, os: OperatingSystem, hybrid_benefit: bool) -> None:
    """Raise ValueError for licences that nothing needs."""
    if hybrid_benefit and os == "linux":
        raise ValueError(
            "`hybrid_benefit`: linux needs no Windows Server licence; leave it out, or say "
            "`os: windows`"
        )


def notes_on_commitment(purchase: Purchase, running: Hours) -> Iterator[str]:
    """Yield a note where a schedule saves nothing."""
    if purchase in COMMITTED and running.monthly != HOURS_PER_MONTH:
        yield (
            f"`hours: {running.text}` does not change what is committed: {purchase} is paid "
            "for every hour of the month"
        )


def vm_hours(
    *,
    size: str,
    region: str,
    count: Decimal,
    monthly: Decimal,
    purchase: Purchase = Purchase.PAY_AS_YOU_GO,
    os: OperatingSystem = "linux",
    hybrid_benefit: bool = False,
) -> Iterator[Charge]:
    """Yield the charges of `count` machines of `size` that run `monthly` hours each.

    A commitment is paid for every hour of the month, used or not, and covers no Windows
    licence: that is billed by the hours run (so the exports of the Azure Pricing
    Calculator of 2024 to 2026 that azcost was checked against). Savings plans have prices
    for Windows on a few sizes, such as NC40ads_H100_v5 and DC8eds_v6.
    """
    label = f"{plain(count)} x {size}"
    licensed = os == "windows" and not hybrid_benefit
    linux = Meter(service="Virtual Machines", region=region, arm_sku=size, os="linux")
    if purchase in COMMITTED:
        yield Charge(f"{label}, {purchase}", hours(count * HOURS_PER_MONTH), linux, purchase)
        if licensed:
            licence = Meter(service="Virtual Machines", region=region, arm_sku=size, os="licence")
            way = purchase if purchase in SAVINGS else Purchase.PAY_AS_YOU_GO
            yield Charge(f"{label}, Windows licence", hours(count * monthly), licence, way)
        return
    windows = Meter(service="Virtual Machines", region=region, arm_sku=size, os="windows")
    meter = windows if licensed else linux
    yield Charge(f"{label}, {os}, {purchase}", hours(count * monthly), meter, purchase)
