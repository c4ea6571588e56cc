"""What a budget counts, by day, as Azure's cost query answers it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from azcost.actions.budget import Budget, Json
from azcost.arm.client import Connection
from azcost.errors import AzcostError
from azcost.spending import REPORTING_LAG_DAYS, Spending

# Half a year: enough for an interval, and six of the 60 units of a minute that Azure grants
# (API facts 2.1: one for each month that is asked for).
HISTORY_DAYS = 184
_API_VERSION = "2025-03-01"


def daily_costs(connection: Connection, budget: Budget, today: date) -> Spending:
    """What the budget has counted of each day until the last that is complete.

    Budgets count what is billed on the day (ActualCost), so that is asked for.

    Raises ArmError when Azure does not answer, AzcostError when it has no costs.
    """
    last = today - timedelta(days=REPORTING_LAG_DAYS + 1)
    first = last - timedelta(days=HISTORY_DAYS - 1)
    amounts = np.zeros(HISTORY_DAYS)
    currencies = set()
    for row in _rows(connection, budget, _body(budget, first, last)):
        day = _day(row["usagedate"])
        if not first <= day <= last:
            continue
        amounts[(day - first).days] += float(row["cost"])
        currencies.add(str(row["currency"]))
    if not currencies:
        raise AzcostError(f"Azure has no costs of what the budget {budget.name} counts.")
    if len(currencies) > 1:
        raise AzcostError(f"Costs in {' and '.join(sorted(currencies))} cannot be added up.")
    return Spending(
        first, currencies.pop(), (("", "", ""),), ("",), ({},), (False,),
        amounts[None, :], np.zeros((1, HISTORY_DAYS)),
    )  # fmt: skip


def _body(budget: Budget, first: date, last: date) -> Json:
    dataset: Json = {
        "granularity": "Daily",
        "aggregation": {"totalCost": {"name": "Cost", "function": "Sum"}},
    }
    if found := budget.properties().get("filter"):
        dataset["filter"] = found  # a query's has the shape of a budget's
    return {
        "type": "ActualCost",
        "timeframe": "Custom",
        "timePeriod": {"from": f"{first}T00:00:00Z", "to": f"{last}T23:59:59Z"},
        "dataset": dataset,
    }


def _rows(connection: Connection, budget: Budget, body: Json) -> list[dict[str, Any]]:
    """The rows of all pages by the names of their columns, in lower case."""
    arm = connection.arm()
    path = f"/{budget.scope.path}/providers/Microsoft.CostManagement/query"
    rows: list[dict[str, Any]] = []
    asked: set[str] = set()
    query: dict[str, str] = {}
    while True:
        found = arm.post(path, _API_VERSION, body, **query).get("properties") or {}
        names = [str(column["name"]).lower() for column in found.get("columns") or ()]
        if missing := {"cost", "usagedate", "currency"} - set(names):
            raise AzcostError(
                f"Azure's answer on costs has no column {', '.join(sorted(missing))}."
            )
        rows += [dict(zip(names, row, strict=True)) for row in found.get("rows") or ()]
        token = parse_qs(urlsplit(found.get("nextLink") or "").query).get("$skiptoken", [""])[0]
        if not token or token in asked:
            return rows
        asked.add(token)
        query = {"$skiptoken": token}


def _day(number: object) -> date:
    """A day as the query has it: the number 20261101."""
    return date.fromisoformat(str(number).partition(".")[0][:10])
