"""A snapshot, served as Azure would answer: what collecting it again has to bring back."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np

from arm_server import Answer, Asked, Azure, error
from azcost.audit.costs import CostLine
from azcost.audit.resource import Resource, key_of
from azcost.audit.series import Series
from azcost.audit.snapshot import Snapshot

# Types that Resource Graph does not have: they come by a list below their parent.
NOT_IN_GRAPH = (
    "/deployments", "/computes", "/agentpools", "/managementpolicies", "/blobservices", "/tables",
)  # fmt: skip


GRAPH_PAGE = 40


def small(demo: Snapshot) -> Snapshot:
    """Two resources of each type, and a few costs and metrics."""
    count = Counter[tuple[str, str]]()
    kept: set[str] = set()
    for one in demo.resources:
        of = (one.subscription, one.type)
        if count[of] < 2:
            count[of] += 1
            kept.add(one.key)
    assert demo.costs
    lines = [one for one in demo.costs.lines if key_of(one.resource) in kept][:20]
    return msgspec.structs.replace(
        demo,
        resources=tuple(one for one in demo.resources if one.key in kept),
        metrics=tuple(one for one in demo.metrics if key_of(one.resource) in kept)[:20],
        costs=msgspec.structs.replace(demo.costs, lines=tuple(lines)),
    )


class Estate:
    """The answers about one subscription of a snapshot; costs come by `page` rows."""

    def __init__(self, azure: Azure, snapshot: Snapshot, subscription: str, page: int = 1000):
        self.snapshot = snapshot
        self.subscription = subscription
        self.scope = f"/subscriptions/{subscription}"
        self.page = page
        self.sums: dict[str, dict[tuple[Any, ...], list[Decimal]]] = {}
        self.resources = [one for one in snapshot.resources if one.key.startswith(self.scope)]
        self.by_key = {one.key: one for one in self.resources}
        self.lines = snapshot.costs.lines if snapshot.costs else ()
        for pattern, reply in (
            (f"GET .*{self.scope}$", self._subscription),
            ("POST .*ResourceGraph/resources$", self._graph),
            (f"GET .*{self.scope}/resourceGroups/.+", self._below),
            ("GET .*Compute/virtualMachines$", self._states),
            ("GET .*DevTestLab/schedules$", self._all_of("microsoft.devtestlab/schedules")),
            ("POST .*metrics:getBatch$", self._metrics),
            ("POST .*CostManagement/query$", self._costs),
            ("GET .*Consumption/budgets$", self._all_of("microsoft.consumption/budgets")),
            ("GET .*Advisor/recommendations$", self._advice),
            ("GET .*Consumption/reservationRecommendations$", self._recommended("reservation")),
            ("GET .*CostManagement/benefitRecommendations$", self._recommended("benefit")),
            ("GET .*Capacity/reservations$", self._benefits("reservationorders")),
            ("GET .*BillingBenefits/savingsPlans$", self._benefits("savingsplanorders")),
            ("GET .*/(reservationSummaries|benefitUtilizationSummaries)$", self._used),
            ("GET .*eventtypes/management/values$", self._events),
        ):
            azure.reply(pattern, reply)

    def _subscription(self, _: Asked) -> Answer:
        found = next(one for one in self.snapshot.subscriptions if one.key == self.scope)
        body = {"id": found.id, "displayName": found.name, "state": "Enabled"}
        return Answer(body=body | found.properties)

    def _graph(self, asked: Asked) -> Answer:
        query, options = asked.body["query"], asked.body["options"]
        rows: list[Resource] = []
        if query.startswith("resources |"):
            rows = [one for one in self.resources if not one.type.endswith(NOT_IN_GRAPH)]
            rows = [one for one in rows if "consumption" not in one.type and "/" in one.type]
        first = int(options.get("$skipToken", 0))
        page = rows[first : first + min(GRAPH_PAGE, options["$top"])]
        body: dict[str, Any] = {
            "totalRecords": len(rows),
            "count": len(page),
            "data": [_answer(one) for one in page],
            "resultTruncated": "false",
        }
        if first + len(page) < len(rows):
            body["$skipToken"] = str(first + len(page))
        return Answer(body=body)

    def _below(self, asked: Asked) -> Answer:
        key = key_of(asked.path)
        if key in self.by_key:
            return Answer(body=_answer(self.by_key[key]))
        parent, _, type_ = key.rpartition("/")
        if type_ == "default" or parent not in self.by_key:
            return error(404, "NotFound")
        found = [
            one
            for one in self.resources
            if one.parent_key == parent and one.type.endswith(f"/{type_}")
        ]
        return Answer(body={"value": [_answer(one) for one in found]})

    def _states(self, asked: Asked) -> Answer:
        assert asked.query["statusOnly"] == "true"
        machines = [
            one for one in self.resources if one.type == "microsoft.compute/virtualmachines"
        ]
        return Answer(body={"value": [_state(one) for one in machines]})

    def _all_of(self, type_: str) -> Any:
        found = [_answer(one) for one in self.resources if one.type == type_]
        return lambda _: Answer(body={"value": found})

    def _metrics(self, asked: Asked) -> Answer:
        query, ids = asked.query, asked.body["resourceids"]
        assert len(ids) <= 50
        region = asked.host.partition(".")[0]
        assert all(self.by_key[key_of(one)].location in ("", region) for one in ids)
        names = query["metricnames"].lower().split(",")
        start = datetime.fromisoformat(query["starttime"])
        end = datetime.fromisoformat(query["endtime"])
        values = []
        for id_ in ids:
            wanted = [
                one for one in self.snapshot.metrics if self._is_wanted(one, id_, names, query)
            ]
            value = [
                {
                    "name": {"value": one.metric},
                    "timeseries": [
                        {
                            "metadatavalues": _metadata(one, query),
                            "data": _points(one, start, end),
                        }
                    ],
                }
                for one in wanted
            ]
            values.append({"resourceid": id_.upper(), "value": value})
        return Answer(body={"values": values})

    def _is_wanted(self, one: Series, id_: str, names: list[str], query: dict[str, str]) -> bool:
        of = key_of(one.resource)
        if one.metric.lower() not in names:
            return False
        if "ModelDeploymentName" in query.get("filter", ""):
            return of.startswith(f"{key_of(id_)}/deployments/")
        split = query.get("filter", "").partition(" ")[0].lower()
        return of == key_of(id_) and one.dimension.lower().partition("=")[0] == split

    def _costs(self, asked: Asked) -> Answer:
        dataset, period = asked.body["dataset"], asked.body["timePeriod"]
        first, last = (date.fromisoformat(period[name][:10]) for name in ("from", "to"))
        groups = [one["name"] for one in dataset.get("grouping", [])]
        wanted = {
            one["dimensions"]["name"]: one["dimensions"]["values"][0]
            for one in dataset.get("filter", {}).get("and", [])
        }
        asked_before = json.dumps(asked.body, sort_keys=True)
        if asked_before not in self.sums:
            self.sums[asked_before] = self._sum(asked, groups, wanted, first, last)
        return self._cost_page(asked, groups, self.sums[asked_before])

    def _sum(
        self, asked: Asked, groups: list[str], wanted: dict[str, str], first: date, last: date
    ) -> dict[tuple[Any, ...], list[Decimal]]:
        dataset = asked.body["dataset"]
        sums: dict[tuple[Any, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
        for line in self.lines:
            if not key_of(line.resource).startswith(self.scope):
                continue
            names = _dimensions(line)
            if any(names[name] != value for name, value in wanted.items()):
                continue
            for day, cost, quantity in _days(line, asked.body["type"], self.snapshot):
                if first <= day <= last and (cost or quantity):
                    when = int(f"{day:%Y%m%d}") if dataset["granularity"] == "Daily" else None
                    key = (when, *(names[name] for name in groups))
                    sums[key] = [sums[key][0] + cost, sums[key][1] + quantity]
        return sums

    def _cost_page(self, asked: Asked, groups: list[str], sums: Any) -> Answer:
        daily = asked.body["dataset"]["granularity"] == "Daily"
        columns = ["Cost", "UsageQuantity", *(["UsageDate"] if daily else []), *groups, "Currency"]
        rows = [
            [
                float(cost),
                float(quantity),
                *([when] if daily else []),
                *names,
                self.snapshot.currency,
            ]
            for (when, *names), (cost, quantity) in sums.items()
        ]
        first = int(asked.query.get("$skiptoken", 0))
        page = rows[first : first + self.page]
        link = None
        if first + len(page) < len(rows):
            link = (
                f"https://{asked.host}{asked.path}?api-version=2025-03-01"
                f"&$skiptoken={first + len(page)}"
            )
        shown = [{"name": one, "type": "String"} for one in columns]
        return Answer(body={"properties": {"nextLink": link, "columns": shown, "rows": page}})

    def _advice(self, _: Asked) -> Answer:
        found = [one for one in self.snapshot.recommendations if one.source == "advisor"]
        return Answer(
            body={
                "value": [
                    {
                        "id": one.id,
                        "properties": one.properties
                        | {"resourceMetadata": {"resourceId": one.resource}}
                        | ({"suppressionIds": ["x"]} if one.suppressed else {}),
                    }
                    for one in found
                ]
            }
        )

    def _recommended(self, source: str) -> Any:
        found = [one for one in self.snapshot.recommendations if one.source == source]
        value = [{"id": one.id, "properties": one.properties} for one in found]
        return lambda _: Answer(body={"value": value})

    def _benefits(self, order: str) -> Any:
        found = [one for one in self.snapshot.resources if f"/{order}/" in one.key]
        return lambda _: Answer(body={"value": [_answer(one) for one in found]})

    def _used(self, asked: Asked) -> Answer:
        of = key_of(asked.path.partition("/providers/Microsoft.Consumption")[0])
        of = of.partition("/providers/microsoft.costmanagement")[0]
        found = [one for one in self.snapshot.utilisation if key_of(one.benefit) == of]
        value = [
            {
                "properties": {
                    "usageDate": f"{one.day}T00:00:00Z",
                    "avgUtilizationPercentage": one.percent,
                }
            }
            for one in found
        ]
        return Answer(body={"value": value})

    def _events(self, asked: Asked) -> Answer:
        provider = re.search(r"resourceProvider eq '(.+)'", asked.query["$filter"])
        assert provider
        found = [
            one
            for one in self.snapshot.activity
            if provider[1].lower() in one.resource.lower() and key_of(one.resource) in self.by_key
        ]
        value = [
            {
                "resourceId": one.resource,
                "eventTimestamp": one.at.isoformat(),
                "operationName": {"value": one.operation},
                "status": {"value": one.status or "Succeeded"},
                "caller": one.caller,
            }
            for one in found
        ]
        return Answer(body={"value": value})


def _answer(one: Resource) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "resourceGroup": one.resource_group.lower(),
        "subscriptionId": one.subscription,
        "location": one.location,
        "kind": one.kind,
        "tags": one.tags,
        "properties": one.properties,
        "managedBy": one.managed_by,
        "zones": list(one.zones),
    }
    if one.identity:
        found["identity"] = {"type": one.identity}
    sku = {name: getattr(one.sku, name) for name in ("name", "tier", "size", "family", "capacity")}
    return found | {"sku": {name: value for name, value in sku.items() if value}}


def _state(machine: Resource) -> dict[str, Any]:
    code = machine.text("extended.instanceView.powerState.code")
    statuses = [{"code": "ProvisioningState/succeeded"}, *([{"code": code}] if code else [])]
    return {"id": machine.id.upper(), "properties": {"instanceView": {"statuses": statuses}}}


def _metadata(one: Series, query: dict[str, str]) -> list[dict[str, Any]]:
    if "ModelDeploymentName" in query.get("filter", ""):
        name, value = "modeldeploymentname", one.resource.rpartition("/")[2].upper()
    elif one.dimension:
        name, _, value = one.dimension.partition("=")
    else:
        return []
    return [{"name": {"value": name.lower()}, "value": value}]


def _points(one: Series, start: datetime, end: datetime) -> list[dict[str, Any]]:
    columns = {
        name: one.between(start, end, name)  # type: ignore[arg-type]
        for name in ("average", "maximum", "total")
        if getattr(one, name)
    }
    points = []
    for hour in range(int((end - start) / timedelta(hours=1))):
        point: dict[str, Any] = {"timeStamp": f"{start + timedelta(hours=hour):%Y-%m-%dT%H:%M:%SZ}"}
        for name, column in columns.items():
            if not np.isnan(column[hour]):
                point[name] = float(column[hour])
        points.append(point)
    return points


def _dimensions(line: CostLine) -> dict[str, str]:
    named = f"{line.service}/{line.product}/{line.meter}"
    return {
        "ResourceId": line.resource.lower(),
        "MeterId": hashlib.sha256(named.encode()).hexdigest()[:32],
        "Meter": line.meter,
        "MeterCategory": line.service,
        "MeterSubcategory": line.product,
        "PricingModel": line.pricing_model,
        "ChargeType": line.charge_type,
        "BenefitId": line.benefit,
    }


def _days(line: CostLine, kind: str, snapshot: Snapshot) -> list[tuple[date, Decimal, Decimal]]:
    assert snapshot.costs
    amounts = line.actual_days() if kind == "ActualCost" else line.amortised_days()
    quantities = [Decimal(one) for one in line.quantity.split()] or [Decimal(0)] * len(amounts)
    first = snapshot.costs.first_day
    return [
        (first + timedelta(days=number), cost, quantity)
        for number, (cost, quantity) in enumerate(zip(amounts, quantities, strict=True))
    ]
