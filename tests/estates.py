"""Small estates written as YAML: what the cases of rules say, made into a snapshot.

Names stand for ids: `@web` anywhere is the id of the resource named `web`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from azcost.audit import costs
from azcost.audit.costs import CostRow
from azcost.audit.resource import Resource, from_arm
from azcost.audit.series import Series, packed
from azcost.audit.snapshot import (
    Event,
    Part,
    Recommendation,
    Snapshot,
    Unread,
    Utilisation,
)

TODAY = date(2026, 11, 20)
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/ml"
REGION = "westeurope"
DAYS = 28


def snapshot(case: dict[str, Any], type_: str) -> Snapshot:
    """The snapshot of a case; resources without a type have `type_`."""
    ids = {str(one["name"]): _id(one, type_) for one in case.get("resources", [])}
    ids["subscription"] = SUBSCRIPTION
    case = _linked(case, ids)
    subscription = {"id": SUBSCRIPTION, "name": "ml", **case.get("subscription", {})}
    return Snapshot(
        taken_at=datetime.combine(TODAY, time(6), UTC),
        currency=case.get("currency", "USD"),
        subscriptions=(from_arm(subscription),),
        resources=tuple(_resource(one, ids) for one in case.get("resources", [])),
        metrics=tuple(_series(case.get("metrics", {}), ids)),
        costs=_costs(case, ids),
        utilisation=tuple(_utilisation(case.get("utilisation", {}), ids)),
        recommendations=tuple(
            Recommendation(id=f"/r/{number}", **one)
            for number, one in enumerate(case.get("recommendations", []))
        ),
        activity=tuple(_event(one, ids) for one in case.get("activity", [])),
        unread=tuple(Unread(part=Part(one.pop("part")), **one) for one in case.get("unread", [])),
    )


def _id(one: dict[str, Any], type_: str) -> str:
    """The id of a resource: given, or made of its type and its name (`account/deployment`)."""
    if "id" in one:
        return str(one["id"])
    namespace, *types = str(one.get("type", type_)).split("/")
    names = str(one["name"]).split("/")
    if namespace == "Microsoft.Resources":
        return SUBSCRIPTION
    return "/".join(
        [GROUP, "providers", namespace, *(f"{t}/{n}" for t, n in zip(types, names, strict=True))]
    )


def _linked(found: Any, ids: dict[str, str]) -> Any:
    if isinstance(found, dict):
        return {key: _linked(value, ids) for key, value in found.items()}
    if isinstance(found, list):
        return [_linked(one, ids) for one in found]
    if isinstance(found, str) and found.startswith("@"):
        return ids[found[1:]]
    return found.isoformat() if isinstance(found, date) else found


def _resource(one: dict[str, Any], ids: dict[str, str]) -> Resource:
    id_ = ids[str(one["name"])]
    return from_arm(
        {"location": REGION, **one, "id": id_, "name": id_.rpartition("/")[2]}
        | ({} if "type" not in one else {"type": one["type"]})
    )


def _series(metrics: dict[str, Any], ids: dict[str, str]) -> list[Series]:
    """A number is every hour of 28 days; else `days`, `hourly` (a number or a day's 24),
    `weekend` (instead, on Saturdays and Sundays), `peak` once in the middle, `missing`
    (the share of hours without a value, at the start), `trend` (the share by which the end is
    above the start), and `maximum` where it differs."""
    return [
        _one_series(ids[name], metric, written)
        for name, by_metric in metrics.items()
        for metric, written in by_metric.items()
    ]


def _one_series(id_: str, metric: str, written: Any) -> Series:
    shape = written if isinstance(written, dict) else {"hourly": written}
    metric, _, dimension = metric.partition(" | ")
    days = int(shape.get("days", DAYS))
    start = datetime.combine(TODAY - timedelta(days=days), time(), UTC)
    average = _values(shape["hourly"], shape, start)
    maximum = _values(shape.get("maximum", shape["hourly"]), shape, start)
    return Series(
        resource=id_,
        metric=metric,
        dimension=dimension,
        start=start,
        average=packed(average),
        maximum=packed(maximum),
        total=packed(average),
    )


def _values(hourly: Any, shape: dict[str, Any], start: datetime) -> Any:
    days = int(shape.get("days", DAYS))
    values = np.empty((days, 24))
    values[:] = hourly
    if "weekend" in shape:
        for day in range(days):
            if (start + timedelta(days=day)).weekday() >= 5:
                values[day] = shape["weekend"]
    flat = values.reshape(-1)
    if "trend" in shape:
        flat *= np.linspace(1, 1 + shape["trend"], len(flat))
    if "peak" in shape:
        flat[len(flat) // 2] = shape["peak"]
    flat[: round(len(flat) * shape.get("missing", 0))] = np.nan
    return flat


def _costs(case: dict[str, Any], ids: dict[str, str]) -> costs.Costs | None:
    """`costs: {name: amount per day}`, or by meter, or a list of rows with `per_day`.

    A row of `days: 5` is billed on the last five days only, else on all of 30.
    """
    if case.get("costs", {}) is None:
        return None
    rows = [
        CostRow(resource=ids[name], day=TODAY - timedelta(days=back), **row)
        for name, written in case.get("costs", {}).items()
        for row in _rows(written)
        for back in range(1, row.pop("days", 30) + 1)
    ]
    return costs.from_rows(rows, TODAY - timedelta(days=30), TODAY - timedelta(days=1))


def _rows(written: Any) -> list[dict[str, Any]]:
    if isinstance(written, dict):
        written = [{"meter": meter, "per_day": amount} for meter, amount in written.items()]
    elif not isinstance(written, list):
        written = [{"per_day": written}]
    rows = []
    for one in written:
        row = {name: value for name, value in one.items() if name != "per_day"}
        amount = Decimal(str(one["per_day"]))
        rows.append({"actual": amount, "amortised": amount, **row})
    return rows


def _utilisation(written: dict[str, Any], ids: dict[str, str]) -> list[Utilisation]:
    """`utilisation: {name: percent}`, on each of 28 days."""
    return [
        Utilisation(benefit=ids[name], day=TODAY - timedelta(days=back), percent=percent)
        for name, percent in written.items()
        for back in range(DAYS, 0, -1)
    ]


def _event(one: dict[str, Any], ids: dict[str, str]) -> Event:
    """`activity: [{resource: name, days_ago: 3, operation: ...}]`."""
    at = datetime.combine(TODAY - timedelta(days=one["days_ago"]), time(12), UTC)
    return Event(resource=ids[one["resource"]], at=at, operation=one["operation"].lower())
