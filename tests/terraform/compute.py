"""Virtual machines, scale sets, disks, Kubernetes and machine learning clusters."""

from __future__ import annotations

from terraform.cases import Planned, nth
from terraform.lines import Line, NotModelled, Spec, Translation

# What Infracost takes where a plan leaves the size of a disk to Azure: P4, E4, S4.
_USUAL_DISK_GB = 30
_ULTRA = NotModelled(
    "Ultra disk reservation (if unattached)",
    "for machines that may use ultra disks and have none",
)


def linux_virtual_machine(it: Planned) -> Translation:
    yield from _machine(it, "virtual_machine", it["size"], "os_disk")
    yield _ULTRA


def virtual_machine(it: Planned) -> Translation:
    yield from _machine(
        it, "virtual_machine", it["vm_size"], "storage_os_disk", "storage_data_disk"
    )
    yield _ULTRA


def virtual_machine_scale_set(it: Planned) -> Translation:
    size = it.block("sku")["name"]
    os_disk, data_disk = "storage_profile_os_disk", "storage_profile_data_disk"
    yield from _machine(it, "vm_scale_set", size, os_disk, data_disk)


def windows_virtual_machine_scale_set(it: Planned) -> Translation:
    yield from _machine(it, "vm_scale_set", it["sku"], "os_disk")


def managed_disk(it: Planned) -> Translation:
    spec = {"kind": "managed_disk", "region": it["location"], **_disk(it)}
    yield Line("Storage (*)", spec, "* disk")
    yield Line("Disk operations", spec, "* disk, operations")


def image(it: Planned) -> Translation:
    # An image is kept, and billed, as snapshots of the disks that it was made of.
    spec = {"kind": "snapshot", "region": it["location"], "size_gb": 1}
    yield Line("Storage", spec, "*, data stored")


def kubernetes_cluster(it: Planned) -> Translation:
    yield from _node_pool(it, it.block("default_node_pool"), "default_node_pool/")


def kubernetes_cluster_node_pool(it: Planned) -> Translation:
    yield from _node_pool(it.follow("kubernetes_cluster_id"), it)


def machine_learning_compute_cluster(it: Planned) -> Translation:
    spec = {
        "kind": "ml_compute_cluster",
        "region": it["location"],
        "size": it["vm_size"],
        # The plans say LowPriority; the component says "pay as you go" and is priced as that.
        "vm_priority": "Dedicated",
        "min_nodes": 1,
    }
    yield Line("Instance usage (Linux, pay as you go, *)", spec, "*pay-as-you-go, kept running")


def _machine(it: Planned, kind: str, size: str, os_disk: str, data_disk: str = "") -> Translation:
    windows = it.type.startswith("azurerm_windows") or it["os_profile_windows_config"]
    data_disks = it.blocks(data_disk) if data_disk else []
    spec: Spec = {
        "kind": kind,
        "region": it["location"],
        "size": size,
        "os": "windows" if windows else "linux",
        "hybrid_benefit": it["license_type"] in ("Windows_Client", "Windows_Server"),
        "os_disk": _disk(it.block(os_disk)),
        "data_disks": [_disk(disk) for disk in data_disks],
    }
    if kind == "vm_scale_set":
        spec["instances"] = 1
    yield Line("Instance usage (*)", spec, "*, pay-as-you-go")
    parts = {os_disk: "OS disk"}
    for number, _ in enumerate(data_disks, start=1):
        parts[nth(data_disk, number)] = f"data disk {number}"
    for attribute, role in parts.items():
        part = attribute.replace("_profile", "")
        yield Line(f"{part}/Storage (*)", spec, f"* {role}")
        yield Line(f"{part}/Disk operations", spec, f"* {role}, operations")


def _disk(it: Planned) -> Spec:
    return {
        "type": it["storage_account_type"] or it["managed_disk_type"],
        "size_gb": it["disk_size_gb"] or _USUAL_DISK_GB,
        "operations": 1,
    }


def _node_pool(cluster: Planned, pool: Planned, prefix: str = "") -> Translation:
    windows = pool["os_type"] == "Windows" or (pool["os_sku"] or "").startswith("Windows")
    node_pool = {
        "name": pool["name"],
        "vm_size": pool["vm_size"],
        "nodes": 1,
        "os": "windows" if windows else "linux",
        "os_disk_type": pool["os_disk_type"] or "Managed",
        "os_disk_gb": pool["os_disk_size_gb"],
    }
    spec = {"kind": "aks", "region": cluster["location"], "node_pools": [node_pool]}
    yield Line(f"{prefix}Instance usage (*)", spec, "*, pay-as-you-go")
    yield Line(f"{prefix}os_disk/Storage (*)", spec, "* OS disk")
