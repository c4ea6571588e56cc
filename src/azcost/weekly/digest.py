"""What a week brought: the figures of the mail, before anybody writes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import msgspec
import numpy as np

from azcost.advice.advise import Advice
from azcost.advice.ledger import Entry
from azcost.audit import commitments
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.incidents import Incident, incidents
from azcost.outlook import Breach, Outlook, outlook
from azcost.report.audit_changes import Changes
from azcost.spending import Spending, of_snapshot

WEEK = 7
# What began this long ago is still news, and so much of it fits into a mail.
_NEWS_DAYS = 2 * WEEK
TOP = 5
_EXPIRES_DAYS = 60
_BUDGETS = "Microsoft.Consumption/budgets"


class Expiry(msgspec.Struct, frozen=True):
    """Something that ends soon."""

    what: str
    day: date


class Owner(msgspec.Struct, frozen=True):
    """What belongs to one value of the owner tag: a week's cost, and its findings."""

    name: str
    week: float
    before: float
    findings: tuple[Entry, ...]


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """A week of complete days until `last_day`, and the same weekdays before it.

    `outlook` is None where the bill is too short for a forecast; `budgets` have
    the chances of those over the whole bill. `changes` is None
    without an earlier audit. `quality` says what this mail could not see.
    """

    subscriptions: tuple[str, ...]
    ids: tuple[str, ...]
    currency: str
    last_day: date
    week: float
    before: float
    daily: tuple[float, ...]
    outlook: Outlook | None
    budgets: tuple[tuple[str, Breach], ...]
    news: tuple[Incident, ...]
    advice: Advice
    changes: Changes | None
    expiring: tuple[Expiry, ...]
    owners: tuple[Owner, ...]
    quality: tuple[str, ...]

    @property
    def first_day(self) -> date:
        """The first day of the week."""
        return self.last_day - timedelta(days=WEEK - 1)

    @property
    def change(self) -> float | None:
        """The change against the same weekdays before, as a share; None if those cost nothing."""
        return self.week / self.before - 1 if self.before else None

    @property
    def counted(self) -> list[Entry]:
        """The findings whose savings add up, the largest first."""
        return [one for one in self.advice.entries if one.counted]


def digest(
    facts: Facts, advice: Advice, changes: Changes | None, owner_tag: str, budget: float | None
) -> Digest:
    """The week of a snapshot; raises AzcostError when it has no costs.

    `budget` is a month's budget over everything, beside those that the snapshot has.
    """
    snapshot = facts.snapshot
    spending = of_snapshot(snapshot)
    total = spending.total()
    ahead, why = _ahead(spending)
    news = [
        one
        for one in incidents(spending, 0.0, snapshot.activity)
        if (spending.last_day - one.first).days < _NEWS_DAYS
    ]
    return Digest(
        subscriptions=tuple(one.name for one in snapshot.subscriptions),
        ids=tuple(one.key for one in snapshot.subscriptions),
        currency=spending.currency,
        last_day=spending.last_day,
        week=float(total[-WEEK:].sum()),
        before=float(total[-2 * WEEK : -WEEK].sum()),
        daily=tuple(float(one) for one in total[-2 * WEEK :]),
        outlook=ahead,
        budgets=tuple(_standing(facts, ahead, budget)),
        news=tuple(news[:TOP]),
        advice=advice,
        changes=changes,
        expiring=tuple(sorted(_expiring(facts, advice), key=lambda one: one.day)),
        owners=tuple(_owners(spending, advice, owner_tag)),
        quality=tuple(_quality(spending, advice, why)),
    )


def _ahead(spending: Spending) -> tuple[Outlook | None, str]:
    from azcost.errors import AzcostError

    try:
        return outlook("the whole bill", spending.total(), spending, 30), ""
    except AzcostError as error:
        return None, str(error)


def _standing(
    facts: Facts, ahead: Outlook | None, budget: float | None
) -> Iterator[tuple[str, Breach]]:
    """The chances of budgets; those over a part of the bill need a forecast of that part."""
    if ahead is None:
        return
    if budget:
        yield "the month's budget", ahead.breach(budget)
    one_subscription = len(facts.snapshot.subscriptions) == 1
    for found in facts.by_type(_BUDGETS):
        amount, grain = found.number("amount"), found.text("timeGrain")
        whole = found.key.count("/") == 6 and not found.document.text("filter.and")
        if one_subscription and whole and amount and grain == "Monthly":
            yield f"the budget {found.name}", ahead.breach(float(amount))


def _expiring(facts: Facts, advice: Advice) -> Iterator[Expiry]:
    for type_ in (commitments.RESERVATION, commitments.SAVINGS_PLAN):
        for one in facts.by_type(type_):
            end = commitments.expiry(one)
            if end and 0 <= (end - facts.today).days <= _EXPIRES_DAYS:
                renews = ", renews itself" if one.flag("renew") else ""
                yield Expiry(f"{_kind(one)} {commitments.name_of(one)}{renews}", end)
    for kept in advice.exempted:
        end = kept.exemption.expiry
        if end and (end - facts.today).days <= _EXPIRES_DAYS:
            yield Expiry(f"exemption of {kept.finding.resource.name} ({kept.exemption.owner})", end)


def _kind(benefit: Resource) -> str:
    return "reservation" if benefit.type == commitments.RESERVATION.lower() else "savings plan"


def _owners(spending: Spending, advice: Advice, tag: str) -> Iterator[Owner]:
    """By the owner tag, those that cost the most first; nothing where no resource has it."""
    if not any(tag in tags for tags in spending.tags):
        return
    findings = defaultdict(list)
    for one in advice.entries:
        if one.counted:
            findings[one.finding.resource.tags.get(tag, "")].append(one)
    for label, daily in spending.by(tag).items():
        name = "" if label == f"(no {tag})" else label
        week, before = _sums(daily)
        yield Owner(name, week, before, tuple(findings.get(name, ())))


def _sums(daily: np.ndarray) -> tuple[float, float]:
    return float(daily[-WEEK:].sum()), float(daily[-2 * WEEK : -WEEK].sum())


def _quality(spending: Spending, advice: Advice, why: str) -> Iterator[str]:
    yield (f"Amortised cost, complete until {spending.last_day}; Azure completes later days later.")
    if why:
        yield f"No forecast: {why}"
    audit = advice.audit
    blind = sum(1 for one in audit.rules if one.undecided or one.status.value.startswith("no "))
    if blind:
        yield f"{blind} of {len(audit.rules)} rules could not judge everything they are for."
    for one in audit.unread[:TOP]:
        role = f" (role: {one.role})" if one.role else ""
        yield f"Not read: {one.part}, {one.reason}{role}"
