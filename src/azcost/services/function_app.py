"""Function apps: executions and their GB-seconds, or the instances of a premium plan.

Prices: https://azure.microsoft.com/pricing/details/functions/
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Hours, Operations, Share
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource, check_fields
from azcost.units import HOURS_PER_MONTH, Quantity, gib_hours, hours, plain, units

# vCPUs and GB of memory of an instance:
# https://learn.microsoft.com/azure/azure-functions/functions-premium-plan
_PREMIUM = {
    "EP1": (Decimal(1), Decimal("3.5")),
    "EP2": (Decimal(2), Decimal(7)),
    "EP3": (Decimal(4), Decimal(14)),
}
_FLEX_MEMORY_MB = (512, 2048, 4096)  # .../flex-consumption-plan
# Of the Consumption plan: .../functions-scale ("Max memory", "Function app timeout duration").
_MAX_MEMORY_MB = 1536
_MAX_MINUTES = 10
_BY_EXECUTION = ("Consumption", "Flex Consumption")
# The fields that only some plans bill by.
_ONLY = {
    "executions": _BY_EXECUTION,
    "execution_ms": _BY_EXECUTION,
    "memory_mb": _BY_EXECUTION,
    "concurrency": ("Flex Consumption",),
    "always_ready": ("Flex Consumption",),
    "always_ready_share": ("Flex Consumption",),
    "instances": tuple(_PREMIUM),
    "hours": tuple(_PREMIUM),
    "purchase": tuple(_PREMIUM),
}


class FunctionApp(Resource, frozen=True, kw_only=True):
    """A function app, or a premium plan with all the apps on it."""

    kind: ClassVar[str] = "function_app"

    plan: Literal["Consumption", "Flex Consumption", "EP1", "EP2", "EP3"]
    """The hosting plan; EP1 to EP3 are the sizes of the Premium plan."""
    executions: Operations = Decimal(0)
    """Executions in a month (Consumption and Flex Consumption)."""
    execution_ms: Amount | None = None
    """How long an execution takes on average, in milliseconds; needed with `executions`.

    At least 100 ms are billed; in Flex Consumption 1,000 ms, and whole hundreds above.
    """
    memory_mb: Amount | None = None
    """Consumption: memory that an execution uses, in MB, billed in steps of 128.

    Flex Consumption: the size of the instances: 512, 2048 (if left out) or 4096.
    """
    concurrency: Annotated[Amount, Meta(gt=0)] = Decimal(1)
    """Executions that share the active time of an instance (Flex Consumption).

    They do when they run at once, and when they follow one another within a second.
    """
    always_ready: Count | None = None
    """Instances that are always ready (Flex Consumption); none if left out."""
    always_ready_share: Share = Decimal(1)
    """Share of the executions that always ready instances handle, if there are any."""
    instances: Count = Decimal(1)
    """How many instances run (Premium); a plan has at least one."""
    hours: Hours = ALWAYS
    """When the instances run (Premium)."""
    purchase: Literal["pay-as-you-go", "savings-1y", "savings-3y"] = "pay-as-you-go"
    """How instances are bought (Premium); a savings plan is committed for every hour."""

    def __post_init__(self) -> None:
        """Refuse what the plan does not have, and ask for what it bills by."""
        check_fields(self, self.plan, _ONLY)
        if self.always_ready is None and self.always_ready_share != 1:
            raise ValueError("`always_ready_share` is the share of `always_ready`: give both")
        if self.executions and self.execution_ms is None:
            raise ValueError("`execution_ms` is needed with `executions`: how long one takes")
        if self.plan == "Flex Consumption" and self.memory_mb not in (None, *_FLEX_MEMORY_MB):
            raise ValueError("`memory_mb`: instances of Flex Consumption have 512, 2048 or 4096")
        if self.plan == "Consumption" and self.executions and not self.memory_mb:
            raise ValueError("`memory_mb` is needed with `executions`: what one uses")
        if self.plan == "Consumption" and (self.memory_mb or 0) > _MAX_MEMORY_MB:
            raise ValueError(f"`memory_mb`: the Consumption plan has at most {_MAX_MEMORY_MB}")
        if self.plan == "Consumption" and (self.execution_ms or 0) > _MAX_MINUTES * 60_000:
            raise ValueError(
                f"`execution_ms`: the Consumption plan ends an execution after {_MAX_MINUTES} "
                "minutes; use Flex Consumption for longer ones"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield executions and their time, or vCPU and memory of instances."""
        if self.plan in _PREMIUM:
            yield from self._premium(*_PREMIUM[self.plan])
        elif self.plan == "Consumption":
            yield from self._consumption()
        else:
            yield from self._flex_consumption()

    def notes(self) -> Iterator[str]:
        """Yield whose the free grant is, what is left out, and where a schedule saves nothing."""
        yield from notes_on_commitment(Purchase(self.purchase), self.hours)
        if self.executions:
            yield (
                "the free grant is one per subscription and month, and taken off here; the "
                "storage account is a resource of its own"
            )

    def _consumption(self) -> Iterator[Charge]:
        # Memory in steps of 128 MB: .../functions-consumption-costs; at least 100 ms: pricing page.
        memory = _round_up(self.memory_mb or Decimal(0), 128)
        milliseconds = max(self.execution_ms or Decimal(0), Decimal(100))
        yield from self._executed("", self.executions, memory * milliseconds)

    def _flex_consumption(self) -> Iterator[Charge]:
        memory = self.memory_mb or Decimal(2048)
        # "At least 1,000 ms, above that rounded up to the next 100": .../flex-consumption-plan
        milliseconds = max(_round_up(self.execution_ms or Decimal(0), 100), Decimal(1000))
        each = memory * milliseconds / self.concurrency
        ready = self.executions * self.always_ready_share if self.always_ready else Decimal(0)
        yield from self._executed("On Demand", self.executions - ready, each)
        if not self.always_ready:
            return
        # The baseline runs whether functions execute or not: .../functions-consumption-costs
        seconds = HOURS_PER_MONTH * 3600
        baseline = Quantity(self.always_ready * seconds * memory / 1024, "GB-Seconds")
        meter = self._meter("Always Ready", "Always Ready Baseline")
        yield Charge(f"{plain(self.always_ready)} x Always Ready, baseline", baseline, meter)
        yield from self._executed("Always Ready", ready, each)

    def _executed(self, mode: str, executions: Decimal, mb_ms: Decimal) -> Iterator[Charge]:
        """Yield the charges of executions that take so many megabyte-milliseconds each."""
        if not executions:
            return
        # 1,024,000 MB-milliseconds are a GB-second: .../functions-consumption-costs
        time = Quantity(executions * mb_ms / 1_024_000, "GB-Seconds")
        sku = mode or "Standard"
        prefix = f"{mode}, " if mode else ""
        number, duration = f"{sku} Total Executions", f"{sku} Execution Time"
        for what, quantity, meter in (
            ("executions", units(executions), number),
            ("execution time", time, duration),
        ):
            # The free grant is the subscription's: what one app uses, the next has no more.
            yield Charge(f"{prefix}{what}", quantity, self._meter(sku, meter), pooled=True)

    def _premium(self, vcpus: Decimal, memory_gb: Decimal) -> Iterator[Charge]:
        purchase = Purchase(self.purchase)
        monthly = HOURS_PER_MONTH if purchase in COMMITTED else self.hours.monthly
        instance_hours = self.instances * monthly
        label = f"{plain(self.instances)} x {self.plan}, {purchase}"
        memory = gib_hours(instance_hours * memory_gb)
        vcpu_meter = self._meter("Premium", "Premium vCPU Duration")
        memory_meter = self._meter("Premium", "Premium Memory Duration")
        yield Charge(f"{label}, vCPU", hours(instance_hours * vcpus), vcpu_meter, purchase)
        yield Charge(f"{label}, memory", memory, memory_meter, purchase)

    def _meter(self, sku: str, meter: str) -> Meter:
        products = {"Standard": "Functions", "Premium": "Premium Functions"}
        return Meter(
            service="Functions",
            region=self.region,
            product=products.get(sku, "Flex Consumption"),
            sku=sku,
            meter=meter,
        )


def _round_up(amount: Decimal, step: int) -> Decimal:
    return (amount / step).to_integral_value(ROUND_CEILING) * step
