"""A budget as Azure keeps it: Microsoft.Consumption/budgets, to and from its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from azcost.actions.scope import Scope
from azcost.errors import AzcostError

Json = dict[str, Any]
Basis = Literal["Actual", "Forecasted"]
GRAINS = {"Monthly": 1, "Quarterly": 3, "Annually": 12}
SIGNS = {"GreaterThan": ">", "GreaterThanOrEqualTo": ">=", "EqualTo": "="}


class Threshold(msgspec.Struct, frozen=True):
    """A share of the amount, in per cent, that what was spent or is forecast goes over."""

    basis: Basis
    percent: Decimal
    operator: str = "GreaterThan"

    @property
    def key(self) -> str:
        """The name that Azure's own portal gives to its notification."""
        return f"{self.basis}_{self.operator}_{plain(self.percent)}_Percent"

    def __str__(self) -> str:
        return f"{self.basis} {SIGNS.get(self.operator, self.operator)} {plain(self.percent)}%"


# Half-way, nearly there, there; and a month's end that will be over, while there is time.
LADDER = (
    Threshold("Actual", Decimal(50)),
    Threshold("Actual", Decimal(80)),
    Threshold("Actual", Decimal(100)),
    Threshold("Forecasted", Decimal(100)),
    Threshold("Forecasted", Decimal(110)),
)


class Recipients(msgspec.Struct, frozen=True):
    """Who is told: addresses, roles such as Owner, and action groups by their ids."""

    emails: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def __str__(self) -> str:
        words = [*self.emails, *(f"role {role}" for role in self.roles)]
        return ", ".join([*words, *(f"action group {group}" for group in self.groups)]) or "nobody"


class Notification(msgspec.Struct, frozen=True):
    """A threshold and who is told; no `locale` leaves the language to Azure."""

    threshold: Threshold
    to: Recipients
    enabled: bool = True
    locale: str = ""


class Condition(msgspec.Struct, frozen=True):
    """What counts: a dimension (ResourceGroupName, ServiceName) or a tag has one of the values."""

    kind: Literal["dimensions", "tags"]
    name: str
    values: tuple[str, ...]


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """A budget as one wants it; no `end` leaves the end to Azure (ten years)."""

    scope: Scope
    name: str
    amount: Decimal
    grain: str = "Monthly"
    start: date
    end: date | None = None
    conditions: tuple[Condition, ...] = ()
    notifications: tuple[Notification, ...] = ()

    @property
    def path(self) -> str:
        """Where Azure has it."""
        return f"/{self.scope.path}/providers/Microsoft.Consumption/budgets/{self.name}"

    def properties(self) -> Json:
        """The `properties` of its JSON."""
        period = {"startDate": _moment(self.start)}
        if self.end:
            period["endDate"] = _moment(self.end)
        found: Json = {
            "category": "Cost",
            "amount": number(self.amount),
            "timeGrain": self.grain,
            "timePeriod": period,
        }
        if self.conditions:
            found["filter"] = _filter(self.conditions)
        found["notifications"] = {one.threshold.key: _told(one) for one in self.notifications}
        return found

    def body(self, etag: str = "") -> Json:
        """The JSON to send; the `etag` of what exists goes along, or Azure refuses."""
        return {**({"eTag": etag} if etag else {}), "properties": self.properties()}


def plain(amount: Decimal) -> str:
    """A number without zeros that say nothing."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(amount: Decimal) -> int | float:
    """A number as JSON has it: cents are exact in the shortest form of a float."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _moment(day: date) -> str:
    return f"{day}T00:00:00Z"


def _filter(conditions: Sequence[Condition]) -> Json:
    """One condition stands alone: Azure wants at least two below `and`."""
    parts: list[Json] = [
        {one.kind: {"name": one.name, "operator": "In", "values": list(one.values)}}
        for one in conditions
    ]
    return parts[0] if len(parts) == 1 else {"and": parts}


def _told(one: Notification) -> Json:
    found: Json = {
        "enabled": one.enabled,
        "operator": one.threshold.operator,
        "threshold": number(one.threshold.percent),
        "thresholdType": one.threshold.basis,
        "contactEmails": list(one.to.emails),
    }
    if one.to.roles:
        found["contactRoles"] = list(one.to.roles)
    if one.to.groups:
        found["contactGroups"] = list(one.to.groups)
    if one.locale:
        found["locale"] = one.locale
    return found


class Standing(msgspec.Struct, frozen=True):
    """A budget that exists: its `etag`, and what Azure says is spent and forecast of it.

    Azure works both out about once a day; `forecast` is missing for most scopes at first.
    """

    budget: Budget
    etag: str
    spent: Decimal | None
    forecast: Decimal | None
    currency: str


def standing(scope: Scope, body: Mapping[str, Any]) -> Standing:
    """Read a budget as Azure answers it; raises AzcostError for what is no budget."""
    try:
        properties = body["properties"]
        period = properties["timePeriod"]
        budget = Budget(
            scope=scope,
            name=str(body["name"]),
            amount=Decimal(str(properties["amount"])),
            grain=str(properties["timeGrain"]),
            start=_day(period["startDate"]),
            end=_day(period["endDate"]) if period.get("endDate") else None,
            conditions=_conditions(properties.get("filter") or {}),
            notifications=tuple(map(_heard, (properties.get("notifications") or {}).values())),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        name = body.get("name", "without a name")
        raise AzcostError(f"The budget {name} cannot be read: {error!r}.") from error
    spent, unit = _spend(properties.get("currentSpend"))
    ahead, _ = _spend(properties.get("forecastSpend"))
    return Standing(budget, str(body.get("eTag") or body.get("etag") or ""), spent, ahead, unit)


def _day(moment: object) -> date:
    return date.fromisoformat(str(moment)[:10])


def _spend(found: Mapping[str, Any] | None) -> tuple[Decimal | None, str]:
    if not found or found.get("amount") is None:
        return None, ""
    return Decimal(str(found["amount"])), str(found.get("unit") or "")


def _conditions(found: Mapping[str, Any]) -> tuple[Condition, ...]:
    parts = found.get("and") or [found]
    return tuple(
        Condition(kind, str(part[kind]["name"]), tuple(map(str, part[kind]["values"])))
        for part in parts
        for kind in ("dimensions", "tags")
        if part.get(kind)
    )


def _heard(one: Mapping[str, Any]) -> Notification:
    basis: Basis = "Forecasted" if one.get("thresholdType") == "Forecasted" else "Actual"
    return Notification(
        Threshold(basis, Decimal(str(one["threshold"])), str(one["operator"])),
        Recipients(
            tuple(one.get("contactEmails") or ()),
            tuple(one.get("contactRoles") or ()),
            tuple(one.get("contactGroups") or ()),
        ),
        bool(one["enabled"]),
        str(one.get("locale") or ""),
    )
