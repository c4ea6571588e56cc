"""What the documents say of throughput units: made from the tables, never pasted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from azcost.errors import PriceNotFound
from azcost.optimise.token_prices import Deployment, TokenPrices, ptu_prices, token_prices
from azcost.optimise.tokens import break_even
from azcost.pricing.opening import open_catalogue
from azcost.pricing.ptu import Throughput, throughputs
from azcost.token_load import MINUTES_PER_MONTH, TokenLoad

REGION = "eastus2"


def break_evens() -> None:
    """Print, for each model, the use at which a unit costs what its tokens would."""
    print(
        "| model | input tokens a minute per PTU | hourly | by the month | for a year | "
        "for a year, half cached |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for facts in throughputs():
        if facts.scope == "global":
            for line in _line(facts):
                print(line)


def _line(facts: Throughput) -> Iterator[str]:
    catalogue = open_catalogue()
    deployment = Deployment(model=facts.model, region=REGION)
    try:
        prices = token_prices(catalogue, deployment)
    except PriceNotFound:
        return
    bought = list(ptu_prices(catalogue, deployment, month_price=None, year_price=None, missing=[]))
    shares = [share(prices, facts, float(one.bill(1).amount), cached=0.0) for one in bought]
    shares.append(share(prices, facts, float(bought[-1].bill(1).amount), cached=0.5))
    cells = [facts.model, f"{facts.tpm_per_ptu:,}", *(f"{one:.0%}" for one in shares)]
    yield f"| {' | '.join(cells)} |"


def share(prices: TokenPrices, facts: Throughput, month: float, *, cached: float) -> float:
    """The use at which a unit pays, for ten tokens in and one out."""
    read = np.array([10.0])
    load = TokenLoad(
        name="ten to one",
        first=None,
        requests=read / 10,
        input=read,
        cached=read * cached,
        output=read / 10,
    )
    found = break_even(load, prices.units, facts, month / MINUTES_PER_MONTH)
    return 0.0 if found is None else found
