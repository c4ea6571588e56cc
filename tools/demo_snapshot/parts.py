"""What many of the company's teams run: machines with their disks, addresses, stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from azcost.audit.resource import Resource

from .estate import COST_DAYS, METRIC_DAYS, TODAY, Estate, Week, daily, office, scope_of

VM = "Microsoft.Compute/virtualMachines"
DISK = "Microsoft.Compute/disks"
NIC = "Microsoft.Network/networkInterfaces"
IP = "Microsoft.Network/publicIPAddresses"
GIB = 1024**3


def ago(days: int) -> str:
    """A time as Azure writes it, some days ago."""
    return f"{TODAY - timedelta(days=days)}T09:30:00.0000000+00:00"


def disk(
    estate: Estate,
    name: str,
    group: str,
    size_gb: int,
    sku: str = "Premium_LRS",
    *,
    of: str = "",
    state: str = "Attached",
    since: int = COST_DAYS,
    detached: int | None = None,
    iops: float = 900,
    set_to: tuple[int, int] | None = None,
    properties_beside: dict[str, Any] | None = None,
    **fields: Any,
) -> Resource:
    """A managed disk, its bill, and while it is attached what it does.

    `of` is the id of its machine, `iops` what it does at the busiest hours, `set_to` the
    IOPS and MB/s of a type that is set to them.
    """
    if sku == "PremiumV2_LRS":
        set_to = set_to or (3000, 125)
    properties: dict[str, Any] = {
        "diskSizeGB": size_gb,
        "diskState": state,
        "timeCreated": ago(max(since, 200)),
        "provisioningState": "Succeeded",
        "creationData": {"createOption": "Empty"},
        **(properties_beside or {}),
    }
    if set_to:
        properties["diskIOPSReadWrite"], properties["diskMBpsReadWrite"] = set_to
    if detached is not None:
        properties["lastOwnershipUpdateTime"] = ago(detached)
    made = estate.add(
        DISK,
        name,
        group,
        sku={"name": sku, "tier": sku.partition("_")[0]},
        managedBy=of or None,
        properties=properties,
        **fields,
    )
    extra = {"iops": set_to[0], "mbps": set_to[1]} if set_to else {}
    estate.bill(made, "managed_disk", since=since, type=sku, size_gb=size_gb, **extra)
    if state == "Attached":
        _measure_disk(estate, made, iops)
    return made


def _measure_disk(estate: Estate, made: Resource, iops: float) -> None:
    """Two weeks of reads and writes of 64 KiB each."""
    for metric, each in (("Operations/sec", 1), ("Bytes/sec", 65_536)):
        for way in ("Read", "Write"):
            estate.measure(
                made, f"Composite Disk {way} {metric}", iops / 2 * each, week=daily, days=14
            )


def vm(
    estate: Estate,
    name: str,
    group: str,
    size: str,
    *,
    cpu: float = 60.0,
    week: Week = office,
    state: str = "running",
    os: str = "Linux",
    purchase: str = "pay-as-you-go",
    os_gb: int = 64,
    os_sku: str = "Premium_LRS",
    data_gb: tuple[int, ...] = (),
    data_sku: str = "Premium_LRS",
    since: int = COST_DAYS,
    until: int = 0,
    memory_gib: float = 16,
    network: float = 400e6,
    tags: dict[str, str] | None = None,
    licence: str = "",
) -> Resource:
    """A machine with its disks and interface: bills, and measurements while it runs.

    `cpu` is the percentage at the busiest hours of the `week`, `network` bytes an hour.
    It is billed as `state` says: a deallocated one only for its disks.
    """
    ids = f"{name}-osdisk", f"{name}-nic"
    fields = {} if tags is None else {"tags": tags}
    made = estate.add(
        VM,
        name,
        group,
        properties={
            "hardwareProfile": {"vmSize": size},
            "provisioningState": "Succeeded",
            "timeCreated": ago(300),
            "licenseType": licence or None,
            "priority": "Spot" if purchase == "spot" else "Regular",
            "storageProfile": _storage(group, name, os, len(data_gb), os_sku),
            "networkProfile": {"networkInterfaces": [{"id": id_of(group, NIC, ids[1])}]},
            "extended": {"instanceView": {"powerState": {"code": f"PowerState/{state}"}}},
        },
        **fields,
    )
    attached = "Attached" if state != "deallocated" else "Reserved"
    disk(estate, ids[0], group, os_gb, os_sku, of=made.id, state=attached, since=since)
    for number, size_gb in enumerate(data_gb):
        disk(
            estate, f"{name}-data{number}", group, size_gb, data_sku, of=made.id, state=attached,
            since=since,
        )  # fmt: skip
    estate.add(
        NIC,
        ids[1],
        group,
        properties={
            "virtualMachine": {"id": made.id},
            "ipConfigurations": [{"properties": {"privateIPAddress": "10.0.0.4"}}],
        },
    )
    if until < COST_DAYS:
        estate.bill(
            made, "virtual_machine", size=size, os=os.lower(), purchase=purchase, since=since,
            until=until,
        )  # fmt: skip
    if state == "running":
        measure_vm(estate, made, cpu=cpu, week=week, memory_gib=memory_gib, network=network)
    return made


def measure_vm(
    estate: Estate, machine: Resource, *, cpu: float, week: Week, memory_gib: float, network: float
) -> None:
    """The measurements that Azure Monitor has of every machine."""
    free = 0.45 * memory_gib * GIB
    estate.measure(machine, "Percentage CPU", cpu, low=cpu / 20, week=week)
    estate.measure(machine, "Available Memory Bytes", free, low=free * 0.8, week=week, peaks=1.05)
    for name in ("Network In Total", "Network Out Total"):
        estate.measure(machine, name, network, week=week)
    for name in (
        "OS Disk IOPS Consumed Percentage",
        "Data Disk IOPS Consumed Percentage",
        "Data Disk Bandwidth Consumed Percentage",
    ):
        estate.measure(machine, name, min(cpu, 55.0), week=week)


def _storage(group: str, name: str, os: str, data: int, sku: str) -> dict[str, Any]:
    return {
        "osDisk": {
            "osType": os,
            "name": f"{name}-osdisk",
            "managedDisk": {"id": id_of(group, DISK, f"{name}-osdisk"), "storageAccountType": sku},
        },
        "dataDisks": [
            {"lun": lun, "managedDisk": {"id": id_of(group, DISK, f"{name}-data{lun}")}}
            for lun in range(data)
        ],
    }


def id_of(group: str, type_: str, name: str) -> str:
    """The id that `Estate.add` gives a resource without parents."""
    return f"{scope_of(group)}/resourceGroups/{group}/providers/{type_}/{name}"


def address(estate: Estate, name: str, group: str, of: str = "", **properties: Any) -> Resource:
    """A static public address and its bill; `of` is the id of what it belongs to."""
    made = estate.add(
        IP,
        name,
        group,
        sku={"name": "Standard", "tier": "Regional"},
        properties={
            "publicIPAllocationMethod": "Static",
            "ipAddress": "203.0.113.7",
            **({"ipConfiguration": {"id": of}} if of else {}),
            **properties,
        },
    )
    estate.bill(made, "public_ip")
    return made


def store(
    estate: Estate,
    name: str,
    group: str,
    gb: int,
    *,
    redundancy: str = "LRS",
    tier: str = "Hot",
    lifecycle: bool = True,
    reads: int = 2_000_000,
    growth: float = 0.05,
    gb_per_read: float = 0.001,
    kind: str = "StorageV2",
    **fields: Any,
) -> Resource:
    """A storage account with blobs of one tier, its policy, bill and measurements.

    `growth` is by which its bill grows in three months; its data does by a third of that
    in one.
    """
    family = "Premium" if tier == "Premium" else "Standard"
    made = estate.add(
        "Microsoft.Storage/storageAccounts",
        name,
        group,
        kind=kind,
        sku={"name": f"{family}_{redundancy.replace('-', '')}", "tier": family},
        properties={"accessTier": tier, "isHnsEnabled": False, "creationTime": ago(400)},
        **fields,
    )
    blobs = estate.add(
        "Microsoft.Storage/storageAccounts/blobServices",
        f"{name}/default",
        group,
        properties={"deleteRetentionPolicy": {"enabled": True, "days": 7}},
    )
    if lifecycle:
        estate.add(
            "Microsoft.Storage/storageAccounts/managementPolicies",
            f"{name}/default",
            group,
            properties={"policy": {"rules": [_cool_and_delete()]}},
        )
    estate.bill(
        made, "blob_storage", gb=gb, redundancy=redundancy, tier=tier, read_operations=reads,
        write_operations=reads // 20, growth=growth,
    )  # fmt: skip
    estate.measure(made, "UsedCapacity", gb * GIB, low=gb * GIB * 0.99, peaks=1.0)
    estate.measure(made, "Transactions", reads / 730)
    held, trend = gb * GIB, growth / 3
    for split in ("", f"Tier={tier}"):
        estate.measure(
            blobs, "BlobCapacity", held, low=held * 0.99, peaks=1.0, dimension=split, trend=trend
        )
    count = gb * 40
    estate.measure(blobs, "BlobCount", count, low=count * 0.99, peaks=1.0, dimension=f"Tier={tier}")
    estate.measure(made, "Transactions", reads / 730, dimension="GeoType=Primary")
    estate.measure(blobs, "Transactions", reads / 730)
    estate.measure(blobs, "Ingress", trend * held / METRIC_DAYS / 24 * 1.2)
    estate.measure(blobs, "Egress", reads / 730 * gb_per_read * GIB)
    return made


def _cool_and_delete() -> dict[str, Any]:
    return {
        "name": "cool-and-delete",
        "enabled": True,
        "type": "Lifecycle",
        "definition": {
            "filters": {"blobTypes": ["blockBlob"]},
            "actions": {
                "baseBlob": {
                    "tierToCool": {"daysAfterModificationGreaterThan": 30},
                    "delete": {"daysAfterModificationGreaterThan": 730},
                }
            },
        },
    }
