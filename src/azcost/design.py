"""A design with every number settled, or at the ends of its ranges, and its bill."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from azcost import draws
from azcost.draws import Block, Drawn, Point
from azcost.estimate import (
    Driver,
    Estimate,
    LineItem,
    Note,
    Outcome,
    Pool,
    ResourceEstimate,
    Service,
    Unpriced,
    bill,
    cost,
)
from azcost.free_account import GRANTS, FreeAccount
from azcost.money import Money
from azcost.pricing.catalogue import Catalogue
from azcost.spec.problems import Problem, SpecError
from azcost.spec.reader import CORNERS, Range

# The percentiles of the draws are floats: more digits than these are noise.
_DIGITS = 6


class Architecture(msgspec.Struct, frozen=True):
    """Services with every number settled."""

    services: tuple[Service, ...]


class Ranged(msgspec.Struct, frozen=True):
    """The service at a place of the design that has ranges, and what it is at other values.

    `at` raises ValueError for values that do not go together.
    """

    place: int
    ranges: tuple[Range, ...]
    at: Callable[[Point], Service]


class Design(msgspec.Struct, frozen=True):
    """An architecture as expected, and at the low and the high end of its ranges.

    Without ranges all three are the same object. `unpriced` are things that belong to it and
    that no service stands for, `notes` what its source does not say.
    """

    name: str
    currency: str
    free_account: bool
    low: Architecture
    expected: Architecture
    high: Architecture
    ranged: tuple[Ranged, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    notes: tuple[Note, ...] = ()

    def map(self, change: Callable[[int, Service], Service]) -> Design:
        """The design with every service changed; `change` is told its place in the list too."""
        ends = {}
        for end in (self.low, self.expected, self.high):
            if id(end) not in ends:
                services = tuple(change(place, one) for place, one in enumerate(end.services))
                ends[id(end)] = Architecture(services)
        return replace(
            self,
            **{corner: ends[id(getattr(self, corner))] for corner in CORNERS},
            ranged=tuple(_changed(one, change) for one in self.ranged),
        )

    def without(self, names: Container[str]) -> Design:
        """The design without the services of these names."""
        kept = [p for p, one in enumerate(self.expected.services) if one.name not in names]
        ends = {
            id(end): Architecture(tuple(end.services[place] for place in kept))
            for end in (self.low, self.expected, self.high)
        }
        return replace(
            self,
            **{corner: ends[id(getattr(self, corner))] for corner in CORNERS},
            ranged=tuple(
                replace(one, place=kept.index(one.place))
                for one in self.ranged
                if one.place in kept
            ),
        )


def _changed(ranged: Ranged, change: Callable[[int, Service], Service]) -> Ranged:
    return replace(ranged, at=lambda point: change(ranged.place, ranged.at(point)))


def estimate(design: Design, catalogue: Catalogue) -> Estimate:
    """Price a design; what has no price is listed in the estimate, never left at zero.

    With ranges, `low` and `high` are percentiles of draws.
    """
    _check_currency(design, catalogue)
    unpriced = list(design.unpriced)
    middle = _bills(design.expected.services, design, catalogue, unpriced)
    ends = [
        _end_bills(end, design, middle, catalogue, unpriced) for end in (design.low, design.high)
    ]
    resources = [
        ResourceEstimate(
            service.name,
            service.kind,
            service.region,
            service.tags,
            items,
            monthly=cost(items, catalogue.currency),
            least=cost(low, catalogue.currency),
            most=cost(high, catalogue.currency),
        )
        for service, items, low, high in zip(design.expected.services, middle, *ends, strict=True)
    ]
    notes = design.notes + tuple(
        Note(service.name, text) for service in design.expected.services for text in service.notes()
    )
    found = Estimate(
        design.name,
        catalogue.currency,
        tuple(resources),
        tuple(unpriced),
        notes,
        outcomes=design.outcomes,
    )
    return _drawn(found, design, middle, catalogue) if design.ranged else found


def _check_currency(design: Design, catalogue: Catalogue) -> None:
    if design.currency != catalogue.currency:
        raise SpecError(
            design.name,
            [
                Problem(
                    0,
                    f"is in {design.currency}, but these prices are in {catalogue.currency}: "
                    f"open the catalogue of {design.currency}",
                )
            ],
        )


def _bills(
    services: Iterable[Service], design: Design, catalogue: Catalogue, unpriced: list[Unpriced]
) -> list[tuple[LineItem, ...]]:
    """The line items of each service; one after the other they use up the free account."""
    free = FreeAccount() if design.free_account else None
    pool: Pool = {}
    bills = []
    for service in services:
        charges = service.charges(catalogue)
        if free:
            charges = map(free.spend, charges)
        bills.append(bill(charges, service.name, catalogue, unpriced, pool))
    return bills


def _end_bills(
    end: Architecture,
    design: Design,
    middle: list[tuple[LineItem, ...]],
    catalogue: Catalogue,
    unpriced: list[Unpriced],
) -> list[tuple[LineItem, ...]]:
    """The bills at an end of the ranges; what only that end misses is added to `unpriced`.

    A charge that is nothing in the middle may be something at the high end, and without a
    price it would be a silent zero there. Only what can differ from the middle is billed.
    """
    if end is design.expected:
        return middle
    shared = set(_shared(design, middle))
    places = [
        place
        for place, service in enumerate(end.services)
        if place in shared or service is not design.expected.services[place]
    ]
    missing: list[Unpriced] = []
    anew = _bills([end.services[place] for place in places], design, catalogue, missing)
    known = {(one.resource, one.reason) for one in unpriced}
    unpriced += [one for one in missing if (one.resource, one.reason) not in known]
    bills = dict(zip(places, anew, strict=True))
    return [bills.get(place, items) for place, items in enumerate(middle)]


def _drawn(
    found: Estimate, design: Design, bills: Sequence[tuple[LineItem, ...]], catalogue: Catalogue
) -> Estimate:
    """The estimate with what the draws say of it."""
    blocks = [_block(group, found, design, catalogue) for group in _groups(design, bills)]
    varied = {place for block in blocks for place in block.places}
    fixed = (one.monthly for place, one in enumerate(found.resources) if place not in varied)
    drawn = draws.draw(blocks, float(sum((m.amount for m in fixed), start=Decimal(0))))
    resources = [
        replace(one, drawn=_ends(one.monthly, drawn.places[place]))
        if place in drawn.places
        else one
        for place, one in enumerate(found.resources)
    ]
    return replace(
        found,
        resources=tuple(resources),
        drawn=_ends(found.monthly, (drawn.low, drawn.high)),
        drivers=tuple(_drivers(design, drawn)),
        together=tuple(
            dict.fromkeys(
                one.name
                for ranged in design.ranged
                for one in ranged.ranges
                if one.spread in drawn.together
            )
        ),
    )


def _ends(expected: Money, drawn: tuple[float, float]) -> tuple[Money, Money]:
    """Where 8 of 10 draws lie; widened to what is expected, if that lies outside."""
    low, high = (Decimal(str(round(end, _DIGITS))) for end in drawn)
    return (
        Money(min(low, expected.amount), expected.currency),
        Money(max(high, expected.amount), expected.currency),
    )


def _drivers(design: Design, drawn: Drawn) -> list[Driver]:
    names: dict[draws.Spread, list[str]] = {}
    for ranged in design.ranged:
        for one in ranged.ranges:
            names.setdefault(one.spread, []).append(one.name)
    return [
        Driver(tuple(dict.fromkeys(names[spread])), Decimal(str(round(share, 4))))
        for spread, share in drawn.shares.items()
        if spread.low < spread.high
    ]


def _groups(design: Design, bills: Sequence[tuple[LineItem, ...]]) -> list[list[int]]:
    """The places of services that vary together because they use up the same tiers."""
    varied = [one.place for one in design.ranged]
    pooled = _shared(design, bills)
    if not set(pooled) & set(varied):
        return [[place] for place in varied]
    return [pooled, *([place] for place in varied if place not in pooled)]


def _shared(design: Design, bills: Sequence[tuple[LineItem, ...]]) -> list[int]:
    """The places of services that use up tiers, or a free account, with one another."""
    return [
        place
        for place, items in enumerate(bills)
        if any(_is_shared(item, free_account=design.free_account) for item in items)
    ]


def _is_shared(item: LineItem, *, free_account: bool) -> bool:
    """Whether the cost of a line depends on what other resources use up before it."""
    return item.charge.pooled or (free_account and any(g.fits(item.charge) for g in GRANTS))


def _block(group: list[int], found: Estimate, design: Design, catalogue: Catalogue) -> Block:
    varied = {one.place: one for one in design.ranged if one.place in group}
    spreads = dict.fromkeys(one.spread for ranged in varied.values() for one in ranged.ranges)

    def costs(point: Point) -> list[float]:
        services = [
            varied[place].at(point) if place in varied else design.expected.services[place]
            for place in group
        ]
        bills = _bills(services, design, catalogue, [])
        return [float(sum(item.cost.amount for item in items)) for items in bills]

    members = [found.resources[place] for place in group]
    ends = (
        [float(one.least.amount) for one in members],
        [float(one.monthly.amount) for one in members],
        [float(one.most.amount) for one in members],
    )
    return Block(tuple(spreads), tuple(group), costs, ends)
