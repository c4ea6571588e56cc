"""A cluster for experiments, with pools that nobody looked after, and one that was stopped."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import Estate, Week, daily, office, steady
from ..parts import GIB, address, ago, disk
from .machines import shift

GROUP = "gpu-lab"
NODES = "mc-gpu-lab"
CLUSTER = "Microsoft.ContainerService/managedClusters"
SIZE = "Standard_D4s_v3"  # 16 GiB


def plant_experiments(estate: Estate) -> None:
    """For development, on the tier of production, with four pools."""
    pools = [
        _pool("system", 1, mode="System"),
        _pool("old", 2),
        _pool("web", 3),
        _pool("sweeps", 2, nodeLabels={"workload": "batch"}, minCount=0, maxCount=4),
        _pool("review", 2, minCount=2, maxCount=6),
    ]
    cluster = estate.add(
        CLUSTER,
        "experiments",
        GROUP,
        sku={"name": "Base", "tier": "Standard"},
        tags={"env": "dev", "team": "research"},
        properties={
            "agentPoolProfiles": pools,
            "kubernetesVersion": "1.33.2",
            "nodeResourceGroup": NODES,
            "powerState": {"code": "Running"},
        },
    )
    _fee(estate, cluster)
    estate.measure(cluster, "node_cpu_usage_percentage", 40, low=10)
    estate.measure(cluster, "node_memory_working_set_percentage", 45, low=35)
    estate.plant("cluster_tier_in_dev", cluster)
    _nodes(estate, pools[0], cpu=30, week=steady, used=6)
    old = _nodes(estate, pools[1], cpu=4, week=steady, used=1.2)
    estate.plant("idle_node_pool", old)
    web = _nodes(estate, pools[2], cpu=75, week=office, used=3)
    estate.plant("pool_without_autoscaler", web)
    sweeps = _nodes(estate, pools[3], cpu=85, week=daily, used=9)
    estate.plant("batch_pool_on_demand", sweeps)
    review = _nodes(estate, pools[4], cpu=70, week=shift, used=8)
    estate.plant("pool_awake_at_night", review)


def plant_stopped(estate: Estate) -> None:
    """Stopped after a workshop; its volume and address are still there."""
    stopped = estate.add(
        CLUSTER,
        "workshop",
        GROUP,
        sku={"name": "Base", "tier": "Free"},
        properties={
            "agentPoolProfiles": [_pool("system", 0, mode="System")],
            "nodeResourceGroup": "mc-workshop",
            "powerState": {"code": "Stopped"},
            "createdAt": ago(200),
        },
    )
    for metric in ("node_cpu_usage_percentage", "node_memory_working_set_percentage"):
        estate.measure(stopped, metric, 0.0)
    estate.event(stopped, f"{CLUSTER}/stop/action", 55)
    address(estate, "workshop-outbound", "mc-workshop", of=f"{stopped.id}/outbound")
    disk(
        estate, "pvc-workshop", "mc-workshop", 256, state="Unattached", detached=55,
        tags={"kubernetes.io-created-for-pvc-name": "workshop"},
    )  # fmt: skip
    estate.plant("stopped_cluster_still_billed", stopped)


def _pool(name: str, count: int, *, mode: str = "User", **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "vmSize": SIZE,
        "count": count,
        "mode": mode,
        "enableAutoScaling": "minCount" in fields,
        "powerState": {"code": "Running"},
        "osType": "Linux",
        **fields,
    }


def _nodes(
    estate: Estate, pool: dict[str, Any], *, cpu: float, week: Week, used: float
) -> Resource:
    made = estate.add(
        "Microsoft.Compute/virtualMachineScaleSets",
        f"aks-{pool['name']}-lab",
        NODES,
        sku={"name": SIZE, "tier": "Standard", "capacity": pool["count"]},
        tags={"aks-managed-poolName": pool["name"], "team": "research"},
        properties={"orchestrationMode": "Uniform", "provisioningState": "Succeeded"},
    )
    estate.bill(made, "vm_scale_set", size=SIZE, instances=pool["count"])
    estate.measure(made, "Percentage CPU", cpu, low=2, week=week)
    free = (16 - used) * GIB
    estate.measure(made, "Available Memory Bytes", free, low=free * 0.97, peaks=1.02)
    for metric in ("Network In Total", "Network Out Total"):
        estate.measure(made, metric, 2e9, week=week)
    return made


def _fee(estate: Estate, cluster: Resource) -> None:
    estate.bill(
        cluster,
        "aks",
        tier="Standard",
        node_pools=[{"name": "none", "vm_size": SIZE, "nodes": 0}],
    )
