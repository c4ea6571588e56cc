"""Sizes that share reservations: instance size flexibility groups, in ratio units.

Azure's own table of ratios is not among the recorded sources. A group here is one series
(family, features, version) in one region whose prices are in proportion to its vCPUs, for
every way of buying: then a reservation of one size covers another by that ratio. Sizes
that are not in proportion get a group of their own, which can only understate how far a
reservation reaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import numpy as np

from azcost.errors import ConflictingPrices, PriceNotFound
from azcost.meters.compute import SIZE
from azcost.optimise.apply import Floats
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter, Price
from azcost.pricing.rows import Purchase

RESERVED = {1: Purchase.RESERVED_1Y, 3: Purchase.RESERVED_3Y}
SAVINGS = {1: Purchase.SAVINGS_1Y, 3: Purchase.SAVINGS_3Y}
COMMITMENTS = (*RESERVED.values(), *SAVINGS.values())
# Prices that are further apart than their rounding are not in proportion.
_TOLERANCE = Decimal("0.001")
# Derived reservation prices are off by up to this (97 of 100, data/pricing/README.md).
_TOLERANCE_DERIVED = Decimal("0.05")


class Sku(msgspec.Struct, frozen=True, order=True):
    """A size in a region: what usage is recorded of."""

    size: str
    region: str

    @property
    def meter(self) -> Meter:
        """The compute meter, without software: commitments cover nothing else."""
        return Meter(service="Virtual Machines", region=self.region, arm_sku=self.size, os="linux")


class Member(msgspec.Struct, frozen=True):
    """A size of a group, and how many units of the group one machine of it is."""

    sku: Sku
    ratio: Decimal


class Group(msgspec.Struct, frozen=True):
    """Sizes that share reservations; a unit is one machine of the first, smallest member.

    `prices` has what Azure sells for that size: pay-as-you-go always, commitments where
    they have a price.
    """

    members: tuple[Member, ...]
    prices: dict[Purchase, Price]

    @property
    def unit(self) -> Sku:
        """The size that units are machines of."""
        return self.members[0].sku

    def rate(self, purchase: Purchase) -> Decimal | None:
        """The price of a unit-hour; None where it is not sold or not known."""
        price = self.prices.get(purchase)
        return None if price is None else price.tiers[0].unit_price / price.per.amount

    def rates(self, purchase: Purchase | None) -> float:
        """The price of a unit-hour; infinite where there is none."""
        rate = None if purchase is None else self.rate(purchase)
        return float("inf") if rate is None else float(rate)


class Demand(msgspec.Struct, frozen=True):
    """Groups and their usage in units, shape (groups, hours)."""

    groups: tuple[Group, ...]
    usage: Floats

    def rates(self, purchase: Purchase | None) -> Floats:
        """The price of a unit-hour by group, shape (groups,); infinite where none is known."""
        return np.array([group.rates(purchase) for group in self.groups], dtype=np.float64)

    def window(self, first: int, last: int) -> Demand:
        """The same groups in the hours from `first` to before `last`."""
        return Demand(self.groups, np.ascontiguousarray(self.usage[:, first:last]))


def demand(catalogue: Catalogue, skus: Sequence[Sku], quantity: Floats) -> Demand:
    """Group machines in use, shape (skus, hours), into units; a SKU may come repeatedly.

    Raises PriceNotFound, naming every size, when one has no pay-as-you-go price.
    """
    groups = tuple(_groups(_prices(catalogue, sorted(set(skus))), catalogue))
    usage = np.zeros((len(groups), quantity.shape[1]))
    for number, group in enumerate(groups):
        ratios = {member.sku: float(member.ratio) for member in group.members}
        for sku, used in zip(skus, quantity, strict=True):
            if sku in ratios:
                usage[number] += ratios[sku] * used
    return Demand(groups, usage)


def _prices(catalogue: Catalogue, skus: list[Sku]) -> dict[Sku, dict[Purchase, Price]]:
    """What each is sold for; a commitment that has no price is not sold."""
    missing: list[PriceNotFound] = []
    found: dict[Sku, dict[Purchase, Price]] = {}
    for sku in skus:
        try:
            found[sku] = {Purchase.PAY_AS_YOU_GO: catalogue.price(sku.meter)}
        except PriceNotFound as error:
            missing.append(error)
            continue
        for purchase in COMMITMENTS:
            try:
                found[sku][purchase] = catalogue.price(sku.meter, purchase)
            except (PriceNotFound, ConflictingPrices):
                continue
    if missing:
        raise PriceNotFound(" ".join(e.message for e in missing), missing[0].command)
    return found


def _groups(prices: dict[Sku, dict[Purchase, Price]], catalogue: Catalogue) -> list[Group]:
    """Put each size, the smallest of its series first, into the first group that it fits."""
    groups: list[Group] = []
    open_by_series: dict[tuple[str, ...], list[int]] = {}
    vcpus = {sku: _vcpus(sku.size, catalogue) for sku in prices}
    for sku in sorted(prices, key=lambda sku: (vcpus[sku] or 0, sku)):
        series = _series(sku)
        known = vcpus[sku]
        for number in open_by_series.get(series, []):
            base = vcpus[groups[number].unit]
            if known and base and in_proportion(groups[number], prices[sku], known / base):
                member = Member(sku, known / base)
                groups[number] = Group((*groups[number].members, member), groups[number].prices)
                break
        else:
            open_by_series.setdefault(series, []).append(len(groups))
            groups.append(Group((Member(sku, Decimal(1)),), prices[sku]))
    return sorted(groups, key=lambda group: group.unit)


def in_proportion(group: Group, prices: dict[Purchase, Price], ratio: Decimal) -> bool:
    """Whether every price is `ratio` times the group's, and the same ones are known."""
    if prices.keys() != group.prices.keys():
        return False
    other = Group(group.members, prices)
    for purchase, price in prices.items():
        here, there = other.rate(purchase), group.rate(purchase)
        derived = price.rule or group.prices[purchase].rule
        tolerance = _TOLERANCE_DERIVED if derived else _TOLERANCE
        if here is None or there is None or there == 0:
            return False
        if abs(here / (ratio * there) - 1) > tolerance:
            return False
    return True


def _vcpus(size: str, catalogue: Catalogue) -> Decimal | None:
    known = catalogue.vm_size(size)
    return Decimal(known.vcpus) if known and known.vcpus else None


def _series(sku: Sku) -> tuple[str, ...]:
    """Family, features and version, whether cores are constrained, and the region."""
    named = SIZE.match(sku.size)
    if named is None:
        return (sku.size, sku.region)
    rest = sku.size[named.end() :]
    return (named[1], named[4], rest, "constrained" if named[3] else "", sku.region)
