"""Disks and snapshots that are faster, or larger on the bill, than they need to be."""

from __future__ import annotations

from ..estate import Estate
from ..parts import VM, ago, disk, id_of

GROUP = "gpu-lab"
OWNER = id_of(GROUP, VM, "notebooks")


def plant_little_used(estate: Estate) -> None:
    """Old results, read now and then."""
    slow = disk(estate, "notebooks-results", GROUP, 1024, of=OWNER, iops=20)
    estate.plant("premium_disk_little_used", slow)


def plant_performance(estate: Estate) -> None:
    """Set up for a benchmark, and left so."""
    fast = disk(
        estate, "a100-scratch", GROUP, 1024, "PremiumV2_LRS",
        of=id_of(GROUP, VM, "a100-shared"), iops=1500, set_to=(16_000, 600),
    )  # fmt: skip
    estate.plant("disk_performance_not_used", fast)


def plant_above_tier(estate: Estate) -> None:
    """130 GiB, since an image had 127 and somebody rounded up."""
    above = disk(estate, "labelling-import", GROUP, 130, of=id_of(GROUP, VM, "labelling"), iops=800)
    estate.plant("disk_just_above_tier", above)


def plant_bursting(estate: Estate) -> None:
    """Switched on for a migration in spring."""
    bursting = disk(
        estate, "features-import", GROUP, 1024, of=id_of(GROUP, VM, "features-1"), iops=1200,
        properties_beside={"burstingEnabled": True},
    )  # fmt: skip
    estate.bill_made_up(bursting, "Storage", "P30 LRS Disk Burst Enablement", "0.80")
    estate.measure(bursting, "DiskPaidBurstIOPS", 0.0)
    estate.plant("disk_bursting_not_used", bursting)


def plant_snapshot(estate: Estate) -> None:
    """Taken in the portal, where somebody ticked the wrong box."""
    premium = estate.add(
        "Microsoft.Compute/snapshots",
        "a100-before-upgrade",
        GROUP,
        sku={"name": "Premium_LRS"},
        properties={"timeCreated": ago(20), "diskSizeGB": 512, "incremental": False,
                    "creationData": {"createOption": "Copy", "sourceResourceId": OWNER}},
    )  # fmt: skip
    estate.bill(premium, "snapshot", type="Premium_LRS", size_gb=400, since=20)
    estate.plant("premium_snapshot", premium)
