"""Machines that are larger, older, dearer or longer awake than their work asks for."""

from __future__ import annotations

from ..estate import Estate, daily, steady
from ..parts import VM, ago, vm

LAB = "gpu-lab"
SHIFT = range(8, 18)


def shift(hour: int) -> float:
    """Weekdays from 8 to 18, and nothing else at all."""
    return 1.0 if hour // 24 < 5 and hour % 24 in SHIFT else 0.0


def plant_large(estate: Estate) -> None:
    """Bought for a load test two years ago."""
    large = vm(
        estate, "reporting", "tools-prod", "Standard_D16s_v5", cpu=14, week=daily, memory_gib=24
    )
    estate.measure(large, "VM Uncached IOPS Consumed Percentage", 12, week=daily)
    estate.plant("vm_larger_than_needed", large)


def plant_old(estate: Estate) -> None:
    """Nobody dares to touch it."""
    old = vm(
        estate, "legacy-api", "serving-prod", "Standard_DS3_v2", cpu=72, week=daily, memory_gib=14,
        network=3e9,
    )  # fmt: skip
    estate.plant("old_vm_size", old)


def plant_awake(estate: Estate) -> None:
    """Dashboards that people look at while they work."""
    awake = vm(
        estate, "dashboards", "tools-prod", "Standard_E4s_v5", cpu=60, week=shift, network=30e6,
        memory_gib=32,
    )  # fmt: skip
    estate.plant("machine_runs_at_night", awake)


def plant_development(estate: Estate) -> None:
    """A machine for a developer, always on."""
    forgotten = vm(
        estate, "dev-ana", LAB, "Standard_D8s_v5", cpu=60, week=shift, memory_gib=32,
        tags={"env": "dev", "owner": "ana"},
    )  # fmt: skip
    estate.plant("vm_without_auto_shutdown", forgotten)


def plant_restarted(estate: Estate) -> None:
    """A pipeline starts it again a minute after its schedule has stopped it."""
    restarted = vm(
        estate, "dev-builds", LAB, "Standard_D4s_v5", cpu=60, week=shift, network=2e9,
        tags={"env": "dev", "owner": "ben"},
    )  # fmt: skip
    estate.add(
        "Microsoft.DevTestLab/schedules",
        "shutdown-computevm-dev-builds",
        LAB,
        properties={
            "status": "Enabled",
            "taskType": "ComputeVmShutdownTask",
            "dailyRecurrence": {"time": "1900"},
            "timeZoneId": "UTC",
            "targetResourceId": restarted.id,
        },
    )
    estate.plant("shutdown_without_effect", restarted)


def plant_gpu(estate: Estate) -> None:
    """Labels are made on it: the images move, the GPU does not."""
    unused = vm(
        estate, "t4-labels", LAB, "Standard_NC8as_T4_v3", cpu=3.5, week=daily, network=6e9,
        memory_gib=56, os_gb=128,
    )  # fmt: skip
    estate.plant("gpu_vm_without_gpu_work", unused)


def plant_batch(estate: Estate) -> None:
    """Sweeps that keep checkpoints, at the full price."""
    batch = vm(
        estate, "sweep-11", LAB, "Standard_D8s_v5", cpu=88, week=steady, memory_gib=32,
        tags={"team": "research", "workload": "sweep"},
    )  # fmt: skip
    estate.plant("batch_vm_on_demand", batch)


def plant_capacity(estate: Estate) -> None:
    """Reserved for a launch that is over."""
    group = "Microsoft.Compute/capacityReservationGroups"
    estate.add(group, "launch", LAB, properties={"virtualMachinesAssociated": []})
    unused = estate.add(
        f"{group}/capacityReservations",
        "launch/d16",
        LAB,
        sku={"name": "Standard_D16s_v5", "capacity": 1},
        properties={"provisioningTime": ago(60), "virtualMachinesAssociated": []},
    )
    estate.bill(unused, "virtual_machine", since=60, size="Standard_D16s_v5")
    estate.plant("unused_capacity_reservation", unused)


def plant_windows(estate: Estate) -> None:
    """Windows in production, by the hour; and a licence on a machine that is off."""
    hourly = vm(
        estate, "sharepoint", "tools-prod", "Standard_D4s_v5", cpu=70, week=daily, os="Windows",
        network=2e9,
    )  # fmt: skip
    estate.plant("hybrid_benefit_not_used", hourly)
    off = vm(
        estate, "sharepoint-old", LAB, "Standard_D4s_v5", state="deallocated", os="Windows",
        licence="Windows_Server", os_sku="Standard_LRS", until=90,
    )  # fmt: skip
    estate.event(off, f"{VM}/deallocate/action", 45)
    estate.plant("hybrid_benefit_wasted", off)
