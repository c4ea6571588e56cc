"""Hours that machines were billed for as they go, by size and region: what commitments cover."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.audit.costs import CostLine, amounts
from azcost.audit.facts import Facts
from azcost.audit.machines import SCALE_SET, VM, machine_of
from azcost.audit.resource import Resource
from azcost.usage.hourly import HourlyUsage, Series

# What reservations and savings plans are looked for over (Azure's longest look-back).
DAYS = 60
# Azure completes the cost of a day within two more.
_LAG_DAYS = 3
_OF_DAY = 24
# The bill says how many hours of a day, not which; they are taken to begin at this hour.
BEGIN = 8
_ON_DEMAND = "ondemand"
# Queries of Cost Management give no unit: the quantity is in the meter's own, an hour.
_HOURS = ("", "hour", "hours", "1 hour")
_Floats = NDArray[np.float64]


class MachineHours(msgspec.Struct, frozen=True):
    """Usage by size and region, the resources that it is of, and those whose size is unknown."""

    usage: HourlyUsage
    resources: tuple[Resource, ...]
    unknown: tuple[str, ...]


def machine_hours(
    facts: Facts, days: int = DAYS, share: Callable[[Resource], float] = lambda _: 1.0
) -> MachineHours | None:
    """What machines and scale sets ran at the full price, in the last complete days.

    `share` is what of a resource's hours is wanted. Spot, and what commitments paid for, are
    not in it. Hours that do not fill a day are one block of it, the same for all, so that
    they are no steady use by mistake. None without costs.
    """
    costs = facts.snapshot.costs
    if costs is None:
        return None
    last = min(costs.last_day, facts.today - timedelta(days=_LAG_DAYS))
    count = min(days, (last - costs.first_day).days + 1)
    if count < 1:
        return None
    end = (last - costs.first_day).days + 1
    found: dict[Series, _Floats] = {}
    resources: list[Resource] = []
    unknown: list[str] = []
    for resource, line in _lines(facts):
        machine = machine_of(resource, facts)
        if machine is None or line.unit.lower() not in _HOURS:
            unknown.append(resource.name)
            continue
        used = np.array([float(one) for one in amounts(line.quantity)[end - count : end]])
        hours = _by_hour(used) * share(resource)
        series = Series(machine.size, resource.location, machine.os, resource.subscription)
        found[series] = found[series] + hours if series in found else hours
        resources.append(resource)
    names = sorted(found)
    start = datetime.combine(last - timedelta(days=count - 1), time(), UTC)
    quantity = np.array([found[one] for one in names]).reshape(len(names), count * _OF_DAY)
    usage = HourlyUsage(start=start, series=tuple(names), quantity=quantity)
    return MachineHours(usage, tuple(resources), tuple(unknown))


def _lines(facts: Facts) -> Iterator[tuple[Resource, CostLine]]:
    """The lines of machines that run, by the hour, at the full price."""
    assert facts.snapshot.costs  # noqa: S101 - the caller looked
    types = {VM.lower(), SCALE_SET.lower()}
    for line in facts.snapshot.costs.lines:
        resource = facts.get(line.resource)
        if (
            resource is not None
            and resource.type in types
            and line.service.lower() == "virtual machines"
            and line.pricing_model.replace(" ", "").lower() == _ON_DEMAND
        ):
            yield resource, line


def _by_hour(used: _Floats) -> _Floats:
    """Hours of each day as machines of each hour: whole days, and a block for the rest."""
    whole = np.floor(np.maximum(used, 0) / _OF_DAY)
    rest = np.maximum(used, 0) - whole * _OF_DAY
    place = (np.arange(_OF_DAY) - BEGIN) % _OF_DAY
    hours: _Floats = whole[:, None] + np.clip(rest[:, None] - place, 0, 1)
    return hours.reshape(-1)
