"""A model on machines of one's own against tokens: from which volume that pays."""

from __future__ import annotations

import math
from decimal import Decimal

import msgspec

from azcost import money
from azcost.errors import AzcostError, PriceNotFound
from azcost.meters.compute import vm_hours
from azcost.money import Money
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.token_load import TokenLoad
from azcost.units import HOURS_PER_MONTH

PURCHASES = (
    Purchase.PAY_AS_YOU_GO,
    Purchase.RESERVED_1Y,
    Purchase.RESERVED_3Y,
    Purchase.SPOT,
)
UTILISATIONS = (Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1))
_SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
_MILLION = 1_000_000


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that serves the model: its size, and how many tokens it does in a second.

    `tokens_per_second` counts what is read and what is written, in the mix of the load and
    fully busy. It is the user's own figure: nothing here measures or guesses it.
    """

    size: str
    region: str
    tokens_per_second: Decimal


class Hosting(msgspec.Struct, frozen=True, kw_only=True):
    """The machines bought in one way.

    `machine` is a month of one; `break_even` has, for each rival, the tokens a month from
    which one machine costs less than they do there, None when even a full one costs more;
    `per_million` its tokens' price by the share of the time that it is busy; `gpu_hour` what
    an hour of a GPU costs, `used_gpu_hour` the same spread over what this load keeps busy.
    """

    purchase: Purchase
    machine: Money
    cost: Money
    break_even: dict[str, Decimal | None]
    per_million: tuple[Money, ...]
    gpu_hour: Money | None
    used_gpu_hour: Money | None


class SelfHost(msgspec.Struct, frozen=True, kw_only=True):
    """Hosting the load oneself: how many machines its busiest minute takes, and their price.

    `full` is what one machine can do in a month, in tokens, `used` how busy they are,
    `unpriced` the ways of buying them that have no recorded price there.
    """

    host: Host
    gpus: int
    machines: int
    full: Decimal
    used: float
    ways: tuple[Hosting, ...]
    unpriced: tuple[str, ...]


def self_host(
    load: TokenLoad, host: Host, rivals: dict[str, Decimal], *, catalogue: Catalogue
) -> SelfHost:
    """Price machines for the load; `rivals` are what a token costs elsewhere, by name.

    Raises AzcostError for a size that nobody knows, PriceNotFound when it has no price in
    the region however it is bought.
    """
    size = catalogue.name("sizes", host.size)
    if size is None:
        raise AzcostError(
            f"--self-host {host.size[:60]}: no such size. "
            f"Look for it: azcost prices search {host.size[:60]} --region {host.region}"
        )
    every_minute = load.input + load.output
    capacity = float(host.tokens_per_second) * 60
    machines = max(1, math.ceil(float(every_minute.max()) / capacity))
    used = float(every_minute.mean()) / (capacity * machines)
    facts = catalogue.vm_size(size)
    gpus = facts.gpus if facts else 0
    full = host.tokens_per_second * _SECONDS_PER_MONTH
    ways, missing = [], []
    for purchase in PURCHASES:
        try:
            machine = _month(size, host.region, purchase, catalogue)
        except PriceNotFound:
            missing.append(purchase.value)
            continue
        ways.append(
            _hosting(purchase, machine, machines, gpus=gpus, used=used, full=full, rivals=rivals)
        )
    if not ways:
        raise PriceNotFound(f"{size} has no price in {host.region}, however it is bought.")
    return SelfHost(
        host=msgspec.structs.replace(host, size=size),
        gpus=gpus,
        machines=machines,
        full=full,
        used=used,
        ways=tuple(ways),
        unpriced=tuple(missing),
    )


def _hosting(
    purchase: Purchase,
    machine: Money,
    machines: int,
    *,
    gpus: int,
    used: float,
    full: Decimal,
    rivals: dict[str, Decimal],
) -> Hosting:
    gpu_hour = Money(machine.amount / HOURS_PER_MONTH / gpus, machine.currency) if gpus else None
    used_hour = Money(gpu_hour.amount / Decimal(repr(used)), machine.currency) if gpu_hour else None
    return Hosting(
        purchase=purchase,
        machine=machine,
        cost=machine * machines,
        break_even={name: _enough(machine.amount, price, full) for name, price in rivals.items()},
        per_million=tuple(
            Money(machine.amount / (full * share) * _MILLION, machine.currency)
            for share in UTILISATIONS
        ),
        gpu_hour=gpu_hour,
        used_gpu_hour=used_hour,
    )


def _enough(machine: Decimal, price: Decimal, full: Decimal) -> Decimal | None:
    """The tokens that cost elsewhere what the machine costs, if it can do as many."""
    tokens = machine / price if price else None
    return tokens if tokens is not None and tokens <= full else None


def _month(size: str, region: str, purchase: Purchase, catalogue: Catalogue) -> Money:
    """A month of one machine, running all the time."""
    charges = vm_hours(
        size=size, region=region, count=Decimal(1), monthly=HOURS_PER_MONTH, purchase=purchase
    )
    costs = [
        catalogue.price(charge.meter, charge.purchase).cost_of(charge.quantity)
        for charge in charges
    ]
    return money.total(costs, catalogue.currency)
