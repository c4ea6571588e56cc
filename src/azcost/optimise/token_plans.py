"""What a load of tokens should be bought as: by the token, in batch, by the unit, or mixed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec
import numpy as np

from azcost.errors import PriceNotFound
from azcost.money import Money
from azcost.optimise import tokens
from azcost.optimise.token_prices import (
    Deployment,
    PtuPrice,
    TokenPrices,
    ptu_prices,
    token_prices,
)
from azcost.optimise.tokens import Curve
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.ptu import PtuFactsMissing, Throughput, throughput_of
from azcost.token_load import MINUTES_PER_DAY, MINUTES_PER_MONTH, Minutes, TokenLoad

# A plan is chosen on the first part of a longer trace and scored on the rest.
MIN_DAYS_TO_HOLD_OUT = 2
_TRAINED_SHARE = 2 / 3


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be bought, and what the user knows better than the tables.

    `deferrable` is the share of every minute that may wait 24 hours, for batch.
    """

    deployment: Deployment
    deferrable: float = 0.0
    month_price: Decimal | None = None
    year_price: Decimal | None = None


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


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Everything that a report says about a load; the first way is pay-as-you-go."""

    load: TokenLoad
    question: Question
    prices: TokenPrices
    facts: Throughput | None
    ptu_prices: tuple[PtuPrice, ...]
    demand: Minutes
    ways: tuple[Way, ...]
    uncached: Money
    held_out: tuple[HeldOut, ...]
    curves: tuple[UnitCurve, ...]
    volume: Volume | None
    notes: tuple[str, ...]

    @property
    def pay_as_you_go(self) -> Way:
        """The load by the token, all of it at once."""
        return self.ways[0]

    @property
    def best(self) -> Way:
        """The cheapest way; of several the one without a commitment."""
        return min(self.ways, key=lambda way: (way.cost.amount, way.months))

    @property
    def monthly_requests(self) -> Decimal:
        """Requests of a month like the load."""
        return self.load.monthly(self.load.requests.sum())

    @property
    def monthly_tokens(self) -> Decimal:
        """Tokens of a month like the load, read and written."""
        return self.load.monthly(self.load.input.sum() + self.load.output.sum())

    def per_token(self) -> dict[str, Decimal]:
        """What a token costs in each way that is not another one's equal."""
        ways: dict[Decimal, str] = {}
        for way in self.ways:
            if way.sized_for == "cost":
                ways.setdefault(way.cost.amount, way.name)
        return {name: cost / self.monthly_tokens for cost, name in ways.items()}

    @property
    def peak_ptus(self) -> int:
        """The units that carry the busiest minute, by Microsoft's formula."""
        return tokens.ptus_for(float(self.demand.max()), self.facts) if self.facts else 0


def plan(load: TokenLoad, question: Question, catalogue: Catalogue) -> TokenAnswer:
    """Price a load in every way that it can be bought, with the best number of units in each.

    Raises PriceNotFound when the model has no price by the token.
    """
    deployment = question.deployment
    prices = token_prices(catalogue, deployment)
    notes = [*load.notes, *prices.notes]
    ways = [_by_the_token(load, prices)]
    online, batch = _batch(load, question, catalogue, notes)
    if batch:
        rest = _by_the_token(online, prices)
        ways.append(_with_batch(rest, batch, question.deferrable))
    facts = _facts(deployment, notes)
    units = _bought(question, catalogue, notes) if facts else ()
    curves, held_out = [], []
    for price in units:
        if facts is None:  # then nothing was bought
            break
        found = tokens.curve(online, prices.units, facts, _per_ptu(price, online))
        curves.append(UnitCurve(price.name, _of_a_month(found, online)))
        best = _units(online, prices, facts, price, found.best)
        ways.append(_with_batch(best, batch, question.deferrable) if batch else best)
        held_out += list(_held_out(online, prices, facts, price))
    return TokenAnswer(
        load=load,
        question=question,
        prices=prices,
        facts=facts,
        ptu_prices=units,
        demand=tokens.normalised(load, facts) if facts else load.input,
        ways=(*ways, *(_for_the_peak(load, prices, facts, price) for price in units if facts)),
        uncached=prices.bill(load.with_cached_share(0.0)),
        held_out=tuple(held_out),
        curves=tuple(curves),
        volume=_volume(online, prices, facts, units[-1]) if facts and units else None,
        notes=tuple(notes),
    )


def _bought(question: Question, catalogue: Catalogue, notes: list[str]) -> tuple[PtuPrice, ...]:
    return tuple(
        ptu_prices(
            catalogue,
            question.deployment,
            month_price=question.month_price,
            year_price=question.year_price,
            missing=notes,
        )
    )


def _for_the_peak(load: TokenLoad, prices: TokenPrices, facts: Throughput, price: PtuPrice) -> Way:
    peak = tokens.ptus_for(float(tokens.normalised(load, facts).max()), facts)
    sized = _units(load, prices, facts, price, peak)
    return msgspec.structs.replace(sized, sized_for="peak")


