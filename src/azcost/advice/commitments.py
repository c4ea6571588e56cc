"""What to commit to, once everything else that was found is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec
import numpy as np

from azcost.advice.ledger import NOT_COMMITTED, Entry
from azcost.audit.facts import Facts
from azcost.audit.machine_hours import MachineHours, machine_hours
from azcost.audit.machines import compute
from azcost.audit.resource import Resource, key_of
from azcost.audit.rule import Action
from azcost.errors import AzcostError
from azcost.money import Money
from azcost.optimise import commitment_bill
from azcost.optimise import strategies as ways
from azcost.optimise.commitment_bill import Plan, Reservation
from azcost.optimise.commitments import Part, Scope, tolerance
from azcost.optimise.existing import sunk
from azcost.optimise.flex_groups import RESERVED, SAVINGS, Sku, demand
from azcost.optimise.strategies import Strategy, Terms

_SHARED = "shared"
_YEARS = (1, 3)
_ALLOWED = frozenset((*RESERVED.values(), *SAVINGS.values()))
_ZERO = Decimal(0)


class Commitment(msgspec.Struct, frozen=True):
    """The optimum of a term: what to buy, and what a month of the hours would have cost.

    `gap` is how far the cost may be above the best possible one, as a share, proven.
    """

    years: int
    purchases: tuple[Reservation | Plan, ...]
    saving: Money
    gap: float

    @property
    def bound(self) -> Money:
        """The money that it binds over the whole term."""
        amounts = (one.bound.amount for one in self.purchases)
        return Money(sum(amounts, start=_ZERO), self.saving.currency)


class Commitments(msgspec.Struct, frozen=True):
    """What the remaining hours should be committed to, by term; without one that saves.

    `payg` is their cost a month at list prices; `days` how many were looked back on;
    `left_out` are machines that other findings end, `unpriced` sizes without a price.
    """

    days: int
    payg: Money
    terms: tuple[Commitment, ...]
    left_out: tuple[str, ...]
    unpriced: tuple[str, ...]


def committed(facts: Facts, entries: Iterable[Entry]) -> Commitments | None:
    """The optimum for each term of what the entries leave of machines at the full price.

    None where no machine of a known price is left, or the price list is of another currency.
    """
    if facts.catalogue.currency != facts.currency:
        return None
    taken = _taken(entries)
    left_out: dict[str, str] = {}

    def share(resource: Resource) -> float:
        """What of a machine's hours is left; nothing of one that is ended or off at night."""
        ended, smaller = taken[resource.key]
        if ended:
            left_out[resource.key] = resource.name
            return 0.0
        bill = compute(facts, resource)
        free = bill.monthly.amount - bill.committed.amount
        return float(1 - min(smaller / free, Decimal(1))) if free > 0 else 1.0

    found = machine_hours(facts, share=share)
    if found is None:
        return None
    skus, quantity, unpriced = _priced(facts, found)
    if not quantity.any():
        return None
    wanted = demand(facts.catalogue, skus, quantity)
    scope = Scope(_SHARED, wanted, sunk((), wanted))
    currency = facts.currency
    payg = commitment_bill.monthly(_nothing(scope), currency)
    terms = (_optimum(scope, years, payg) for years in _YEARS)
    return Commitments(
        days=found.usage.hours // ways.HOURS_PER_DAY,
        payg=payg,
        terms=tuple(one for one in terms if one.saving.amount > 0),
        left_out=tuple(sorted(left_out.values())),
        unpriced=tuple(unpriced),
    )


def _taken(entries: Iterable[Entry]) -> dict[str, tuple[Decimal, Decimal]]:
    """By resource: what findings that end its use take of its bill, and what others take."""
    found: dict[str, tuple[Decimal, Decimal]] = defaultdict(lambda: (_ZERO, _ZERO))
    for entry in entries:
        action = entry.finding.waste.action
        if not entry.counted or entry.saving is None or action in (Action.COMMIT, Action.LICENCE):
            continue
        for claim in entry.saving.claims:
            ended, smaller = found[key_of(claim.resource)]
            if action in NOT_COMMITTED:
                ended += claim.amount
            else:
                smaller += claim.amount
            found[key_of(claim.resource)] = (ended, smaller)
    return found


def _priced(
    facts: Facts, found: MachineHours
) -> tuple[list[Sku], np.ndarray[tuple[int, ...], np.dtype[np.float64]], list[str]]:
    """The usage whose sizes have a price as one goes, and the sizes that have none."""
    skus, rows, unpriced = [], [], []
    for row, series in enumerate(found.usage.series):
        region = facts.catalogue.name("regions", series.region) or series.region
        sku = Sku(series.size, region)
        try:
            demand(facts.catalogue, [sku], np.zeros((1, 1)))
        except AzcostError:
            unpriced.append(f"{series.size} in {series.region}")
        else:
            skus.append(sku)
            rows.append(row)
    return skus, found.usage.quantity[rows], sorted(set(unpriced))


def _optimum(scope: Scope, years: int, payg: Money) -> Commitment:
    market = ways.market(scope.demand, scope.sunk, Terms(years, years), _ALLOWED)
    chosen, mix = ways.joint(market, scope.demand.usage, "", tolerance(scope.demand))
    parts = (_part(scope, chosen),)
    cost = commitment_bill.monthly(parts, payg.currency)
    bought = commitment_bill.purchases(parts, payg.currency)
    saving = Money(payg.amount - cost.amount, payg.currency)
    return Commitment(years, tuple(bought), saving, mix.gap)


def _nothing(scope: Scope) -> tuple[Part, ...]:
    market = ways.market(scope.demand, scope.sunk, Terms(None, None), frozenset())
    none = np.zeros(len(scope.demand.groups))
    return (_part(scope, ways.strategy(market, "", none, 0.0)),)


def _part(scope: Scope, strategy: Strategy) -> Part:
    return Part(scope, strategy, ways.outcome(strategy, scope.demand, scope.sunk))
