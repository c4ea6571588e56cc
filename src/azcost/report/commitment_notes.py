"""What a reader of advice on commitments must know beside the figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec

from azcost.optimise.commitment_bill import Plan, Reservation
from azcost.optimise.commitment_rules import in_force, rules
from azcost.optimise.commitments import Advice
from azcost.optimise.existing import Commitment
from azcost.optimise.flex_groups import COMMITMENTS
from azcost.units import plain


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Advice, and what a reader must know of the figures that it stands on.

    `end` is the first hour that the usage no longer covers; `ended` and `ending` are
    existing commitments that were left out, and those that will end.
    """

    source: str
    end: datetime
    filled: int
    advice: Advice
    currency: str
    today: date
    has_windows: bool
    ended: int
    ending: tuple[Commitment, ...]

    @property
    def hours(self) -> int:
        """How many hours were looked back on."""
        return int(self.advice.payg.parts[0].scope.demand.usage.shape[1])

    @property
    def span(self) -> str:
        """The look-back in words."""
        if self.hours < _HOURS_PER_DAY:
            return f"{self.hours} hour{'s' if self.hours > 1 else ''}"
        days = plain(round(Decimal(self.hours) / _HOURS_PER_DAY, 1))
        return f"{days} day{'' if days == '1' else 's'}"

    @property
    def is_short(self) -> bool:
        """Whether no week was seen twice."""
        return self.hours < _FEW_DAYS * _HOURS_PER_DAY


_HOURS_PER_DAY = 24
# Two of each day of the week.
_FEW_DAYS = 14


def notes(answer: Answer, bought: list[Reservation | Plan]) -> Iterator[str]:
    """Yield the notes, what the reader can act on first."""
    advice = answer.advice
    if answer.is_short:
        yield (
            f"Only {answer.span} of usage: no week was seen twice, and the scenarios repeat what "
            "was. Do not buy on this alone."
        )
    yield from _unsold(answer)
    yield from _ladder(answer)
    yield (
        f"The scenarios draw whole weeks of the history, let each group's level drift by "
        f"{advice.outlook.drift:g} a year and end with a chance of {advice.outlook.death:.0%} a "
        "year; one-year commitments are renewed to the level of that day. Nobody fitted these "
        "figures: --drift and --death state others. No growth is assumed."
    )
    yield (
        "Savings are against pay-as-you-go at list prices beside what was bought before, on the "
        "machine alone. Of each pair of terms three portfolios were tried: the optimum of the "
        "history, that of many scenarios, and a cautious one for which bad scenarios count more; "
        "recommended is the best average of the expected saving and the worst tenth."
    )
    yield (
        "Sizes share a reservation here when they are of one series and region and all their "
        "prices are in proportion to their vCPUs; Azure's own table of ratios may join more. "
        "Small reservations cover larger sizes in part: buy the size and count shown, or the "
        "same units as larger sizes, with instance size flexibility on."
    )
    yield _prices(answer)
    if answer.filled:
        yield f"{answer.filled:,} hours of series had no row and were taken as zero."
    yield from _about_existing(answer)
    sizes = [
        m.sku.size for one in bought if isinstance(one, Reservation) for m in one.group.members
    ]
    kinds = {"plan" if isinstance(one, Plan) else "reservation" for one in bought}
    kinds |= {"windows"} if answer.has_windows else set()
    for rule in in_force(rules(), answer.today, sizes):
        if rule.applies_to in kinds:
            yield f"{rule.statement} ({rule.source})"


def _prices(answer: Answer) -> str:
    prices = [
        price
        for part in answer.advice.payg.parts
        for group in part.scope.demand.groups
        for price in group.prices.values()
    ]
    days = sorted({price.observed_on for price in prices})
    sources = ", ".join(sorted({price.source for price in prices}))
    return f"List prices seen {' to '.join(dict.fromkeys((days[0], days[-1])))} by {sources}."


def _unsold(answer: Answer) -> Iterator[str]:
    """Say which sizes have no price for a commitment, and so stay as they are."""
    groups = {g.unit: g for p in answer.advice.payg.parts for g in p.scope.demand.groups}
    for sku, group in groups.items():
        missing = [one.value for one in COMMITMENTS if one not in group.prices]
        if len(missing) == len(COMMITMENTS):
            yield (
                f"{sku.size} in {sku.region} has no price for any commitment in these tables: it "
                "stays pay-as-you-go. `azcost prices sync` may know more."
            )
        elif missing:
            yield f"{sku.size} in {sku.region} has no {' or '.join(missing)} price in these tables."
    derived = sorted(
        {
            g.unit.size
            for g in groups.values()
            for p in g.prices.values()
            if p.rule == "ratio-of-size"
        }
    )
    if derived:
        yield (
            f"Reservation prices of {', '.join(derived)} are derived from other regions (error "
            "mostly under 1 %, at worst 16 %): check them before buying."
        )


def _ladder(answer: Answer) -> Iterator[str]:
    ladder = answer.advice.ladder
    if ladder is None:
        yield ("There are fewer than 60 days of usage: whether recent months agree cannot be said.")
    elif ladder.is_advised:
        yield (
            f"Buy in steps: {ladder.recommended:,.2f} {answer.currency} per hour are recommended, "
            f"but the last 30 days alone would commit {ladder.last:,.2f}, and the 30 days before "
            f"them {ladder.before:,.2f}. Start with the first step and look again in a month."
        )


def _about_existing(answer: Answer) -> Iterator[str]:
    if answer.ended:
        yield f"{answer.ended} existing commitments have ended and were left out."
    for part in answer.advice.payg.parts:
        for one in part.scope.sunk.unused:
            if one.sku is not None:
                yield (
                    f"The existing reservation of {plain(one.quantity)} x {one.sku.size} in "
                    f"{one.sku.region} fits no usage: exchange, return or use it."
                )
    if answer.ending:
        days = ", ".join(sorted({one.ends.isoformat() for one in answer.ending if one.ends}))
        yield (
            f"Existing commitments are counted as if they went on; they end on {days}: run this "
            "again before then."
        )
