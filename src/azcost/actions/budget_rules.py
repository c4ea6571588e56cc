"""What Azure demands of a budget, checked before it is asked: all that is wrong, at once.

The rules are those of API facts 2.6: Microsoft's reference of Microsoft.Consumption/budgets.
Most of them stand only in its prose, so that a schema lets through what Azure then refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from azcost.actions.budget import GRAINS, Budget, Notification, plain
from azcost.errors import AzcostError

FIRST_START = date(2017, 6, 1)
MONTHS_AHEAD = 12
MAX_NOTIFICATIONS = 5
MAX_CONTACTS = 50
MAX_PERCENT = 1000
# Above it, a number of JSON no longer keeps the cents.
MAX_DIGITS = 13
# Consumption takes EqualTo, too, which is to be deprecated, and misses a jump past it.
OPERATORS = ("GreaterThan", "GreaterThanOrEqualTo")
# Names and addresses by the patterns of Cost Management's OpenAPI.
_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_ACTION_GROUP = re.compile(
    r"/?subscriptions/[^/]+/resourceGroups/[^/]+/providers/microsoft\.insights/actionGroups/[^/]+",
    re.IGNORECASE,
)


class BudgetRefused(AzcostError):
    """A budget, or an alert, that Azure would not take."""


def check(budget: Budget, today: date, *, before: Budget | None = None) -> None:
    """Raise BudgetRefused with all that Azure would refuse; `before` is what exists.

    The start of what exists is fine, however old: Azure checks it when it is set.
    """
    refuse("budget", [*_problems(budget, today, before)])


def refuse(what: str, problems: list[str]) -> None:
    """Raise BudgetRefused if there are problems."""
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        raise BudgetRefused(f"Azure would refuse this {what}; nothing was sent.\n{lines}")


def is_email(text: str) -> bool:
    """Whether Azure takes it as an address."""
    return bool(_EMAIL.fullmatch(text))


def period_start(today: date, grain: str) -> date:
    """The first day of the month, quarter or year that a day is in."""
    months = GRAINS[grain]
    return date(today.year, (today.month - 1) // months * months + 1, 1)


def _problems(budget: Budget, today: date, before: Budget | None) -> Iterator[str]:
    if not _NAME.fullmatch(budget.name):
        yield f"name {budget.name!r}: only letters, digits, - and _"
    if not budget.amount.is_finite() or budget.amount <= 0:
        yield f"amount {budget.amount}: it must be more than 0"
    elif budget.amount.adjusted() >= MAX_DIGITS or budget.amount != round(budget.amount, 2):
        yield f"amount {budget.amount}: whole cents, of less than {MAX_DIGITS} digits before them"
    if budget.grain not in GRAINS:
        yield (
            f"time grain {budget.grain}: expected {', '.join(GRAINS)} (billing months are for "
            "Web Direct subscriptions only, azcost does not set them)"
        )
    elif before is None or before.start != budget.start:
        yield from _about_start(budget, today)
    if budget.end and budget.end <= budget.start:
        yield f"end {budget.end}: it must be after the start, {budget.start}"
    for one in budget.conditions:
        if not one.name or not one.values or not all(one.values):
            yield f"filter {one.name!r}: it needs a name and values that are not empty"
    yield from _about_thresholds(budget)
    for to in dict.fromkeys(one.to for one in budget.notifications):
        yield from _about_contacts(budget, next(n for n in budget.notifications if n.to == to))


def _about_start(budget: Budget, today: date) -> Iterator[str]:
    start = budget.start
    if start.day != 1:
        yield f"start {start}: it must be the first of a month"
    if start < FIRST_START:
        yield f"start {start}: Azure knows no costs before {FIRST_START}"
    elif start < (current := period_start(today, budget.grain)):
        yield f"start {start}: a new start may not be before {current}, when this period began"
    ahead = (start.year - today.year) * 12 + start.month - today.month
    if ahead > MONTHS_AHEAD:
        yield f"start {start}: at most {MONTHS_AHEAD} months ahead"


def _about_thresholds(budget: Budget) -> Iterator[str]:
    thresholds = [one.threshold for one in budget.notifications]
    if len(thresholds) > MAX_NOTIFICATIONS:
        yield f"{len(thresholds)} thresholds: at most {MAX_NOTIFICATIONS}"
    for one in dict.fromkeys(thresholds):
        if thresholds.count(one) > 1:
            yield f"threshold {one}: it is there {thresholds.count(one)} times"
        if one.operator not in OPERATORS:
            yield f"threshold {one}: the operator must be {' or '.join(OPERATORS)}"
        if not one.percent.is_finite() or not 0 <= one.percent <= MAX_PERCENT:
            yield f"threshold {one.basis} {one.percent}%: from 0 to {MAX_PERCENT} per cent"
        elif one.percent != round(one.percent, 2):
            yield f"threshold {plain(one.percent)}%: at most two decimals"


def _about_contacts(budget: Budget, one: Notification) -> Iterator[str]:
    scope, to = budget.scope, one.to
    for email in to.emails:
        if not is_email(email):
            yield f"e-mail {email!r}: that is no address"
    for group in to.groups:
        if not _ACTION_GROUP.fullmatch(group):
            yield (
                f"action group {group!r}: expected its whole id, /subscriptions/…/resourceGroups/…"
                "/providers/microsoft.insights/actionGroups/NAME"
            )
    for name, contacts in (("e-mail addresses", to.emails), ("action groups", to.groups)):
        if len(contacts) > MAX_CONTACTS:
            yield f"{len(contacts)} {name}: at most {MAX_CONTACTS}"
    if not scope.takes_roles_and_groups:
        if to.roles or to.groups:
            yield (
                f"roles and action groups: not at a {scope.kind}, only at a subscription or a "
                "resource group; give e-mail addresses"
            )
        if not to.emails:
            yield f"at a {scope.kind} each threshold needs an e-mail address (--email)"
    elif not to.emails and not to.groups:
        yield "each threshold needs an e-mail address or an action group (--email, --action-group)"
