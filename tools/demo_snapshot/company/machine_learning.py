"""Azure Machine Learning: workspaces, computes, endpoints."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import Estate, Week, daily, office, steady
from ..parts import ago

ML = "Microsoft.MachineLearningServices/workspaces"
GROUP = "research-ml"
NAME = "research"


def build(estate: Estate) -> None:
    """A workspace for research with computes, and endpoints in use."""
    estate.add(ML, NAME, GROUP, kind="Default", properties={"friendlyName": "Research"})
    cluster(estate, "cpu-cluster", "Standard_D8s_v5", hours=90)
    cluster(estate, "a100-training", "Standard_NC24ads_A100_v4", hours=110, gpu=78)
    for person in ("ana", "ben", "chris"):
        instance(estate, f"{person}-nb", "Standard_D4s_v5", "PT30M", hours=180)
    endpoint(estate, "ranker", "Standard_D4s_v3", 2, requests=900)


def workspace(estate: Estate) -> Resource:
    """The workspace, which also has the measurements of its computes."""
    return estate.get(ML, NAME, GROUP)


def cluster(
    estate: Estate,
    name: str,
    size: str,
    *,
    hours: int,
    nodes: int = 2,
    least: int = 0,
    waits: str = "PT2M",
    active: float = 2,
    idle: float = 0.05,
    week: Week = office,
    between: float = 0.2,
    gpu: float = 0,
) -> Resource:
    """A cluster: `active` and `idle` nodes at the height of the `week`, `between` at least.

    `gpu` is the utilisation of its GPUs while jobs run, in percent.
    """
    made = estate.add(
        f"{ML}/computes",
        f"{NAME}/{name}",
        GROUP,
        properties={
            "computeType": "AmlCompute",
            "provisioningState": "Succeeded",
            "properties": {
                "vmSize": size.upper(),
                "vmPriority": "Dedicated",
                "scaleSettings": {
                    "minNodeCount": least,
                    "maxNodeCount": 6,
                    "nodeIdleTimeBeforeScaleDown": waits,
                },
                "currentNodeCount": nodes,
            },
        },
    )
    estate.bill(made, "ml_compute_cluster", size=size, nodes=nodes, hours=hours, max_nodes=6)
    split = f"ClusterName={name}"
    above = workspace(estate)

    def working(hour: int) -> float:
        return week(hour) if week(hour) > 0.1 else between

    estate.measure(above, "Active Nodes", active, week=working, dimension=split)
    estate.measure(above, "Idle Nodes", idle, week=steady, dimension=split)
    if gpu:
        for metric in ("GpuUtilization", "GpuMemoryUtilization"):
            estate.measure(above, metric, gpu, low=gpu * 0.9, week=working, dimension=split)
    return made


def instance(
    estate: Estate,
    name: str,
    size: str,
    idle: str | None,
    hours: int,
    state: str = "Running",
    cpu: float = 55,
) -> Resource:
    """A compute instance; `idle` is after how long of idleness it stops itself."""
    made = estate.add(
        f"{ML}/computes",
        f"{NAME}/{name}",
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
    estate.measure(
        workspace(estate),
        "CpuUtilizationPercentage",
        cpu,
        week=office,
        dimension=f"ComputeName={name}",
    )
    return made


def endpoint(
    estate: Estate, name: str, size: str, count: int, requests: float, cpu: float = 60
) -> Resource:
    """An online endpoint with the deployment `blue`; `requests` a minute at the height."""
    made = estate.add(
        f"{ML}/onlineEndpoints",
        f"{NAME}/{name}",
        GROUP,
        properties={"provisioningState": "Succeeded", "traffic": {"blue": 100}},
    )
    deployment(estate, f"{name}/blue", size, count, requests=requests, cpu=cpu)
    estate.measure(made, "RequestsPerMinute", requests)
    return made


def deployment(
    estate: Estate,
    name: str,
    size: str,
    count: int,
    *,
    requests: float,
    cpu: float = 60,
    state: str = "Succeeded",
) -> Resource:
    """A deployment `endpoint/name` and its bill, with measurements while it serves."""
    made = estate.add(
        f"{ML}/onlineEndpoints/deployments",
        f"{NAME}/{name}",
        GROUP,
        sku={"name": "Default", "capacity": count},
        properties={
            "endpointComputeType": "Managed",
            "instanceType": size,
            "provisioningState": state,
            "scaleSettings": {"scaleType": "Default"},
        },
    )
    estate.bill(made, "ml_online_endpoint", size=size, count=count)
    if state == "Succeeded":
        estate.measure(made, "RequestsPerMinute", requests)
        estate.measure(made, "CpuUtilizationPercentage", cpu, low=cpu / 6, week=daily)
        estate.measure(made, "CpuMemoryUtilizationPercentage", 65, low=50)
    return made
