"""Metrics as Azure Monitor answers them: what is missing, refused, split or of a parent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from arm_server import Answer, Asked, Azure, error
from azcost.audit.collect import metrics
from azcost.audit.collect.reader import Reader
from azcost.audit.resource import Resource, from_arm
from azcost.audit.snapshot import Part

ID = "11111111-1111-4111-8111-111111111111"
GROUP = f"/subscriptions/{ID}/resourceGroups/g/providers"
VM = "microsoft.compute/virtualmachines"
CPU, NET = "Percentage CPU", "Network In Total"


def machine(number: int, region: str = "westeurope") -> Resource:
    return from_arm(
        {"id": f"{GROUP}/Microsoft.Compute/virtualMachines/m{number}", "location": region}
    )


def point(hour: int, **values: float) -> dict[str, Any]:
    return {"timeStamp": f"2026-10-23T{hour:02}:00:00Z", **values}


def metric(name: str, *points: dict[str, Any], **dimension: str) -> dict[str, Any]:
    pairs = [{"name": {"value": key}, "value": value} for key, value in dimension.items()]
    series = [{"metadatavalues": pairs, "data": list(points)}] if points else []
    return {"name": {"value": name}, "timeseries": series}


def of(value: dict[str, list[dict[str, Any]]]) -> Answer:
    return Answer(body={"values": [{"resourceid": id_, "value": v} for id_, v in value.items()]})


def test_missing_is_not_zero_and_order_does_not_matter(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    one = machine(1)
    points = [point(3, average=5.0), point(1, average=0.0, maximum=9.0), {"timeStamp": "soon"}]
    azure.reply("getBatch", of({one.id.upper(): [metric(CPU, *points)]}))
    (found,) = metrics.series(reader(ID), [one], {VM: (CPU,)}, 28)
    average, maximum = found.values("average"), found.values("maximum")
    assert len(average) == len(maximum) == 28 * 24
    assert average[[1, 3]].tolist() == [0.0, 5.0]
    assert maximum[1] == 9.0
    assert np.isnan(np.delete(average, [1, 3])).all()
    assert found.total == b""


@pytest.mark.parametrize("answer", [{}, {"values": []}, {"values": [{"value": None}]}])
def test_a_metric_without_a_value_was_asked_all_the_same(
    azure: Azure, reader: Callable[..., Reader], answer: dict[str, Any]
) -> None:
    azure.reply("getBatch", answer)
    (found,) = metrics.series(reader(ID), [machine(1)], {VM: (CPU,)}, 28)
    assert np.isnan(found.values("average")).all()


def test_fifty_resources_of_one_region_at_a_time(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    azure.reply("getBatch", of({}))
    machines = [machine(n) for n in range(101)] + [machine(200, "uksouth")]
    metrics.series(reader(ID), machines, {VM: (CPU, NET)}, 28)
    asked = [(one.host.partition(".")[0], len(one.body["resourceids"])) for one in azure.asked]
    assert asked == [("westeurope", 50), ("westeurope", 50), ("westeurope", 1), ("uksouth", 1)]
    assert azure.asked[0].query["metricnames"] == f"{CPU},{NET}"
    assert azure.asked[0].query["starttime"] == "2026-10-23T00:00:00Z"


def test_a_metric_that_is_refused_takes_no_other_with_it(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    def answer(asked: Asked) -> Answer:
        if "Nonsense" in asked.query["metricnames"]:
            return error(400, "BadRequest", "Valid metrics: Percentage CPU")
        return of({machine(1).id: [metric(CPU, point(0, average=1.0))]})

    azure.reply("getBatch", answer)
    read = reader(ID)
    found = metrics.series(read, [machine(1)], {VM: (CPU, "Nonsense")}, 28)
    assert [one.metric for one in found] == [CPU]
    assert read.unread == []


def test_all_refused_is_unread(azure: Azure, reader: Callable[..., Reader]) -> None:
    azure.reply("getBatch", error(503, "Busy"))
    read = reader(ID)
    assert metrics.series(read, [machine(1)], {VM: (CPU, NET)}, 28) == []
    assert [(one.part, one.scope) for one in read.unread] == [(Part.METRICS, VM)]


def test_a_metric_is_split_by_its_dimension(azure: Azure, reader: Callable[..., Reader]) -> None:
    workspace = from_arm(
        {"id": f"{GROUP}/Microsoft.MachineLearningServices/workspaces/w", "location": "westeurope"}
    )
    split = [
        metric("Idle Nodes", point(0, average=2.0), clustername="cpu"),
        metric("Idle Nodes", point(0, average=4.0), clustername="gpu"),
    ]
    azure.reply("getBatch", of({workspace.id: split}))
    wanted = {workspace.type: ("Idle Nodes | ClusterName",)}
    found = metrics.series(reader(ID), [workspace], wanted, 28)
    assert {one.dimension: one.values("average")[0] for one in found} == {
        "ClusterName=cpu": 2.0,
        "ClusterName=gpu": 4.0,
    }
    assert azure.asked[0].query["filter"] == "ClusterName eq '*'"
    assert azure.asked[0].query["top"] == "100"


def test_tokens_of_a_deployment_are_measured_at_its_account(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    account = f"{GROUP}/Microsoft.CognitiveServices/accounts/a"
    resources = [from_arm({"id": account, "location": "swedencentral", "kind": "OpenAI"})] + [
        from_arm({"id": f"{account}/deployments/{name}"}) for name in ("chat", "idle")
    ]
    name = "ProcessedPromptTokens"
    shown = metric(name, point(5, total=700.0), modeldeploymentname="Chat")
    azure.reply("getBatch", of({account: [shown]}))
    wanted = {resources[1].type: (name,)}
    found = {one.resource: one for one in metrics.series(reader(ID), resources, wanted, 28)}
    assert found[f"{account}/deployments/chat"].values("total")[5] == 700.0
    assert np.isnan(found[f"{account}/deployments/idle"].values("total")).all()
    assert azure.asked[0].host == "swedencentral.metrics.monitor.azure.com"
    assert azure.asked[0].query["metricnamespace"] == "microsoft.cognitiveservices/accounts"
