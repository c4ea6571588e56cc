"""What a rule may ask: other resources, metrics, the bill, and what happened since when."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

import msgspec
import numpy as np

from azcost import estimate
from azcost.audit.bill import WINDOW_DAYS, Bill, Item, item
from azcost.audit.costs import amounts
from azcost.audit.references import references
from azcost.audit.resource import Resource, key_of, type_of
from azcost.audit.rule import Billed, Confidence, Measured
from azcost.audit.series import Series, Statistic, Values
from azcost.audit.snapshot import Event, Part, Recommendation, Snapshot, Unread, Utilisation
from azcost.errors import AzcostError
from azcost.estimate import Service, Unpriced
from azcost.money import Money
from azcost.pricing.catalogue import Catalogue

# Under the first share of measured steps nothing is said, under the second with low
# confidence only (the policy of cleancloud, AUDIT section 11).
MIN_COVERAGE = 0.80
FULL_COVERAGE = 0.95


# Charge types of what is paid for and not used.
UNUSED = frozenset({"unusedreservation", "unusedsavingsplan"})

_About = TypeVar("_About", Event, Recommendation)


class Blind(AzcostError):
    """A resource cannot be judged, for want of what is said; the verdict is Unknown."""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a metric over the last `days` complete days, oldest first.

    `steps` has one value per step, NaN where there is none.
    """

    resource: str
    metric: str
    statistic: str
    days: int
    steps: Values

    @property
    def measured(self) -> Values:
        """The values that there are."""
        found: Values = self.steps[~np.isnan(self.steps)]
        return found

    @property
    def coverage(self) -> float:
        """The share of steps with a value."""
        return len(self.measured) / max(len(self.steps), 1)

    @property
    def confidence(self) -> Confidence:
        """What the coverage allows at most."""
        return Confidence.HIGH if self.coverage >= FULL_COVERAGE else Confidence.LOW

    @property
    def maximum(self) -> float:
        """The highest value."""
        return float(np.max(self.measured))

    @property
    def mean(self) -> float:
        """The mean of the values."""
        return float(np.mean(self.measured, dtype=np.float64))

    @property
    def total(self) -> float:
        """The sum of the values."""
        return float(np.sum(self.measured, dtype=np.float64))

    def quantile(self, percent: float) -> float:
        """The value that `percent` of all values do not exceed."""
        return float(np.percentile(self.measured, percent))

    def highest_day(self, percent: float) -> float:
        """The highest of the days' quantiles: METHODS section 5 sizes machines by P99."""
        by_day = self.steps.reshape(self.days, -1)
        missing = np.isnan(by_day)
        if not missing.any():  # ten times as fast as with gaps
            return float(np.max(np.percentile(by_day, percent, axis=1)))
        known = by_day[~np.all(missing, axis=1)]
        return float(np.max(np.nanpercentile(known, percent, axis=1)))

    def evidence(self, unit: str = "") -> Measured:
        """The window, as a finding shows it."""
        p50, p95, p99 = (float(one) for one in np.percentile(self.measured, (50, 95, 99)))
        return Measured(
            resource=self.resource,
            metric=self.metric,
            statistic=self.statistic,
            unit=unit,
            days=self.days,
            coverage=self.coverage,
            p50=p50,
            p95=p95,
            p99=p99,
            maximum=self.maximum,
        )


