"""Which resources of a snapshot can be off, when, and what that saves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import msgspec
import numpy as np

from azcost.audit import machines
from azcost.audit.bill import AVERAGE_MONTH, Bill, Item, Saving
from azcost.audit.facts import Facts
from azcost.audit.machine_learning import COMPUTE, stops_itself
from azcost.audit.resource import Resource
from azcost.audit.series import Statistic
from azcost.optimise.shutdown import (
    MIN_WEEKS,
    Activity,
    Advice,
    Answer,
    Hours,
    advise,
    local_activity,
)
from azcost.usage.hourly_metrics import HourlyMetrics

# Weeks that are looked at: as many as a metric is kept in most snapshots.
WEEKS = 8
DAYS = 7 * WEEKS
_HOURS_A_WEEK = Decimal(168)
_ID_WORDS = 8  # of an ARM id, without those of what is below a resource
# An hour is busy above one of these: OptScale's idle CPU in percent, and what agents and
# updates move in an hour of Flexera's idle day of 500 MiB, in bytes.
BUSY_PERCENT = 5.0
BUSY_BYTES = 500 * 1024**2 / 24


class Kind(msgspec.Struct, frozen=True):
    """A type that can be stopped, and the metrics that tell whether it is used.

    `measures` are metric, statistic and the value above which an hour is busy. `compute`
    gives the part of the bill that ends while it is off.
    """

    type: str
    words: str
    measures: tuple[tuple[str, Statistic, float], ...]
    compute: Callable[[Facts, Resource], Bill]


def _databases(facts: Facts, server: Resource) -> Bill:
    return facts.bill(server).without("storage", "backup")


def _nodes(facts: Facts, cluster: Resource) -> Bill:
    group = (cluster.text("nodeResourceGroup") or "").lower()
    sets = [
        one
        for one in facts.by_type(machines.SCALE_SET)
        if group and one.resource_group.lower() == group
    ]
    return machines.compute(facts, *sets)


# Stopping AKS and PostgreSQL: `az aks stop`, `az postgres flexible-server stop`.
KINDS = (
    Kind(
        machines.VM,
        "machine",
        (
            ("Percentage CPU", "maximum", BUSY_PERCENT),
            ("Network In Total", "total", BUSY_BYTES),
            ("Network Out Total", "total", BUSY_BYTES),
        ),
        machines.compute,
    ),
    Kind(
        "Microsoft.ContainerService/managedClusters",
        "cluster",
        (("node_cpu_usage_percentage", "maximum", BUSY_PERCENT),),
        _nodes,
    ),
    Kind(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "PostgreSQL server",
        (("cpu_percent", "maximum", BUSY_PERCENT),),
        _databases,
    ),
)


class Rested(msgspec.Struct, frozen=True):
    """A resource, what to do with it, and what its windows save a month.

    `saving` is None where the costs are not known; it is net of what reservations and
    savings plans pay, of disks and of all else that is billed while it is off.
    `activity` has the local hours that the advice stands on, None where nothing is known.
    """

    resource: Resource
    kind: Kind
    advice: Advice
    activity: Activity | None
    saving: Saving | None


def rested(facts: Facts, zone: str, disturbance_hours: float) -> list[Rested]:
    """Every resource that could be stopped, those that save the most first.

    Machines that are off, spot machines and nodes of a cluster are not among them.
    """
    found = [
        _judged(facts, kind, one, zone, disturbance_hours)
        for kind in KINDS
        for one in facts.by_type(kind.type)
        if _runs_by_itself(one, facts)
    ]
    return sorted(found, key=lambda one: -(one.saving.expected.amount if one.saving else 0))


def _runs_by_itself(one: Resource, facts: Facts) -> bool:
    if one.type == machines.VM.lower():
        machine = machines.machine_of(one, facts)
        return not machines.is_off(one) and machine is not None and not machine.is_spot
    state = (one.text("powerState.code") or one.text("state") or "").lower()
    return state not in ("stopped", "stopping", "disabled")


def _judged(facts: Facts, kind: Kind, one: Resource, zone: str, disturbance_hours: float) -> Rested:
    compute = kind.compute(facts, one)
    series = list(_series(facts, kind, one))
    if not series:
        advice = Advice(Answer.UNKNOWN, "none of its metrics was collected")
        return Rested(one, kind, advice, None, None)
    busy = _busy(series)
    known = np.flatnonzero(~np.isnan(busy))
    start = int(known[0]) // 24 * 24 if len(known) else max(0, len(busy) - MIN_WEEKS * 168)
    busy = busy[start:]
    first = datetime.combine(facts.today - timedelta(days=len(busy) // 24), time(), UTC)
    activity = local_activity(busy, first, zone)
    advice = advise(activity, disturbance_hours)
    return Rested(one, kind, advice, activity, _saving(compute, advice))


def rested_by_metrics(
    metrics: Sequence[HourlyMetrics], zone: str, disturbance_hours: float, currency: str
) -> list[Rested]:
    """Resources of which nothing is known but metrics and perhaps a price, in `currency`.

    What is no ARM id of another type is taken for a machine. Their savings are what is paid
    by the hour: None without a price.
    """
    found = [_measured(one, zone, disturbance_hours, currency) for one in metrics]
    return sorted(found, key=lambda one: -(one.saving.expected.amount if one.saving else 0))


def _measured(one: HourlyMetrics, zone: str, disturbance_hours: float, currency: str) -> Rested:
    words = one.resource.strip("/").split("/")
    type_ = "/".join(words[-3:-1]).lower()
    kind = next((kind for kind in KINDS if kind.type.lower() == type_), KINDS[0])
    skipped = max(0, len(one.cpu) - 24 * DAYS)
    busy = _busy([(one.cpu[skipped:], BUSY_PERCENT), (one.network_bytes[skipped:], BUSY_BYTES)])
    if np.isnan(one.network_bytes).all():
        busy = _busy([(one.cpu[skipped:], BUSY_PERCENT)])
    activity = local_activity(busy, one.start + timedelta(hours=skipped), zone)
    advice = advise(activity, disturbance_hours)
    item = Item(
        resource=one.resource,
        service="",
        product="",
        meter="price_per_hour",
        pricing_model="",
        is_committed=False,
        monthly=(one.price_per_hour or Decimal(0)) * 24 * AVERAGE_MONTH,
    )
    bill = Bill(currency, (item,), one.price_per_hour is not None)
    resource = Resource(
        id=one.resource,
        type=kind.type.lower(),
        name=words[-1],
        resource_group=words[3] if len(words) >= _ID_WORDS else "",
    )
    return Rested(resource, kind, advice, activity, _saving(bill, advice))


def unattended(facts: Facts) -> list[Resource]:
    """The compute instances of Azure ML that nothing stops, idle or not."""
    return [
        one
        for one in facts.by_type(COMPUTE)
        if one.is_one_of("computeType", "ComputeInstance") and not stops_itself(one)
    ]


def _series(facts: Facts, kind: Kind, one: Resource) -> Iterator[tuple[Hours, float]]:
    for metric, statistic, busy in kind.measures:
        window = facts.metric_if_any(one, metric, of=statistic, days=DAYS)
        if window is not None:
            yield window.steps.astype(np.float64), busy


def _busy(series: Sequence[tuple[Hours, float]]) -> Hours:
    """Busy where any metric says so, idle where all do, NaN where one that matters is unknown."""
    hours = np.zeros(len(series[0][0]))
    for steps, busy in series:
        hours = np.where(
            np.isnan(steps) | np.isnan(hours),
            np.where(np.nan_to_num(steps) > busy, 1.0, np.where(hours == 1.0, 1.0, np.nan)),
            np.maximum(hours, steps > busy),
        )
    return hours


def _saving(compute: Bill, advice: Advice) -> Saving | None:
    if advice.answer is Answer.DELETE:
        return compute.saving()
    if advice.answer not in (Answer.SCHEDULE, Answer.ASK):
        return compute.saving(Decimal(0))
    week = Decimal(advice.hours_a_week) / _HOURS_A_WEEK
    disturbed = sum(rest.bound * rest.a_week * rest.length for rest in advice.rests)
    low = max(Decimal(0), week - Decimal(str(round(disturbed, 6))) / _HOURS_A_WEEK)
    return compute.saving(week, low=low)
