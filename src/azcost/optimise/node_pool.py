"""A pool of nodes that scales: how many to commit to, and what to do with the rest.

The committed base is a newsvendor's order (METHODS 1.2): one more node is worth it as long
as the share of hours in which it is needed is at least the commitment's price over the
price of what it replaces.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np

from azcost.errors import AzcostError, PriceNotFound
from azcost.estimate import Charge
from azcost.meters.compute import vm_hours
from azcost.money import Money
from azcost.optimise import even_csv
from azcost.optimise.availability import Floats, Integers
from azcost.optimise.evictions import Evictions
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Price
from azcost.pricing.rows import Purchase
from azcost.units import HOURS_PER_MONTH, hours

HOURS_PER_WEEK = 168
_MOST_NODES = 100_000
COMMITMENTS = (
    Purchase.RESERVED_1Y, Purchase.RESERVED_3Y, Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y,
)  # fmt: skip


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes that were needed, by time: shape (times,), `step` hours apart.

    `week_hours` has the hour of the week of each time, Monday at midnight being 0.
    """

    nodes: Integers
    week_hours: Integers
    step: float

    @property
    def monthly(self) -> float:
        """Hours of an average month that one time stands for."""
        return float(HOURS_PER_MONTH) / len(self.nodes)

    def by_week_hour(self, base: int) -> Floats:
        """Average nodes beyond a base by hour of the week; NaN for hours that were not seen."""
        beyond = np.clip(self.nodes - base, 0, None)
        counts = np.bincount(self.week_hours, minlength=HOURS_PER_WEEK)
        sums = np.bincount(self.week_hours, beyond, minlength=HOURS_PER_WEEK)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / counts)

    def starts(self, least: int) -> float:
        """Starts of nodes in an average month when at least `least` always run."""
        running = np.maximum(self.nodes, least)
        return self._monthly(np.clip(np.diff(running), 0, None).sum())

    def wake_ups(self) -> float:
        """How often in an average month nodes are needed after none was."""
        return self._monthly(((self.nodes[1:] > 0) & (self.nodes[:-1] == 0)).sum())

    def _monthly(self, count: float) -> float:
        return float(count) * self.monthly / self.step


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """A way to run the pool: `base` nodes committed or always on, the rest as needed.

    `burst_hours` are node-hours a month beyond the base, `starting` what of them is spent on
    starts; `wake_ups` how often a month the first request waits for a start.
    """

    name: str
    base: int
    base_price: Price
    burst_price: Price
    burst_hours: float
    starting: float
    wake_ups: float

    @property
    def cost(self) -> Money:
        """A month of compute."""
        always = hours(self.base * HOURS_PER_MONTH)
        burst = hours(Decimal(repr(round(self.burst_hours, 6))))
        return self.base_price.cost_of(always) + self.burst_price.cost_of(burst)


def read(file: Path) -> Demand:
    """The nodes of a CSV file with the columns time and nodes."""
    seen = even_csv.read(file, "nodes", _count)
    if len(seen.zones) > 1:
        raise AzcostError(f"{file}: nodes are of one pool; leave out the column zone.")
    ((_, rows),) = seen.zones.items()
    times = [time for time, _ in rows]
    nodes = np.array([count for _, count in rows])
    if not nodes.any():
        raise AzcostError(f"{file}: no node was ever needed.")
    return Demand(
        nodes=nodes,
        week_hours=np.array([time.weekday() * 24 + time.hour for time in times]),
        step=seen.step.total_seconds() / 3600,
    )


def _count(text: str) -> int:
    expected = f"expected a whole number up to {_MOST_NODES:,}"
    if not text.isascii() or not text.isdigit() or len(text) > len(str(_MOST_NODES)):
        raise ValueError(expected)
    if int(text) > _MOST_NODES:
        raise ValueError(expected)
    return int(text)


