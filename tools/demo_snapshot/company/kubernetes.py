"""The cluster that serves models, and its registry."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import Estate
from ..parts import GIB, address, disk

GROUP = "serving-prod"
NODES = "mc-serving-prod"


def build(estate: Estate) -> None:
    """AKS with a system pool, an autoscaled pool and a pool on spot."""
    pools = [
        _pool("system", "Standard_D4s_v3", 2, mode="System"),
        _pool("models", "Standard_D8s_v3", 4, minCount=2, maxCount=8),
        _pool("batch", "Standard_D4s_v3", 1, minCount=0, maxCount=10, scaleSetPriority="Spot"),
    ]
    cluster = estate.add(
        "Microsoft.ContainerService/managedClusters",
        "models",
        GROUP,
        sku={"name": "Base", "tier": "Standard"},
        properties={
            "agentPoolProfiles": pools,
            "kubernetesVersion": "1.33.2",
            "nodeResourceGroup": NODES,
            "powerState": {"code": "Running"},
            "autoScalerProfile": {"scale-down-unneeded-time": "10m"},
        },
    )
    _fee(estate, cluster)
    estate.measure(cluster, "node_cpu_usage_percentage", 68, low=20)
    estate.measure(cluster, "node_memory_working_set_percentage", 62, low=45)
    for pool in pools:
        _nodes(estate, cluster, pool)
    estate.add(
        "Microsoft.Network/loadBalancers",
        "kubernetes",
        NODES,
        sku={"name": "Standard"},
        properties={
            "backendAddressPools": [{"properties": {"backendIPConfigurations": [{"id": "n"}]}}],
            "loadBalancingRules": [{"name": "https"}],
        },
    )
    address(estate, "kubernetes-outbound", NODES, of=f"{cluster.id}/outbound")
    for number in range(2):
        disk(
            estate, f"pvc-models-{number}", NODES, 256, of=f"{cluster.id}/node{number}",
            tags={"kubernetes.io-created-for-pvc-name": f"models-{number}"},
        )  # fmt: skip
    registry = estate.add(
        "Microsoft.ContainerRegistry/registries",
        "novavision",
        GROUP,
        sku={"name": "Standard", "tier": "Standard"},
        properties={"adminUserEnabled": False, "policies": {}},
    )
    estate.bill(registry, "container_registry", sku="Standard", storage_gb=140)
    estate.measure(registry, "StorageUsed", 140 * GIB, low=139 * GIB, peaks=1.0)
    for metric in ("TotalPullCount", "SuccessfulPullCount", "SuccessfulPushCount"):
        estate.measure(registry, metric, 60)


def _pool(name: str, size: str, count: int, *, mode: str = "User", **fields: Any) -> dict[str, Any]:
    return {
        "name": name,
        "vmSize": size,
        "count": count,
        "mode": mode,
        "enableAutoScaling": "minCount" in fields,
        "powerState": {"code": "Running"},
        "osType": "Linux",
        **fields,
    }


def _nodes(estate: Estate, cluster: Resource, pool: dict[str, Any]) -> None:
    """The scale set of a pool: the nodes are billed here, not at the cluster."""
    made = estate.add(
        "Microsoft.Compute/virtualMachineScaleSets",
        f"aks-{pool['name']}",
        NODES,
        managedBy=cluster.id,
        sku={"name": pool["vmSize"], "tier": "Standard", "capacity": pool["count"]},
        tags={"aks-managed-poolName": pool["name"]},
        properties={"orchestrationMode": "Uniform", "provisioningState": "Succeeded"},
    )
    purchase = "spot" if pool.get("scaleSetPriority") == "Spot" else "pay-as-you-go"
    estate.bill(
        made, "vm_scale_set", size=pool["vmSize"], instances=pool["count"], purchase=purchase
    )
    estate.measure(made, "Percentage CPU", 68, low=20)
    estate.measure(made, "Available Memory Bytes", 6 * GIB, low=5 * GIB)
    for name in ("Network In Total", "Network Out Total"):
        estate.measure(made, name, 3e9)


def _fee(estate: Estate, cluster: Resource) -> None:
    """The cluster's own fee for its promised availability: the first line of its bill."""
    estate.bill(
        cluster,
        "aks",
        tier="Standard",
        node_pools=[{"name": "none", "vm_size": "Standard_D4s_v3", "nodes": 0}],
    )
