"""Price every scenario of a design, and the best mix of those that are allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product

import msgspec
from msgspec.structs import replace

from azcost import architecture
from azcost.architecture import Architecture, Design
from azcost.estimate import Estimate, ResourceEstimate, Service
from azcost.money import Money
from azcost.pricing.catalogue import Catalogue
from azcost.scenarios.breakeven import Commitment, Margin, commitments, margins
from azcost.scenarios.changes import BUYING, NO_CHOICE, Family, Scenario
from azcost.scenarios.parts import Part, Stays, changed, parts


class Kept(msgspec.Struct, frozen=True):
    """A part that a scenario leaves as it is, and why."""

    part: str
    why: str


class Priced(msgspec.Struct, frozen=True):
    """A scenario with its price; `changed` names the parts that it changes."""

    name: str
    family: str
    condition: str
    estimate: Estimate
    changed: tuple[str, ...]
    kept: tuple[Kept, ...]
    commitments: tuple[Commitment, ...] = ()
    margins: tuple[Margin, ...] = ()


class Unpriced(msgspec.Struct, frozen=True):
    """A scenario without a price, and why each part that it is about has none."""

    name: str
    family: str
    reasons: tuple[Kept, ...]


class Chosen(msgspec.Struct, frozen=True):
    """What the best mix does with one part: the scenarios, in the order they are applied."""

    part: str
    scenarios: tuple[str, ...]
    conditions: tuple[str, ...]
    saving: Money


class Mix(msgspec.Struct, frozen=True):
    """The cheapest allowed choice for each part, priced as one design."""

    allowed: tuple[str, ...]
    estimate: Estimate
    chosen: tuple[Chosen, ...]
    commitments: tuple[Commitment, ...]
    region: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """A design beside its scenarios; `untouched` names the parts that none changes."""

    base: Estimate
    outcomes: tuple[Priced | Unpriced, ...]
    mixes: tuple[Mix, ...]
    untouched: tuple[str, ...]
    regions_without_price: int = 0


class Bench:
    """A catalogue, and what services were found to cost with it, one by one."""

    def __init__(self, design: Design, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._design = design
        self._known: dict[str, ResourceEstimate | str] = {}

    def price(self, service: Service) -> ResourceEstimate:
        """The service on its own; raises Stays when some of it has no price."""
        key = repr(service)
        if key not in self._known:
            alone = Architecture((service,))
            design = replace(self._design, low=alone, expected=alone, high=alone, ranged=())
            found = architecture.estimate(design, self.catalogue)
            why = "; ".join(dict.fromkeys(one.reason for one in found.unpriced))
            self._known[key] = why or found.resources[0]
        known = self._known[key]
        if isinstance(known, str):
            raise Stays(known)
        return known

    def changed(self, part: Part, service: Service, scenarios: Iterable[Scenario]) -> Service:
        """The service with scenarios applied to a part; raises Stays when it has no price."""
        try:
            after: Service = changed(part, service, *(one.change for one in scenarios))
            self._check_ends(part, scenarios)
        except ValueError as refusal:  # Azure does not sell that
            raise Stays(str(refusal)) from refusal
        if after != service:
            self.price(after)
        return after

    def _check_ends(self, part: Part, scenarios: Iterable[Scenario]) -> None:
        """Raise ValueError where the ends of a range cannot be changed as its middle can."""
        for end in (self._design.low, self._design.high):
            if end is not self._design.expected:
                changed(part, end.services[part.service], *(one.change for one in scenarios))


def apply(design: Design, scenario: Scenario, bench: Bench) -> Priced | Unpriced:
    """Price a design with every part changed that the scenario can change."""
    done: list[Part] = []
    kept: list[Kept] = []
    services = list(design.expected.services)
    for part in parts(design.expected):
        try:
            after = bench.changed(part, services[part.service], [scenario])
        except Stays as stays:
            kept.append(Kept(part.name, str(stays)))
            continue
        if after != services[part.service]:
            services[part.service] = after
            done.append(part)
    if not done:
        reasons = tuple(one for one in kept if one.why != NO_CHOICE)
        return Unpriced(scenario.name, scenario.family, reasons)
    after_all = _with(design, [(part, [scenario]) for part in done])
    return Priced(
        scenario.name,
        scenario.family,
        scenario.condition,
        architecture.estimate(after_all, bench.catalogue),
        tuple(part.name for part in done),
        tuple(one for one in kept if one.why != NO_CHOICE),
        tuple(commitments(after_all, done, bench.price, bench.catalogue)),
        tuple(margins(after_all, done, bench.price, bench.catalogue))
        if scenario.family is Family.SPOT
        else (),
    )


def _with(design: Design, changes: Sequence[tuple[Part, Sequence[Scenario]]]) -> Design:
    """The design with parts changed, at every end of its ranges."""

    def change(number: int, service: Service) -> Service:
        for part, scenarios in changes:
            if part.service == number:
                service = changed(part, service, *(one.change for one in scenarios))
        return service

    return design.map(change)


def in_region(design: Design, region: str, catalogue: Catalogue) -> Priced | Unpriced:
    """Price a design in another region, all of it or not at all."""
    moved = design.map(lambda _, service: replace(service, region=region))  # type: ignore[type-var]
    found = architecture.estimate(moved, catalogue)
    name = f"region {region}"
    if found.unpriced:
        reasons = tuple(Kept(one.resource, one.reason) for one in found.unpriced)
        return Unpriced(name, Family.REGION, reasons)
    condition = "users and data may be there: latency, laws, quota and moving the data are yours"
    names = tuple(part.name for part in parts(design.expected))
    return Priced(name, Family.REGION, condition, found, names, ())


def best_mix(
    design: Design,
    scenarios: Sequence[Scenario],
    allowed: Collection[Family],
    bench: Bench,
    region: str = "",
) -> Mix:
    """The cheapest combination of the allowed scenarios for each part, priced as one design.

    Every combination of one way to buy with the other families is tried: exact for a part
    on its own. Of combinations that cost the same, the one that changes least is taken.
    """
    if region:
        design = design.map(lambda _, service: replace(service, region=region))  # type: ignore[type-var]
    changes = []
    chosen = []
    for part in parts(design.expected):
        service = design.expected.services[part.service]
        before = bench.price(service).monthly
        best, cost = _cheapest(part, service, [s for s in scenarios if s.family in allowed], bench)
        if best:
            changes.append((part, best))
            names = tuple(one.name for one in best)
            conditions = tuple(one.condition for one in best)
            chosen.append(Chosen(part.name, names, conditions, before + cost * -1))
    mixed = _with(design, changes)
    return Mix(
        tuple(allowed),
        architecture.estimate(mixed, bench.catalogue),
        tuple(chosen),
        tuple(commitments(mixed, [p for p, _ in changes], bench.price, bench.catalogue)),
        region,
    )


def _cheapest(
    part: Part, service: Service, scenarios: Sequence[Scenario], bench: Bench
) -> tuple[list[Scenario], Money]:
    choices: dict[str, list[Scenario | None]] = {}
    for scenario in scenarios:
        if _does_something(part, service, scenario, bench):
            dimension = "buying" if scenario.family in BUYING else scenario.family.value
            choices.setdefault(dimension, [None]).append(scenario)
    best: list[Scenario] = []
    cost = bench.price(service).monthly
    for combination in sorted(product(*choices.values()), key=lambda c: sum(map(bool, c))):
        picked = [one for one in combination if one]
        try:
            after = bench.price(bench.changed(part, service, picked)).monthly
        except Stays:
            continue
        if after.amount < cost.amount:
            best, cost = picked, after
    return best, cost


def _does_something(part: Part, service: Service, scenario: Scenario, bench: Bench) -> bool:
    try:
        return bench.changed(part, service, [scenario]) != service
    except Stays:
        return False


def compare(
    design: Design,
    catalogue: Catalogue,
    scenarios: Sequence[Scenario],
    mixes: Sequence[Collection[Family]],
    regions: Sequence[str] = (),
    most_regions: int | None = None,
) -> Comparison:
    """Price a design as it is, in each scenario and region, and mixed.

    The design must have a price for everything. Of many regions only the `most_regions`
    cheapest are kept; a mix is made in the cheapest of all where it may be elsewhere.
    """
    bench = Bench(design, catalogue)
    base = architecture.estimate(design, catalogue)
    outcomes = [apply(design, scenario, bench) for scenario in scenarios]
    home = {service.region for service in design.expected.services}
    elsewhere = [region for region in regions if home != {region}]
    placed = [in_region(design, region, catalogue) for region in elsewhere]
    if most_regions is not None:
        there = [one for one in placed if isinstance(one, Priced)]
        there.sort(key=lambda one: one.estimate.monthly.amount)
        missing = len(placed) - len(there)
        placed = list(there[:most_regions])
    else:
        missing = 0
    touched = {name for one in outcomes if isinstance(one, Priced) for name in one.changed}
    cheapest = _cheapest_region(placed, base)
    return Comparison(
        base,
        tuple(_worth_a_row([*outcomes, *placed])),
        tuple(
            best_mix(
                design, scenarios, allowed, bench, cheapest if Family.REGION in allowed else ""
            )
            for allowed in mixes
        ),
        tuple(part.name for part in parts(design.expected) if part.name not in touched),
        missing,
    )


def _cheapest_region(placed: Iterable[Priced | Unpriced], base: Estimate) -> str:
    """The region that the design is cheapest in; empty where it is."""
    there = [one for one in placed if isinstance(one, Priced)]
    best = min(there, key=lambda one: one.estimate.monthly.amount, default=None)
    if best is None or best.estimate.monthly.amount >= base.monthly.amount:
        return ""
    return best.name.removeprefix("region ")


def _worth_a_row(outcomes: Iterable[Priced | Unpriced]) -> Iterator[Priced | Unpriced]:
    """Leave out the scenarios that are about nothing in this design."""
    for outcome in outcomes:
        if isinstance(outcome, Priced) or outcome.reasons:
            yield outcome