def best_base(nodes: Integers, committed: float, burst: float) -> int:
    """How many nodes to commit to at `committed` for every hour, others costing `burst`.

    Node x is needed in the share of times with at least x nodes.
    """
    times = len(nodes)
    needed = np.bincount(nodes)[::-1].cumsum()[::-1][1:]  # times with at least 1, 2, ... nodes
    return int((needed * burst > committed * times).sum())


def ways(
    catalogue: Catalogue,
    demand: Demand,
    *,
    size: str,
    region: str,
    steady: int,
    cold_start: float,
    evictions: Evictions | None,
) -> tuple[list[Way], list[str]]:
    """Every way to run the pool, the cheapest first, and why others have no price.

    At least `steady` nodes are never spot. `cold_start` is in hours. Evicted spot nodes are
    started anew; `evictions` None leaves spot out. Raises PriceNotFound without a
    pay-as-you-go price.
    """
    dear = _price(catalogue, size, region, Purchase.PAY_AS_YOU_GO)
    found = list(_uncommitted(demand, dear, cold_start))
    missing = []
    bases: list[tuple[str, Price]] = []
    for purchase in COMMITMENTS:
        try:
            bases.append((purchase.value, _price(catalogue, size, region, purchase)))
        except PriceNotFound as error:
            missing.append(str(error))
    found += [_based(demand, name, price, dear, cold_start, 0.0, least=0) for name, price in bases]
    if evictions is not None:
        try:
            spot = _price(catalogue, size, region, Purchase.SPOT)
        except PriceNotFound as error:
            missing.append(str(error))
        else:
            found += [
                _based(demand, name, price, spot, cold_start, evictions.mean, least=steady)
                for name, price in [*bases, (Purchase.PAY_AS_YOU_GO.value, dear)]
            ]
    kept = {(way.cost.amount, way.base): way for way in reversed(found)}
    return sorted(kept.values(), key=lambda way: way.cost.amount), missing


def _price(catalogue: Catalogue, size: str, region: str, purchase: Purchase) -> Price:
    charge: Charge
    (charge,) = vm_hours(
        size=size, region=region, count=Decimal(1), monthly=Decimal(1), purchase=purchase
    )
    return catalogue.price(charge.meter, purchase)


def hourly(price: Price) -> float:
    """A node-hour, for arithmetic in floats."""
    return float(price.cost_of(hours(HOURS_PER_MONTH)).amount / HOURS_PER_MONTH)


def _uncommitted(demand: Demand, price: Price, cold_start: float) -> Iterator[Way]:
    peak = int(demand.nodes.max())
    for name, base in (
        ("all nodes always on", peak),
        ("autoscale, one node always on", 1),
        ("autoscale to zero", 0),
    ):
        yield _way(demand, name, base, price, price, cold_start, 0.0)


def _based(
    demand: Demand,
    name: str,
    base_price: Price,
    burst: Price,
    cold_start: float,
    rate: float,
    *,
    least: int,
) -> Way:
    """A base of at least `least` nodes, and no more than pays off; no base is all burst."""
    dear = hourly(burst) * (1 + rate * cold_start)
    base = max(least, best_base(demand.nodes, hourly(base_price), dear))
    then = burst.purchase.value
    named = f"{name} base, then {then}" if base else f"all {then}, scaled to zero"
    return _way(demand, named, base, base_price, burst, cold_start, rate)


def _way(
    demand: Demand,
    name: str,
    base: int,
    base_price: Price,
    burst_price: Price,
    cold_start: float,
    rate: float,
) -> Way:
    needed = float(np.clip(demand.nodes - base, 0, None).sum()) * demand.monthly
    starting = (demand.starts(base) + needed * rate) * cold_start
    return Way(
        name=name,
        base=base,
        base_price=base_price,
        burst_price=burst_price,
        burst_hours=needed + starting,
        starting=starting,
        wake_ups=0.0 if base else demand.wake_ups(),
    )
