"""Hours of virtual machine sizes, whoever runs them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from azcost.estimate import Charge
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.units import HOURS_PER_MONTH, hours, plain

OperatingSystem = Literal["linux", "windows"]

COMMITTED = frozenset(
    {Purchase.RESERVED_1Y, Purchase.RESERVED_3Y, Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y}
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
    Calculator of 2024 to 2026 that azcost was checked against).
    """
    label = f"{plain(count)} x {size}"
    licensed = os == "windows" and not hybrid_benefit
    linux = Meter(service="Virtual Machines", region=region, arm_sku=size, os="linux")
    if purchase in COMMITTED:
        yield Charge(f"{label}, {purchase}", hours(count * HOURS_PER_MONTH), linux, purchase)
        if licensed:
            licence = Meter(service="Virtual Machines", region=region, arm_sku=size, os="licence")
            yield Charge(f"{label}, Windows licence", hours(count * monthly), licence)
        return
    windows = Meter(service="Virtual Machines", region=region, arm_sku=size, os="windows")
    meter = windows if licensed else linux
    yield Charge(f"{label}, {os}, {purchase}", hours(count * monthly), meter, purchase)
