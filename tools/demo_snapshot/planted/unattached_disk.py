"""Disks that machines left behind."""

from __future__ import annotations

from ..estate import Estate
from ..parts import disk


def plant_checkpoints(estate: Estate) -> None:
    """The data disk of a training machine that was deleted in summer."""
    left = disk(estate, "train-07-data", "gpu-lab", 1024, state="Unattached", detached=110)
    estate.plant("unattached_disk", left)


def plant_small_ones(estate: Estate) -> None:
    """OS disks of an afternoon's experiments."""
    for number in range(3):
        left = disk(
            estate, f"try-{number}-osdisk", "gpu-lab", 64, state="Unattached",
            detached=60 + number,
        )  # fmt: skip
        estate.plant("unattached_disk", left)
