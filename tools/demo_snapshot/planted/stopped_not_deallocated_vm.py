"""Machines that were shut down from inside."""

from __future__ import annotations

from ..estate import Estate
from ..parts import vm


def plant_shut_down(estate: Estate) -> None:
    """`sudo shutdown` on a Friday three weeks ago."""
    stopped = vm(estate, "etl-old", "gpu-lab", "Standard_D16s_v5", state="stopped", data_gb=(512,))
    estate.event(stopped, "Microsoft.Compute/virtualMachines/powerOff/action", 21)
    estate.plant("stopped_not_deallocated_vm", stopped)