def _by_the_token(load: TokenLoad, prices: TokenPrices) -> Way:
    value = float(tokens.by_the_token(load, prices.units).sum())
    return Way(
        name="pay-as-you-go",
        cost=prices.bill(load),
        modelled=value * MINUTES_PER_MONTH / load.minutes,
    )


def _batch(
    load: TokenLoad, question: Question, catalogue: Catalogue, notes: list[str]
) -> tuple[TokenLoad, Way | None]:
    """What remains to be answered at once, and the rest in batch."""
    share = question.deferrable
    if not share:
        return load, None
    try:
        prices = token_prices(catalogue, question.deployment, "batch")
    except PriceNotFound as missing:
        notes.append(f"no price in batch: {missing.message}")
        return load, None
    notes += [note for note in prices.notes if note not in notes]
    return load.scaled(1 - share), _by_the_token(load.scaled(share), prices)


def _with_batch(way: Way, batch: Way, share: float) -> Way:
    return msgspec.structs.replace(
        way,
        name=f"batch for {share:.0%}, rest {way.name}",
        cost=way.cost + batch.cost,
        modelled=way.modelled + batch.modelled,
    )


def _facts(deployment: Deployment, notes: list[str]) -> Throughput | None:
    try:
        return throughput_of(deployment.model, deployment.where)
    except PtuFactsMissing as missing:
        notes.append(str(missing))
        return None


def _per_ptu(price: PtuPrice, load: TokenLoad) -> float:
    """What one unit costs over the minutes of the load."""
    return float(price.bill(1).amount) * load.minutes / MINUTES_PER_MONTH


def _of_a_month(found: Curve, load: TokenLoad) -> Curve:
    months = load.minutes / MINUTES_PER_MONTH
    return Curve(found.ptus, found.spilled / months, found.cost / months)


def _units(
    load: TokenLoad, prices: TokenPrices, facts: Throughput, price: PtuPrice, ptus: int
) -> Way:
    """So many units at a price, and by the token what they do not take."""
    demand = tokens.normalised(load, facts)
    share = tokens.spill(demand, facts, ptus) if ptus else np.ones_like(demand)
    over = float(tokens.by_the_token(load, prices.units) @ share)
    months = load.minutes / MINUTES_PER_MONTH
    total = float(demand.sum())
    return Way(
        name=f"PTUs {price.name}",
        ptus=ptus,
        cost=price.bill(ptus) + prices.bill(load, share),
        modelled=over / months + float(price.bill(1).amount) * ptus,
        used=tokens.used(demand, facts, ptus),
        spilled=float(demand @ share) / total if ptus and total else None,
        break_even=tokens.break_even(
            load, prices.units, facts, float(price.bill(1).amount) / MINUTES_PER_MONTH
        ),
        fidelity=price.fidelity,
        months=price.months,
        commitment=price.commitment(ptus) if ptus else None,
    )


def _held_out(
    load: TokenLoad, prices: TokenPrices, facts: Throughput, price: PtuPrice
) -> Iterator[HeldOut]:
    """Choose on the first days of a trace, score on the others; nothing for short ones."""
    days = load.minutes / MINUTES_PER_DAY
    if load.first is None or days <= MIN_DAYS_TO_HOLD_OUT:
        return
    train_days = max(1, int(days * _TRAINED_SHARE))
    train = load.between(0, train_days * MINUTES_PER_DAY)
    test = load.between(train_days * MINUTES_PER_DAY, load.minutes)
    chosen = tokens.curve(train, prices.units, facts, _per_ptu(price, train)).best
    scored = tokens.curve(test, prices.units, facts, _per_ptu(price, test))
    base = float(scored.cost[0])
    if not base:
        return
    value = tokens.by_the_token(test, prices.units)
    share = tokens.spill(tokens.normalised(test, facts), facts, chosen) if chosen else 1.0
    cost = float((value * share).sum()) + chosen * _per_ptu(price, test)
    yield HeldOut(
        name=f"PTUs {price.name}",
        ptus=chosen,
        train_days=train_days,
        test_days=days - train_days,
        saving=1 - cost / base,
        hindsight=1 - float(scored.cost.min()) / base,
    )


def _volume(load: TokenLoad, prices: TokenPrices, facts: Throughput, price: PtuPrice) -> Volume:
    """The cost of multiples of the load, and from which one units pay."""
    crossing = tokens.crossing(load, prices.units, facts, _per_ptu(price, load))
    end = max(2.0, 2 * crossing if crossing and crossing < _MOST_TIMES else 2.0)
    multiples = np.linspace(0.0, end, _POINTS)
    months = load.minutes / MINUTES_PER_MONTH
    base = float(tokens.by_the_token(load, prices.units).sum()) / months
    best = [
        float(
            tokens.curve(
                load.scaled(float(one)), prices.units, facts, _per_ptu(price, load)
            ).cost.min()
        )
        / months
        for one in multiples
    ]
    return Volume(price.name, multiples, multiples * base, np.array(best), crossing)


_POINTS = 33
# Beyond so many times the load the picture would not show the load any more.
_MOST_TIMES = 50.0
