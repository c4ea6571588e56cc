"""Storage accounts, databases and caches."""

from __future__ import annotations

from terraform.cases import Planned
from terraform.lines import Line, NotModelled, Translation, lines

_DISPLAY_NAMES = {"centralus": "Central US", "eastus": "East US", "westus": "West US"}


def storage_account(it: Planned) -> Translation:
    if it["account_kind"] == "FileStorage":
        yield from _files(it)
        return
    spec = {
        "kind": "blob_storage",
        "region": it["location"],
        "tier": it["access_tier"] or "Hot",
        "redundancy": it["account_replication_type"],
        "gb": 1,
        "write_operations": 1,
        "list_operations": 1,
        "read_operations": 1,
        "other_operations": 1,
        "index_tags": 1,
        "retrieval_gb": 1,
    }
    charges = {
        "Capacity": "capacity, *",
        "Write operations": "write operations, *",
        "List and create container operations": "list operations, *",
        "Read operations": "read operations, *",
        "All other operations": "other operations, *",
        "Blob index": "index tags, *",
        "Data retrieval": "retrieval, *",
    }
    yield from lines(spec, charges)
    early = {**spec, "early_deletion_gb": 1, "early_deletion_days": 1}
    yield Line("Early deletion", early, "early deletion, *")


def _files(it: Planned) -> Translation:
    spec = {
        "kind": "file_share",
        "region": it["location"],
        "tier": it["access_tier"],
        "redundancy": it["account_replication_type"],
        "gb": 1,
        "snapshot_gb": 1,
        "metadata_gb": 1,
        "write_operations": 1,
        "list_operations": 1,
        "read_operations": 1,
        "other_operations": 1,
        "retrieval_gb": 1,
    }
    charges = {
        "Data at rest": "storage, *",
        "Snapshots": "snapshots, *",
        "Metadata at rest": "metadata, *",
        "Write operations": "writes, *",
        "List operations": "lists, *",
        "Read operations": "reads, *",
        "All other operations": "other operations, *",
        "Data retrieval": "retrieval, *",
    }
    yield from lines(spec, charges)
    yield NotModelled("Early deletion", "no row of Files v2 is for that, in any region")


def cosmosdb_in_account(it: Planned) -> Translation:
    yield from _cosmosdb(it, it.follow("account_name"))


def cosmosdb_cassandra_table(it: Planned) -> Translation:
    yield from _cosmosdb(it, it.follow("cassandra_keyspace_id").follow("account_name"))


def _cosmosdb(it: Planned, account: Planned) -> Translation:
    autoscale = it.blocks("autoscale_settings")
    ru_per_second = autoscale[0]["max_throughput"] if autoscale else it["throughput"]
    mode = "autoscale" if autoscale else "provisioned" if ru_per_second else "serverless"
    periodic = account.block("backup")["type"] == "Periodic"
    spec = {
        "kind": "cosmos_db",
        "capacity_mode": mode,
        "ru_per_second": ru_per_second,
        "request_units": None if ru_per_second else 1,
        "storage_gb": 1,
        "analytical_storage_gb": 1,
        "analytical_writes": 1,
        "analytical_reads": 1,
        "backup": "periodic" if periodic else "continuous-30-days",
        "backup_copies": 3 if periodic else None,
    }
    regions = [place["location"] for place in account.blocks("geo_location")]
    for region in regions or [account["location"]]:
        name = _DISPLAY_NAMES[region]
        charges = {
            f"Provisioned throughput ({mode}, {name})": "* RU/s, *",
            f"Transactional storage ({name})": "data stored, *",
            f"Analytical storage ({name})": "analytical data stored, *",
            f"Analytical write operations ({name})": "analytical write operations",
            f"Analytical read operations ({name})": "analytical read operations",
            f"Continuous backup ({name})": "continuous backup, *",
            f"Periodic backup ({name})": "periodic backups",
        }
        yield from lines({**spec, "region": region}, charges)
    first = {**spec, "region": regions[0] if regions else account["location"]}
    yield Line("Provisioned throughput (serverless)", first, "request units")
    # Infracost bills restores of periodic backups too, by the meter of continuous ones.
    restored = {**first, "backup": "continuous-30-days", "backup_copies": None, "restored_gb": 1}
    yield Line("Restored data", restored, "data restored")


def redis_cache(it: Planned) -> Translation:
    sku = f"{it['sku_name']}_{it['family']}{it['capacity']}"
    yield Line("Cache usage (*)", {"kind": "redis", "region": it["location"], "sku": sku}, "*")


def managed_redis(it: Planned) -> Translation:
    spec = {"kind": "redis", "region": it["location"], "sku": it["sku_name"]}
    yield Line("Cache usage (*)", spec, "*")


def mssql_database(it: Planned) -> Translation:
    location = it.follow("server_id")["location"]
    spec = {
        "kind": "sql_database",
        # The case made up what its plan leaves open; Infracost takes eastus then.
        "region": "eastus" if location == "mock-location" else location,
        "sku": it["sku_name"],
        "long_term_backup_gb": 1,
    }
    yield Line("Compute (*)", spec, "*, pay-as-you-go")
    yield Line("Long-term retention (RA-GRS)", spec, "long-term backups, RA-GRS")
    yield NotModelled("PITR backup storage (RA-GRS)", "databases of DTUs have them for nothing")


def mssql_elasticpool(it: Planned) -> Translation:
    """A pool of vCores: azcost has none, but single databases are billed by the same meters."""
    sku = it.block("sku")
    if sku["family"] != "Gen5":
        yield NotModelled("*", "pools of DTUs and of the DC series")
        return
    spec = {
        "kind": "sql_database",
        "region": it["location"],
        "sku": f"{sku['name']}_{sku['capacity']}",
        "zone_redundant": it["zone_redundant"] or False,
        "storage_gb": it["max_size_gb"],
    }
    vcores = sku["capacity"]
    yield Line("Compute (*)", spec, f"* {spec['sku']}, pay-as-you-go", times=vcores)
    yield Line("Zone redundancy (*)", spec, "*, zone redundancy, *", times=vcores)
    yield Line("SQL license", spec, "*, SQL Server licence")
    yield Line("Storage", spec, "storage")
