"""Container apps: vCPU and memory of replicas, and requests, or instances of a profile.

Prices: https://azure.microsoft.com/pricing/details/container-apps/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar, Literal

import msgspec

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours, Operations, Share
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource, check_fields
from azcost.units import HOURS_PER_MONTH, Quantity, hours, plain, units

_SECONDS = 3600  # of an hour


class _Profile(msgspec.Struct, frozen=True):
    """What a replica of a Consumption GPU profile, or a dedicated instance, has."""

    vcpus: Decimal
    gib: Decimal
    gpus: Decimal = Decimal(0)
    gpu_meter: str = ""


def _profile(vcpus: int, gib: int, gpus: int = 0, gpu_meter: str = "") -> _Profile:
    return _Profile(Decimal(vcpus), Decimal(gib), Decimal(gpus), gpu_meter)


# https://learn.microsoft.com/azure/container-apps/workload-profiles-overview
_SERVERLESS_GPU = {
    "Consumption-GPU-NC8as-T4": _profile(8, 56, 1, "Standard NC T4 v3 GPU Usage"),
    "Consumption-GPU-NC24-A100": _profile(24, 220, 1, "Standard NC A100 v4 GPU Usage"),
}
_DEDICATED = {
    "D4": _profile(4, 16),
    "D8": _profile(8, 32),
    "D16": _profile(16, 64),
    "D32": _profile(32, 128),
    "E4": _profile(4, 32),
    "E8": _profile(8, 64),
    "E16": _profile(16, 128),
    "E32": _profile(32, 256),
    "NC24-A100": _profile(24, 220, 1, "Dedicated GPU Usage"),
    "NC48-A100": _profile(48, 440, 2, "Dedicated GPU Usage"),
    "NC96-A100": _profile(96, 880, 4, "Dedicated GPU Usage"),
}
# Free each month in a subscription: https://learn.microsoft.com/azure/container-apps/billing
# The price rows of 2026-08-15 have no free tier.
_FREE_VCPU_SECONDS = Decimal(180_000)
_FREE_GIB_SECONDS = Decimal(360_000)
_FREE_REQUESTS = Decimal(2_000_000)
# vCPUs that a replica of Consumption may have, each with 2 GiB of memory:
# https://learn.microsoft.com/azure/container-apps/containers#allocations
_REPLICA_VCPUS = tuple(Decimal(quarters) / 4 for quarters in range(1, 17))
# The fields that only some profiles bill by.
_ONLY = {
    "vcpus": ("Consumption",),
    "memory_gib": ("Consumption",),
    "active_share": ("Consumption",),
    "requests": ("Consumption", *_SERVERLESS_GPU),
    "free_grant": ("Consumption", *_SERVERLESS_GPU),
    "purchase": tuple(_DEDICATED),
}


class ContainerApp(Resource, frozen=True, kw_only=True):
    """A container app or job, or a dedicated workload profile with all the apps on it."""

    kind: ClassVar[str] = "container_app"

    profile: Literal[
        "Consumption",
        "Consumption-GPU-NC8as-T4",
        "Consumption-GPU-NC24-A100",
        "D4", "D8", "D16", "D32",
        "E4", "E8", "E16", "E32",
        "NC24-A100", "NC48-A100", "NC96-A100",
    ] = "Consumption"  # fmt: skip
    """The workload profile: those named Consumption bill replicas, the others instances."""
    vcpus: Amount | None = None
    """vCPUs of a replica, all its containers together; needed with `profile: Consumption`."""
    memory_gib: Gigabytes | None = None
    """Memory of a replica in GiB; needed with `profile: Consumption`."""
    replicas: Count = Decimal(1)
    """How many replicas, or instances of a dedicated profile, run at the same time."""
    hours: Hours = ALWAYS
    """When they run."""
    active_share: Share = Decimal(1)
    """Share of `hours` in which replicas are active; the rest is billed at the idle rate.

    Idle is only what is scaled to a minimum of replicas above zero and serves no request.
    """
    requests: Operations = Decimal(0)
    """HTTP requests in a month from outside the environment; health probes are free."""
    free_grant: bool = True
    """Whether the subscription's free vCPU time, memory time and requests go to this app."""
    management_fees: Count | None = None
    """Dedicated plan management fees that the environment pays.

    If left out, 1 with a dedicated profile and 0 with others. Give 0 where another app on
    the list pays for the same environment; private endpoints and planned maintenance
    are charged it too.
    """
    purchase: Literal["pay-as-you-go", "savings-1y", "savings-3y"] = "pay-as-you-go"
    """How dedicated instances are bought; a savings plan is committed for every hour."""

    def __post_init__(self) -> None:
        """Refuse what the profile does not have, and ask for what it bills by."""
        check_fields(self, self.profile, _ONLY)
        if self.profile != "Consumption":
            return
        if self.vcpus is None or self.memory_gib is None:
            raise ValueError("`vcpus` and `memory_gib` of a replica are needed for Consumption")
        if self.vcpus not in _REPLICA_VCPUS or self.memory_gib != 2 * self.vcpus:
            raise ValueError(
                "`vcpus` and `memory_gib`: a replica has 0.25 and 0.5, 0.5 and 1, and so on in "
                "steps of 0.25 and 0.5, up to 4 and 8"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield what replicas or instances use, and the management of a dedicated plan."""
        if self.profile in _DEDICATED:
            yield from self._instances(_DEDICATED[self.profile])
        else:
            yield from self._replicas()
        fees = self.management_fees
        if fees is None:
            fees = Decimal(1 if self.profile in _DEDICATED else 0)
        if fees:
            meter = self._meter("Dedicated", "Dedicated Plan Management")
            quantity = hours(fees * HOURS_PER_MONTH)
            yield Charge("Dedicated plan management", quantity, meter, Purchase(self.purchase))

    def notes(self) -> Iterator[str]:
        """Yield whose the free grant is, and where a schedule saves nothing."""
        yield from notes_on_commitment(Purchase(self.purchase), self.hours)
        if self.free_grant and self.profile not in _DEDICATED:
            yield (
                "the free grant (180,000 vCPU-s, 360,000 GiB-s, 2 million requests a month) is "
                "one per subscription and taken off here: `free_grant: false` for other apps"
            )

    def _instances(self, has: _Profile) -> Iterator[Charge]:
        purchase = Purchase(self.purchase)
        monthly = HOURS_PER_MONTH if purchase in COMMITTED else self.hours.monthly
        instance_hours = self.replicas * monthly
        label = f"{plain(self.replicas)} x {self.profile}, {purchase}"
        if has.gpus:
            # The GPU meter is 1.2 x the whole Standard_NC24ads_A100_v4 in 12 of the 13
            # regions that price both (rows of 2026-08-15): vCPU and memory are in it.
            gpu = self._meter("Dedicated", has.gpu_meter)
            yield Charge(f"{label}, GPU", hours(instance_hours * has.gpus), gpu, purchase)
            return
        vcpu = self._meter("Dedicated", "Dedicated vCPU Usage")
        memory = self._meter("Dedicated", "Dedicated Memory Usage")
        yield Charge(f"{label}, vCPU", hours(instance_hours * has.vcpus), vcpu, purchase)
        yield Charge(f"{label}, memory", hours(instance_hours * has.gib), memory, purchase)

    def _replicas(self) -> Iterator[Charge]:
        # A serverless GPU comes on top of the vCPU and memory of its replica: alone it
        # is a third of what a Standard_NC8as_T4_v3 costs (rows of 2026-08-15).
        has = _SERVERLESS_GPU.get(self.profile)
        vcpus, gib = (has.vcpus, has.gib) if has else (self.vcpus, self.memory_gib)
        for what, size, words, unit, grant in (
            ("vCPU", vcpus, "vCPU", "Seconds", _FREE_VCPU_SECONDS),
            ("Memory", gib, "GiB memory", "GiB-Seconds", _FREE_GIB_SECONDS),
        ):
            if size:
                label = f"{plain(self.replicas)} x {plain(size)} {words}"
                yield from self._usage(what, size, label, unit, grant)
        if has:
            seconds = Quantity(self.replicas * self.hours.monthly * _SECONDS, "Seconds")
            meter = self._meter("Standard", has.gpu_meter)
            yield Charge(f"{plain(self.replicas)} x {self.profile}, GPU", seconds, meter)
        if self.requests:
            free = _FREE_REQUESTS if self.free_grant else Decimal(0)
            billed = units(max(self.requests - free, Decimal(0)))
            yield Charge("requests", billed, self._meter("Standard", "Standard Requests"))

    def _usage(
        self, what: str, size: Decimal, label: str, unit: str, grant: Decimal
    ) -> Iterator[Charge]:
        """Yield active and idle time of all replicas, each with its share of the free grant."""
        total = self.replicas * size * self.hours.monthly * _SECONDS
        billed = max(total - grant, Decimal(0)) if self.free_grant else total
        for state, share in (("Active", self.active_share), ("Idle", 1 - self.active_share)):
            if total and share:
                meter = self._meter("Standard", f"Standard {what} {state} Usage")
                yield Charge(f"{label}, {state.lower()}", Quantity(billed * share, unit), meter)

    def _meter(self, sku: str, meter: str) -> Meter:
        return Meter(
            service="Azure Container Apps",
            region=self.region,
            product="Azure Container Apps",
            sku=sku,
            meter=meter,
        )
