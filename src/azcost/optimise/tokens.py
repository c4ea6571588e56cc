"""How many throughput units a load is worth: a newsvendor on minutes, exact on the grid.

Each minute asks for n_t normalised tokens (input that was not cached, plus output times the
model's ratio) that would cost v_t by the token. With k units of T tokens a minute, the part
max(0, n_t - T k) / n_t of the minute spills over to pay-as-you-go, so a month costs

    c k + sum_t v_t max(0, 1 - T k / n_t)

which is convex in k and piecewise linear: sorting the minutes once gives it for every k.
Spillover takes requests that the units refuse (HTTP 429) at the standard price:
https://learn.microsoft.com/azure/foundry/openai/how-to/spillover-traffic-management
Modelled per minute; the service counts in a leaky bucket of seconds.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np

from azcost.errors import AzcostError
from azcost.pricing.ptu import Throughput
from azcost.token_load import Minutes, TokenLoad

# A deployment of more units than this is a slip of the keyboard, not a load.
MAX_PTUS = 1_000_000


class UnitPrices(msgspec.Struct, frozen=True):
    """What one token costs by the token, in some currency."""

    input: float
    cached: float
    output: float


class Curve(msgspec.Struct, frozen=True, eq=False):
    """The cost of the whole load for each number of units that may be deployed.

    `ptus` starts at 0 and rises to what carries the peak; `spilled` is what then still
    costs by the token, in money; `cost` adds the units.
    """

    ptus: Minutes
    spilled: Minutes
    cost: Minutes

    @property
    def best(self) -> int:
        """The cheapest number of units; the smallest where several are."""
        return int(self.ptus[int(np.argmin(self.cost))])


def normalised(load: TokenLoad, facts: Throughput) -> Minutes:
    """The tokens of each minute as units count them: input(1 - cache) + ratio x output.

    Microsoft's sizing page; cached tokens are deducted in full.
    """
    return load.input - load.cached + facts.output_ratio * load.output


def by_the_token(load: TokenLoad, prices: UnitPrices) -> Minutes:
    """What each minute costs by the token."""
    return (
        (load.input - load.cached) * prices.input
        + load.cached * prices.cached
        + load.output * prices.output
    )


def ptus_for(tokens_per_minute: float, facts: Throughput) -> int:
    """The units that carry so many normalised tokens a minute, as Azure deploys them.

    Microsoft's formula: tokens by the units' throughput, up to the next size.
    """
    if tokens_per_minute <= 0:
        return 0
    steps = math.ceil(round(tokens_per_minute / facts.tpm_per_ptu / facts.increment, 9))
    units = max(steps * facts.increment, facts.minimum)
    if units > MAX_PTUS:
        raise AzcostError(f"the peak would take {units:,} PTUs: are these tokens per request?")
    return units


def sizes(peak: int, facts: Throughput) -> Minutes:
    """Every number of units that may be deployed, from none to `peak`, the smallest included."""
    steps = np.arange(facts.minimum, max(peak, facts.minimum) + 1, facts.increment)
    return np.concatenate(([0.0], steps.astype(float)))


def spill(demand: Minutes, facts: Throughput, ptus: int) -> Minutes:
    """The share of each minute that so many units do not take."""
    capacity = float(facts.tpm_per_ptu * ptus)
    busy = demand > 0
    share = np.zeros_like(demand)
    share[busy] = np.maximum(0.0, 1.0 - capacity / demand[busy])
    return share


def curve(load: TokenLoad, prices: UnitPrices, facts: Throughput, per_ptu: float) -> Curve:
    """The cost of the load for every size, where `per_ptu` is what a unit costs over it."""
    demand, value = normalised(load, facts), by_the_token(load, prices)
    ptus = sizes(ptus_for(float(demand.max(initial=0.0)), facts), facts)
    busy = demand > 0
    # A minute that is read from the cache alone takes no units, and is billed all the same.
    free = float(value[~busy].sum())
    order = np.argsort(demand[busy])
    tokens, money = demand[busy][order], value[busy][order]
    money_from = np.append(np.cumsum(money[::-1])[::-1], 0.0)
    rate_from = np.append(np.cumsum((money / tokens)[::-1])[::-1], 0.0)
    capacity = ptus * facts.tpm_per_ptu
    first = np.searchsorted(tokens, capacity, side="right")
    over = np.maximum(0.0, money_from[first] - capacity * rate_from[first])
    # What the units take from the cache is theirs as well, but cached tokens cost them nothing.
    spilled = over + np.where(ptus > 0, 0.0, free)
    return Curve(ptus, spilled, spilled + ptus * per_ptu)


def break_even(
    load: TokenLoad, prices: UnitPrices, facts: Throughput, per_ptu_minute: float
) -> float | None:
    """The use of a unit at which it costs what its tokens cost by the token.

    Above 1 no load of this mix of input, cache and output can reach it; None without load.
    """
    tokens = float(normalised(load, facts).sum())
    if not tokens:
        return None
    worth = float(by_the_token(load, prices).sum()) / tokens * facts.tpm_per_ptu
    return per_ptu_minute / worth if worth else None


def used(demand: Minutes, facts: Throughput, ptus: int) -> float | None:
    """How much of the units' throughput the load uses, on average over its minutes."""
    if not ptus or not len(demand):
        return None
    capacity = float(facts.tpm_per_ptu * ptus)
    return float(np.minimum(demand, capacity).mean()) / capacity


def crossing(
    load: TokenLoad, prices: UnitPrices, facts: Throughput, per_ptu: float
) -> float | None:
    """How many times the load units begin to pay; None if no multiple of it suffices.

    The cost is convex in units, so if any number pays, the smallest deployment does.
    """
    demand, value = normalised(load, facts), by_the_token(load, prices)
    busy = demand > 0
    demand, worth = demand[busy], value[busy] / demand[busy]
    capacity = float(facts.minimum * facts.tpm_per_ptu)
    price = facts.minimum * per_ptu
    if not len(demand) or capacity * float(worth.sum()) <= price:
        return None

    def saves(times: float) -> bool:
        return float(np.minimum(demand * times, capacity) @ worth) >= price

    low, high = 0.0, capacity / float(demand.min())  # there every busy minute fills the units
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if saves(middle) else (middle, high)
    return high


_HALVINGS = 60
