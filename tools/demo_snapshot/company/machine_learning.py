"""Azure Machine Learning: workspaces, computes, endpoints."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import Estate, office
from ..parts import ago

ML = "Microsoft.MachineLearningServices/workspaces"
GROUP = "research-ml"


def build(estate: Estate) -> None:
    """A workspace for research with computes, and endpoints in use."""
    workspace = estate.add(
        ML, "research", GROUP, kind="Default", properties={"friendlyName": "Research"}
    )
    for metric in ("Active Nodes", "Idle Nodes"):
        estate.measure(workspace, metric, 3, week=office)
    estate.measure(workspace, "GpuUtilizationPercentage", 78, low=5, week=office)
    estate.measure(workspace, "GpuMemoryUtilizationPercentage", 70, low=5, week=office)
    _cluster(estate, "cpu-cluster", "Standard_D8s_v5", "Dedicated", hours=90)
    _cluster(estate, "a100-spot", "Standard_NC24ads_A100_v4", "Dedicated", hours=110)
    for person in ("ana", "ben", "chris"):
        instance(estate, f"{person}-nb", "Standard_D4s_v5", "PT30M", hours=180)
    endpoint(estate, "ranker", "Standard_D4s_v3", 2, requests=900)


def _cluster(estate: Estate, name: str, size: str, priority: str, hours: int) -> Resource:
    made = estate.add(
        f"{ML}/computes",
        f"research/{name}",
        GROUP,
        properties={
            "computeType": "AmlCompute",
            "provisioningState": "Succeeded",
            "properties": {
                "vmSize": size.upper(),
                "vmPriority": priority,
                "scaleSettings": {
                    "minNodeCount": 0,
                    "maxNodeCount": 6,
                    "nodeIdleTimeBeforeScaleDown": "PT2M",
                },
                "currentNodeCount": 2,
            },
        },
    )
    estate.bill(made, "ml_compute_cluster", size=size, nodes=2, hours=hours, max_nodes=6)
    return made


def instance(
    estate: Estate, name: str, size: str, idle: str | None, hours: int, state: str = "Running"
) -> Resource:
    """A compute instance; `idle` is after how long of idleness it stops itself."""
    made = estate.add(
        f"{ML}/computes",
        f"research/{name}",
        GROUP,
        properties={
            "computeType": "ComputeInstance",
            "createdOn": ago(150),
            "properties": {
                "vmSize": size.upper(),
                "state": state,
                "idleTimeBeforeShutdown": idle,
                "lastOperation": {"operationName": "Start", "operationTime": ago(1)},
            },
        },
    )
    if hours:
        estate.bill(made, "ml_compute_instance", size=size, hours=hours)
    return made


def endpoint(
    estate: Estate, name: str, size: str, count: int, requests: float, state: str = "Succeeded"
) -> Resource:
    """An online endpoint with one deployment; `requests` is per minute at the height."""
    made = estate.add(
        f"{ML}/onlineEndpoints",
        f"research/{name}",
        GROUP,
        properties={"provisioningState": "Succeeded", "traffic": {"blue": 100}},
    )
    deployment = estate.add(
        f"{ML}/onlineEndpoints/deployments",
        f"research/{name}/blue",
        GROUP,
        sku={"name": "Default", "capacity": count},
        properties={
            "endpointComputeType": "Managed",
            "instanceType": size,
            "provisioningState": state,
            "scaleSettings": {"scaleType": "Default"},
        },
    )
    estate.bill(deployment, "ml_online_endpoint", size=size, count=count)
    estate.measure(made, "RequestsPerMinute", requests)
    estate.measure(deployment, "RequestsPerMinute", requests)
    if requests:
        estate.measure(deployment, "CpuUtilizationPercentage", 60, low=10)
        estate.measure(deployment, "CpuMemoryUtilizationPercentage", 65, low=50)
    return made
