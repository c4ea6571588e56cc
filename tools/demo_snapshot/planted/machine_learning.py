"""What a research team leaves behind in Azure ML."""

from __future__ import annotations

from ..company.machine_learning import (
    GROUP,
    ML,
    NAME,
    cluster,
    deployment,
    endpoint,
    instance,
)
from ..estate import Estate, nightly, steady

SERVING = "Standard_D4s_v3"


def plant_instance(estate: Estate) -> None:
    """A GPU instance that was started weeks ago and that nothing stops."""
    left = instance(estate, "dana-gpu", "Standard_NC4as_T4_v3", None, hours=730)
    estate.plant("ml_instance_without_idle_shutdown", left)


def plant_idle_instance(estate: Estate) -> None:
    """An instance that waits for its owner."""
    left = instance(estate, "erik-nb", "Standard_D8s_v5", "P3D", hours=600, cpu=1.5)
    estate.plant("idle_ml_instance", left)


def plant_kept_nodes(estate: Estate) -> None:
    """A cluster that was kept warm for a deadline in summer."""
    left = cluster(
        estate, "t4-warm", "Standard_NC16as_T4_v3", least=1, hours=730, nodes=1, active=0, idle=1
    )
    estate.plant("idle_nodes_kept", left)


def plant_slow_nodes(estate: Estate) -> None:
    """Nodes that wait three hours after every night's batch."""
    left = cluster(
        estate, "etl-nodes", "Standard_D16s_v5", hours=160, nodes=2, waits="PT3H", active=0.4,
        idle=0.5, week=steady,
    )  # fmt: skip
    estate.plant("nodes_slow_to_scale_down", left)


def plant_short_jobs(estate: Estate) -> None:
    """A nightly batch of three hours, on nodes that nobody may take away."""
    left = cluster(
        estate, "scoring", "Standard_E8s_v5", hours=95, nodes=4, active=4, idle=0, week=nightly,
        between=0.0,
    )  # fmt: skip
    estate.plant("dedicated_nodes_for_short_jobs", left)


def plant_two_gpus(estate: Estate) -> None:
    """Training code for one GPU, on nodes with two."""
    left = cluster(
        estate, "a100-pair", "Standard_NC48ads_A100_v4", hours=60, nodes=1, active=1, idle=0.02,
        gpu=22,
    )  # fmt: skip
    estate.plant("unused_gpus_in_nodes", left)


def plant_large_gpu(estate: Estate) -> None:
    """Fine-tuning of small models, on the GPU that was at hand."""
    left = cluster(
        estate, "a100-small", "Standard_NC24ads_A100_v4", hours=70, nodes=1, active=1, idle=0.02,
        gpu=9,
    )  # fmt: skip
    estate.plant("larger_gpu_than_needed", left)


def plant_old_endpoint(estate: Estate) -> None:
    """The model of a project that ended."""
    left = endpoint(estate, "churn-v1", SERVING, 2, requests=0)
    estate.plant("ml_endpoint_without_requests", left)


def plant_blue(estate: Estate) -> None:
    """The deployment before the last, a month after the switch."""
    left = deployment(estate, "ranker/green", SERVING, 2, requests=0, cpu=1)
    estate.plant("ml_deployment_without_traffic", left)


def plant_failed(estate: Estate) -> None:
    """An attempt that failed: an image that did not start."""
    left = deployment(estate, "ranker/canary", SERVING, 1, requests=0, state="Failed")
    estate.measure(left, "RequestsPerMinute", 0)
    estate.plant("failed_ml_deployment", left)


def plant_oversized(estate: Estate) -> None:
    """Eight instances for a launch that was in spring."""
    above = estate.add(
        f"{ML}/onlineEndpoints",
        f"{NAME}/recommender",
        GROUP,
        properties={"provisioningState": "Succeeded", "traffic": {"main": 100}},
    )
    estate.measure(above, "RequestsPerMinute", 200)
    left = deployment(estate, "recommender/main", SERVING, 8, requests=200, cpu=18)
    estate.plant("oversized_ml_deployment", left)
