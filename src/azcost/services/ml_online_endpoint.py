"""Azure ML managed online endpoints: hours of the instances behind each deployment.

Azure Machine Learning adds no charge of its own to the machines.

Prices: https://azure.microsoft.com/pricing/details/machine-learning/
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours, VmSize
from azcost.meters.compute import notes_on_commitment, vm_hours
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import plain

# https://learn.microsoft.com/azure/machine-learning/how-to-manage-quotas, "Virtual machine
# quota allocation for deployment": reserved for upgrades, at no cost.
_QUOTA_FACTOR = Decimal("1.2")


class MlOnlineEndpoint(Resource, frozen=True, kw_only=True):
    """A deployment behind a managed online endpoint; several are several services."""

    kind: ClassVar[str] = "ml_online_endpoint"

    size: VmSize
    """The instance type as Azure names it: `Standard_DS3_v2`."""
    count: Count = Decimal(1)
    """How many instances; the average, where it scales."""
    hours: Hours = ALWAYS
    """When it exists: instances are billed with or without requests, until deleted."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours are bought; reservations of virtual machines apply."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        if self.purchase is Purchase.SPOT:
            raise ValueError(
                "`purchase`: managed online endpoints have no spot price; leave it out"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the hours of the instances."""
        yield from vm_hours(
            size=self.size,
            region=self.region,
            count=self.count,
            monthly=self.hours.monthly,
            purchase=self.purchase,
        )

    def notes(self) -> Iterator[str]:
        """Say how much quota it takes, and where a schedule saves nothing."""
        yield from notes_on_commitment(self.purchase, self.hours)
        needed = (self.count * _QUOTA_FACTOR).to_integral_value(ROUND_CEILING)
        if needed > self.count:
            yield f"needs quota for {plain(needed)} instances, free until Azure upgrades them"
