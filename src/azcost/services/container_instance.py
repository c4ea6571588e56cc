"""Container instances: vCPU and memory of container groups by the time they run.

Prices: https://azure.microsoft.com/pricing/details/container-instances/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours
from azcost.meters.compute import COMMITTED, OperatingSystem, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, Quantity, hours, plain

_SECONDS = 3600  # of an hour
_SKUS = {"Standard": "Standard", "Confidential": "Confidential containers ACI"}


class ContainerInstance(Resource, frozen=True, kw_only=True):
    """One or more container groups of one size."""

    kind: ClassVar[str] = "container_instance"

    vcpus: Amount
    """vCPUs that one container group asks for, all its containers together."""
    memory_gb: Gigabytes
    """Memory that one container group asks for, all its containers together, in GB."""
    count: Count = Decimal(1)
    """How many container groups run at the same time."""
    hours: Hours = ALWAYS
    """When they run, from the pull of the first image until the group stops."""
    os: OperatingSystem = "linux"
    """The operating system; Windows adds its software duration, by vCPU."""
    sku: Literal["Standard", "Confidential"] = "Standard"
    """The SKU of the container group."""
    purchase: Literal["pay-as-you-go", "spot", "savings-1y", "savings-3y"] = "pay-as-you-go"
    """How they are bought; a savings plan is committed for every hour of the month."""
    gpu: Literal["K80", "P100", "V100"] | None = None
    """The GPU, in designs from before 14 July 2025, when Azure retired them."""
    gpus: Count = Decimal(1)
    """GPUs of one container group, where `gpu` is given."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not run or has no price for."""
        # https://learn.microsoft.com/azure/container-instances/ : the pages
        # container-instances-gpu, -spot-containers-overview and -faq (confidential).
        usual = (self.os, self.sku, self.purchase) == ("linux", "Standard", "pay-as-you-go")
        if self.gpu is None and self.gpus != 1:
            raise ValueError("`gpus` without `gpu`: say which GPU, or leave out both")
        if self.gpus not in (1, 2, 4):
            raise ValueError("`gpus`: a group has 1, 2 or 4 of them")
        if self.gpu and not usual:
            raise ValueError("a group with a `gpu` is linux, `sku: Standard` and pay-as-you-go")
        if self.sku == "Confidential" and (self.os == "windows" or self.purchase == "spot"):
            raise ValueError("`sku: Confidential` runs neither Windows nor Spot containers")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield vCPU and memory, and what Windows or GPUs add."""
        if self.gpu:
            yield from self._with_gpus(self.gpu, self.count * self.hours.monthly * _SECONDS)
            return
        purchase, sku = Purchase(self.purchase), _SKUS[self.sku]
        monthly = HOURS_PER_MONTH if purchase in COMMITTED else self.hours.monthly
        if purchase is Purchase.SPOT:
            # Spot is a SKU of its own here, and its rows are pay-as-you-go.
            purchase, sku = Purchase.PAY_AS_YOU_GO, "Standard Spot"
        vcpu_hours = self.count * self.vcpus * monthly
        gb_hours = Quantity(self.count * self.memory_gb * monthly, "GB-Hours")
        vcpu = self._meter(f"{sku} vCPU Duration", sku)
        memory = self._meter(f"{sku} Memory Duration", sku)
        yield Charge(self._label(self.vcpus, "vCPU"), hours(vcpu_hours), vcpu, purchase)
        yield Charge(self._label(self.memory_gb, "GB memory"), gb_hours, memory, purchase)
        if self.os == "windows":
            windows = self._meter("Standard Windows Software Duration", "Standard")
            seconds = Quantity(vcpu_hours * _SECONDS, "Seconds")
            yield Charge(self._label(self.vcpus, "vCPU Windows"), seconds, windows, purchase)

    def notes(self) -> Iterator[str]:
        """Yield that GPUs are gone, and where a schedule saves nothing."""
        yield from notes_on_commitment(Purchase(self.purchase), self.hours)
        if self.gpu:
            yield "Azure retired GPUs in container instances on 14 July 2025; these were the prices"

    def _with_gpus(self, gpu: str, seconds: Decimal) -> Iterator[Charge]:
        for amount, what, unit, meter in (
            (self.gpus, gpu, "Seconds", f"{gpu} vGPU Duration"),
            (self.vcpus, "vCPU", "Seconds", "vCPU Duration"),
            (self.memory_gb, "GB memory", "GB-Seconds", "Memory Duration"),
        ):
            metered = self._meter(meter, gpu, "Container Instances with GPU")
            yield Charge(self._label(amount, what), Quantity(amount * seconds, unit), metered)

    def _label(self, amount: Decimal, what: str) -> str:
        return f"{plain(self.count)} x {plain(amount)} {what}, {self.purchase}"

    def _meter(self, meter: str, sku: str, product: str = "Container Instances") -> Meter:
        return Meter(
            service="Container Instances",
            region=self.region,
            product=product,
            sku=sku,
            meter=meter,
        )
