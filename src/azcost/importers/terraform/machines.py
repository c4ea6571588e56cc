"""Machines, disks, clusters: types of azurerm as kinds of services."""

from __future__ import annotations

from typing import Any

from azcost.importers.terraform.plan import Plan, Planned

Spec = dict[str, Any]

# What the images of Azure's marketplace take where a plan leaves the size to them.
_LINUX_DISK_GB, _WINDOWS_DISK_GB = 30, 127
_DISK_GB = 30  # azurerm's managed_disk, as Infracost reads it (MAPPINGS.md, section 1)
_LICENSED = ("Windows_Client", "Windows_Server")


def virtual_machine(plan: Plan, it: Planned) -> Spec:
    """A linux_ or windows_virtual_machine, or the older virtual_machine."""
    return {
        "kind": "virtual_machine",
        "size": it["size"] or it["vm_size"],
        **_system(it),
        "os_disk": _os_disk(it, it.block("os_disk") if it["os_disk"] else it.block(_OLD_OS_DISK)),
        "data_disks": [_disk(disk) for disk in it.blocks("storage_data_disk")],
    }


_OLD_OS_DISK = "storage_os_disk"


def scale_set(plan: Plan, it: Planned) -> Spec:
    """A scale set, of now or of before."""
    old = it.block("sku")
    disk = it.block("os_disk") if it["os_disk"] else it.block("storage_profile_os_disk")
    data = it.blocks("data_disk") or it.blocks("storage_profile_data_disk")
    return {
        "kind": "vm_scale_set",
        "size": old["name"] or it["sku"],
        "instances": _first(it["instances"], old["capacity"], 1),
        **_system(it),
        "os_disk": _os_disk(it, disk),
        "data_disks": [_disk(one) for one in data],
    }


def _system(it: Planned) -> Spec:
    windows = "windows" in it.type or bool(it["os_profile_windows_config"])
    return {
        "os": "windows" if windows else "linux",
        "purchase": "spot" if it["priority"] in ("Spot", "Low") else "pay-as-you-go",
        "hybrid_benefit": windows and it["license_type"] in _LICENSED,
    }


def _os_disk(it: Planned, disk: Planned) -> Spec | None:
    if not disk.values or disk.block("diff_disk_settings").values:
        return None  # an ephemeral disk costs nothing
    usual = _WINDOWS_DISK_GB if "windows" in it.type else _LINUX_DISK_GB
    return _disk(disk, usual)


def _disk(disk: Planned, usual: int = _DISK_GB) -> Spec:
    spec = {
        "type": disk["storage_account_type"] or disk["managed_disk_type"] or "Standard_LRS",
        "size_gb": disk["disk_size_gb"] or usual,
    }
    if spec["type"] == "UltraSSD_LRS":
        # The defaults of azurerm: MAPPINGS.md, section 1.
        spec["iops"] = disk["disk_iops_read_write"] or 2048
        spec["mbps"] = disk["disk_mbps_read_write"] or 8
    elif spec["type"] == "PremiumV2_LRS":
        spec |= {"iops": disk["disk_iops_read_write"], "mbps": disk["disk_mbps_read_write"]}
    return spec


def managed_disk(plan: Plan, it: Planned) -> Spec:
    """A managed disk on its own."""
    return {"kind": "managed_disk", **_disk(it)}


def snapshot(plan: Plan, it: Planned) -> Spec:
    """A snapshot: of its own size, or as large as its source."""
    source = plan.follow(it, "source_uri") or plan.follow(it, "source_resource_id")
    size = it["disk_size_gb"] or (source["disk_size_gb"] if source else None)
    return {"kind": "snapshot", "size_gb": size}


def kubernetes_cluster(plan: Plan, it: Planned) -> Spec:
    """A cluster with its node pools, those that are resources of their own too."""
    pools = [_pool(it.block("default_node_pool"))]
    for one in plan.below("azurerm_kubernetes_cluster_node_pool", it, "kubernetes_cluster_id"):
        pool = _pool(one)
        taken = any(pool["name"] == other["name"] for other in pools)
        pools.append(pool | {"name": one.address} if taken else pool)
    return {
        "kind": "aks",
        "tier": {"Paid": "Standard"}.get(it["sku_tier"], it["sku_tier"] or "Free"),
        "node_pools": pools,
    }


def _pool(it: Planned) -> Spec:
    windows = it["os_type"] == "Windows" or str(it["os_sku"] or "").startswith("Windows")
    managed = (it["os_disk_type"] or "Managed") == "Managed"
    return {
        "name": it["name"],
        "vm_size": it["vm_size"],
        "nodes": _nodes(it),
        "os": "windows" if windows else "linux",
        "purchase": "spot" if it["priority"] == "Spot" else "pay-as-you-go",
        "os_disk_type": "Managed" if managed else "Ephemeral",
        "os_disk_gb": it["os_disk_size_gb"] if managed else None,
    }


def _nodes(it: Planned) -> object:
    least, most = it["min_count"], it["max_count"]
    count = _first(it["node_count"], least, 1)
    if least is None or most is None:
        return count
    return {"min": least, "expected": min(max(count, least), most), "max": most}


def ml_cluster(plan: Plan, it: Planned) -> Spec:
    """An Azure ML compute cluster: the nodes that are always there."""
    scale = it.block("scale_settings")
    return {
        "kind": "ml_compute_cluster",
        "size": it["vm_size"],
        "vm_priority": "LowPriority" if it["vm_priority"] == "LowPriority" else "Dedicated",
        "min_nodes": _first(scale["min_node_count"], 0),
        "max_nodes": scale["max_node_count"],
    }


def ml_instance(plan: Plan, it: Planned) -> Spec:
    """An Azure ML compute instance, running all month."""
    return {"kind": "ml_compute_instance", "size": it["virtual_machine_size"]}


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
