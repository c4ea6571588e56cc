"""What an Azure free account gets for nothing in its first twelve months.

Off unless a specification says `free_account: true`. The list is that of the lesson that
azcost's users follow (Azure free account: 750 hours of B1S, 5 GB of Hot blobs, 5 GB of
files, 5 GB of Cosmos DB). Where a list is ambiguous the smaller grant counts: Linux and
Windows share the 750 hours, operations are not granted. Grants that everybody has for
ever (functions, logs, egress) are tiers of the prices and need no option.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec.structs import replace

from azcost.estimate import Charge
from azcost.pricing.rows import Purchase
from azcost.units import Quantity, gb_months, hours, plain


class Grant(msgspec.Struct, frozen=True):
    """So much of certain meters in a month; empty words fit any meter of the service."""

    service: str
    quantity: Quantity
    meters: tuple[str, ...] = ()
    arm_sku: str = ""
    products: tuple[str, ...] = ()

    def fits(self, charge: Charge) -> bool:
        """Whether the grant is for this charge; for pay-as-you-go only."""
        meter = charge.meter
        return (
            charge.purchase is Purchase.PAY_AS_YOU_GO
            and meter.service == self.service
            and charge.quantity.unit == self.quantity.unit
            and (not self.meters or meter.meter in self.meters)
            and (not self.arm_sku or meter.arm_sku == self.arm_sku)
            and (not self.products or meter.product in self.products)
        )


GRANTS = (
    Grant("Virtual Machines", hours(Decimal(750)), arm_sku="Standard_B1s"),
    Grant(
        "Storage",
        gb_months(Decimal(5)),
        meters=("Hot LRS Data Stored",),
        products=("General Block Blob v2", "Blob Storage"),
    ),
    Grant(
        "Storage",
        gb_months(Decimal(5)),
        meters=("Hot LRS Data Stored", "LRS Data Stored"),
        products=("Files v2",),
    ),
    Grant("Azure Cosmos DB", gb_months(Decimal(5)), meters=("Data Stored",)),
)


class FreeAccount:
    """The grants of one account and month, used up by one charge after the other."""

    def __init__(self) -> None:
        self._left = {grant: grant.quantity.amount for grant in GRANTS}

    def spend(self, charge: Charge) -> Charge:
        """The charge for what the grants leave of it; its label says what was free."""
        for grant, left in self._left.items():
            free = min(left, charge.quantity.amount)
            if free > 0 and grant.fits(charge):
                self._left[grant] = left - free
                unit = charge.quantity.unit
                return replace(
                    charge,
                    label=f"{charge.label} ({plain(free)} {unit} free)",
                    quantity=Quantity(charge.quantity.amount - free, unit),
                )
        return charge
