"""Copies of disks that nobody will ask for again, and disks in states that hide them."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import COST_DAYS, REGION, Estate
from ..parts import DISK, VM, ago, disk, id_of

LAB = "gpu-lab"
COMPUTE = "Microsoft.Compute"


def plant_snapshots(estate: Estate) -> None:
    """Snapshots from before upgrades: one disk is still there, one is not."""
    source = id_of("gpu-lab", DISK, "features-1-osdisk")
    before = _snapshot(estate, "features-before-cuda12", source, 210, 60)
    estate.plant("old_snapshot", before)
    gone = id_of(LAB, DISK, "train-03-data")
    left = _snapshot(estate, "train-03-final", gone, 320, 900)
    estate.plant("snapshot_of_deleted_disk", left)


def _snapshot(estate: Estate, name: str, source: str, age: int, size_gb: int) -> Resource:
    made = estate.add(
        f"{COMPUTE}/snapshots", name, LAB,
        sku={"name": "Standard_LRS", "tier": "Standard"},
        properties={
            "timeCreated": ago(age),
            "diskSizeGB": size_gb,
            "incremental": False,
            "creationData": {"createOption": "Copy", "sourceResourceId": source},
        },
    )  # fmt: skip
    estate.bill(made, "snapshot", size_gb=size_gb)
    return made


def plant_images(estate: Estate) -> None:
    """Images of GPU machines: one of last year, and an old version in the gallery."""
    image = estate.add(
        f"{COMPUTE}/images", "gpu-base-2025", LAB,
        properties={"storageProfile": {"osDisk": {"osType": "Linux", "diskSizeGB": 256}}},
    )  # fmt: skip
    estate.bill(image, "snapshot", size_gb=180)
    estate.plant("unused_image", image)
    estate.add(f"{COMPUTE}/galleries/images", "nvimages/gpu-base", LAB, properties={})
    old = _version(estate, "1.0.0", 300)
    _version(estate, "2.0.0", 40)
    estate.plant("unused_gallery_image_version", old)


def _version(estate: Estate, name: str, age: int) -> Resource:
    made = estate.add(
        f"{COMPUTE}/galleries/images/versions", f"nvimages/gpu-base/{name}", LAB,
        properties={
            "publishingProfile": {
                "publishedDate": ago(age),
                "targetRegions": [{"name": REGION, "regionalReplicaCount": 2}],
            }
        },
    )  # fmt: skip
    estate.bill(made, "snapshot", size_gb=300, since=min(age, COST_DAYS))
    return made


def plant_hidden_disks(estate: Estate) -> None:
    """A volume of a cluster that is gone, an export that was never ended, a fast idle disk."""
    volume = disk(
        estate, "pvc-0e55", LAB, 256, state="Unattached", detached=150,
        tags={"kubernetes.io-created-for-pvc-name": "mlflow-artifacts"},
    )  # fmt: skip
    estate.plant("unattached_volume", volume)
    export = disk(estate, "handover-data", LAB, 512, "StandardSSD_LRS", state="ActiveSAS")
    estate.event(export, f"{COMPUTE}/disks/beginGetAccess/action", 48)
    estate.plant("forgotten_disk_export", export)
    fast = disk(
        estate, "shuffle-scratch", LAB, 512, "PremiumV2_LRS", state="Unattached", detached=4
    )
    fast.properties.update({"diskIOPSReadWrite": 20_000, "diskMBpsReadWrite": 800})
    estate.bill_made_up(fast, "Storage", "Premium LRS Provisioned IOPS", "3.10")
    estate.plant("unattached_disk_performance", fast)


def plant_more(estate: Estate) -> None:
    """A range of addresses, restore points, an environment, a service."""
    for rule, kind, name, bill, properties in (
        ("unused_public_ip_prefix", "Microsoft.Network/publicIPPrefixes", "partner-range",
         ("Virtual Network", "Standard Static IP Addresses", "1.15"), {"prefixLength": 29}),
        ("restore_points_of_deleted_vm", f"{COMPUTE}/restorePointCollections", "labels-points",
         ("Storage", "LRS Snapshots", "0.40"), {"source": {"id": id_of(LAB, VM, "labels-old")}}),
        ("empty_app_service_environment", "Microsoft.Web/hostingEnvironments", "internal-apps",
         ("Azure App Service", "I1 v2 App", "9.20"), {"status": "Ready"}),
        ("private_link_service_without_endpoints", "Microsoft.Network/privateLinkServices",
         "models-for-partners", None, {"privateEndpointConnections": []}),
    ):  # fmt: skip
        _more(estate, rule, kind, name, bill, properties)


def _more(
    estate: Estate,
    rule: str,
    kind: str,
    name: str,
    bill: tuple[str, str, str] | None,
    properties: dict[str, Any],
) -> None:
    made = estate.add(kind, name, LAB, properties={"provisioningState": "Succeeded", **properties})
    if bill:
        estate.bill_made_up(made, *bill)
    estate.plant(rule, made)
