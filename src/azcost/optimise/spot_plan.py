"""What a job costs on spot machines, in each size and region that could run it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.estimate import Charge
from azcost.meters.compute import OperatingSystem, vm_hours
from azcost.meters.disks import Disk, disk_charges
from azcost.money import Money, total
from azcost.optimise import spot
from azcost.optimise.availability import Floats
from azcost.optimise.evictions import Evictions
from azcost.optimise.spot import Job, Run
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import GIVEN, Price, Tier
from azcost.pricing.rows import Purchase
from azcost.units import HOURS_PER_MONTH, Quantity, hours

_DRAWS = 4_000
_MOST_DRAWN = 4_000_000  # evictions, of all draws together
_MOST_TIMES = 100  # a job that takes so many times its work is no plan
_MOST_RATE = 1_000.0  # evictions per hour, where the search for a break-even ends


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A size in a region that the job could run in, what it costs there, and how often it ends.

    `disks` are the charges of an average month of one machine's disks, with their prices.
    """

    size: str
    region: str
    job: Job
    evictions: Evictions
    gpus: int
    spot: Price
    pay_as_you_go: Price
    disks: tuple[tuple[Charge, Price], ...]

    @property
    def currency(self) -> str:
        """Of all prices."""
        return self.spot.currency

    def compute(self, price: Price, machine_hours: float) -> Money:
        """The cost of so many hours of each machine."""
        return price.cost_of(hours(_decimal(machine_hours) * self.job.machines))

    def storage(self, elapsed: float) -> Money:
        """The cost of the disks of all machines from start to end."""
        share = _decimal(elapsed) / HOURS_PER_MONTH
        costs = (
            price.cost_of(
                Quantity(charge.quantity.amount * share, charge.quantity.unit), charge.times
            )
            for charge, price in self.disks
        )
        return total(costs, self.currency)

    def hourly(self, price: Price) -> float:
        """An hour of all machines, for arithmetic in floats."""
        return float(price.cost_of(hours(Decimal(self.job.machines))).amount)

    @property
    def storage_hourly(self) -> float:
        """An hour of all disks, for arithmetic in floats."""
        return float(self.storage(float(HOURS_PER_MONTH)).amount) / float(HOURS_PER_MONTH)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A place with the best interval: expected cost, and what it may turn out to be.

    `rate` is the expected evictions per hour of one machine, `rates` its 5 and 95 %
    quantiles; `costs` and `elapsed` are the 5 and 95 % quantiles of drawn runs, which vary
    by luck and by what is not known of the rate. `cheaper` is the share of draws below
    pay-as-you-go. `break_even_rate` is None where spot is cheaper, or dearer, at any rate.
    """

    place: Place
    rate: float
    rates: tuple[float, float]
    run: Run
    compute: Money
    storage: Money
    on_demand: Money
    costs: tuple[float, float]
    elapsed: tuple[float, float]
    cheaper: float
    break_even_rate: float | None
    break_even_price: float

    @property
    def cost(self) -> Money:
        """The expected cost of the run: machines and disks."""
        return self.compute + self.storage

    @property
    def per_gpu_hour(self) -> float | None:
        """The expected cost of an hour of work of one GPU; None for sizes without."""
        used = self.place.job.work * self.place.job.machines * self.place.gpus
        return float(self.cost.amount) / used if used else None

    @property
    def saving(self) -> float:
        """The share of the pay-as-you-go cost that is saved; negative when it costs more."""
        return 1 - float(self.cost.amount / self.on_demand.amount)


def _decimal(amount: float) -> Decimal:
    """To a microhour: less than a cent of any machine."""
    return Decimal(repr(round(amount, 6)))


def place(
    catalogue: Catalogue,
    *,
    size: str,
    region: str,
    job: Job,
    evictions: Evictions,
    os: OperatingSystem = "linux",
    disk: Disk | None = None,
    spot_price: Decimal | None = None,
) -> Place:
    """Look up the prices of a place; `spot_price` per hour is taken in place of a recorded one.

    Raises PriceNotFound where there is none.
    """
    built = catalogue.vm_size(size)
    dear = _hour(size, region, os, Purchase.PAY_AS_YOU_GO)
    pay_as_you_go = catalogue.price(dear.meter, dear.purchase)
    if spot_price is None:
        cheap = _hour(size, region, os, Purchase.SPOT)
        spot_ = catalogue.price(cheap.meter, cheap.purchase)
    else:
        spot_ = msgspec.structs.replace(
            pay_as_you_go,
            purchase=Purchase.SPOT,
            tiers=(Tier(Decimal(0), spot_price),),
            rule=GIVEN,
            source="--spot-price",
            observed_on="",
            meter_id="",
        )
    charges = disk_charges(disk, region=region) if disk else ()
    return Place(
        size=size,
        region=region,
        job=job,
        evictions=evictions,
        gpus=built.gpus if built else 0,
        spot=spot_,
        pay_as_you_go=pay_as_you_go,
        disks=tuple((one, catalogue.price(one.meter, one.purchase)) for one in charges),
    )


def _hour(size: str, region: str, os: OperatingSystem, purchase: Purchase) -> Charge:
    (charge,) = vm_hours(
        size=size, region=region, count=Decimal(1), monthly=Decimal(1), purchase=purchase, os=os
    )
    return charge


def cost_of(place: Place, run: Run) -> float:
    """The expected cost in floats; the same as the Decimal engine's, to the cent."""
    return run.paid * place.hourly(place.spot) + run.elapsed * place.storage_hourly


