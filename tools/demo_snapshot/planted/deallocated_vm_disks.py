"""Machines that were switched off and forgotten with their disks."""

from __future__ import annotations

from ..estate import COST_DAYS, Estate
from ..parts import vm


def plant_project_that_ended(estate: Estate) -> None:
    """A project ended seven weeks ago; its machine was deallocated the proper way."""
    off = vm(
        estate, "forecast-poc", "gpu-lab", "Standard_E8s_v5", state="deallocated", until=COST_DAYS,
        data_gb=(512, 512), os_gb=128,
    )  # fmt: skip
    estate.event(off, "Microsoft.Compute/virtualMachines/deallocate/action", 50)
    estate.plant("deallocated_vm_disks", off)
