"""Kubernetes clusters: the hours of the control plane, and node pools with their OS disks.

Prices: https://azure.microsoft.com/pricing/details/kubernetes-service/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Count, Hours, VmSize
from azcost.meters.compute import (
    SIZE,
    OperatingSystem,
    check_hybrid_benefit,
    has_premium_storage,
    notes_on_commitment,
    vm_hours,
)
from azcost.meters.disks import Disk, disk_charges
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource
from azcost.units import HOURS_PER_MONTH, hours, plain

_AUTOMATIC_PRODUCT = "Azure Kubernetes Service - Automatic"
# Product, SKU and meter of an hour of a cluster. Premium is the SKU "Standard" too, and
# its meter takes the place of the uptime SLA's, as does the one of Automatic.
_TIERS = {
    "Standard": ("Azure Kubernetes Service", "Standard", "Standard Uptime SLA"),
    "Premium": ("Azure Kubernetes Service", "Standard", "Standard Long Term Support"),
    "Automatic": (_AUTOMATIC_PRODUCT, "Automatic", "Automatic Hosted Control Plane"),
}
# What an Automatic cluster is charged per vCPU, by the first letters of the VM size:
# https://learn.microsoft.com/azure/virtual-machines/sizes/overview, families by type.
_WORKLOADS = {
    "DC": "Confidential Compute",
    "EC": "Confidential Compute",
    "A": "General Purpose",
    "B": "General Purpose",
    "D": "General Purpose",
    "F": "Compute Optimized",
    "E": "Memory Optimized",
    "M": "Memory Optimized",
    "L": "Storage Optimized",
    "N": "GPU Accelerated",
    "H": "High Performance Compute",
}
# Size of a managed OS disk if none is asked for: from so many vCPUs, so many GiB.
# https://learn.microsoft.com/azure/aks/concepts-storage#default-os-disk-sizing
_OS_DISK_GB = ((64, 1024), (16, 512), (8, 256), (0, 128))
# "The minimum size for AKS images": https://learn.microsoft.com/azure/aks/create-node-pools
_MIN_OS_DISK_GIB = 30


class NodePool(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes of one size."""

    name: Annotated[str, Meta(max_length=100)]
    """What the bill calls the pool; unique in the cluster."""
    vm_size: VmSize
    """The size of a node as Azure names it: `Standard_D4s_v5`, `Standard_NC24ads_A100_v4`."""
    nodes: Count
    """How many nodes there are: where it scales, the average, or min, expected, max."""
    hours: Hours = ALWAYS
    """When the nodes run: `always`, hours a month, or a weekly schedule.

    For nodes that are stopped and keep their disks; those that the autoscaler deletes
    belong into `nodes`.
    """
    os: OperatingSystem = "linux"
    """The operating system; Windows adds its licence."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the hours of the nodes are bought; `spot` for a spot node pool."""
    hybrid_benefit: bool = False
    """Whether you bring your own Windows Server licences."""
    os_disk_type: Literal["Managed", "Ephemeral"] = "Managed"
    """Where the OS disk of a node is: ephemeral ones are on the machine and cost nothing.

    Nobody having said which, AKS makes them ephemeral where the size has room; Terraform
    says Managed.
    """
    os_disk_gb: Annotated[Decimal, Meta(ge=_MIN_OS_DISK_GIB, le=2048)] | None = None
    """Size of a managed OS disk in GiB.

    If left out, what AKS takes by vCPUs: 128 up to 7, 256 up to 15, 512 up to 63, else 1,024.
    """

    def __post_init__(self) -> None:
        """Refuse what the nodes have no use for."""
        check_hybrid_benefit(os=self.os, hybrid_benefit=self.hybrid_benefit)
        if self.os_disk_gb is not None and self.os_disk_type == "Ephemeral":
            raise ValueError(
                "`os_disk_gb`: an Ephemeral OS disk costs nothing, whatever its size; leave it out"
            )