def choose(places: Sequence[Place], rng: np.random.Generator) -> list[Choice]:
    """Every place at its best interval, the cheapest first.

    Raises AzcostError for a job that evictions keep from ever coming to its end.
    """
    return sorted((_choice(one, rng) for one in places), key=lambda one: one.cost.amount)


def _choice(place: Place, rng: np.random.Generator) -> Choice:
    rate = place.evictions.mean
    run = spot.best_run(place.job, rate)
    _check(place, rate, run)
    low, high = place.evictions.quantiles(np.array([0.05, 0.95]))
    on_demand = place.compute(place.pay_as_you_go, place.job.work) + place.storage(place.job.work)
    costs, elapsed = _drawn(place, run, rng)
    without_disks = float(on_demand.amount) - run.elapsed * place.storage_hourly
    return Choice(
        place=place,
        rate=rate,
        rates=(float(low), float(high)),
        run=run,
        compute=place.compute(place.spot, run.paid),
        storage=place.storage(run.elapsed),
        on_demand=on_demand,
        costs=_ends(costs),
        elapsed=_ends(elapsed),
        cheaper=float((costs < float(on_demand.amount)).mean()),
        break_even_rate=break_even_rate(place, float(on_demand.amount)),
        break_even_price=without_disks / (run.paid * place.job.machines),
    )


def _check(place: Place, rate: float, run: Run) -> None:
    if run.elapsed <= _MOST_TIMES * place.job.work:
        return
    minutes = 60 / (rate * place.job.machines)
    raise AzcostError(
        f"{place.size} in {place.region}: the job would be evicted every {minutes:,.3g} minutes "
        f"on average and take more than {_MOST_TIMES} times its work. Restart or checkpoint "
        "faster, use fewer machines, or do not use spot."
    )


def _drawn(place: Place, run: Run, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Costs and elapsed hours of drawn runs, each with a rate drawn from the belief."""
    draws = int(np.clip(_MOST_DRAWN / (1 + run.evictions), 200, _DRAWS))
    rates = rng.gamma(place.evictions.shape, 1 / place.evictions.hours, draws)
    most = 2 * place.evictions.quantiles(np.array([0.999]))[0]
    drawn = spot.draw(place.job, np.minimum(rates, most), run.interval, rng)
    hourly, storage = place.hourly(place.spot), place.storage_hourly
    return drawn.paid * hourly + drawn.elapsed * storage, drawn.elapsed


def _ends(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def break_even_rate(place: Place, on_demand: float) -> float | None:
    """The evictions per hour of one machine from which on-demand is cheaper, by bisection."""

    def is_cheaper(rate: float) -> bool:
        return cost_of(place, spot.best_run(place.job, rate)) < on_demand

    low, high = 0.0, 0.01
    if not is_cheaper(low):
        return None
    while is_cheaper(high):
        low, high = high, 2 * high
        if high > _MOST_RATE:
            return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if is_cheaper(middle) else (low, middle)
    return low
