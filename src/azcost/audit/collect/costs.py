"""What was billed: by day, resource and meter, with how each was bought.

A query takes two groupings, so one is asked for each way to buy (pricing model and kind of
charge), by resource and meter; what a meter is called, and which reservation paid what, is
asked for the whole period.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal

import msgspec

from azcost.arm.client import Json
from azcost.arm.failures import translated
from azcost.audit import costs
from azcost.audit.collect.reader import Reader
from azcost.audit.costs import COMMITTED, CostRow, Costs
from azcost.audit.snapshot import Part
from azcost.errors import AzcostError

DAYS = 90
# The charges of a day come up to a day late (docs of 2026-11: refreshed every four hours,
# new resources after 24 h): the last day that is asked is complete.
LATE_DAYS = 2
# Bills of resources that ran until a few days ago end there; more is said.
MOST_LATE_DAYS = 5
ROLE = "Cost Management Reader"
PAGE = 5000
_SUM = {"function": "Sum"}
Granularity = Literal["None", "Daily"]
_NAMES = ("Meter", "MeterCategory", "MeterSubcategory")


class BillError(AzcostError):
    """The answers about costs do not fit together."""


class Bill(msgspec.Struct, frozen=True):
    """The costs, and their currency; None for costs that could not be read."""

    costs: Costs | None
    currency: str


class _Way(msgspec.Struct, frozen=True):
    """How something was bought."""

    pricing_model: str
    charge_type: str

    def filter(self) -> Json:
        return {
            "and": [_is("PricingModel", self.pricing_model), _is("ChargeType", self.charge_type)]
        }


class Queries:
    """The queries of one period and kind of cost; every answer is checked for its currency."""

    def __init__(self, reader: Reader, first: date, last: date) -> None:
        self._reader = reader
        self._queries: Any = reader.connection.cost_management().query
        self._arm = reader.connection.arm()
        self._period = {"from": f"{first}T00:00:00Z", "to": f"{last}T23:59:59Z"}
        self.currencies: set[str] = set()

    def rows(
        self,
        kind: str,
        grouping: tuple[str, ...],
        where: Json | None = None,
        *,
        granularity: Granularity = "None",
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a query, by the names of their columns; raises ArmError."""
        dataset: Json = {
            "granularity": granularity,
            "aggregation": {
                "cost": {"name": "Cost", **_SUM},
                "quantity": {"name": "UsageQuantity", **_SUM},
            },
            "grouping": [{"type": "Dimension", "name": name} for name in grouping],
        }
        if where:
            dataset["filter"] = where
        body = {
            "type": kind, "timeframe": "Custom", "timePeriod": self._period, "dataset": dataset,
        }  # fmt: skip
        for page in self._pages(body):
            for row in page["rows"]:
                found = dict(zip(page["columns"], row, strict=True))
                self.currencies.add(str(found["currency"]))
                yield found

    def _pages(self, body: Json) -> Iterator[Json]:
        """Yield all pages: the next link takes the same body again, and its own answer."""
        link, seen = "", set[str]()
        while True:
            ask = partial(self._ask, body, link)
            page = self._reader.kept(["COST", link, body], ask)
            yield page
            link = page["nextLink"]
            if not link:
                return
            if link in seen:
                raise BillError("The pages of the costs lead in a circle.")
            seen.add(link)

    def _ask(self, body: Json, link: str) -> Json:
        scope = self._reader.scope
        if link:
            answer = self._arm.post_to(link, body)
        else:
            with translated(f"the costs of {scope}"):
                found = self._queries.usage(scope, body, params={"$top": str(PAGE)})
            answer = found.as_dict() if found else {}
        inside = answer.get("properties") or {}
        # Azure writes MeterSubCategory for MeterSubcategory; the order of columns varies.
        columns = [str(one.get("name")).lower() for one in inside.get("columns") or []]
        return {
            "columns": columns,
            "rows": inside.get("rows") or [],
            "nextLink": inside.get("nextLink") or "",
        }


