"""Databases, caches and blobs."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import Estate, office
from ..parts import ago, store

DATA = "data-prod"


def build(estate: Estate) -> None:
    """Data sets and checkpoints, and the databases of the products."""
    store(estate, "nvdatasets", DATA, 24_000, tier="Cool", reads=900_000)
    store(estate, "nvmodels", "serving-prod", 900, redundancy="ZRS")
    store(estate, "nvcheckpoints", "gpu-lab", 5_000, growth=0.2)
    store(estate, "nvlogs", "tools-prod", 300, reads=100_000)
    _sql(estate)
    _postgres(estate)
    cosmos = _add(estate, "Microsoft.DocumentDB/databaseAccounts", "conversations", {
        "databaseAccountOfferType": "Standard", "locations": [{"locationName": "westeurope"}],
        "backupPolicy": {"type": "Periodic"}, "enableFreeTier": False,
    })  # fmt: skip
    estate.bill(
        cosmos, "cosmos_db", capacity_mode="autoscale", ru_per_second=10_000, utilization=0.45,
        storage_gb=120,
    )  # fmt: skip
    estate.measure(cosmos, "NormalizedRUConsumption", 72, low=8)
    estate.measure(cosmos, "TotalRequestUnits", 16e6)
    estate.measure(cosmos, "AutoscaleMaxThroughput", 10_000, low=10_000, peaks=1.0)
    cache = _add(
        estate, "Microsoft.Cache/redis", "features",
        {"sku": {"name": "Standard", "family": "C", "capacity": 3}},
        location="eastus2",
    )  # fmt: skip
    estate.bill(cache, "redis", region="eastus2", sku="Standard_C3")
    estate.measure(cache, "allusedmemorypercentage", 70, low=55)
    estate.measure(cache, "usedmemorypercentage", 70, low=55)
    estate.measure(cache, "allserverLoad", 60, low=10)
    estate.measure(cache, "allconnectedclients", 40, low=12)
    estate.measure(cache, "allcacheRead", 2e6)
    estate.measure(cache, "allcachehits", 9e5)
    estate.measure(cache, "allcachemisses", 4e4)
    estate.measure(cache, "allsetcommands", 6e4)
    estate.measure(cache, "alltotalcommandsprocessed", 4e6)


def _add(
    estate: Estate, type_: str, name: str, properties: dict[str, Any], **fields: Any
) -> Resource:
    return estate.add(type_, name, DATA, properties=properties, **fields)


def _sql(estate: Estate) -> None:
    server = _add(estate, "Microsoft.Sql/servers", "products", {"state": "Ready"})
    database = _add(
        estate,
        "Microsoft.Sql/servers/databases",
        "products/catalogue",
        {
            "status": "Online",
            "currentSku": {"name": "GP_Gen5", "tier": "GeneralPurpose", "capacity": 4},
            "currentServiceObjectiveName": "GP_Gen5_4",
            "licenseType": "LicenseIncluded",
            "creationDate": ago(500),
            "maxSizeBytes": 107374182400,
        },
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 4},
    )
    estate.bill(database, "sql_database", sku="GP_Gen5_4", storage_gb=100, hybrid_benefit=True)
    estate.bill_made_up(database, "SQL Database", "vCore", "9.60")
    for metric in (
        "cpu_percent", "workers_percent", "log_write_percent", "physical_data_read_percent",
    ):  # fmt: skip
        estate.measure(database, metric, 64, low=8)
    estate.measure(database, "storage_percent", 61, low=60, peaks=1.0)
    estate.measure(database, "connection_successful", 900, low=20)
    del server


def _postgres(estate: Estate) -> None:
    made = _add(
        estate,
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "experiments",
        {
            "state": "Ready",
            "storage": {"storageSizeGB": 256},
            "highAvailability": {"mode": "Disabled"},
            "version": "16",
        },
        sku={"name": "Standard_D4ds_v5", "tier": "GeneralPurpose"},
    )
    estate.bill(made, "postgresql", size="Standard_D4ds_v5", storage_gb=256)
    estate.measure(made, "cpu_percent", 66, low=10, week=office)
    estate.measure(made, "memory_percent", 62, low=50, week=office)
    estate.measure(made, "storage_percent", 58, low=57, peaks=1.0)
    estate.measure(made, "active_connections", 40, low=8, week=office)
    estate.measure(made, "iops", 900, low=60, week=office)
