"""The collectors against what others have: Microsoft's OpenAPI and recorded answers of Azure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import arm_estate
import arm_server
import recorded_arm
from arm_estate import Estate
from arm_server import Azure
from azcost import paths
from azcost.audit import snapshot
from azcost.audit.collect import advice, benefits, costs, inventory, metrics
from azcost.audit.collect.reader import Reader
from azcost.audit.collect.run import collect
from azcost.audit.resource import from_arm

AT = datetime.fromisoformat("2026-11-20T06:00:00+00:00")
ZEROS = "00000000-0000-0000-0000-000000000000"
CUSTODIAN = "ea42f556-5106-4743-99b0-c129bfa71a47"
PROD = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def openapi(shared: Path) -> dict[str, Any]:
    return dict(json.loads((shared / "recordings/openapi/cost.json").read_text()))


def test_every_body_is_as_microsofts_openapi_has_it(
    azure: Azure, reader: Callable[..., Reader], openapi: dict[str, Any]
) -> None:
    demo = arm_estate.small(snapshot.load(paths.shipped("examples") / "demo-snapshot.json.gz"))
    Estate(azure, demo, PROD)
    collect(reader(PROD), 28)
    checked = 0
    for suffix, name in (("/query", "QueryDefinition"), ("/resources", "QueryRequest")):
        schema = {"$ref": f"#/definitions/{name}", "definitions": openapi["definitions"]}
        validator = jsonschema.Draft4Validator(schema)
        for asked in azure.asked:
            if asked.method == "POST" and asked.path.endswith(suffix):
                validator.validate(asked.body)
                checked += 1
    assert checked > 15
    # What the schema does not say: an "and" has two members at least, and 37 months at most.
    for asked in azure.asked:
        if asked.path.endswith("/query"):
            assert len(asked.body["dataset"].get("filter", {"and": [1, 2]})["and"]) == 2
            assert len(asked.body["dataset"]["grouping"]) <= 2


def test_every_filter_is_as_microsofts_openapi_has_it(
    azure: Azure, reader: Callable[..., Reader], openapi: dict[str, Any]
) -> None:
    azure.reply("", {"value": []})
    benefits.recommendations(reader(ZEROS))
    for asked in azure.asked:
        path = asked.path.replace(ZEROS, "{subscriptionId}")
        described = openapi["paths"][path]["get"]["parameters"]
        named = {one["name"]: one.get("description", "") for one in described}
        assert set(asked.query) <= set(named)
        for word in asked.query["$filter"].split():
            if word.startswith(("properties/", "'")):
                assert word in named["$filter"], word


def test_every_recorded_resource_is_read(
    azure: Azure, reader: Callable[..., Reader], shared: Path
) -> None:
    """All lists and documents of 230 recordings, each through the server and the client."""
    served: dict[str, dict[str, Any]] = {}
    for file in recorded_arm.files(shared / "recordings"):
        for method, path, body in recorded_arm.answers(file):
            if method == "GET" and ("id" in body or isinstance(body.get("value"), list)):
                body.pop("nextLink", None)
                served[path] = body
    azure.reply("", lambda asked: arm_server.Answer(body=served[asked.path]))
    arm, read = reader(ZEROS), 0
    for path, body in served.items():
        items = arm.each(path, "1") if isinstance(body.get("value"), list) else [arm.get(path, "1")]
        assert len(items) == len(body["value"]) if "value" in body else len(items) == 1
        for item in items:
            if isinstance(item.get("id"), str) and item["id"]:
                resource = from_arm(item)
                assert resource.key.startswith("/")
                assert resource.type == resource.type.lower() != ""
                read += 1
    assert read > 500


def recorded(azure: Azure, shared: Path, name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Serve one recording, each answer at its path; the first of a path stays."""
    (file,) = (shared / "recordings").rglob(name)
    found = list(recorded_arm.answers(file))
    for method, path, body in reversed(found):
        body.pop("nextLink", None)
        azure.reply(f"^{method} {arm_server.ARM}{path.replace('$', '.')}$", body)
    return found


