"""From the budget that exists to the one that is wanted: what to do, and what it changes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from azcost.actions.budget import Budget, Condition, Json, Notification, Standing, plain
from azcost.actions.difference import Difference, Verb, differences


class BudgetChange(msgspec.Struct, frozen=True):
    """What is to be done to a budget: `before` is what exists, `after` what is wanted."""

    verb: Verb
    before: Standing | None
    after: Budget | None
    differences: tuple[Difference, ...]

    @property
    def budget(self) -> Budget:
        """The budget that it is about."""
        budget = self.after or (self.before.budget if self.before else None)
        assert budget is not None  # noqa: S101 - a change has at least one of them
        return budget

    @property
    def body(self) -> Json | None:
        """The JSON to send; None for what is to be deleted."""
        if self.after is None:
            return None
        return self.after.body(self.before.etag if self.before else "")


def towards(wanted: Budget, found: Standing | None) -> BudgetChange:
    """What leads from what was found to what is wanted; nothing, where both say the same."""
    if found is None:
        return BudgetChange(Verb.CREATE, None, wanted, differences({}, settings(wanted)))
    after = _settled(wanted, found.budget)
    what = differences(settings(found.budget), settings(after))
    return BudgetChange(Verb.UPDATE if what else Verb.NOTHING, found, after, what)


def deletion(found: Standing) -> BudgetChange:
    """The end of a budget."""
    return BudgetChange(Verb.DELETE, found, None, differences(settings(found.budget), {}))


def is_same(one: Budget, other: Budget) -> bool:
    """Whether two budgets say the same, whatever they leave to Azure."""
    return not differences(settings(one), settings(_settled(other, one)))


def settings(budget: Budget) -> Mapping[str, str]:
    """A budget's settings in words; order and case, which mean nothing to Azure, are gone."""
    found = {
        "amount": plain(budget.amount),
        "time grain": budget.grain,
        "start": str(budget.start),
        "end": str(budget.end or "left to Azure: ten years after the start"),
    }
    for condition in sorted(budget.conditions, key=lambda one: (one.kind, one.name)):
        found[_condition(condition)] = ", ".join(sorted(condition.values))
    for one in budget.notifications:
        name = str(one.threshold)
        while name in found:  # made in the portal, with keys of their own
            name += " again"
        found[name] = _told(one)
    return found


def _condition(one: Condition) -> str:
    return f"only the tag {one.name}" if one.kind == "tags" else f"only {one.name}"


def _told(one: Notification) -> str:
    to = one.to
    words = [*sorted(email.lower() for email in to.emails)]
    words += [f"role {role}" for role in sorted(to.roles)]
    words += [f"action group {group.lower()}" for group in sorted(to.groups)]
    off = "" if one.enabled else " (switched off)"
    locale = f" in {one.locale}" if one.locale else ""
    return f"tells {', '.join(words) or 'nobody'}{locale}{off}"


def _settled(wanted: Budget, found: Budget) -> Budget:
    """What is wanted, with what it leaves open as it is now: its end and languages."""
    spoken = {one.threshold: one.locale for one in found.notifications}
    return msgspec.structs.replace(
        wanted,
        end=wanted.end or found.end,
        notifications=tuple(
            msgspec.structs.replace(one, locale=one.locale or spoken.get(one.threshold, ""))
            for one in wanted.notifications
        ),
    )
