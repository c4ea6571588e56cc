"""Whether an audit can read what it needs: one question for each interface of Azure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from azcost.arm.failures import ArmError, Forbidden, LoginError
from azcost.audit.collect import benefits, inventory
from azcost.audit.collect.costs import ROLE as COST_ROLE
from azcost.audit.collect.reader import Reader
from azcost.audit.documents import Document
from azcost.pricing.catalogue import Catalogue

OLD_PRICES = 90  # days: a quarter


class State(StrEnum):
    """What a check came to; what is optional only makes an audit see less."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the doctor: what was checked, what came of it, and what to do."""

    name: str
    state: State
    said: str
    todo: str = ""


class _Probe(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    ask: Callable[[Reader], str]
    role: str
    gives: str
    optional: bool = False


def prices(catalogue: Catalogue, today: date) -> Check:
    """How old the prices are that rules compare with; the bill itself is read from Azure."""
    ((newest,),) = catalogue.query("SELECT max(substr(source, -10)) FROM prices", [])
    days = (today - date.fromisoformat(newest)).days
    said = f"the newest of the shipped prices was seen on {newest}, {days:,} days ago"
    if days <= OLD_PRICES:
        return Check(name="price tables", state=State.OK, said=said)
    todo = "azcost prices info says how old each is, azcost prices sync fetches newer ones."
    return Check(name="price tables", state=State.NOTE, said=said, todo=todo)


def checks(reader: Reader) -> Iterator[Check]:
    """Yield a check for the login, the roles, and each interface that an audit asks."""
    try:
        found = inventory.subscription(reader)
    except LoginError as error:
        yield Check(name="login", state=State.FAILED, said=str(error))
        return
    except ArmError as error:
        yield Check(name="login", state=State.OK, said="Azure gave a token")
        yield Check(
            name="subscription",
            state=State.FAILED,
            said=str(error),
        )
        return
    yield Check(
        name="login", state=State.OK, said=f"Azure gave a token ({reader.connection.cloud.name})"
    )
    yield Check(name="subscription", state=State.OK, said=f"{found.name}, {found.text('state')}")
    yield _roles(reader)
    for probe in _PROBES:
        yield _probed(reader, probe)


def _probed(reader: Reader, probe: _Probe) -> Check:
    worse = State.NOTE if probe.optional else State.FAILED
    try:
        return Check(name=probe.name, state=State.OK, said=probe.ask(reader))
    except Forbidden as error:
        todo = f"Give the login the role {probe.role}. Without it: {probe.gives}."
        return Check(name=probe.name, state=worse, said=str(error), todo=todo)
    except ArmError as error:
        todo = f"Without it: {probe.gives}."
        return Check(name=probe.name, state=worse, said=str(error), todo=todo)


def _roles(reader: Reader) -> Check:
    """Whether the login may do more than read; only its own actions are asked."""
    path = f"{reader.scope}/providers/Microsoft.Authorization/permissions"
    try:
        answers = reader.each(path, "2022-04-01")
    except ArmError as error:
        return Check(name="roles", state=State.NOTE, said=str(error))
    if any(_writes(Document(one)) for one in answers):
        said = "the login may also change things"
        todo = "azcost only reads: Reader and Cost Management Reader are enough."
        return Check(name="roles", state=State.NOTE, said=said, todo=todo)
    return Check(name="roles", state=State.OK, said="the login may read, and change nothing")


def _writes(permission: Document) -> bool:
    """Whether a set of permissions has an action beyond reading that it does not take back."""
    taken = {one.lower() for one in permission.texts("notActions")}
    actions = {one.lower() for one in permission.texts("actions")} - taken
    return any(re.search(r"(^\*$|/\*$|/write$|/delete$)", one) for one in actions)


def _graph(reader: Reader) -> str:
    query = "resources | summarize count()"
    rows = list(inventory.graph(reader, query))
    count = Document(rows[0]).number("count_") if rows else 0
    return f"{count or 0:,.0f} resources"


def _costs(reader: Reader) -> str:
    budgets = reader.each(f"{reader.scope}/providers/Microsoft.Consumption/budgets", "2023-05-01")
    day = f"{reader.days_ago(3):%Y-%m-%d}"
    body = {
        "type": "ActualCost",
        "timeframe": "Custom",
        "timePeriod": {"from": f"{day}T00:00:00Z", "to": f"{day}T23:59:59Z"},
        "dataset": {
            "granularity": "Daily",
            "aggregation": {"cost": {"name": "Cost", "function": "Sum"}},
        },
    }
    path = f"{reader.scope}/providers/Microsoft.CostManagement/query"
    answer = Document(reader.post(path, "2023-11-01", body))
    rows = len(answer.within("properties").fields.get("rows") or [])
    cost = "a cost" if rows else "no cost"
    return f"{cost} on {day}, {len(budgets):,} budgets"


def _metrics(reader: Reader) -> str:
    rows = list(inventory.graph(reader, _ONE_MACHINE))
    machine = Document(rows[0]) if rows else Document({})
    region, id_ = machine.text("location"), machine.text("id")
    if not region or not id_:
        return "not asked: there is no virtual machine"
    query = {
        "metricnamespace": "microsoft.compute/virtualmachines",
        "metricnames": "Percentage CPU",
        "starttime": f"{reader.days_ago(1):%Y-%m-%dT%H:%M:%SZ}",
        "endtime": f"{reader.days_ago(0):%Y-%m-%dT%H:%M:%SZ}",
        "interval": "PT1H",
        "aggregation": "average",
    }
    reader.metrics(region, query, [id_])
    return f"{region}.{reader.connection.cloud.metrics} answers"


_ONE_MACHINE = (
    "resources | where type =~ 'microsoft.compute/virtualmachines' | project id, location "
    "| order by id asc | limit 1"
)


def _advisor(reader: Reader) -> str:
    path = f"{reader.scope}/providers/Microsoft.Advisor/recommendations"
    found = reader.each(path, "2023-01-01", **{"$filter": "Category eq 'Cost'"})
    return f"{len(found):,} recommendations about cost"


def _benefits(path: str, name: str) -> Callable[[Reader], str]:
    return lambda reader: f"{len(reader.each(path, benefits.VERSION)):,} {name}"


_PROBES = (
    _Probe(
        name="inventory (Resource Graph)",
        ask=_graph,
        role="Reader",
        gives="an audit sees nothing",
    ),
    _Probe(
        name="costs (Cost Management)",
        ask=_costs,
        role=COST_ROLE,
        gives="no finding has a saving",
    ),
    _Probe(
        name="metrics (Azure Monitor)",
        ask=_metrics,
        role="Monitoring Reader",
        gives="idle and oversized resources are not found",
    ),
    _Probe(
        name="recommendations (Advisor)",
        ask=_advisor,
        role="Reader",
        gives="what Azure advises is not compared",
        optional=True,
    ),
    _Probe(
        name="reservations",
        ask=_benefits(benefits.RESERVATIONS, "reservations"),
        role="Reservations Reader (of the tenant)",
        gives="reservations that expire or are not used are not found",
        optional=True,
    ),
    _Probe(
        name="savings plans",
        ask=_benefits(benefits.PLANS, "savings plans"),
        role="Savings plan Reader (of the tenant)",
        gives="savings plans that expire or are not used are not found",
        optional=True,
    ),
)