class KubernetesCluster(Resource, frozen=True, kw_only=True):
    """An AKS cluster; its load balancer, addresses and volumes are resources of their own."""

    kind: ClassVar[str] = "aks"

    tier: Literal["Free", "Standard", "Premium", "Automatic"] = "Free"
    """The pricing tier: Standard has an uptime SLA, Premium long-term support.

    Automatic is the SKU of that name, charged by the vCPUs of its nodes too; it does not
    bill the nodes that AKS runs its own components on.
    """
    node_pools: tuple[NodePool, ...]
    """The node pools, with the system pool; for Automatic the nodes that it is expected to add."""

    def __post_init__(self) -> None:
        """Refuse pools that a bill could not tell apart, and sizes Automatic has no meter for."""
        names = [pool.name for pool in self.node_pools]
        if len(set(names)) < len(names):
            raise ValueError("`node_pools`: two pools have the same name")
        # https://learn.microsoft.com/azure/aks/use-system-pools; Automatic runs its own.
        if not self.node_pools and self.tier != "Automatic":
            raise ValueError(
                "`node_pools`: a cluster has at least a system pool; list its size and nodes"
            )
        for pool in self.node_pools:
            if self.tier == "Automatic" and not _workload(pool.vm_size):
                raise ValueError(
                    f"`tier: Automatic` has no meter for {pool.vm_size}; choose another "
                    "size, or `tier: Standard`"
                )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the control plane, and for each pool its nodes and their OS disks."""
        if self.tier != "Free":
            yield Charge(f"{self.tier} cluster", hours(HOURS_PER_MONTH), self._meter(self.tier))
        for pool in self.node_pools:
            for charge in self._pool(pool, _vcpus(pool.vm_size, catalogue)):
                yield msgspec.structs.replace(charge, label=f"{pool.name}: {charge.label}")

    def notes(self) -> Iterator[str]:
        """Yield what is left out, and where a schedule saves nothing."""
        yield (
            "load balancer, outbound addresses, egress and persistent volumes of the cluster "
            "are resources of their own, not in this bill"
        )
        if self.tier != "Automatic" and all(p.purchase is Purchase.SPOT for p in self.node_pools):
            yield (
                "no system pool is in the bill: every cluster has one, and its nodes are not "
                "spot; list it, unless another entry has it"
            )
        for pool in self.node_pools:
            for note in notes_on_commitment(pool.purchase, pool.hours):
                yield f"{pool.name}: {note}"
            if pool.os_disk_type == "Managed" and _os_disk_type(pool.vm_size) != "Premium_LRS":
                yield (
                    f"{pool.name}: {pool.vm_size} has no premium storage, so its OS disks are "
                    "taken to be Standard SSD; their reads and writes are not in this bill"
                )

    def _pool(self, pool: NodePool, vcpus: int) -> Iterator[Charge]:
        yield from vm_hours(
            size=pool.vm_size,
            region=self.region,
            count=pool.nodes,
            monthly=pool.hours.monthly,
            purchase=pool.purchase,
            os=pool.os,
            hybrid_benefit=pool.hybrid_benefit,
        )
        if self.tier == "Automatic":
            workload = _workload(pool.vm_size)
            vcpu_hours = hours(pool.nodes * vcpus * pool.hours.monthly)
            label = f"{plain(pool.nodes * vcpus)} vCPU, Automatic {workload}"
            yield Charge(label, vcpu_hours, self._meter("Automatic", f"Automatic {workload}"))
        if pool.os_disk_type == "Managed":
            usual = next(gb for least, gb in _OS_DISK_GB if vcpus >= least)
            size_gb = Decimal(usual) if pool.os_disk_gb is None else pool.os_disk_gb
            disk = Disk(type=_os_disk_type(pool.vm_size), size_gb=size_gb)
            yield from disk_charges(disk, region=self.region, machines=pool.nodes, role="OS disk")

    def _meter(self, tier: str, meter: str = "") -> Meter:
        product, sku, control_plane = _TIERS[tier]
        return Meter(
            service="Azure Kubernetes Service",
            region=self.region,
            product=product,
            sku=sku,
            meter=meter or control_plane,
        )


def _workload(size: str) -> str:
    """What Automatic calls the workload of a size; empty where it has no meter for it."""
    named = SIZE.match(size)
    if named is None or named[1] == "NP":  # FPGAs
        return ""
    return _WORKLOADS.get(named[1][:2]) or _WORKLOADS.get(named[1][0], "")


def _os_disk_type(size: str) -> Literal["Premium_LRS", "StandardSSD_LRS"]:
    """What AKS puts the OS on: it derives it from the size, and nobody can choose.

    https://github.com/Azure/AKS/issues/5324; Standard SSD where the size has no premium
    storage: https://github.com/infracost/infracost/issues/2407 (D2_v2: 9.60 a month, E10).
    """
    return "Premium_LRS" if has_premium_storage(size) else "StandardSSD_LRS"


def _vcpus(size: str, catalogue: Catalogue) -> int:
    """The vCPUs of a size; those not in the reference have them in their name."""
    known = catalogue.vm_size(size)
    if known is not None:
        return known.vcpus
    named = SIZE.match(size)
    return int(named[3] or named[2]) if named else 0
