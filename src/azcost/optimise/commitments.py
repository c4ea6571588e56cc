"""Which commitments to buy for recorded usage, and how sure that is.

For each term that is allowed, the joint optimum of the history, proven, and one made for
scenarios of the future; of these the one with the best balance of the expected and the
worst saving. Beside it what the usual ways would give.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from azcost.optimise import strategies as ways
from azcost.optimise.apply import Floats
from azcost.optimise.azure_recommendation import Recommendation
from azcost.optimise.azure_recommendation import strategies as of_azure
from azcost.optimise.existing import Sunk
from azcost.optimise.flex_groups import RESERVED, SAVINGS, Demand
from azcost.optimise.newsvendor import EXACT, MOST_FOR_INTERIOR_POINT
from azcost.optimise.risk import Outlook, Risk, risks, training, worst_first
from azcost.optimise.strategies import HOURS_PER_DAY, Market, Outcome, Strategy, Terms
from azcost.pricing.rows import Purchase

# The certified gap that is enough where the optimum is not solved to the end.
TOLERANCE = 5e-4
_TRAINING_TOLERANCE = 2e-3
_TRAINING_CELLS = 200_000
_CAUTIOUS_ROUNDS = 2
_MONTH_DAYS = 30
# More of the money than this that a month does not support: buy in steps. Ours.
DISAGREEMENT = 0.25

Progress = Callable[[str], None]


class Scope(msgspec.Struct, frozen=True):
    """What shares commitments: everything, or one subscription; `demand` is the look-back."""

    name: str
    demand: Demand
    sunk: Sunk


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What may be bought, for how long (None: one or three years), and the outlook."""

    allowed: frozenset[Purchase]
    years: int | None
    outlook: Outlook
    azure: tuple[Recommendation, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """A strategy in one scope, and what it would have cost there."""

    scope: Scope
    strategy: Strategy
    outcome: Outcome


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A strategy over all scopes, against the history and against the scenarios.

    `bound` is what no portfolio of these terms could have undercut in an average hour of
    the history; only the joint optimum has one.
    """

    name: str
    terms: Terms
    parts: tuple[Part, ...]
    risk: Risk
    bound: float | None = None

    @property
    def cost(self) -> float:
        """What an average hour of the history would have cost."""
        return sum(part.outcome.cost for part in self.parts)

    @property
    def committed(self) -> float:
        """The money that is committed, an hour."""
        return sum(part.outcome.reservations + part.outcome.plan for part in self.parts)


class Ladder(msgspec.Struct, frozen=True):
    """What the last 30 days alone would commit to, and the 30 days before them.

    All in money an hour, as is what is `recommended`; `first` is what of the recommendation
    both months would buy in the same form: the first rung.
    """

    last: float
    before: float
    recommended: float
    first: tuple[Part, ...]

    @property
    def supported(self) -> float:
        """The money an hour that both months would commit, in whatever form."""
        return min(self.last, self.before, self.recommended)

    @property
    def is_advised(self) -> bool:
        """Whether the months disagree so much that one should buy in steps."""
        return self.supported < (1 - DISAGREEMENT) * self.recommended


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """The recommended row, the proven optimum of the history for its terms, and the others."""

    recommended: Row
    optimum: Row
    payg: Row
    others: tuple[Row, ...]
    ladder: Ladder | None
    outlook: Outlook


class _Draft(msgspec.Struct, frozen=True):
    name: str
    terms: Terms
    strategies: tuple[Strategy, ...]
    bound: float | None = None


def choices(allowed: frozenset[Purchase], years: int | None) -> list[Terms]:
    """Every pair of terms that is allowed; None where a kind is not."""
    reserved: list[int | None] = [
        y for y in (1, 3) if RESERVED[y] in allowed and years in (None, y)
    ]
    savings: list[int | None] = [y for y in (1, 3) if SAVINGS[y] in allowed and years in (None, y)]
    none: list[int | None] = [None]
    return [Terms(r, s) for r in reserved or none for s in savings or none]


def advise(scopes: Sequence[Scope], question: Question, progress: Progress) -> Advice:
    """Find what to buy; every scope must have the same hours."""
    drafts: list[_Draft] = []
    terms = choices(question.allowed, question.years)
    years = max(max(t.reserved or 0, t.savings or 0) for t in terms)
    outlook = msgspec.structs.replace(question.outlook, years=years)
    for one in terms:
        progress(f"solving {one}")
        markets = [ways.market(s.demand, s.sunk, one, question.allowed) for s in scopes]
        drafts += [_of_history(markets, one), *_of_scenarios(markets, one, outlook)]
    progress("trying them on scenarios of the future")
    rows = _rows(drafts, scopes, outlook)
    best = max(rows, key=lambda row: row.risk.balance)
    usual = _usual_ways(scopes, question, best.terms)
    others = _rows(usual, scopes, outlook)
    payg = others[0]
    optimum = next(row for row in rows if row.bound is not None and row.terms == best.terms)
    if best.risk.balance <= 0:
        best = payg
    shown = [optimum, *_best_by_terms(rows, optimum.terms), *others]
    return Advice(
        recommended=best,
        optimum=optimum,
        payg=payg,
        others=tuple(row for row in _distinct(shown) if row.name != best.name),
        ladder=_ladder(best, question),
        outlook=outlook,
    )


def _of_history(markets: list[Market], terms: Terms) -> _Draft:
    found = [ways.joint(m, m.demand.usage, "", tolerance(m.demand)) for m in markets]
    bound = sum(mix.bound for _, mix in found)
    return _Draft(f"history: {terms}", terms, tuple(s for s, _ in found), bound)


def tolerance(demand: Demand) -> float:
    """Small problems are solved to the end, large ones until the gap is small enough."""
    return EXACT if demand.usage.size <= MOST_FOR_INTERIOR_POINT else TOLERANCE


def _of_scenarios(markets: list[Market], terms: Terms, outlook: Outlook) -> list[_Draft]:
    """The joint optimum for many scenarios at once, and one for which bad ones count more.

    Scenarios are as long as the longest of the terms. In two rounds the fifth that the last
    answer does worst in is added twice more: fictitious play on the tail.
    """
    ahead = msgspec.structs.replace(outlook, years=max(terms.reserved or 0, terms.savings or 0))
    even, cautious = [], []
    for market in markets:
        scenarios = training(market.demand, ahead, _TRAINING_CELLS)
        found = _joint(market, scenarios)
        even.append(found)
        heavier = scenarios
        for _ in range(_CAUTIOUS_ROUNDS):
            worst = worst_first(scenarios, found, market.demand, market.sunk)
            heavier = heavier + 2 * worst[: max(1, len(worst) // 5)]
            found = _joint(market, heavier)
        cautious.append(found)
    return [
        _Draft(f"scenarios: {terms}", terms, tuple(even)),
        _Draft(f"cautious: {terms}", terms, tuple(cautious)),
    ]


def _joint(market: Market, scenarios: list[Floats]) -> Strategy:
    hours = np.concatenate(scenarios, axis=1)
    return ways.joint(market, hours, "", _TRAINING_TOLERANCE)[0]


def _usual_ways(scopes: Sequence[Scope], question: Question, terms: Terms) -> list[_Draft]:
    by_scope = []
    for scope in scopes:
        market = ways.market(scope.demand, scope.sunk, terms, question.allowed)
        usual = ways.usual_ways(market, scope.demand.usage)
        by_scope.append(usual + of_azure(question.azure, scope.demand))
    return [_Draft(found[0].name, found[0].terms, found) for found in zip(*by_scope, strict=True)]


def _rows(drafts: list[_Draft], scopes: Sequence[Scope], outlook: Outlook) -> list[Row]:
    """Price drafts on the history and on the scenarios, the same ones for all of them."""
    savings = [np.zeros(outlook.scenarios) for _ in drafts]
    parts: list[list[Part]] = [[] for _ in drafts]
    for number, scope in enumerate(scopes):
        chosen = [draft.strategies[number] for draft in drafts]
        for saved, more in zip(
            savings, risks(chosen, scope.demand, scope.sunk, outlook), strict=True
        ):
            saved += more
        for found, strategy in zip(parts, chosen, strict=True):
            found.append(Part(scope, strategy, ways.outcome(strategy, scope.demand, scope.sunk)))
    return [
        Row(
            name=draft.name,
            terms=draft.terms,
            parts=tuple(found),
            risk=Risk(np.sort(saved)),
            bound=draft.bound,
        )
        for draft, found, saved in zip(drafts, parts, savings, strict=True)
    ]


def _best_by_terms(rows: list[Row], but: Terms) -> list[Row]:
    """The best of the other terms, one each."""
    best: dict[str, Row] = {}
    for row in rows:
        key = str(row.terms)
        if row.terms != but and (key not in best or row.risk.balance > best[key].risk.balance):
            best[key] = row
    return list(best.values())


def _distinct(rows: list[Row]) -> list[Row]:
    """Each name once, and pay-as-you-go only under its own name."""
    seen: dict[str, Row] = {}
    for row in rows:
        buys = any(not part.strategy.buys_nothing for part in row.parts)
        if row.name == ways.PAY_AS_YOU_GO or buys:
            seen.setdefault(row.name, row)
    return list(seen.values())


def _ladder(best: Row, question: Question) -> Ladder | None:
    """Ask each of the last two months what it would buy; None when there are not two."""
    month = _MONTH_DAYS * HOURS_PER_DAY
    hours = best.parts[0].scope.demand.usage.shape[1]
    if hours < 2 * month:
        return None
    last = before = 0.0
    first = []
    for part in best.parts:
        scope, wanted = part.scope, part.strategy
        market = ways.market(scope.demand, scope.sunk, best.terms, question.allowed)
        now, then = (
            ways.joint(market, scope.demand.usage[:, start : start + month], "", TOLERANCE)[0]
            for start in (hours - month, hours - 2 * month)
        )
        common = msgspec.structs.replace(
            wanted,
            reserved=np.minimum(wanted.reserved, np.minimum(now.reserved, then.reserved)),
            commitment=min(wanted.commitment, now.commitment, then.commitment),
        )
        last += ways.committed(now, scope.demand)
        before += ways.committed(then, scope.demand)
        first.append(Part(scope, common, ways.outcome(common, scope.demand, scope.sunk)))
    return Ladder(last, before, best.committed, tuple(first))
