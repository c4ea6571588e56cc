"""What the operations and the capacity of an account cost, exactly and as numbers.

The meters are those of `azcost.meters.blobs`; nothing here knows a price.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec
import numpy as np

from azcost import money
from azcost.errors import ConflictingPrices, PriceNotFound, UnitMismatch
from azcost.meters.blobs import MINIMUM_DAYS, Blobs, Use, geo_replication
from azcost.meters.cohorts import TIERS, Account, StandardTier
from azcost.money import Money
from azcost.optimise.lifecycle.ledger import Floats, Ledger, What
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter, Price
from azcost.units import AVERAGE_DAYS, Quantity

_UNITS = {
    Use.STORED: "GB-Months",
    Use.EARLY_DELETE: "GB",
    Use.RETRIEVAL: "GB",
    Use.PRIORITY_RETRIEVAL: "GB",
    Use.DATA_WRITE: "GB",
    Use.INDEX_TAGS: "Months",
}
_NINE_PLACES = Decimal("1e-9")


class Line(msgspec.Struct, frozen=True):
    """What one kind of charge came to in one tier over the horizon."""

    what: What
    tier: StandardTier
    quantity: Decimal
    cost: Money


class Rates(msgspec.Struct, frozen=True):
    """Prices as numbers, one of each per tier: what the search for the optimum adds up.

    `stored` and `early` are per GB and day, at the average of the volume's price tiers;
    `write`, `read` and `copy` per operation, `retrieved` and `written` per GB. `copy` is
    what a read of an archived blob needs besides: its copy is written to Hot and read.
    """

    stored: Floats
    early: Floats
    write: Floats
    read: Floats
    retrieved: Floats
    written: Floats
    tag_day: Floats
    copy: Floats
    minimum_days: Floats


class Prices:
    """The prices of one account; `tiers` are those that have all prices they need."""

    def __init__(self, account: Account, catalogue: Catalogue, *, high_priority: bool) -> None:
        self.account = account
        self.currency = catalogue.currency
        self._catalogue = catalogue
        self._high_priority = high_priority
        self._found: dict[tuple[StandardTier, Use | None], Price] = {}
        self.missing: dict[StandardTier, str] = {}
        for tier in TIERS:
            try:
                for use in self._needed(tier):
                    self.price(tier, use)
            except (PriceNotFound, ConflictingPrices, UnitMismatch) as error:
                self.missing[tier] = str(error)

    def _needed(self, tier: StandardTier) -> Iterable[Use]:
        yield from (Use.STORED, Use.WRITE, self.reading(tier))
        if tier in MINIMUM_DAYS:
            yield from (self.retrieving(tier), Use.EARLY_DELETE)

    def reading(self, tier: StandardTier) -> Use:
        """The use that a read is: of Archive in a hurry, a dearer one."""
        return Use.PRIORITY_READ if self._in_a_hurry(tier) else Use.READ

    def retrieving(self, tier: StandardTier) -> Use:
        """The use that retrieving a GB is."""
        return Use.PRIORITY_RETRIEVAL if self._in_a_hurry(tier) else Use.RETRIEVAL

    def _in_a_hurry(self, tier: StandardTier) -> bool:
        return self._high_priority and tier == "Archive"

    def require(self, tier: StandardTier) -> None:
        """Raise why a tier cannot be priced, if it cannot."""
        if tier in self.missing:
            for use in self._needed(tier):
                self.price(tier, use)

    def price(self, tier: StandardTier, use: Use | None) -> Price:
        """The price of a use of a tier; of copying to the second region for None.

        Raises PriceNotFound, ConflictingPrices or UnitMismatch.
        """
        key = (tier, use)
        if key not in self._found:
            self._found[key] = self._catalogue.price(self._meter(tier, use))
        return self._found[key]

    def _meter(self, tier: StandardTier, use: Use | None) -> Meter:
        if use is None:
            return geo_replication(self.account.region)
        blobs = self._blobs(tier)
        if use is Use.DATA_WRITE and (meter := blobs.data_write(self._catalogue)):
            return meter
        return blobs.meter(use, self._catalogue)

    def bills_written_gb(self, tier: StandardTier) -> bool:
        """Whether the tier's price list has a price for writing a GB."""
        return self._blobs(tier).data_write(self._catalogue) is not None

    def _blobs(self, tier: StandardTier) -> Blobs:
        nested = self.account.hierarchical_namespace
        return Blobs(
            region=self.account.region,
            tier=tier,
            redundancy=self.account.redundancy,
            hierarchical=nested,
            endpoint="dfs" if nested else "blob",
        )

    def by_month(self, ledger: Ledger) -> Floats:
        """What a ledger costs in each month, in floats."""
        months = np.zeros(ledger.months)
        for key, quantities in ledger.entries():
            months += _graduated(self.price(key.tier, key.use), quantities)
        return months

    def lines(self, ledger: Ledger) -> list[Line]:
        """What a ledger costs, exactly: each month of each use at the price of its volume."""
        lines = []
        for key, quantities in ledger.entries():
            price = self.price(key.tier, key.use)
            amounts = [
                Quantity(Decimal(q).quantize(_NINE_PLACES), _unit(key.use)) for q in quantities
            ]
            cost = money.total((price.cost_of(amount) for amount in amounts), self.currency)
            total = sum((amount.amount for amount in amounts), start=Decimal(0))
            lines.append(Line(key.what, key.tier, total, cost))
        return lines

    def rates(self, gb: float) -> Rates:
        """The prices as numbers, for a search over so many GB. Tiers without are infinite."""

        def per(use: Use, amount: float = 1.0) -> Floats:
            return np.array([self._each(tier, use, amount) for tier in TIERS])

        days = float(AVERAGE_DAYS)
        reads = np.array([self._each(tier, self.reading(tier), 1.0) for tier in TIERS])
        write = per(Use.WRITE)
        return Rates(
            stored=per(Use.STORED, max(gb, 1.0)) / days,
            early=per(Use.EARLY_DELETE) / days,
            write=write,
            read=reads,
            retrieved=np.array([self._each(t, self.retrieving(t), 1.0) for t in TIERS]),
            written=per(Use.DATA_WRITE),
            tag_day=per(Use.INDEX_TAGS) / days,
            copy=np.array([0.0, 0.0, 0.0, write[0] + reads[0]]),
            minimum_days=np.array([float(MINIMUM_DAYS.get(tier, 0)) for tier in TIERS]),
        )

    def _each(self, tier: StandardTier, use: Use, amount: float) -> float:
        if tier in self.missing:
            return float("inf")
        if tier not in MINIMUM_DAYS and use in (Use.EARLY_DELETE, Use.RETRIEVAL):
            return 0.0  # Hot has neither
        if use is Use.DATA_WRITE and not self.bills_written_gb(tier):
            return 0.0
        try:
            price = self.price(tier, use)
        except PriceNotFound:
            if use is Use.INDEX_TAGS:  # priced where there are tags, and missed there
                return 0.0
            raise
        return float(_graduated(price, np.array([amount]))[0]) / amount


def _unit(use: Use | None) -> str:
    return "GB" if use is None else _UNITS.get(use, "Units")


def _graduated(price: Price, quantities: Floats) -> Floats:
    """The cost of quantities, each through the price's tiers from the first."""
    blocks = quantities / float(price.per.amount)
    cost = np.zeros_like(blocks)
    for tier, following in zip(price.tiers, (*price.tiers[1:], None), strict=True):
        start = float(tier.start)
        stop = np.inf if following is None else float(following.start)
        cost += np.clip(blocks, start, stop) * float(tier.unit_price) - start * float(
            tier.unit_price
        )
    return cost


def total(lines: Iterable[Line], currency: str) -> Money:
    """The sum of lines."""
    return money.total((line.cost for line in lines), currency)
