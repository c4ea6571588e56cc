"""What a load of tokens should be bought as: by the token, in batch, by the unit, or mixed."""

from __future__ import annotations

from decimal import Decimal

import msgspec

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
from azcost.optimise.token_units import HeldOut, Sizing, UnitCurve, Volume, Way
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.ptu import PtuFactsMissing, throughput_of
from azcost.token_load import MINUTES_PER_MONTH, TokenLoad


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be bought, and what the user knows better than the tables.

    `deferrable` is the share of every minute that may wait 24 hours, for batch.
    """

    deployment: Deployment
    deferrable: float = 0.0
    month_price: Decimal | None = None
    year_price: Decimal | None = None


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Everything that a report says about a load; the first way is pay-as-you-go.

    `sizing` is None where nothing is known of the model's units. `uncached` is what the
    load would cost by the token without a prompt cache.
    """

    load: TokenLoad
    question: Question
    prices: TokenPrices
    ways: tuple[Way, ...]
    uncached: Money
    notes: tuple[str, ...]
    sizing: Sizing | None = None
    ptu_prices: tuple[PtuPrice, ...] = ()
    held_out: tuple[HeldOut, ...] = ()
    curves: tuple[UnitCurve, ...] = ()
    volume: Volume | None = None

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
    answer = TokenAnswer(
        load=load,
        question=question,
        prices=prices,
        ways=tuple(ways),
        uncached=prices.bill(load.with_cached_share(0.0)),
        notes=tuple(notes),
    )
    try:
        facts = throughput_of(deployment.model, deployment.where)
    except PtuFactsMissing as missing:
        return msgspec.structs.replace(answer, notes=(*notes, str(missing)))
    return _with_units(answer, Sizing(online, prices, facts), batch, catalogue)


def _with_units(
    answer: TokenAnswer, online: Sizing, batch: Way | None, catalogue: Catalogue
) -> TokenAnswer:
    """The answer with the ways that stand on units; `batch` takes what `online` is without."""
    whole = msgspec.structs.replace(online, load=answer.load)
    notes: list[str] = []
    bought = _bought(answer.question, catalogue, notes)
    best = [online.best(price) for price in bought]
    if batch:
        best = [_with_batch(way, batch, answer.question.deferrable) for way in best]
    return msgspec.structs.replace(
        answer,
        sizing=whole,
        ptu_prices=bought,
        ways=(*answer.ways, *best, *(whole.for_the_peak(price) for price in bought)),
        held_out=tuple(one for price in bought for one in online.held_out(price)),
        curves=tuple(online.of_a_month(price) for price in bought),
        volume=online.volume(bought[-1]) if bought else None,
        notes=(*answer.notes, *notes),
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
