"""What a model costs by the token and by the unit, asked of the catalogue once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from azcost import money
from azcost.errors import PriceNotFound
from azcost.money import Money
from azcost.optimise.tokens import UnitPrices
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.models import RUNS, Offer, meters_of
from azcost.pricing.price import Meter, Price, given
from azcost.pricing.ptu import QUOTED, quoted_reservations
from azcost.token_load import Minutes, TokenLoad
from azcost.units import HOURS_PER_MONTH, hours, months, units

_MILLION = 1_000_000
TERMS = {0: "hourly", 1: "reserved by the month", 12: "reserved for a year"}


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """A model where it is asked: the words of `azcost.services.openai`."""

    model: str
    version: str = ""
    scope: str = "GlobalStandard"
    region: str

    @property
    def where(self) -> str:
        """`global`, `data-zone` or `regional`."""
        return RUNS[self.scope][0]

    def offer(self, tier: str = "", variant: str = "") -> Offer:
        """The model as it is sold by the token, in `batch`, or `provisioned`."""
        return Offer(
            model=self.model, version=self.version, scope=self.where, tier=tier, variant=variant
        )


class TokenPrices(msgspec.Struct, frozen=True):
    """The prices by the token of a deployment; `notes` say what was assumed."""

    input: Price
    cached: Price
    output: Price
    notes: tuple[str, ...] = ()

    @property
    def units(self) -> UnitPrices:
        """The same per token, for arrays."""
        return UnitPrices(*(_per_token(price) for price in (self.input, self.cached, self.output)))

    def bill(self, load: TokenLoad, share: Minutes | float = 1.0) -> Money:
        """What a month like the load costs by the token, or a share of each minute of it."""
        amounts = (
            (self.input, load.input - load.cached),
            (self.cached, load.cached),
            (self.output, load.output),
        )
        costs = [
            price.cost_of(units(load.monthly((minutes * share).sum())))
            for price, minutes in amounts
        ]
        return money.total(costs, self.input.currency)


class PtuPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The price of a unit: by the hour, or reserved for `months`.

    `fidelity` is `recorded` (or `derived`), `quoted` by a third party, or `given` by the user.
    """

    months: int
    price: Price
    fidelity: str
    source: str

    @property
    def name(self) -> str:
        """How it is bought, in words."""
        return TERMS[self.months]

    def bill(self, ptus: int) -> Money:
        """What so many units cost in a month of 730 hours."""
        if self.months:
            return self.price.cost_of(months(ptus))
        return self.price.cost_of(hours(ptus * HOURS_PER_MONTH))

    def commitment(self, ptus: int) -> Money | None:
        """What is promised for the whole term; None without a term."""
        return self.bill(ptus) * self.months if self.months else None


def token_prices(catalogue: Catalogue, deployment: Deployment, tier: str = "") -> TokenPrices:
    """The prices by the token; `tier` is `batch` or empty.

    Raises PriceNotFound when the model is not sold like this, or nobody recorded the price.
    """
    offer = deployment.offer(tier)
    notes = []
    try:
        meters = {item: offer.meter(item) for item in ("input", "output")}
    except ValueError as error:
        raise PriceNotFound(str(error)) from error
    try:
        meters["cached-input"] = offer.meter("cached-input")
    except ValueError:
        meters["cached-input"] = meters["input"]
        kind = " in batch" if tier else ""
        notes.append(f"{deployment.model}{kind} has no price for cached input: billed as input")
    if not tier and any(row.context for row in meters_of(deployment.model)):
        notes.append(
            f"{deployment.model} bills very long requests at higher prices: not counted here"
        )
    found = {
        item: catalogue.price(
            Meter(
                service=row.service, region=deployment.region, product=row.product, meter=row.meter
            )
        )
        for item, row in meters.items()
    }
    version = meters["input"].version
    if version and not deployment.version:
        notes.append(f"{deployment.model} is priced as version {version}, the newest with a price")
    return TokenPrices(found["input"], found["cached-input"], found["output"], tuple(notes))


def ptu_prices(
    catalogue: Catalogue,
    deployment: Deployment,
    *,
    month_price: Decimal | None,
    year_price: Decimal | None,
    missing: list[str],
) -> Iterator[PtuPrice]:
    """Yield what a unit costs by the hour and reserved; what has no price goes to `missing`.

    `month_price` and `year_price` are the user's own, for one unit and the whole term.
    """
    try:
        row = deployment.offer(variant="provisioned").meter("ptu-hours")
        meter = Meter(
            service=row.service, region=deployment.region, product=row.product, meter=row.meter
        )
        price = catalogue.price(meter)
        yield PtuPrice(months=0, price=price, fidelity=price.fidelity, source=price.source)
    except ValueError as error:
        missing.append(f"no price of PTUs by the hour: {error}")
    except PriceNotFound as error:
        missing.append(f"no price of PTUs by the hour: {error.message}")
    quoted = {row.months: row for row in quoted_reservations(deployment.where, catalogue.currency)}
    for term, own in ((1, month_price), (12, year_price)):
        if own is not None:
            yield _reserved(term, own, catalogue.currency, deployment, "given", "you")
        elif term in quoted:
            said = quoted[term]
            source = f"{said.source} {said.observed_on}"
            yield _reserved(term, said.price, said.currency, deployment, QUOTED, source)
        else:
            option = "--ptu-month-price" if term == 1 else "--ptu-year-price"
            missing.append(f"no price of PTUs {TERMS[term]}: give it with {option}")


def _reserved(
    term: int, price: Decimal, currency: str, deployment: Deployment, fidelity: str, source: str
) -> PtuPrice:
    meter = Meter(
        service="Foundry Models",
        region=deployment.region,
        meter=f"Provisioned Managed reservation, {deployment.where}, {term} months",
    )
    monthly = given(meter, price / term, currency)
    return PtuPrice(months=term, price=monthly, fidelity=fidelity, source=source)


def named(model: str) -> str:
    """The model's name as the tables spell it.

    Raises PriceNotFound with the nearest names for one that has no price.
    """
    try:
        return meters_of(model)[0].model
    except ValueError as error:
        raise PriceNotFound(str(error).removeprefix("`model`: ")) from error


def _per_token(price: Price) -> float:
    return float(price.cost_of(units(_MILLION)).amount) / _MILLION