def bill(reader: Reader, days: int = DAYS) -> Bill:
    """The bill of the last `days` complete days, actual and amortised."""
    last = reader.today - timedelta(days=LATE_DAYS)
    first = last - timedelta(days=days - 1)
    queries = Queries(reader, first, last)
    found = Bill(None, "")
    with reader.reading(Part.COSTS, reader.scope, ROLE):
        try:
            rows = list(_rows(reader, queries))
        except (KeyError, ValueError, ArithmeticError) as error:
            raise BillError(f"The costs are not as documented: {error!r}.") from error
        currency = _one_currency(queries.currencies)
        if rows:
            _check_end(reader, max(row.day for row in rows), last)
            # Azure says nothing of days before the first cost: they are not days without one.
            first = max(first, min(row.day for row in rows))
        found = Bill(costs.from_rows(rows, first, last), currency)
    return found  # noqa: RET504 - what cannot be read leaves the first one


def _check_end(reader: Reader, shown: date, last: date) -> None:
    """A bill that ends early may be cut off: Azure does not say so."""
    if (last - shown).days > MOST_LATE_DAYS:
        error = BillError(f"The costs end on {shown}; they were asked until {last}.")
        reader.note(Part.COSTS, reader.scope, error, ROLE)


def _one_currency(found: set[str]) -> str:
    if len(found) > 1:
        raise BillError(
            f"The costs are in {' and '.join(sorted(found))}: azcost reads one currency."
        )
    return next(iter(found), "")


def _rows(reader: Reader, queries: Queries) -> Iterator[CostRow]:
    meters = {
        name: {
            str(row["meterid"]): str(row[name.lower()])
            for row in queries.rows("AmortizedCost", ("MeterId", name))
        }
        for name in _NAMES
    }
    for kind, amount in (("ActualCost", "actual"), ("AmortizedCost", "amortised")):
        ways = {
            _Way(str(row["pricingmodel"]), str(row["chargetype"]))
            for row in queries.rows(kind, ("PricingModel", "ChargeType"))
        }
        for way in sorted(ways, key=str):
            benefits = _benefits(queries, kind, way)
            grouping = ("ResourceId", "MeterId")
            for number, row in enumerate(
                queries.rows(kind, grouping, way.filter(), granularity="Daily")
            ):
                if number % PAGE == 0:
                    reader.say(f"costs: {amount}, {way.pricing_model} {way.charge_type}")
                meter, resource = str(row["meterid"]), str(row["resourceid"])
                used = row["usagequantity"] if kind == "AmortizedCost" else 0
                cost = _amount(row["cost"])
                yield CostRow(
                    day=_day(row["usagedate"]),
                    resource=resource,
                    meter=meters["Meter"].get(meter, ""),
                    service=meters["MeterCategory"].get(meter, ""),
                    product=meters["MeterSubcategory"].get(meter, ""),
                    charge_type=way.charge_type,
                    pricing_model=way.pricing_model,
                    benefit=benefits.get(resource.lower(), ""),
                    quantity=_amount(used),
                    actual=cost if amount == "actual" else Decimal(0),
                    amortised=cost if amount == "amortised" else Decimal(0),
                )


def _benefits(queries: Queries, kind: str, way: _Way) -> dict[str, str]:
    """The reservation or savings plan of each resource, where it is only one."""
    if way.pricing_model.replace(" ", "").lower() not in COMMITTED:
        return {}
    found: dict[str, set[str]] = {}
    for row in queries.rows(kind, ("ResourceId", "BenefitId"), way.filter()):
        found.setdefault(str(row["resourceid"]).lower(), set()).add(str(row["benefitid"]))
    return {resource: next(iter(ids)) for resource, ids in found.items() if len(ids) == 1}


def _is(dimension: str, value: str) -> Json:
    return {"dimensions": {"name": dimension, "operator": "In", "values": [value]}}


def _amount(value: Any) -> Decimal:
    """An amount of a row; raises BillError for what is none."""
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise BillError(f"The costs hold '{value}', which is no amount.")
    return amount


def _day(value: Any) -> date:
    """The day of a row, which is the number 20260401; raises BillError for what is none."""
    try:
        return datetime.strptime(str(value)[:8], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise BillError(f"The costs have a day '{value}', which is none.") from error
