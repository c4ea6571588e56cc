"""Databases and caches that are idle, too large, or for development as if for production."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import REGION, Estate, daily, office, steady

LAB = "gpu-lab"
DEV = {"team": "research", "env": "dev"}
SQL, SQL_POOL = "Microsoft.Sql/servers/databases", "Microsoft.Sql/servers/elasticPools"
PG = "Microsoft.DBforPostgreSQL/flexibleServers"
COSMOS = "Microsoft.DocumentDB/databaseAccounts"
REDIS = "Microsoft.Cache/redis"


def plant_sql(estate: Estate) -> None:
    """A server of the team that left: an idle database, a large one, one that is busy at noon."""
    estate.add("Microsoft.Sql/servers", "lab-sql", LAB, properties={"state": "Ready"})
    idle = _vcores(estate, "lab-sql/annotations-2024", 2, cpu=0.4, connections=0)
    estate.plant("idle_sql_database", idle)
    large = _vcores(estate, "lab-sql/metrics", 8, cpu=9, connections=60)
    estate.plant("sql_database_larger_than_needed", large)
    estate.plant("sql_licence_rented", large)
    noon = _vcores(estate, "lab-sql/reports", 4, cpu=85, connections=20, week=office, low=2)
    estate.plant("sql_database_fits_serverless", noon)
    replica = _vcores(
        estate, "lab-sql/staging-copy", 2, cpu=60, connections=5, tags=DEV, secondaryType="Geo",
        location="northeurope",
    )  # fmt: skip
    estate.plant("sql_geo_replica_in_development", replica)
    copied = _vcores(
        estate, "lab-sql/staging", 2, cpu=70, connections=30, tags=DEV, backup_gb=400,
        currentBackupStorageRedundancy="Geo",
    )  # fmt: skip
    estate.plant("sql_geo_backups_in_development", copied)
    pool = estate.add(
        SQL_POOL,
        "lab-sql/tenants",
        LAB,
        sku={"name": "StandardPool", "tier": "Standard", "capacity": 400},
        properties={"state": "Ready", "perDatabaseSettings": {"maxCapacity": 50}},
    )
    estate.bill_made_up(pool, "SQL Database", "eDTUs", "19.40")
    for tenant in ("blue", "green"):
        inside = {"status": "Online", "elasticPoolId": pool.id}
        estate.add(SQL, f"lab-sql/tenant-{tenant}", LAB, properties=inside)
    for metric in ("dtu_consumption_percent", "workers_percent"):
        estate.measure(pool, metric, 14)
    estate.plant("elastic_pool_larger_than_needed", pool)


def _vcores(
    estate: Estate,
    name: str,
    vcores: int,
    *,
    cpu: float,
    connections: int,
    week: Any = daily,
    low: float = 0.0,
    tags: dict[str, str] | None = None,
    location: str = REGION,
    backup_gb: int = 0,
    **properties: Any,
) -> Resource:
    """A General Purpose database; nobody has recorded the price of its licence."""
    objective = f"GP_Gen5_{vcores}"
    made = estate.add(
        SQL,
        name,
        LAB,
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": vcores},
        properties={
            "status": "Online",
            "currentServiceObjectiveName": objective,
            "licenseType": "LicenseIncluded",
            "maxSizeBytes": 32 * 1024**3,
            **properties,
        },
        location=location,
        **({} if tags is None else {"tags": tags}),
    )
    estate.bill(
        made, "sql_database", region=location, sku=objective, storage_gb=32, hybrid_benefit=True,
        backup_gb=backup_gb,
    )  # fmt: skip
    estate.bill_made_up(
        made, "SQL Database", "vCore", f"{2.4 * vcores:.2f}",
        product="SQL Database Single/Elastic Pool General Purpose - SQL License",
    )  # fmt: skip
    for metric in (
        "cpu_percent", "workers_percent", "log_write_percent", "physical_data_read_percent",
    ):  # fmt: skip
        estate.measure(made, metric, cpu, low=low, week=week)
    estate.measure(made, "connection_successful", connections, week=week)
    return made


def plant_postgresql(estate: Estate) -> None:
    """Servers of experiments: forgotten, large, and with a standby nobody needs."""
    idle = _postgresql(estate, "mlflow-old", "Standard_D2ds_v5", cpu=3, connections=7, memory=30)
    estate.plant("idle_database_server", idle)
    large = _postgresql(
        estate, "features-pg", "Standard_D8ds_v5", cpu=12, connections=50, memory=22
    )
    estate.plant("database_server_larger_than_needed", large)
    safe = _postgresql(
        estate, "features-dev-pg", "Standard_D2ds_v5", cpu=50, connections=20, memory=50,
        mode="ZoneRedundant", tags=DEV,
    )  # fmt: skip
    estate.plant("standby_in_development", safe)


def _postgresql(
    estate: Estate,
    name: str,
    size: str,
    *,
    cpu: float,
    connections: int,
    memory: float,
    mode: str = "Disabled",
    tags: dict[str, str] | None = None,
) -> Resource:
    made = estate.add(
        PG,
        name,
        LAB,
        sku={"name": size, "tier": "GeneralPurpose"},
        properties={
            "state": "Ready",
            "storage": {"storageSizeGB": 128},
            "highAvailability": {"mode": mode},
            "version": "16",
        },
        **({} if tags is None else {"tags": tags}),
    )
    estate.bill(made, "postgresql", size=size, storage_gb=128, high_availability=mode != "Disabled")
    estate.measure(made, "cpu_percent", cpu, low=1, week=office)
    estate.measure(made, "memory_percent", memory, low=memory * 0.8, peaks=1.05)
    estate.measure(made, "storage_percent", 40, low=40, peaks=1.0)
    estate.measure(made, "active_connections", connections, low=5, week=office)
    estate.measure(made, "iops", 300, low=20)
    return made


def plant_cosmos(estate: Estate) -> None:
    """Accounts whose throughput was set once: too high, for peaks, for a load that never rests."""
    high = _cosmos(estate, "profiles", 20_000, 24, week=steady)
    estate.plant("cosmos_throughput_unused", high)
    peaks = _cosmos(estate, "nightly-scores", 8_000, 95, week=office, low=2)
    estate.plant("cosmos_peaks_on_manual_throughput", peaks)
    full = _cosmos(estate, "events", 4_000, 94, week=steady, mode="autoscale")
    estate.plant("cosmos_autoscale_always_full", full)
    regions = _cosmos(
        estate, "profiles-dev", 1_000, 78, week=steady, tags=DEV,
        locations=[
            {"locationName": "West Europe", "failoverPriority": 0},
            {"locationName": "North Europe", "failoverPriority": 1},
        ],
    )  # fmt: skip
    estate.bill_made_up(regions, "Azure Cosmos DB", "100 RU/s", "1.92")
    estate.plant("cosmos_regions_in_development", regions)
    backups = _cosmos(
        estate, "labels", 1_000, 78, week=steady, storage_gb=200, backup_copies=6,
        backupPolicy={
            "type": "Periodic",
            "periodicModeProperties": {
                "backupIntervalInMinutes": 240,
                "backupRetentionIntervalInHours": 24,
            },
        },
    )  # fmt: skip
    estate.plant("cosmos_backup_copies", backups)


def _cosmos(
    estate: Estate,
    name: str,
    throughput: int,
    percent: float,
    *,
    week: Any,
    low: float = 0.0,
    mode: str = "provisioned",
    storage_gb: int = 20,
    backup_copies: int = 2,
    tags: dict[str, str] | None = None,
    **properties: Any,
) -> Resource:
    made = estate.add(
        COSMOS,
        name,
        LAB,
        properties={
            "databaseAccountOfferType": "Standard",
            "locations": [{"locationName": "West Europe", "failoverPriority": 0}],
            **properties,
        },
        **({} if tags is None else {"tags": tags}),
    )
    extra: dict[str, Any] = {"utilization": percent / 100} if mode == "autoscale" else {}
    estate.bill(
        made, "cosmos_db", capacity_mode=mode, ru_per_second=throughput, storage_gb=storage_gb,
        backup_copies=backup_copies, **extra,
    )  # fmt: skip
    estate.measure(made, "NormalizedRUConsumption", percent, low=low, week=week, peaks=1.0)
    estate.measure(made, "TotalRequestUnits", throughput * 36 * percent, week=week)
    estate.measure(made, "ProvisionedThroughput", throughput, low=throughput, peaks=1.0)
    if mode == "autoscale":
        estate.measure(made, "AutoscaleMaxThroughput", throughput, low=throughput, peaks=1.0)
    return made


def plant_redis(estate: Estate) -> None:
    """Caches: one without keys, one nearly empty, a premium one for development."""
    idle = _redis(estate, "sessions-old", "Standard_C1", memory=4, reads=0)
    estate.plant("idle_redis", idle)
    large = _redis(estate, "embeddings", "Standard_C4", memory=8, reads=50_000)
    estate.plant("redis_larger_than_needed", large)
    premium = _redis(estate, "features-dev", "Premium_P1", memory=60, reads=2_000, tags=DEV)
    estate.plant("premium_redis_in_development", premium)


def _redis(
    estate: Estate,
    name: str,
    sku: str,
    *,
    memory: float,
    reads: int,
    tags: dict[str, str] | None = None,
) -> Resource:
    tier, _, size = sku.partition("_")
    made = estate.add(
        REDIS,
        name,
        LAB,
        properties={"sku": {"name": tier, "family": size[0], "capacity": int(size[1:])}},
        **({} if tags is None else {"tags": tags}),
    )
    estate.bill(made, "redis", sku=sku)
    estate.measure(made, "allusedmemorypercentage", memory, low=memory * 0.9, peaks=1.05)
    estate.measure(made, "usedmemorypercentage", memory, low=memory * 0.9, peaks=1.05)
    estate.measure(made, "allserverLoad", 6, low=2)
    estate.measure(made, "allconnectedclients", 12, low=6)
    estate.measure(made, "allcachehits", reads)
    estate.measure(made, "allcachemisses", reads / 10)
    estate.measure(made, "allsetcommands", reads / 10)
    return made


def plant_warehouse(estate: Estate) -> None:
    """The warehouse of a proof of concept, still online."""
    pool = estate.add(
        "Microsoft.Synapse/workspaces/sqlPools",
        "lab-synapse/warehouse",
        LAB,
        sku={"name": "DW100c"},
        properties={"status": "Online"},
    )
    estate.bill_made_up(pool, "Azure Synapse Analytics", "100 DWUs", "36.00")
    estate.measure(pool, "ActiveQueries", 0)
    estate.measure(pool, "CPUPercent", 1, week=steady)
    estate.plant("idle_synapse_pool", pool)