class Facts:
    """A snapshot, indexed for rules; resources are found by their id in any case."""

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue) -> None:
        self.snapshot = snapshot
        self.catalogue = catalogue
        self.today = snapshot.today
        self.currency = snapshot.currency
        self._by_key = _once(snapshot)
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._children: dict[str, list[Resource]] = defaultdict(list)
        self._attached: dict[str, list[Resource]] = defaultdict(list)
        for one in self._by_key.values():
            self._by_type[one.type].append(one)
            self._children[one.parent_key].append(one)
            if one.managed_by:
                self._attached[key_of(one.managed_by)].append(one)
        self._series = {_series_key(one): one for one in snapshot.metrics}
        self._lines = snapshot.costs.by_resource() if snapshot.costs else {}
        self._bills: dict[str, tuple[Item, ...]] = {}
        self._events = _by_resource(snapshot.activity)
        self._recommendations = _by_resource(snapshot.recommendations)
        self._unread: dict[Part, list[Unread]] = defaultdict(list)
        for missing in snapshot.unread:
            self._unread[missing.part].append(missing)

    def get(self, id_: str | None) -> Resource | None:
        """The resource of an id, if it exists."""
        return self._by_key.get(key_of(id_)) if id_ else None

    def by_type(self, type_: str) -> tuple[Resource, ...]:
        """All resources of a type, each once."""
        return tuple(self._by_type.get(type_.lower(), ()))

    def parent(self, resource: Resource) -> Resource | None:
        """The resource that this one is part of, if it is in the snapshot."""
        return self._by_key.get(resource.parent_key)

    def children(self, resource: Resource, type_: str = "") -> tuple[Resource, ...]:
        """The resources that are part of this one or extend it, of a type if one is given."""
        found = self._children.get(resource.key, ())
        return tuple(one for one in found if not type_ or one.type == type_.lower())

    def attached_to(self, resource: Resource) -> tuple[Resource, ...]:
        """The resources that say they are managed by this one: the disks of a machine."""
        return tuple(self._attached.get(resource.key, ()))

    def owner(self, resource: Resource) -> Resource | None:
        """The resource that manages this one: the machine of a disk."""
        return self.get(resource.managed_by)

    def in_subscription(self, subscription: Resource) -> tuple[Resource, ...]:
        """All resources of a subscription; `subscription` is one of the snapshot's."""
        scope = subscription.key + "/"
        return tuple(one for key, one in self._by_key.items() if key.startswith(scope))

    def has_resources(self, group: Resource) -> bool:
        """Whether a resource of the snapshot is in a resource group."""
        return group.key in self._groups

    @cached_property
    def _groups(self) -> set[str]:
        inside = ("/".join(key.split("/")[:5]) for key in self._by_key if key.count("/") > 4)
        return set(inside)

    def named_by(self, id_: str) -> tuple[Resource, ...]:
        """The resources whose properties name this one or a part of it: who may use it.

        What watches, locks or lists it (alerts, flow logs, deployments) is left out.
        """
        return tuple(self._by_key[key] for key in self._references.get(key_of(id_), ()))

    @cached_property
    def _references(self) -> dict[str, tuple[str, ...]]:
        return references(self._by_key.values())

    def need_all_of(self, *types: str) -> None:
        """Make sure that all resources of these types are known; of any type without one.

        For rules that conclude from there being none. Raises Blind when some may not have
        been listed: those of another subscription count too.
        """
        for one in self._unread.get(Part.INVENTORY, ()):
            if _may_hide(one.scope, {type_.lower() for type_ in types}):
                raise Blind(f"not all resources could be listed: {one.reason}")

    def metric(
        self,
        resource: Resource,
        metric: str,
        *,
        of: Statistic = "average",
        days: int = 14,
        dimension: str = "",
    ) -> Window:
        """The last `days` complete days of a metric.

        Raises Blind when fewer than 80 % of the steps have a value: such a resource is
        not judged. A finding whose evidence has fewer than 95 % is of low confidence.
        """
        found = self.metric_if_any(resource, metric, of=of, days=days, dimension=dimension)
        if found is None or not len(found.measured):
            raise Blind(f"no values of '{metric}'")
        if found.coverage < MIN_COVERAGE:
            raise Blind(f"'{metric}' covers {found.coverage:.0%} of {days} days")
        return found

    def metric_if_any(
        self,
        resource: Resource,
        metric: str,
        *,
        of: Statistic = "average",
        days: int = 14,
        dimension: str = "",
    ) -> Window | None:
        """The last `days` complete days of a metric, whatever they cover.

        For rules where having no values says something itself. None when the metric was
        not collected.
        """
        series = self._series.get((resource.key, metric.lower(), dimension.lower()))
        if series is None or not getattr(series, of):
            return None
        end = datetime.combine(self.today, time(), UTC)
        steps = series.between(end - timedelta(days=days), end, of)
        return Window(resource=resource.id, metric=metric, statistic=of, days=days, steps=steps)

    def bill(self, *resources: Resource) -> Bill:
        """What resources cost in an average month, as billed and amortised."""
        items = tuple(one for resource in resources for one in self._items(resource.key))
        readable = all(not self.unread(Part.COSTS, resource) for resource in resources)
        return Bill(self.currency, items, readable and self.snapshot.costs is not None)

    def unused(self, benefit: Resource) -> Bill:
        """What was paid for a reservation or savings plan and used by nothing.

        From the rows that Azure bills as UnusedReservation and UnusedSavingsPlan.
        """
        own = benefit.key.rpartition("/")[2]
        items = tuple(
            item(line)
            for line in (self.snapshot.costs.lines if self.snapshot.costs else ())
            if line.charge_type.lower() in UNUSED and line.benefit.lower().endswith(own)
        )
        # Nothing runs on it, so ending it costs nobody anything.
        free = tuple(msgspec.structs.replace(one, is_committed=False) for one in items)
        readable = not self.unread(Part.COSTS, benefit)
        return Bill(self.currency, free, readable and self.snapshot.costs is not None)

    def billed_since(self, resource: Resource) -> date | None:
        """The first day with a cost of the resource; None when the bill has none of it."""
        costs = self.snapshot.costs
        firsts = [
            next((day for day, amount in enumerate(line.amortised_days()) if amount), None)
            for line in self._lines.get(resource.key, ())
        ]
        known = [day for day in firsts if day is not None]
        return costs.first_day + timedelta(days=min(known)) if costs and known else None

    def used_by_day(self, resource: Resource, *, service: str, meter: str) -> list[Decimal]:
        """What was used of a resource's meters on each of the last 30 days of the bill.

        The meters are those whose names contain these words; empty without any.
        """
        found = [
            amounts(line.quantity)[-WINDOW_DAYS:]
            for line in self._lines.get(resource.key, ())
            if service.lower() in line.service.lower() and meter.lower() in line.meter.lower()
        ]
        return [sum(day, start=Decimal(0)) for day in zip(*found, strict=True)]

    def list_price(self, service: Service) -> Money | None:
        """A month of a service by the price list: what a change would cost instead.

        None when the tables have no price for it, or none in the currency of the bill.
        """
        if self.catalogue.currency != self.currency:
            return None
        unpriced: list[Unpriced] = []
        charges = service.charges(self.catalogue)
        items = estimate.bill(charges, service.name, self.catalogue, unpriced, {})
        return None if unpriced else estimate.cost(items, self.currency)

    def _items(self, key: str) -> tuple[Item, ...]:
        if key not in self._bills:
            self._bills[key] = tuple(item(line) for line in self._lines.get(key, ()))
        return self._bills[key]

    def events(self, resource: Resource, operation: str = "") -> tuple[Event, ...]:
        """What the activity log (90 days) says of a resource, newest first."""
        found = self._events.get(resource.key, ())
        wanted = (one for one in found if operation.lower() in one.operation)
        return tuple(sorted(wanted, key=lambda one: one.at, reverse=True))

    def recommendations(
        self, resource: Resource | None = None, source: str = ""
    ) -> tuple[Recommendation, ...]:
        """What Azure recommends for a resource, or at all; of one source if it is given."""
        found = self.snapshot.recommendations
        if resource is not None:
            found = tuple(self._recommendations.get(resource.key, ()))
        return tuple(one for one in found if not source or one.source == source)

    def utilisation(self, benefit: Resource) -> tuple[Utilisation, ...]:
        """The days of a reservation or savings plan, in order."""
        found = (one for one in self.snapshot.utilisation if key_of(one.benefit) == benefit.key)
        return tuple(sorted(found, key=lambda one: one.day))

    def unread(self, part: Part, resource: Resource) -> tuple[Unread, ...]:
        """What of a part could not be read for a resource."""
        found = self._unread.get(part, ())
        return tuple(one for one in found if _concerns(one.scope, resource))

    def days_since(self, day: date | None) -> int | None:
        """The days between a day and today, None for no day."""
        return None if day is None else (self.today - day).days


