"""Storage, data, AI, networks: types of azurerm as kinds of services.

The defaults are those of the azurerm provider as `MAPPINGS.md` of the project's research
has them; what only use decides is left at nothing, and a note says so.
"""

from __future__ import annotations

from typing import Any

from azcost.importers.terraform.plan import Plan, Planned

Spec = dict[str, Any]


def storage_account(plan: Plan, it: Planned) -> Spec:
    """The blobs of an account: its tier and redundancy; what it holds is not in a plan."""
    replication = str(it["account_replication_type"] or "LRS")
    redundancy = {"RAGRS": "RA-GRS", "RAGZRS": "RA-GZRS"}.get(replication, replication)
    premium = it["account_tier"] == "Premium"
    return {
        "kind": "blob_storage",
        "tier": "Premium" if premium else it["access_tier"] or "Hot",
        "redundancy": redundancy,
        "hierarchical_namespace": bool(it["is_hns_enabled"]),
    }


def openai(plan: Plan, it: Planned) -> Spec:
    """A model's deployment: throughput units by its capacity, tokens by use."""
    model, sku = it.block("model"), it.block("sku")
    scope = sku["name"] or "Standard"
    spec: Spec = {"kind": "openai", "model": model["name"], "scope": scope}
    if model["version"]:
        spec["version"] = model["version"]
    if "Provisioned" in scope:
        spec["ptus"] = sku["capacity"]
    return spec


def search(plan: Plan, it: Planned) -> Spec:
    """An AI Search service."""
    spec: Spec = {"kind": "ai_search", "sku": it["sku"]}
    return spec | _given(it, replicas="replica_count", partitions="partition_count")


def registry(plan: Plan, it: Planned) -> Spec:
    """A container registry with its replicas."""
    regions = [one["location"] for one in it.blocks("georeplications")]
    return {"kind": "container_registry", "sku": it["sku"] or "Basic", "geo_replications": regions}


def key_vault(plan: Plan, it: Planned) -> Spec:
    """A key vault: billed by its operations."""
    return {"kind": "key_vault", "tier": str(it["sku_name"] or "standard").capitalize()}


def log_analytics(plan: Plan, it: Planned) -> Spec:
    """A workspace: billed by what it takes in, and by how long that is kept."""
    spec: Spec = {"kind": "log_analytics"}
    reserved = it["reservation_capacity_in_gb_per_day"]
    if it["sku"] == "CapacityReservation" and reserved:
        spec["tier"] = f"{reserved} GB"
    return spec | _given(it, retention_days="retention_in_days")


def application_insights(plan: Plan, it: Planned) -> Spec:
    """Application Insights: billed by what it takes in."""
    based = "workspace_id" in it.refers or it["workspace_id"]
    spec: Spec = {"kind": "application_insights", "type": "workspace-based" if based else "classic"}
    return spec | _given(it, retention_days="retention_in_days")


def postgresql(plan: Plan, it: Planned) -> Spec:
    """A PostgreSQL flexible server; `GP_Standard_D4ds_v5` is the size `Standard_D4ds_v5`."""
    name = str(it["sku_name"] or "")
    mode = it.block("high_availability")["mode"]
    return {
        "kind": "postgresql",
        "size": name.split("_", 1)[1] if name[:3] in ("GP_", "MO_") or name[:2] == "B_" else name,
        "storage_gb": (it["storage_mb"] or 32_768) // 1024,
        "high_availability": mode in ("ZoneRedundant", "SameZone"),
    }


def sql_database(plan: Plan, it: Planned) -> Spec:
    """An Azure SQL database that is in no pool."""
    spec: Spec = {
        "kind": "sql_database",
        "sku": it["sku_name"] or "GP_S_Gen5_2",
        "zone_redundant": bool(it["zone_redundant"]),
        "hybrid_benefit": it["license_type"] == "BasePrice",
    }
    return spec | _given(it, storage_gb="max_size_gb")


def redis(plan: Plan, it: Planned) -> Spec:
    """Azure Cache for Redis: `Standard_C1`, `Premium_P2`."""
    sku = f"{it['sku_name']}_{it['family']}{it['capacity']}"
    spec: Spec = {"kind": "redis", "sku": sku}
    return spec | ({"shards": it["shard_count"]} if it["shard_count"] else {})


def managed_redis(plan: Plan, it: Planned) -> Spec:
    """Azure Managed Redis."""
    on = it["high_availability_enabled"] is not False
    return {"kind": "redis", "sku": it["sku_name"], "high_availability": on}


def public_ip(plan: Plan, it: Planned) -> Spec:
    """A public address: Standard if nobody says otherwise, Basic where it is dynamic."""
    usual = "Basic" if it["allocation_method"] == "Dynamic" else "Standard"
    spec: Spec = {"kind": "public_ip", "sku": it["sku"] or usual}
    return spec | _given(it, tier="sku_tier", allocation="allocation_method")


def public_ip_prefix(plan: Plan, it: Planned) -> Spec:
    """A prefix: all of its addresses."""
    return {"kind": "public_ip", "prefix": True, "count": 2 ** (32 - (it["prefix_length"] or 28))}


def nat_gateway(plan: Plan, it: Planned) -> Spec:
    """A NAT gateway."""
    return {"kind": "nat_gateway"}


def private_endpoint(plan: Plan, it: Planned) -> Spec:
    """A private endpoint."""
    return {"kind": "private_endpoint"}


def application_gateway(plan: Plan, it: Planned) -> Spec:
    """An application gateway: v2 by its least capacity, v1 by its instances."""
    sku = it.block("sku")
    name, capacity = sku["name"], sku["capacity"]
    if not str(name).endswith("_v2"):
        return {"kind": "application_gateway", "sku": name, "count": capacity or 1}
    least = it.block("autoscale_configuration")["min_capacity"]
    return {
        "kind": "application_gateway",
        "sku": name,
        "min_instances": least if least is not None else capacity or 0,
    }


def load_balancer(plan: Plan, it: Planned) -> Spec:
    """A load balancer with the rules of the plan."""
    rules = sum(
        1
        for type_ in ("azurerm_lb_rule", "azurerm_lb_outbound_rule")
        for _ in plan.below(type_, it, "loadbalancer_id")
    )
    return {"kind": "load_balancer", "sku": it["sku"] or "Standard", "rules": rules}


def bastion(plan: Plan, it: Planned) -> Spec:
    """A bastion; the first two scale units are in its price."""
    extra = max(0, (it["scale_units"] or 2) - 2)
    return {"kind": "bastion", "sku": it["sku"] or "Basic", "extra_scale_units": extra}


def vpn_gateway(plan: Plan, it: Planned) -> Spec | None:
    """A VPN gateway of a virtual network; gateways of ExpressRoute are not priced."""
    if it["type"] == "ExpressRoute":
        return None
    return {"kind": "vpn_gateway", "sku": it["sku"] or "Basic"}


def container_group(plan: Plan, it: Planned) -> Spec:
    """A container group: the sum of its containers, running all month."""
    containers = it.blocks("container")
    return {
        "kind": "container_instance",
        "vcpus": sum(float(one["cpu"] or 0) for one in containers),
        "memory_gb": sum(float(one["memory"] or 0) for one in containers),
        "os": str(it["os_type"] or "Linux").lower(),
        "purchase": "spot" if it["priority"] == "Spot" else "pay-as-you-go",
    }


def _given(it: Planned, **fields: str) -> Spec:
    """The fields whose attribute has a value."""
    return {field: it[name] for field, name in fields.items() if it[name] is not None}
