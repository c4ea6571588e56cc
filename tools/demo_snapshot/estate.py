"""An estate being made: resources, what they cost, and what is measured of them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import yaml

from azcost import architecture
from azcost.audit import costs
from azcost.audit.costs import CostRow
from azcost.audit.resource import Resource, from_arm, key_of
from azcost.audit.series import Series, packed
from azcost.audit.snapshot import Event, Recommendation, Snapshot, Utilisation
from azcost.estimate import LineItem
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes
from azcost.units import AVERAGE_DAYS

SEED = 20261120
TODAY = date(2026, 11, 20)
COST_DAYS = 90
METRIC_DAYS = 28
REGION = "westeurope"
PROD = "/subscriptions/11111111-1111-4111-8111-111111111111"
RESEARCH = "/subscriptions/22222222-2222-4222-8222-222222222222"
SANDBOX = "/subscriptions/33333333-3333-4333-8333-333333333333"
_PLACES = Decimal("0.0001")
# Covered usage is 0 in the actual cost: what was bought is a row of its own.
_PREPAID = ("Reservation", "SavingsPlan")

# How busy something is at an hour of the week (0 is Monday at midnight), from 0 to 1.
Week = Callable[[int], float]


def scope_of(group: str) -> str:
    """The subscription of a resource group, by how its name ends."""
    if group.endswith("prod"):
        return PROD
    return SANDBOX if group.endswith("sandbox") else RESEARCH


def steady(hour: int) -> float:
    """The same day and night."""
    del hour
    return 1.0


def office(hour: int) -> float:
    """Weekdays from 8 to 18, little else."""
    return 1.0 if hour // 24 < 5 and 8 <= hour % 24 < 18 else 0.15


def daily(hour: int) -> float:
    """Users all over Europe: a wave over each day, lower at weekends."""
    height = (0.2, 0.6, 1.0, 0.9, 0.7, 0.3)[hour % 24 // 4]
    return height if hour // 24 < 5 else 0.6 * height


def nightly(hour: int) -> float:
    """A batch from 1 to 4."""
    return 1.0 if 1 <= hour % 24 < 4 else 0.02


class Estate:
    """Resources with their bills and measurements; the same calls make the same estate."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._names = architecture.names_of(catalogue)
        self._resources: dict[str, Resource] = {}
        self._rows: list[CostRow] = []
        self._series: list[Series] = []
        self._events: list[Event] = []
        self._utilisation: list[Utilisation] = []
        self._recommendations: list[Recommendation] = []
        self.planted: list[tuple[str, str]] = []

    def add(self, type_: str, name: str, group: str = "serving-prod", **fields: Any) -> Resource:
        """Add a resource; `fields` are as ARM answers them.

        Groups that end with `prod` are in the production subscription, those with `sandbox`
        in the sandbox, others in research.
        A child's name has its parents' before it: `account/deployment`.
        """
        id_ = _id(type_, name, group)
        answer = {"id": id_, "name": name.rpartition("/")[2], "type": type_, "location": REGION}
        tags = {"team": "platform" if id_.startswith(PROD) else "research", "env": group}
        return self._keep(from_arm({**answer, "tags": tags, **fields}))

    def raw(self, **answer: Any) -> Resource:
        """Add a resource that is in no group, as ARM answers it: a reservation, a budget."""
        return self._keep(from_arm(answer))

    def get(self, type_: str, name: str, group: str) -> Resource:
        """A resource that was added, by the words that it was added by."""
        return self._resources[key_of(_id(type_, name, group))]

    def _keep(self, resource: Resource) -> Resource:
        if resource.key in self._resources:
            raise ValueError(f"{resource.id} is there already")
        self._resources[resource.key] = resource
        return resource

    def bill(
        self,
        resource: Resource,
        kind: str,
        *,
        since: int = COST_DAYS,
        until: int = 0,
        growth: float = 0.0,
        **spec: Any,
    ) -> None:
        """Bill a resource as a kind of service, at recorded list prices.

        From `since` days ago until `until` days ago; `growth` is the share by which the
        last day is above the mean. Raises ValueError when a price is missing.
        """
        service = {"kind": kind, "name": "it", "region": REGION, **spec}
        root = nodes.parse(yaml.safe_dump({"services": [service]}), resource.id)
        design = architecture.read(root, resource.id, self._names)
        found = architecture.estimate(design, self._catalogue)
        if found.unpriced:
            raise ValueError(f"{resource.name}: {found.unpriced[0].sentence}")
        for item in found.items():
            if item.cost.amount:
                self._charge(resource, item, range(until + 1, since + 1), growth)

    def _charge(self, resource: Resource, item: LineItem, back: range, growth: float) -> None:
        meter = item.price.meter
        monthly, quantity = item.cost.amount, item.charge.quantity.amount
        model = item.charge.purchase.value
        names = {"spot": "Spot", "reserved": "Reservation", "savings": "SavingsPlan"}
        pricing_model = names.get(model.partition("-")[0], "OnDemand")
        chance = self.chance(resource, meter.meter)
        for days_ago in back:
            middle = (back[0] + back[-1]) / 2
            slope = growth * (middle - days_ago) / max(middle, 1)
            # Hours of a bill are exact; whatever else is metered varies by the day.
            varies = 0.0 if item.charge.quantity.unit in ("Hours", "Months") else 0.08
            factor = Decimal(str(round(1 + slope + varies * chance.uniform(-1, 1), 4)))
            amount = (monthly / AVERAGE_DAYS * factor).quantize(_PLACES)
            self._rows.append(
                CostRow(
                    day=TODAY - timedelta(days=days_ago),
                    resource=resource.id,
                    service=meter.service,
                    product=meter.product,
                    meter=meter.meter,
                    pricing_model=pricing_model,
                    unit=item.price.unit,
                    quantity=(quantity / AVERAGE_DAYS * factor).quantize(_PLACES),
                    actual=Decimal(0) if pricing_model in _PREPAID else amount,
                    amortised=amount,
                )
            )

    def bill_made_up(
        self,
        resource: Resource,
        service: str,
        meter: str,
        per_day: str,
        *,
        since: int = COST_DAYS,
        product: str = "",
    ) -> None:
        """Bill a meter that no source has a price for: the amount is this company's own."""
        for days_ago in range(1, since + 1):
            self._rows.append(
                CostRow(
                    day=TODAY - timedelta(days=days_ago),
                    resource=resource.id,
                    service=service,
                    product=product or service,
                    meter=meter,
                    actual=Decimal(per_day),
                    amortised=Decimal(per_day),
                )
            )

    def bill_unused(self, benefit: Resource, charge_type: str, per_day: str) -> None:
        """Bill what was paid for a reservation or savings plan and used by nothing."""
        for days_ago in range(1, COST_DAYS + 1):
            self._rows.append(
                CostRow(
                    day=TODAY - timedelta(days=days_ago),
                    service="Virtual Machines",
                    product="Virtual Machines",
                    meter=benefit.sku.name,
                    charge_type=charge_type,
                    pricing_model=charge_type.removeprefix("Unused"),
                    benefit=benefit.id,
                    amortised=Decimal(per_day),
                )
            )

    def measure(
        self,
        resource: Resource,
        metric: str,
        high: float,
        *,
        week: Week = daily,
        low: float = 0.0,
        peaks: float = 1.3,
        dimension: str = "",
        days: int = METRIC_DAYS,
        trend: float = 0.0,
    ) -> None:
        """Measure a metric by the hour, between `low` and about `high` as busy as `week`.

        Maxima are `peaks` times the average; totals are the average. The end is above the
        start by the share `trend`.
        """
        chance = self.chance(resource, metric + dimension)
        start = datetime.combine(TODAY - timedelta(days=days), time(), UTC)
        first = start.weekday() * 24
        average, maximum = [], []
        step = _step(high)
        for hour in range(days * 24):
            busy = week((first + hour) % 168) * chance.uniform(0.85, 1.1)
            value = (low + (high - low) * busy) * (1 + trend * hour / (days * 24))
            average.append(round(value / step) * step)
            maximum.append(round(value * chance.uniform(1, peaks) / step) * step)
        self._series.append(
            Series(
                resource=resource.id,
                metric=metric,
                dimension=dimension,
                start=start,
                average=packed(average),
                maximum=packed(maximum),
                total=packed(average),
            )
        )

    def event(self, resource: Resource, operation: str, days_ago: int) -> None:
        """Add a line to the activity log."""
        at = datetime.combine(TODAY - timedelta(days=days_ago), time(14, 5), UTC)
        caller = "jo@novavision.example"
        self._events.append(
            Event(resource=resource.id, at=at, operation=operation.lower(), caller=caller)
        )

    def use(self, benefit: Resource, percents: Sequence[float]) -> None:
        """Say how much of a reservation or savings plan was used, by day until yesterday."""
        self._utilisation += [
            Utilisation(benefit=benefit.id, day=TODAY - timedelta(days=back), percent=percent)
            for back, percent in zip(range(len(percents), 0, -1), percents, strict=True)
        ]

    def recommend(self, source: str, resource: str = "", **properties: Any) -> None:
        """Add a recommendation of Azure's, with its properties as Azure writes them."""
        id_ = f"{RESEARCH}/providers/{source}/{len(self._recommendations)}"
        self._recommendations.append(
            Recommendation(source=source, id=id_, resource=resource, properties=properties)
        )

    def plant(self, rule: str, resource: Resource) -> None:
        """Say that a rule must find a resource."""
        self.planted.append((rule, resource.id))

    def chance(self, resource: Resource, what: str) -> random.Random:
        """Random numbers of one resource's own, so that adding others changes nothing."""
        return random.Random(f"{SEED}:{resource.key}:{what}")

    def snapshot(self) -> Snapshot:
        """All of it, as collected on the morning of the day."""
        first, last = TODAY - timedelta(days=COST_DAYS), TODAY - timedelta(days=1)
        names = {
            PROD: "novavision-production",
            RESEARCH: "novavision-research",
            SANDBOX: "novavision-sandbox",
        }
        offer = {"subscriptionPolicies": {"quotaId": "EnterpriseAgreement_2014-09-01"}}
        return Snapshot(
            taken_at=datetime.combine(TODAY, time(6), UTC),
            currency="USD",
            subscriptions=tuple(
                from_arm({"id": id_, "name": name, "properties": offer})
                for id_, name in names.items()
            ),
            resources=tuple(sorted(self._resources.values(), key=lambda one: one.key)),
            metrics=tuple(sorted(self._series, key=lambda one: (one.resource, one.metric))),
            costs=costs.from_rows(self._rows, first, last),
            utilisation=tuple(self._utilisation),
            recommendations=tuple(self._recommendations),
            activity=tuple(self._events),
        )


def _id(type_: str, name: str, group: str) -> str:
    scope = scope_of(group)
    namespace, *types = type_.split("/")
    pairs = (f"{t}/{n}" for t, n in zip(types, name.split("/"), strict=True))
    return "/".join((scope, "resourceGroups", group, "providers", namespace, *pairs))


def _step(high: float) -> float:
    """The power of two to which values up to `high` are rounded: some 200 steps.

    Such values are short in binary, so the file stays small.
    """
    return float(2.0 ** math.floor(math.log2(high / 200))) if high > 0 else 1.0
