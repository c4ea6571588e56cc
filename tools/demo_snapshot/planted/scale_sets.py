"""Scale sets that do nothing, or stay as large as they were made."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import Estate, Week, daily, steady
from ..parts import GIB
from .machines import shift

GROUP = "gpu-lab"


def _scale_set(
    estate: Estate, name: str, count: int, *, cpu: float, week: Week, network: float
) -> Resource:
    made = estate.add(
        "Microsoft.Compute/virtualMachineScaleSets",
        name,
        GROUP,
        sku={"name": "Standard_D4s_v5", "tier": "Standard", "capacity": count},
        properties={"orchestrationMode": "Uniform", "provisioningState": "Succeeded"},
    )
    estate.bill(made, "vm_scale_set", size="Standard_D4s_v5", instances=count)
    estate.measure(made, "Percentage CPU", cpu, low=min(cpu, 1.0), week=week)
    estate.measure(made, "Available Memory Bytes", 14 * GIB, low=13.5 * GIB, peaks=1.02)
    for metric in ("Network In Total", "Network Out Total"):
        estate.measure(made, metric, network, week=week)
    return made


def plant_idle(estate: Estate) -> None:
    """What a load test left running."""
    idle = _scale_set(estate, "load-test", 2, cpu=1.0, week=steady, network=2e5)
    estate.plant("idle_scale_set", idle)


def plant_large(estate: Estate) -> None:
    """Eight instances, of which four would do at the busiest hour."""
    large = _scale_set(estate, "thumbnails", 8, cpu=32, week=daily, network=2e9)
    estate.plant("scale_set_larger_than_needed", large)


def plant_fixed(estate: Estate) -> None:
    """Four instances for people who go home at six."""
    fixed = _scale_set(estate, "annotation-web", 4, cpu=68, week=shift, network=2e9)
    estate.plant("scale_set_without_autoscale", fixed)