def evidence_of(found: Bill) -> tuple[Billed, ...]:
    """The meters of a bill, as a finding shows them."""
    return tuple(
        Billed(one.resource, one.meter, one.pricing_model, Money(one.monthly, found.currency))
        for one in found.items
    )


def _once(snapshot: Snapshot) -> dict[str, Resource]:
    """Each resource once: Azure's answers repeat some, in another case."""
    found: dict[str, Resource] = {}
    for one in (*snapshot.subscriptions, *snapshot.resources):
        found.setdefault(one.key, one)
    return found


def _series_key(series: Series) -> tuple[str, str, str]:
    return key_of(series.resource), series.metric.lower(), series.dimension.lower()


def _by_resource(found: tuple[_About, ...]) -> dict[str, list[_About]]:
    grouped: dict[str, list[_About]] = defaultdict(list)
    for one in found:
        grouped[key_of(one.resource)].append(one)
    return grouped


def _concerns(scope: str, resource: Resource) -> bool:
    if not scope:
        return True
    if scope.startswith("/"):
        return f"{resource.key}/".startswith(f"{key_of(scope)}/")
    return resource.type == scope.lower()


def _may_hide(scope: str, types: set[str]) -> bool:
    """Whether resources of these types (of any, without one) may be below an unread scope."""
    if scope and not scope.startswith("/"):
        return not types or scope.lower() in types
    if "/providers/" not in scope.lower():
        return True
    parts = f"{type_of(scope).lower()}/"
    return any(f"{type_}/".startswith(parts) for type_ in types)