def test_recorded_savings_plans_and_reservations(
    azure: Azure, reader: Callable[..., Reader], shared: Path
) -> None:
    (plans,) = recorded(azure, shared, "test_billing_benefits_list_savings_plan.yaml")
    reservations = recorded(azure, shared, "test_list_reservations.yaml")[0]
    found = benefits.benefits(reader(ZEROS))
    shown = plans[2]["value"] + reservations[2]["value"]
    shared_ones = [
        one
        for one in shown
        if one["properties"]["appliedScopeType"] in ("Shared", "ManagementGroup")
    ]
    assert len(found) >= len(shared_ones) > 0
    assert {one.type for one in found} == {
        "microsoft.billingbenefits/savingsplanorders/savingsplans",
        "microsoft.capacity/reservationorders/reservations",
    }


def test_recorded_utilisation(azure: Azure, reader: Callable[..., Reader], shared: Path) -> None:
    name = "test_list_reservations_summaries_daily_with_reservationid.yaml"
    ((_, path, body),) = recorded(azure, shared, name)
    reservation = from_arm({"id": path.partition("/providers/Microsoft.Consumption")[0]})
    used = benefits.utilisation(reader(ZEROS), [reservation])
    assert len(used) == len(body["value"])
    assert used[0].day == date(2017, 12, 1)
    first = body["value"][0]["properties"]["avgUtilizationPercentage"]
    assert used[0].percent == pytest.approx(float(first))


def test_recorded_deployments_and_computes(
    azure: Azure, reader: Callable[..., Reader], shared: Path
) -> None:
    recorded(azure, shared, "AiFoundryCognitiveServiceDeploymentTest.*deployment-get.json")
    served = recorded(azure, shared, "MachineLearningWorkspaceComputeInstancesFilterTest*.json")
    parents = [one for _, _, body in served[:1] for one in body["value"]] + [
        {
            "id": f"/subscriptions/{CUSTODIAN}/resourceGroups/test_cognitive-service-deployment"
            "/providers/Microsoft.CognitiveServices/accounts/cctestcogdeploy",
            "kind": "OpenAI",
        }
    ]
    graph = {"totalRecords": len(parents), "data": parents}
    azure.reply("ResourceGraph", graph)
    found = inventory.resources(reader(CUSTODIAN))
    by_type = {one.type: one for one in found}
    deployment = by_type["microsoft.cognitiveservices/accounts/deployments"]
    assert (deployment.name, deployment.text("model.name")) == (
        "cctest-gpt4o-mini",
        "gpt-4o-mini",
    )
    compute = by_type["microsoft.machinelearningservices/workspaces/computes"]
    assert compute.has("computeType")


def test_recorded_advice(azure: Azure, reader: Callable[..., Reader], shared: Path) -> None:
    recorded(azure, shared, "AdvisorRecommendationTest*.json")
    found = advice.recommendations(reader(CUSTODIAN))
    assert found
    assert all(one.source == "advisor" and one.resource for one in found)


def test_recorded_costs_are_read_by_the_names_of_their_columns(
    azure: Azure, reader: Callable[..., Reader], shared: Path
) -> None:
    served = recorded(azure, shared, "CostFilterTest.test_cost_resource.json")
    body = next(body for method, _, body in served if method == "POST")
    queries = costs.Queries(reader(CUSTODIAN), date(2026, 8, 1), date(2026, 10, 31))
    rows = list(queries.rows("ActualCost", ("ResourceId",)))
    assert len(rows) == len(body["properties"]["rows"]) > 0
    assert queries.currencies == {"USD"}
    position = [one["name"] for one in body["properties"]["columns"]].index("ResourceId")
    assert [row["resourceid"] for row in rows] == [
        row[position] for row in body["properties"]["rows"]
    ]


def test_recorded_metrics(azure: Azure, reader: Callable[..., Reader], shared: Path) -> None:
    served = recorded(azure, shared, "test_monitor_metrics_scenario.yaml")
    _, path, body = next(one for one in served if one[1].endswith("Insights/metrics"))
    name = body["value"][0]["name"]["value"]
    id_ = path.partition("/providers/Microsoft.Insights")[0].partition(
        "/providers/microsoft.insights"
    )[0]
    account = from_arm({"id": id_, "location": "global"})
    (found,) = metrics.series(reader(ZEROS), [account], {account.type: (name,)}, 28)
    assert len(found.values("average")) == 28 * 24
    assert np.isnan(found.values("average")).all()  # it was recorded in another year
