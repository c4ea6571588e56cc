"""Azure ML: what its machines cost, where that is billed, and when they work."""

from __future__ import annotations

import json
import re
import shlex
from datetime import timedelta
from decimal import Decimal

import msgspec
import numpy as np

from azcost.audit.bill import Bill, Item
from azcost.audit.changes import made
from azcost.audit.facts import MIN_COVERAGE, Blind, Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.rule import Step, az

WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
COMPUTE = f"{WORKSPACE}/computes"
ENDPOINT = f"{WORKSPACE}/onlineEndpoints"
DEPLOYMENT = f"{ENDPOINT}/deployments"
# What a meter's name adds for machines that may be taken away.
_CHEAP = (" low priority", " spot")
# Azure takes 15 minutes to 3 days: MachineLearningComputeInstanceProperties.IdleTimeBeforeShutdown
# in https://learn.microsoft.com/dotnet/api/azure.resourcemanager.machinelearning.models
IDLE_TIME = "PT60M"
# The word of `az ml` and that of the API: VmPriority in the same models.
_PRIORITIES = {"dedicated": "Dedicated", "low_priority": "LowPriority"}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE)


def workspace_of(part: Resource, facts: Facts) -> Resource | None:
    """The workspace that a compute, endpoint or deployment is in."""
    return facts.get("/".join(part.id.strip("/").split("/")[:8]))


def size_of(part: Resource, facts: Facts) -> str:
    """The machine size of a compute or a managed deployment, as price lists spell it."""
    written = part.text("properties.vmSize") or part.text("instanceType") or ""
    return facts.catalogue.name("sizes", written) or written


def machine_bill(part: Resource, facts: Facts) -> Bill:
    """What the machines of a compute or deployment cost, as billed.

    Azure bills them at the workspace (the Microsoft rows of the FOCUS sample data name it),
    where machines of one size are one sum. Deployments of one size run all the time, so
    they share it by their instances; raises Blind where computes share it.
    """
    own = facts.bill(part).only(service="Virtual Machines")
    workspace = workspace_of(part, facts)
    if own.items or not own.is_known or workspace is None:
        return own
    whole = facts.bill(workspace)
    items = tuple(one for one in whole.items if _is_of(one, size_of(part, facts)))
    share = _share(part, workspace, facts) if items else Decimal(1)
    return Bill(whole.currency, items, whole.is_known).part(share)


def _is_of(one: Item, size: str) -> bool:
    """Whether a meter such as `D11 v2/DS11 v2` or `NC16asT4 v3` is that of a size."""
    name = one.meter.lower()
    for ending in _CHEAP:
        name = name.removesuffix(ending)
    wanted = _joined(size.lower().removeprefix("standard_"))
    return wanted in {_joined(part) for part in name.split("/")}


def _joined(name: str) -> str:
    """A size without the blanks that price lists put now here, now there."""
    return name.replace("_", "").replace(" ", "")


def _share(part: Resource, workspace: Resource, facts: Facts) -> Decimal:
    inside, size = f"{workspace.key}/", size_of(part, facts)
    users = [
        one
        for type_ in (COMPUTE, DEPLOYMENT)
        for one in facts.by_type(type_)
        if one.key.startswith(inside) and size_of(one, facts) == size
    ]
    if len(users) <= 1:
        return Decimal(1)
    if any(one.type != DEPLOYMENT.lower() for one in users):
        raise Blind(f"the bill of the workspace has {len(users)} users of {size} in one sum")
    instances = sum(_instances(one) for one in users)
    return _instances(part) / instances


def _instances(deployment: Resource) -> Decimal:
    return Decimal(str(deployment.sku.capacity or 1))


def duration(text: str | None) -> timedelta | None:
    """A time as Azure writes it (ISO 8601, `PT2M`); None for anything else."""
    found = _DURATION.fullmatch(text or "")
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class Nodes(msgspec.Struct, frozen=True):
    """How many nodes of a cluster worked, and how many waited, by the hour."""

    active: Window
    idle: Window

    @property
    def idle_share(self) -> float:
        """The part of the node hours in which nodes waited."""
        return self._share(self.idle.steps)

    def kept_share(self, least: float) -> float:
        """The part of the node hours in which nodes waited that are always kept."""
        return self._share(np.minimum(self.idle.steps, least))

    def scaled_share(self, least: float) -> float:
        """The part of the node hours in which nodes waited that were to be released."""
        return self._share(np.maximum(self.idle.steps - least, 0))

    def _share(self, part: np.typing.NDArray[np.float32]) -> float:
        whole = float(np.nansum(self.active.steps + self.idle.steps, dtype=np.float64))
        return float(np.nansum(part, dtype=np.float64)) / whole if whole else 0.0

    @property
    def longest_hours(self) -> int:
        """The longest time without a break in which nodes worked: no job was longer."""
        longest = current = 0
        for busy in np.nan_to_num(self.active.steps) > 0:
            current = current + 1 if busy else 0
            longest = max(longest, current)
        return longest


