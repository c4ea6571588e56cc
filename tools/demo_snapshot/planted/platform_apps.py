"""Where applications run: plans, containers, and what takes their calls and messages."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..estate import Estate, office, steady
from ..parts import ago

LAB = "gpu-lab"
PLAN = "Microsoft.Web/serverfarms"


def plant_plans(estate: Estate) -> None:
    """The plan of apps that were stopped, and one with the instances of a launch."""
    old = estate.add(
        PLAN,
        "demo-plan",
        LAB,
        sku={"name": "S1", "tier": "Standard", "capacity": 1},
        properties={"numberOfSites": 2, "status": "Ready"},
    )
    estate.bill_made_up(old, "Azure App Service", "S1 App", "2.40")
    estate.measure(old, "CpuPercentage", 1, week=steady)
    estate.measure(old, "MemoryPercentage", 20, low=19, peaks=1.0)
    for name in ("demo-web", "demo-api"):
        app = estate.add(
            "Microsoft.Web/sites",
            f"nv-{name}",
            LAB,
            kind="app",
            properties={"state": "Stopped", "serverFarmId": old.id, "lastModifiedTimeUtc": ago(50)},
        )
        estate.event(app, "Microsoft.Web/sites/stop/action", 50)
    estate.plant("app_service_plan_of_stopped_apps", old)
    launch = estate.add(
        PLAN,
        "portal-plan",
        LAB,
        sku={"name": "P1v3", "tier": "PremiumV3", "capacity": 5},
        properties={"numberOfSites": 1, "status": "Ready"},
    )
    estate.bill_made_up(launch, "Azure App Service", "P1 v3 App", "18.50")
    estate.measure(launch, "CpuPercentage", 16, week=office)
    estate.measure(launch, "MemoryPercentage", 28, low=25, peaks=1.05)
    portal = _app(estate, "nv-portal", launch)
    estate.measure(portal, "Requests", 9_000, week=office)
    estate.measure(portal, "CpuTime", 2_000, week=office)
    estate.plant("app_service_instances_unused", launch)
    quiet = estate.add(
        PLAN,
        "survey-plan",
        LAB,
        sku={"name": "S2", "tier": "Standard", "capacity": 1},
        properties={"numberOfSites": 1, "status": "Ready"},
    )
    estate.bill_made_up(quiet, "Azure App Service", "S2 App", "4.80")
    estate.measure(quiet, "CpuPercentage", 1, week=steady)
    estate.measure(quiet, "MemoryPercentage", 20, low=19, peaks=1.0)
    survey = _app(estate, "nv-survey", quiet)
    estate.measure(survey, "Requests", 10, low=8, week=steady)
    estate.measure(survey, "CpuTime", 4, week=steady)
    estate.plant("app_service_plan_without_requests", quiet)


def plant_functions(estate: Estate) -> None:
    """The functions of a pilot, kept warm for nobody."""
    plan = estate.add(
        PLAN,
        "pilot-functions",
        LAB,
        kind="elastic",
        sku={"name": "EP1", "tier": "ElasticPremium", "capacity": 1},
        properties={"numberOfSites": 1, "status": "Ready"},
    )
    estate.bill(plan, "function_app", plan="EP1")
    app = _app(estate, "nv-pilot-functions", plan, kind="functionapp")
    estate.measure(app, "MemoryWorkingSet", 9e7, low=8e7)
    estate.measure(app, "FunctionExecutionCount", 0)
    estate.measure(app, "Requests", 0)
    estate.measure(app, "CpuTime", 3)
    estate.plant("functions_plan_without_executions", plan)


def _app(estate: Estate, name: str, plan: Resource, kind: str = "app") -> Resource:
    properties = {"state": "Running", "serverFarmId": plan.id}
    return estate.add("Microsoft.Web/sites", name, LAB, kind=kind, properties=properties)


def plant_containers(estate: Estate) -> None:
    """A container that waits for ever, and an app kept warm all night."""
    group = estate.add(
        "Microsoft.ContainerInstance/containerGroups",
        "label-import",
        LAB,
        properties={
            "restartPolicy": "Always",
            "containers": [
                {
                    "name": "import",
                    "properties": {"resources": {"requests": {"cpu": 4, "memoryInGB": 16}}},
                }
            ],
        },
    )
    estate.bill(group, "container_instance", vcpus=4, memory_gb=16)
    estate.measure(group, "CpuUsage", 4, week=steady)
    estate.measure(group, "NetworkBytesReceivedPerSecond", 20, week=steady)
    estate.measure(group, "NetworkBytesTransmittedPerSecond", 10, week=steady)
    estate.plant("idle_container_group", group)
    app = estate.add(
        "Microsoft.App/containerApps",
        "annotation-api",
        LAB,
        properties={
            "configuration": {"ingress": {"external": True}},
            "template": {"scale": {"minReplicas": 3, "maxReplicas": 10}},
        },
    )
    estate.bill_made_up(app, "Azure Container Apps", "Standard vCPU Idle Usage", "1.40")
    estate.bill_made_up(app, "Azure Container Apps", "Standard Memory Idle Usage", "0.70")
    estate.bill_made_up(app, "Azure Container Apps", "Standard vCPU Active Usage", "0.90")
    estate.measure(app, "Requests", 900, week=_working_hours)
    estate.measure(app, "UsageNanoCores", 4e8, low=1e6, week=office)
    estate.plant("container_app_kept_warm", app)


def _working_hours(hour: int) -> float:
    """Requests in working hours, none else."""
    return 1.0 if hour // 24 < 5 and 8 <= hour % 24 < 18 else 0.0


def plant_calls_and_messages(estate: Estate) -> None:
    """An API Management of last year, and the event hub of a sensor project."""
    api = estate.add(
        "Microsoft.ApiManagement/service",
        "nv-api-2025",
        LAB,
        sku={"name": "Basic", "capacity": 1},
        properties={"gatewayUrl": "https://nv-api-2025.azure-api.example"},
    )
    estate.bill_made_up(api, "API Management", "Basic Units", "4.90")
    estate.measure(api, "Requests", 0)
    estate.measure(api, "Capacity", 12, low=10, week=steady)
    estate.plant("idle_api_management", api)
    hub = estate.add(
        "Microsoft.EventHub/namespaces",
        "nv-sensors",
        LAB,
        sku={"name": "Standard", "tier": "Standard", "capacity": 4},
        properties={"status": "Active"},
    )
    estate.bill_made_up(hub, "Event Hubs", "Standard Throughput Unit", "2.90")
    estate.measure(hub, "IncomingMessages", 0)
    estate.measure(hub, "OutgoingMessages", 0)
    estate.plant("idle_messaging_namespace", hub)
