"""A load under throughput units: what each number of them costs, uses, spills and saves."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from azcost.money import Money
from azcost.optimise import tokens
from azcost.optimise.token_prices import PtuPrice, TokenPrices
from azcost.optimise.tokens import Curve
from azcost.pricing.ptu import Throughput
from azcost.token_load import MINUTES_PER_DAY, MINUTES_PER_MONTH, Minutes, TokenLoad

# A plan is chosen on the first part of a longer trace and scored on the rest.
MIN_DAYS_TO_HOLD_OUT = 2
_TRAINED_SHARE = 2 / 3


_POINTS = 33
# Beyond so many times the load a picture would not show the load any more.
_MOST_TIMES = 50.0


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to buy the load: what a month costs, exactly and as the optimiser saw it.

    `used` is the mean use of the units, `spilled` the share of normalised tokens that they
    do not take, `break_even` the use from which a unit pays; None where there are no units.
    `commitment` is what is promised for `months`. `sized_for` is `cost` or `peak`.
    """

    name: str
    ptus: int = 0
    cost: Money
    modelled: float
    used: float | None = None
    spilled: float | None = None
    break_even: float | None = None
    fidelity: str = "recorded"
    months: int = 0
    commitment: Money | None = None
    sized_for: str = "cost"


class HeldOut(msgspec.Struct, frozen=True, kw_only=True):
    """A number of units chosen on the first days, and what it saves on the days after.

    Savings are shares of pay-as-you-go; `hindsight` is what the best number would have saved.
    """

    name: str
    ptus: int
    train_days: int
    test_days: float
    saving: float
    hindsight: float


class UnitCurve(msgspec.Struct, frozen=True, eq=False):
    """What a month costs for each number of units bought at one price."""

    name: str
    curve: Curve


class Volume(msgspec.Struct, frozen=True, eq=False):
    """What a month costs when the load is a multiple of itself.

    `crossing` is the multiple from which units pay at all; None if none does.
    """

    name: str
    multiples: Minutes
    by_the_token: Minutes
    best: Minutes
    crossing: float | None


class Sizing(msgspec.Struct, frozen=True, eq=False):
    """A load, what it costs by the token, and what units of its model can do."""

    load: TokenLoad
    prices: TokenPrices
    facts: Throughput

    @property
    def demand(self) -> Minutes:
        """The tokens of each minute as units count them."""
        return tokens.normalised(self.load, self.facts)

    @property
    def peak(self) -> int:
        """The units that carry the busiest minute, by Microsoft's formula."""
        return tokens.ptus_for(float(self.demand.max()), self.facts)

    def curve(self, price: PtuPrice) -> Curve:
        """What the minutes of the load cost for each number of units."""
        return tokens.curve(self.load, self.prices.units, self.facts, self._per_ptu(price))

    def of_a_month(self, price: PtuPrice) -> UnitCurve:
        """What a month costs for each number of units."""
        found = self.curve(price)
        return UnitCurve(
            price.name,
            Curve(found.ptus, found.spilled / self._months, found.cost / self._months),
        )

    def best(self, price: PtuPrice) -> Way:
        """The cheapest number of units at a price."""
        return self.way(price, self.curve(price).best)

    def for_the_peak(self, price: PtuPrice) -> Way:
        """As many units as the busiest minute fills, whatever they cost."""
        return msgspec.structs.replace(self.way(price, self.peak), sized_for="peak")

    def way(self, price: PtuPrice, ptus: int) -> Way:
        """So many units at a price, and by the token what they do not take."""
        demand = self.demand
        share = tokens.spill(demand, self.facts, ptus) if ptus else np.ones_like(demand)
        over = float(tokens.by_the_token(self.load, self.prices.units) @ share)
        total = float(demand.sum())
        per_month = float(price.bill(1).amount)
        return Way(
            name=f"PTUs {price.name}",
            ptus=ptus,
            cost=price.bill(ptus) + self.prices.bill(self.load, share),
            modelled=over / self._months + per_month * ptus,
            used=tokens.used(demand, self.facts, ptus),
            spilled=float(demand @ share) / total if ptus and total else None,
            break_even=tokens.break_even(
                self.load, self.prices.units, self.facts, per_month / MINUTES_PER_MONTH
            ),
            fidelity=price.fidelity,
            months=price.months,
            commitment=price.commitment(ptus) if ptus else None,
        )

    def held_out(self, price: PtuPrice) -> Iterator[HeldOut]:
        """Choose on the first days of a trace, score on the others; nothing for short ones."""
        days = self.load.minutes / MINUTES_PER_DAY
        if self.load.first is None or days <= MIN_DAYS_TO_HOLD_OUT:
            return
        train_days = max(1, int(days * _TRAINED_SHARE))
        split = train_days * MINUTES_PER_DAY
        test = self._between(split, self.load.minutes)
        scored = test.curve(price).cost
        if not scored[0]:
            return
        chosen = self._between(0, split).curve(price).best
        yield HeldOut(
            name=f"PTUs {price.name}",
            ptus=chosen,
            train_days=train_days,
            test_days=days - train_days,
            saving=1 - test.way(price, chosen).modelled / test.way(price, 0).modelled,
            hindsight=1 - float(scored.min() / scored[0]),
        )

    def volume(self, price: PtuPrice) -> Volume:
        """The cost of multiples of the load, and from which one units pay."""
        per_ptu = self._per_ptu(price)
        crossing = tokens.crossing(self.load, self.prices.units, self.facts, per_ptu)
        shown = crossing is not None and crossing < _MOST_TIMES
        multiples = np.linspace(0.0, max(2.0, 2 * crossing if shown and crossing else 2.0), _POINTS)
        base = float(tokens.by_the_token(self.load, self.prices.units).sum()) / self._months
        best = [self._times(float(one)).curve(price).cost.min() for one in multiples]
        return Volume(
            price.name, multiples, multiples * base, np.array(best) / self._months, crossing
        )

    @property
    def _months(self) -> float:
        """How many months of 730 hours the load spans."""
        return self.load.minutes / MINUTES_PER_MONTH

    def _per_ptu(self, price: PtuPrice) -> float:
        """What one unit costs over the minutes of the load."""
        return float(price.bill(1).amount) * self._months

    def _between(self, start: int, stop: int) -> Sizing:
        return msgspec.structs.replace(self, load=self.load.between(start, stop))

    def _times(self, factor: float) -> Sizing:
        return msgspec.structs.replace(self, load=self.load.scaled(factor))