def nodes_of(cluster: Resource, facts: Facts, days: int) -> Nodes:
    """The nodes of a cluster over `days`; raises Blind where they are not measured."""
    workspace = workspace_of(cluster, facts)
    if workspace is None:
        raise Blind("its workspace was not read")
    split = f"ClusterName={cluster.name}"
    active, idle = (
        facts.metric(workspace, metric, days=days, dimension=split)
        for metric in ("Active Nodes", "Idle Nodes")
    )
    return Nodes(active, idle)


def while_active(measured: Window | None, active: Window) -> Window:
    """The values of the hours in which nodes worked: there are none of others.

    Raises Blind when fewer than 80 % of those hours have one.
    """
    if measured is None:
        raise Blind("its GPUs are not measured")
    steps = measured.steps[np.nan_to_num(active.steps) > 0]
    found = msgspec.structs.replace(measured, steps=steps)
    if found.coverage < MIN_COVERAGE:
        raise Blind(f"'{measured.metric}' covers {found.coverage:.0%} of the hours with jobs")
    return found


def ml(title: str, command: str, part: Resource, *values: object) -> Step:
    """A step by `az ml`; each `{}` takes a value, quoted: the first one which part it is."""
    words = part.id.strip("/").split("/")
    names = {"--name": part.name, "--workspace-name": words[7], "--resource-group": words[3]}
    if part.type == DEPLOYMENT.lower():
        names["--endpoint-name"] = words[9]
    which = " ".join(f"{option} {shlex.quote(name)}" for option, name in names.items())
    quoted = (shlex.quote(str(value)) for value in values)
    return Step(title, f"az ml {command.format(which, *quoted)}")


def stops_itself(instance: Resource) -> bool:
    """Whether a compute instance stops when it is idle, or by a schedule."""
    # ComputeInstance of the API 2024-04-01: schedules with status, action and cron.
    schedules = instance.each("properties.schedules.computeStartStop")
    return instance.has("properties.idleTimeBeforeShutdown") or any(
        one.is_one_of("status", "Enabled") and one.is_one_of("action", "Stop") for one in schedules
    )


def idle_shutdown(title: str, instance: Resource, idle: str) -> Step:
    """Let a compute instance stop after `idle`, an ISO 8601 duration; never, if that is empty."""
    url = f"https://management.azure.com{instance.id}/updateIdleShutdownSetting"
    return az(
        title,
        "az rest --method post --url {} --body {}",
        f"{url}?api-version=2024-04-01",
        json.dumps({"idleTimeBeforeShutdown": idle or None}),
    )


def second_cluster(
    title: str, cluster: Resource, suffix: str, size: str, priority: str = "dedicated"
) -> tuple[Step, ...]:
    """Make a cluster of another size or priority beside one: neither can be changed."""
    second = _beside(cluster, suffix)
    most = round(cluster.number("properties.scaleSettings.maxNodeCount") or 1)
    scale = {"minNodeCount": 0, "maxNodeCount": most, "nodeIdleTimeBeforeScaleDown": "PT120S"}
    nodes = {"vmSize": size, "vmPriority": _PRIORITIES[priority], "scaleSettings": scale}
    command = "compute create {} --type amlcompute --size {} --tier {} --min-instances 0"
    return (
        ml(title, f"{command} --max-instances {most}", second, size, priority),
        *made(
            second.id,
            {"properties": {"computeType": "AmlCompute", "properties": nodes}},
            cluster.location,
        ),
    )


def first_cluster_again(cluster: Resource, suffix: str) -> tuple[Step, ...]:
    """Take `second_cluster` back."""
    title = f"Send the jobs to {cluster.name} again, then delete the second cluster"
    return (ml(title, "compute delete {} --yes", _beside(cluster, suffix)),)


def _beside(cluster: Resource, suffix: str) -> Resource:
    name = f"{cluster.name[:20]}-{suffix}"  # names have at most 32 characters
    id_ = f"{cluster.id.rpartition('/')[0]}/{name}"
    return msgspec.structs.replace(cluster, id=id_, name=name)
