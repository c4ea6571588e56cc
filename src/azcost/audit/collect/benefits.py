"""Reservations and savings plans, how much of them is used, and what Azure recommends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from azcost.arm.client import Json
from azcost.arm.failures import translated
from azcost.audit.collect.reader import Reader
from azcost.audit.documents import Document, day_of
from azcost.audit.resource import Resource, from_arm
from azcost.audit.snapshot import Part, Recommendation, Utilisation

DAYS = 90
RESERVATIONS = "/providers/Microsoft.Capacity/reservations"
PLANS = "/providers/Microsoft.BillingBenefits/savingsPlans"
_ROLES = {RESERVATIONS: "Reservations Reader", PLANS: "Savings plan Reader"}
VERSION = "2022-11-01"
# What Microsoft recommends reservations for and a team for machine learning may use; the
# names are those of the API's filter.
RESERVED_TYPES = (
    "VirtualMachines", "SQLDatabases", "PostgreSQL", "ManagedDisk", "RedisCache", "CosmosDB",
    "AppService", "BlockBlob",
)  # fmt: skip
TERMS = ("P1Y", "P3Y")
_COSTS = "Cost Management Reader"


def benefits(reader: Reader) -> list[Resource]:
    """The reservations and savings plans that apply to the subscription."""
    found = []
    for path, role in _ROLES.items():
        with reader.reading(Part.UTILISATION, path, role):
            answers = reader.each(path, VERSION)
            found += [from_arm(one) for one in answers if "id" in one and _applies(one, reader)]
    reader.say(f"benefits: {len(found):,} reservations and savings plans")
    return found


def _applies(answer: Json, reader: Reader) -> bool:
    """Whether it pays for the subscription: shared by all, or for this one named."""
    read = Document(answer)
    if read.is_one_of("properties.appliedScopeType", "Shared", "ManagementGroup"):
        return True
    named = (
        *read.texts("properties.appliedScopes"),
        read.text("properties.appliedScopeProperties.subscriptionId") or "",
        read.text("properties.appliedScopeProperties.resourceGroupId") or "",
    )
    return any(f"{one.lower()}/".startswith(f"{reader.scope}/") for one in named)


def utilisation(reader: Reader, found: Iterable[Resource]) -> list[Utilisation]:
    """The days of 90 days of each reservation and savings plan."""
    used: list[Utilisation] = []
    for benefit in found:
        words = benefit.id.strip("/").split("/")
        if len(words) < 6:  # providers, a namespace, an order and the benefit
            continue
        role = _ROLES[RESERVATIONS if "reservation" in benefit.type else PLANS]
        with reader.reading(Part.UTILISATION, benefit.id, role):
            used += _days(reader, benefit, words[3], words[5])
    return used


def _days(reader: Reader, benefit: Resource, order: str, name: str) -> Iterator[Utilisation]:
    first, last = (f"{reader.days_ago(days):%Y-%m-%d}" for days in (DAYS, 1))
    when = f"properties/{{}} ge {first} and properties/{{}} le {last}"
    reserved = "reservation" in benefit.type
    field = "UsageDate" if reserved else "usageDate"
    filter_ = when.format(field, field)

    def ask() -> list[Json]:
        with translated(f"the utilisation of {benefit.name}"):
            if reserved:
                consumption = reader.connection.consumption(reader.subscription)
                summaries: Any = consumption.reservations_summaries
                pages = summaries.list_by_reservation_order_and_reservation(
                    order, name, grain="daily", filter=filter_
                )
            else:
                plans: Any = reader.connection.cost_management().benefit_utilization_summaries
                pages = plans.list_by_savings_plan_id(
                    order, name, grain_parameter="Daily", filter=filter_
                )
            return [one.as_dict() for one in pages]

    for answer in reader.kept(["UTILISATION", benefit.key, filter_], ask):
        read = Document(answer)
        day = day_of(read.text("properties.usageDate"))
        percent = read.number("properties.avgUtilizationPercentage")
        if day is not None and percent is not None:
            yield Utilisation(benefit=benefit.id, day=day, percent=percent)


def recommendations(reader: Reader) -> list[Recommendation]:
    """What Azure recommends to reserve, and to commit to by the hour, for this subscription.

    Both look at 60 days and at this subscription alone; their defaults differ.
    """
    found: list[Recommendation] = []
    for type_ in RESERVED_TYPES:
        with reader.reading(Part.RECOMMENDATIONS, "", _COSTS):
            found += _kept(reader, "reservation", _reservations, type_)
    for term in TERMS:
        with reader.reading(Part.RECOMMENDATIONS, "", _COSTS):
            found += _kept(reader, "benefit", _plans, term)
    reader.say(f"recommendations: {len(found):,}")
    return found


def _kept(reader: Reader, source: str, ask: Any, about: str) -> Iterator[Recommendation]:
    for answer in reader.kept([source, about], lambda: ask(reader, about)):
        properties = {**(answer.get("properties") or {})}
        for name in ("kind", "location", "sku"):
            if answer.get(name):
                properties.setdefault(name, answer[name])
        yield Recommendation(
            source=source,
            id=str(answer.get("id") or answer.get("name") or ""),
            properties=properties,
        )


def _reservations(reader: Reader, type_: str) -> list[Json]:
    filter_ = (
        "properties/scope eq 'Single' and "
        f"properties/resourceType eq '{type_}' and properties/lookBackPeriod eq 'Last60Days'"
    )
    with translated(f"the recommended reservations of {type_}"):
        consumption: Any = reader.connection.consumption(reader.subscription)
        pages = consumption.reservation_recommendations.list(reader.scope, filter=filter_)
        return [one.as_dict() for one in pages]


def _plans(reader: Reader, term: str) -> list[Json]:
    filter_ = (
        "properties/lookBackPeriod eq 'Last60Days' and "
        f"properties/term eq '{term}' and properties/scope eq 'Single'"
    )
    with translated(f"the recommended savings plans of {term}"):
        costs: Any = reader.connection.cost_management()
        pages = costs.benefit_recommendations.list(
            reader.scope,
            filter=filter_,
            expand="properties/usage,properties/allRecommendationDetails",
        )
        return [one.as_dict() for one in pages]


def budgets(reader: Reader) -> list[Resource]:
    """The budgets of the subscription."""

    def ask() -> list[Json]:
        with translated("the budgets"):
            consumption: Any = reader.connection.consumption(reader.subscription)
            return [one.as_dict() for one in consumption.budgets.list(reader.scope)]

    found: list[Resource] = []
    with reader.reading(Part.BUDGETS, reader.scope, _COSTS):
        found += [from_arm(one) for one in reader.kept(["BUDGETS"], ask) if one.get("id")]
    return found
