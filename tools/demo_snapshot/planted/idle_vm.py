"""Machines that run and do nothing."""

from __future__ import annotations

from ..estate import Estate, steady
from ..parts import vm


def plant_old_demo(estate: Estate) -> None:
    """The machine of a demo for a customer in spring."""
    idle = vm(
        estate, "customer-demo", "gpu-lab", "Standard_D8s_v5", cpu=1.2, week=steady,
        network=1e6, memory_gib=32, data_gb=(128,),
    )  # fmt: skip
    estate.plant("idle_vm", idle)


def plant_gpu(estate: Estate) -> None:
    """A GPU machine of somebody who is on leave."""
    idle = vm(
        estate, "t4-jo", "gpu-lab", "Standard_NC8as_T4_v3", cpu=0.6, week=steady,
        network=1e6, memory_gib=56, os_gb=128,
    )  # fmt: skip
    estate.plant("idle_vm", idle)
