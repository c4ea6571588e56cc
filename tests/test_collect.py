"""Collecting a subscription from a server that speaks ARM: what comes back, what stays unread."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import arm_estate
import arm_server
from arm_estate import Estate
from arm_server import Answer, Azure, error
from azcost import paths
from azcost.arm.failures import ArmError, LoginError
from azcost.audit import rule, run, snapshot
from azcost.audit.collect.answers import Answers
from azcost.audit.collect.reader import Reader
from azcost.audit.collect.run import collect
from azcost.audit.facts import Facts
from azcost.audit.snapshot import Part, Snapshot
from azcost.pricing.catalogue import Catalogue

DEMO = paths.shipped("examples") / "demo-snapshot.json.gz"
PROD = "11111111-1111-4111-8111-111111111111"
COLUMNS = [
    {"name": name}
    for name in ("Cost", "UsageQuantity", "UsageDate", "ResourceId", "MeterId", "Currency")
]
RESEARCH = "22222222-2222-4222-8222-222222222222"


@pytest.fixture(scope="module")
def demo() -> Snapshot:
    return snapshot.load(DEMO)


@pytest.fixture(scope="module")
def small(demo: Snapshot) -> Snapshot:
    return arm_estate.small(demo)


def found(taken: Snapshot, catalogue: Catalogue, scope: str = "") -> dict[tuple[str, str], float]:
    audit = run.audit(Facts(taken, catalogue), rule.load())
    return {
        (one.rule, one.resource.key): float(one.waste.saving.expected.amount)
        if one.waste.saving
        else 0.0
        for one in audit.findings
        if one.resource.key.startswith(scope)
    }


@pytest.mark.parametrize(("subscription", "page"), [(PROD, 1000), (RESEARCH, 500)])
def test_what_is_collected_is_judged_as_what_was_served(
    azure: Azure,
    demo: Snapshot,
    reader: Callable[..., Reader],
    catalogue: Catalogue,
    subscription: str,
    page: int,
) -> None:
    Estate(azure, demo, subscription, page)
    taken = collect(reader(subscription), 28)
    assert taken.unread == ()
    assert taken.currency == demo.currency
    scope = f"/subscriptions/{subscription}"
    served = found(demo, catalogue, scope)
    collected = found(taken, catalogue, scope)
    assert collected.keys() == served.keys()
    assert collected  # each of the two has waste planted
    for key, saving in served.items():
        # The bill is read until two days ago: what began 18 days ago has two of them less.
        assert collected[key] == pytest.approx(saving, rel=0.15), key


def test_only_reading_leaves(azure: Azure, small: Snapshot, reader: Callable[..., Reader]) -> None:
    Estate(azure, small, RESEARCH)
    collect(reader(RESEARCH), 28)
    posts = {one.path.rpartition("/")[2] for one in azure.asked if one.method == "POST"}
    assert {one.method for one in azure.asked} == {"GET", "POST"}
    assert posts == {"resources", "query", "metrics:getBatch"}
    hosts = {one.host for one in azure.asked}
    assert {arm_server.ARM} < hosts
    others = hosts - {arm_server.ARM}
    assert all(host.endswith(".metrics.monitor.azure.com") for host in others)


def test_a_second_run_of_the_day_asks_nothing(
    azure: Azure, small: Snapshot, reader: Callable[..., Reader]
) -> None:
    Estate(azure, small, PROD)
    first = collect(reader(PROD), 28)
    asked = len(azure.asked)
    assert collect(reader(PROD), 28) == first
    assert len(azure.asked) == asked


def test_a_run_that_was_cut_off_goes_on(
    azure: Azure, small: Snapshot, reader: Callable[..., Reader]
) -> None:
    Estate(azure, small, PROD)
    cut = collect(reader(PROD, limit=20), 28)
    assert {one.reason for one in cut.unread} == {
        "the requests of this run were used up (--max-calls)"
    }
    assert collect(reader(PROD), 28).unread == ()


APIS = [
    ("ResourceGraph/resources$", Part.INVENTORY, "Reader"),
    ("virtualMachines$", Part.POWER_STATES, "Reader"),
    ("metrics:getBatch$", Part.METRICS, "Monitoring Reader"),
    ("CostManagement/query$", Part.COSTS, "Cost Management Reader"),
    ("Capacity/reservations$", Part.UTILISATION, "Reservations Reader"),
    ("savingsPlans$", Part.UTILISATION, "Savings plan Reader"),
    ("reservationRecommendations$", Part.RECOMMENDATIONS, "Cost Management Reader"),
    ("benefitRecommendations$", Part.RECOMMENDATIONS, "Cost Management Reader"),
    ("Advisor/recommendations$", Part.ADVISOR, "Reader"),
    ("Consumption/budgets$", Part.BUDGETS, "Cost Management Reader"),
    ("management/values$", Part.ACTIVITY, "Reader"),
    ("managementPolicies/default$", Part.STORAGE_POLICIES, "Reader"),
    ("/computes$", Part.MACHINE_LEARNING, "Reader"),
    ("accounts/[^/]+/deployments$", Part.OPENAI, "Reader"),
    ("DevTestLab/schedules$", Part.SCHEDULES, "Reader"),
]


@pytest.mark.parametrize(("pattern", "part", "role"), APIS)
def test_what_is_forbidden_is_unread_with_its_role(
    azure: Azure,
    small: Snapshot,
    reader: Callable[..., Reader],
    pattern: str,
    part: Part,
    role: str,
) -> None:
    subscription = PROD if part in (Part.OPENAI, Part.STORAGE_POLICIES) else RESEARCH
    Estate(azure, small, subscription)
    azure.reply(pattern, error(403, "AuthorizationFailed", "no role"))
    taken = collect(reader(subscription), 28)
    assert {(one.part, one.role) for one in taken.unread if one.part is not Part.SPOT} == {
        (part, role)
    }
    if part is Part.COSTS:
        assert taken.costs is None


def test_a_login_that_ends_ends_the_run(
    azure: Azure, small: Snapshot, reader: Callable[..., Reader]
) -> None:
    Estate(azure, small, PROD)
    azure.reply("Advisor", error(401, "ExpiredAuthenticationToken", "too old"))
    with pytest.raises(LoginError, match="kept for the day"):
        collect(reader(PROD), 28)


def test_a_subscription_that_is_not_seen_is_no_empty_one(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    with pytest.raises(ArmError):
        collect(reader(PROD), 28)


def empty(azure: Azure) -> None:
    azure.reply("", {"value": []})
    azure.reply("query$", Answer(204))
    azure.reply("resources$", {"totalRecords": 0, "count": 0, "data": []})
    azure.reply(f"/subscriptions/{PROD}$", {"id": f"/subscriptions/{PROD}", "displayName": "e"})


def test_an_empty_subscription_costs_nothing(azure: Azure, reader: Callable[..., Reader]) -> None:
    empty(azure)
    taken = collect(reader(PROD), 28)
    assert (taken.resources, taken.unread) == ((), ())
    assert taken.costs is not None
    assert (taken.costs.lines, taken.costs.days) == ((), 90)


def test_a_provider_that_was_never_used_is_no_gap(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    empty(azure)
    azure.reply("DevTestLab", error(409, "MissingSubscriptionRegistration"))
    assert collect(reader(PROD), 28).unread == ()


def _disks(count: int) -> list[dict[str, Any]]:
    root = f"/subscriptions/{PROD}/resourceGroups/g/providers/Microsoft.Compute/disks"
    return [{"id": f"{root}/d{n:05}", "type": "microsoft.compute/disks"} for n in range(count)]


def graph(rows: list[dict[str, Any]], total: int | None = None) -> Callable[[Any], Answer]:
    def answer(asked: Any) -> Answer:
        if not asked.body["query"].startswith("resources |"):
            return Answer(body={"totalRecords": 0, "data": []})
        first = int(asked.body["options"].get("$skipToken", 0))
        page = rows[first : first + asked.body["options"]["$top"]]
        body = {"totalRecords": total or len(rows), "data": page, "resultTruncated": "false"}
        more = {"$skipToken": str(first + 1000)} if first + 1000 < len(rows) else {}
        return Answer(body=body | more)

    return answer


def test_five_thousand_resources_come_in_five_pages(
    azure: Azure, reader: Callable[..., Reader]
) -> None:
    empty(azure)
    azure.reply("resources$", graph(_disks(5000)))
    assert len(collect(reader(PROD), 28).resources) == 5000
    assert len([one for one in azure.lines() if "ResourceGraph" in one]) == 6


def test_rows_that_are_missing_are_noticed(azure: Azure, reader: Callable[..., Reader]) -> None:
    empty(azure)
    azure.reply("resources$", graph(_disks(100), total=140))
    (unread,) = collect(reader(PROD), 28).unread
    assert unread.part is Part.INVENTORY
    assert "100 of 140 rows" in unread.reason


def test_a_resource_that_comes_twice_is_one(azure: Azure, reader: Callable[..., Reader]) -> None:
    empty(azure)
    rows = _disks(2)
    azure.reply("resources$", graph([*rows, {**rows[0], "id": rows[0]["id"].upper()}]))
    assert [one.name for one in collect(reader(PROD), 28).resources] == ["d00000", "d00001"]


BILLS: list[tuple[list[dict[str, str]], list[list[Any]], str]] = [
    ([{"name": "Cost"}], [[1.0]], "not as documented"),
    (COLUMNS, [[1.0, 1, 20261101, "/s", "m", "USD"], [1.0, 1, 20261101, "/s", "m", "EUR"]], "EUR"),
    (COLUMNS, [[1.0, 1, "soon", "/s", "m", "USD"]], "which is none"),
    (COLUMNS, [["x", 1, 20261101, "/s", "m", "USD"]], "not as documented"),
    (COLUMNS, [[float("nan"), 1, 20261101, "/s", "m", "USD"]], "no amount"),
    (COLUMNS, [[1.0, 1, 20260901, "/s", "m", "USD"]], "end on 2026-09-01"),
]


@pytest.mark.parametrize(("columns", "rows", "said"), BILLS)
def test_a_bill_that_makes_no_sense_is_unread(
    azure: Azure,
    reader: Callable[..., Reader],
    columns: list[dict[str, str]],
    rows: list[list[Any]],
    said: str,
) -> None:
    empty(azure)

    def answer(asked: Any) -> Answer:
        dataset = asked.body["dataset"]
        names = [one["name"] for one in dataset["grouping"]]
        if dataset["granularity"] == "Daily":
            return Answer(body={"properties": {"columns": columns, "rows": rows}})
        shown = [{"name": one} for one in ("Cost", "UsageQuantity", *names, "Currency")]
        row = [
            1.0,
            1.0,
            *("OnDemand" if one == "PricingModel" else "Usage" for one in names),
            "USD",
        ]
        return Answer(body={"properties": {"columns": shown, "rows": [row]}})

    azure.reply("query$", answer)
    (unread,) = collect(reader(PROD), 28).unread
    assert unread.part is Part.COSTS
    assert said in unread.reason


def test_secrets_are_kept_nowhere(
    azure: Azure, reader: Callable[..., Reader], tmp_path: Path
) -> None:
    empty(azure)
    (disk,) = _disks(1)
    disk["properties"] = {"osProfile": {"adminPassword": "hunter2", "customData": "hunter2"}}
    azure.reply("resources$", graph([disk]))
    taken = collect(reader(PROD), 28)
    kept = b"".join(gzip.decompress(one.read_bytes()) for one in tmp_path.rglob("*.json.gz"))
    assert b"osProfile" in kept
    assert b"hunter2" not in kept + json.dumps(taken.resources[0].properties).encode()


def test_answers_of_other_days_are_removed(tmp_path: Path) -> None:
    first = Answers(tmp_path, datetime(2026, 11, 20, tzinfo=UTC).date())
    assert first.get("q", lambda: {"a": 1}) == {"a": 1}
    assert first.get("q", lambda: {"a": 2}) == {"a": 1}
    second = Answers(tmp_path, datetime(2026, 11, 21, tzinfo=UTC).date())
    assert second.get("q", lambda: {"a": 3}) == {"a": 3}
    assert [one.name for one in tmp_path.iterdir()] == ["2026-11-21"]
    for file in tmp_path.rglob("*.gz"):
        file.write_bytes(b"damaged")
    assert second.get("q", lambda: {"a": 4}) == {"a": 4}
