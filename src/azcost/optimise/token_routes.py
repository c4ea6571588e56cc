"""Some of the requests to a smaller model: what that costs, and what nobody can promise."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from azcost.money import Money
from azcost.optimise.token_prices import Deployment, TokenPrices, token_prices
from azcost.pricing.catalogue import Catalogue
from azcost.token_load import TokenLoad


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """`share` of the requests ends at another model; a cascade asks it about all of them.

    In a cascade the rest is asked again of the first model, so both are paid for it.
    """

    model: str
    share: float
    cascade: bool = False


class Routed(msgspec.Struct, frozen=True, kw_only=True):
    """A month with a route, by the token.

    `quality` are the user's own figures for the first model and the other one, `by_chance`
    what a router that picks blindly would keep of them; None where a figure is missing.
    """

    route: Route
    cost: Money
    quality: tuple[Decimal | None, Decimal | None]
    by_chance: Decimal | None


def routed(
    load: TokenLoad,
    route: Route,
    deployment: Deployment,
    prices: TokenPrices,
    *,
    catalogue: Catalogue,
    quality: dict[str, Decimal],
) -> Routed:
    """Price a route by the token, with the same tokens per request from both models.

    Raises PriceNotFound when the other model has no price where the first is deployed.
    """
    other = msgspec.structs.replace(deployment, model=route.model, version="")
    theirs = token_prices(catalogue, other)
    kept = prices.bill(load.scaled(1 - route.share))
    asked = theirs.bill(load if route.cascade else load.scaled(route.share))
    ours, others = quality.get(deployment.model), quality.get(route.model)
    share = Decimal(str(route.share))
    blind = None if ours is None or others is None else ours * (1 - share) + others * share
    return Routed(route=route, cost=kept + asked, quality=(ours, others), by_chance=blind)
