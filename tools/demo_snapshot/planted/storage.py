"""What fills storage accounts over the years."""

from __future__ import annotations

from ..estate import Estate
from ..parts import ago, store


def plant_old_runs(estate: Estate) -> None:
    """Checkpoints of all runs since the first, in the hot tier, with no policy."""
    left = store(
        estate, "nvoldruns", "gpu-lab", 9_000, lifecycle=False, reads=60_000, growth=0.3,
        gb_per_read=0.004,
    )  # fmt: skip
    estate.plant("unread_hot_blobs", left)
    estate.plant("growing_without_lifecycle", left)


def plant_raw_data(estate: Estate) -> None:
    """Raw recordings of three years ago, cool and not read any more."""
    left = store(
        estate, "nvraw2023", "data-prod", 12_000, tier="Cool", lifecycle=False, reads=4_000,
        growth=0.01,
    )  # fmt: skip
    estate.plant("unread_cool_blobs", left)


def plant_copied_sandbox(estate: Estate) -> None:
    """A sandbox that was made from a template for production."""
    left = store(estate, "nvsandbox", "gpu-lab", 1_500, redundancy="GRS", tags={"env": "sandbox"})
    estate.plant("geo_redundant_development_storage", left)


def plant_secondary(estate: Estate) -> None:
    """Read access to a second region, for an application that was never built."""
    left = store(estate, "nvarchive", "data-prod", 3_000, redundancy="RA-GRS", tier="Cool")
    estate.plant("unread_geo_secondary", left)


def plant_forgotten(estate: Estate) -> None:
    """The data of a project that ended."""
    left = store(estate, "nvpilot2023", "data-prod", 700, reads=0, growth=0)
    estate.plant("unused_storage_account", left)


def plant_premium(estate: Estate) -> None:
    """Features that were served from premium blobs before there was a cache."""
    left = store(
        estate, "nvfeatures", "serving-prod", 400, tier="Premium", lifecycle=False, reads=300_000,
        growth=0, kind="BlockBlobStorage",
    )  # fmt: skip
    estate.plant("premium_blobs_little_used", left)


def plant_kept(estate: Estate) -> None:
    """Versions of checkpoints that are overwritten, and deleted ones for a year."""
    made = estate.add(
        "Microsoft.Storage/storageAccounts",
        "nvscratch",
        "gpu-lab",
        kind="StorageV2",
        sku={"name": "Standard_LRS", "tier": "Standard"},
        properties={"accessTier": "Cool", "creationTime": ago(300)},
    )
    blobs = estate.add(
        "Microsoft.Storage/storageAccounts/blobServices",
        "nvscratch/default",
        "gpu-lab",
        properties={
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": {"enabled": True, "days": 365},
        },
    )
    estate.bill(made, "blob_storage", gb=600, tier="Cool", write_operations=90_000)
    estate.measure(made, "Transactions", 120)
    estate.plant("versions_without_cleanup", blobs)
    estate.plant("long_soft_delete", blobs)
