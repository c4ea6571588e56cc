"""Node pools of Kubernetes: the cluster's words for them, and the scale set that is billed."""

from __future__ import annotations

import math

import msgspec

from azcost.audit.changes import changed
from azcost.audit.documents import Document
from azcost.audit.facts import Facts, Window
from azcost.audit.machines import Machine, machine_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Step, az

CLUSTER = "Microsoft.ContainerService/managedClusters"
# AKS tags the scale sets that it makes; the newer spelling is with a dash.
_TAGS = ("aks-managed-poolName", "aks-managed-pool-name", "poolName")
CPU = "Percentage CPU"
MEMORY = "Available Memory Bytes"
GIB = 1024**3
# Takes a `Pool.path` in a command of the Azure CLI.
WHICH = "--resource-group {} --cluster-name {} --name {}"
# What Advisor lets a machine that no user waits for reach after a change.
# https://learn.microsoft.com/azure/advisor/advisor-cost-recommendations
TARGET = 0.80


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A node pool; `profile` is the cluster's entry in `agentPoolProfiles`."""

    cluster: Resource
    nodes: Resource
    machine: Machine
    profile: Document

    @property
    def name(self) -> str:
        """Its name in the cluster."""
        return self.profile.text("name") or ""

    @property
    def path(self) -> tuple[str, str, str]:
        """Group, cluster and name: how the Azure CLI is told which pool."""
        return self.cluster.resource_group, self.cluster.name, self.name

    @property
    def id(self) -> str:
        """Its ARM id."""
        return f"{self.cluster.id}/agentPools/{self.name}"

    @property
    def most(self) -> int:
        """How many nodes it may have: the most of its autoscaler, else what it has."""
        return int(self.profile.number("maxCount") or self.count)

    @property
    def count(self) -> int:
        """How many nodes it has now."""
        return int(self.profile.number("count") or 0)

    @property
    def is_user(self) -> bool:
        """Whether it is for the work of users; a system pool must not be empty or on spot."""
        return self.profile.is_one_of("mode", "User")

    @property
    def is_spot(self) -> bool:
        """Whether its nodes are bought on spot."""
        return self.profile.is_one_of("scaleSetPriority", "Spot")

    @property
    def scales(self) -> bool:
        """Whether the cluster's autoscaler adds and removes its nodes."""
        return self.profile.flag("enableAutoScaling") is True


def scaled(title: str, pool: Pool, least: int, most: int) -> tuple[Step, ...]:
    """Let the cluster's autoscaler keep its nodes between two numbers."""
    option = "--update-cluster-autoscaler" if pool.scales else "--enable-cluster-autoscaler"
    step = az(
        title,
        f"az aks nodepool update {WHICH} {option} --min-count {{}} --max-count {{}}",
        *pool.path,
        least,
        most,
    )
    set_to = {"enableAutoScaling": True, "minCount": least, "maxCount": most}
    return (step, *changed(pool.id, {"properties": set_to}))


def scaled_back(title: str, pool: Pool) -> tuple[Step, ...]:
    """Take `scaled` back: as many nodes as it has, or the numbers of its autoscaler."""
    if pool.scales:
        return scaled(title, pool, int(pool.profile.number("minCount") or 0), pool.most)
    step = az(
        title,
        f"az aks nodepool update {WHICH} --disable-cluster-autoscaler\n"
        f"az aks nodepool scale {WHICH} --node-count {{}}",
        *pool.path,
        *pool.path,
        pool.count,
    )
    set_to = {"enableAutoScaling": False, "count": pool.count}
    return (step, *changed(pool.id, {"properties": set_to}))


def is_of_kubernetes(scale_set: Resource) -> bool:
    """Whether AKS made a scale set for a pool."""
    return scale_set.has_tag(*_TAGS)


def pool_of(scale_set: Resource, facts: Facts) -> Pool | None:
    """The pool that a scale set is, None where its cluster is not in the snapshot."""
    tags = {name.lower(): value for name, value in scale_set.tags.items()}
    name = next((tags[tag.lower()] for tag in _TAGS if tag.lower() in tags), "")
    machine = machine_of(scale_set, facts)
    if not name or machine is None:
        return None
    for cluster in facts.by_type(CLUSTER):
        group = cluster.text("nodeResourceGroup") or ""
        same = cluster.subscription == scale_set.subscription
        if same and group.lower() == scale_set.resource_group.lower():
            for profile in cluster.each("agentPoolProfiles"):
                if profile.is_one_of("name", name):
                    return Pool(cluster=cluster, nodes=scale_set, machine=machine, profile=profile)
    return None


def instances_needed(
    count: int, cpu: Window, free: Window, memory_gib: float, least: int = 1
) -> list[int]:
    """How many of `count` instances each hour would have needed, by CPU and memory.

    `cpu` are averages over the instances in percent, `free` the bytes free of an average one.
    An hour without a value needs all of them.
    """
    used = 1 - free.steps / (memory_gib * GIB)
    busy = [max(c / 100, m) for c, m in zip(cpu.steps, used, strict=True)]
    return [
        count if math.isnan(share) else min(count, max(least, math.ceil(count * share / TARGET)))
        for share in map(float, busy)
    ]
