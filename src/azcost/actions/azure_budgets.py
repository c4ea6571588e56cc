"""Azure's budgets: read, written and deleted through Microsoft's client of Consumption."""

from __future__ import annotations

import json
from typing import Any

from azcost.actions.budget import Standing, standing
from azcost.actions.budget_change import BudgetChange, is_same
from azcost.actions.difference import NotWritten, Verb
from azcost.actions.scope import Scope
from azcost.arm.client import Connection
from azcost.arm.failures import ArmError, Missing, translated
from azcost.arm.permits import READS, Permit

_BUDGET = r"/.+/providers/Microsoft\.Consumption/budgets/[^/]+"
# All that leaves while budgets are changed.
PERMITS = (*READS, Permit("PUT", _BUDGET), Permit("DELETE", _BUDGET))
# The client wants a subscription; of other scopes no request names one.
_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


class Budgets:
    """The budgets of a scope; every failure is an ArmError."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.scope = scope
        self._budgets = connection.consumption(scope.subscription or _NO_SUBSCRIPTION).budgets

    def all(self) -> list[Standing]:
        """All budgets of the scope, by name."""
        with translated(f"the budgets of the {self.scope}"):
            found = [standing(self.scope, one.as_dict()) for one in self._budgets.list(self._path)]
        return sorted(found, key=lambda one: one.budget.name.lower())

    def named(self, name: str) -> Standing | None:
        """The budget of a name, or None."""
        try:
            with translated(f"the budget {name} of the {self.scope}"):
                return standing(self.scope, self._budgets.get(self._path, name).as_dict())
        except Missing:
            return None

    def existing(self, name: str) -> Standing:
        """The budget of a name; raises Missing."""
        found = self.named(name)
        if found is None:
            raise Missing(f"The {self.scope} has no budget {name!r}: azcost budget list.", 404)
        return found

    def carry_out(self, change: BudgetChange) -> Standing | None:
        """Do it, and answer what is there then; None after a deletion.

        An answer that is lost says nothing, so after a failure Azure is asked what it has:
        that may be what was wanted.

        Raises NotWritten, which says what is there now.
        """
        if change.verb is Verb.NOTHING:
            return change.before
        if change.after is None:
            self._delete(change)
            return None
        wanted = change.after
        # Bytes are taken as well, whatever the annotation says, and can be sent again.
        body: Any = json.dumps(change.body).encode()
        try:
            with translated(f"{change.verb} the budget {wanted.name}"):
                answer = self._budgets.create_or_update(self._path, wanted.name, body)
                return standing(self.scope, answer.as_dict())
        except ArmError as failed:
            now = self._after(failed, wanted.name)
            if now and is_same(now.budget, wanted):
                return now
            raise NotWritten(f"{_sentence(failed)} {_state(change.before, now)}") from failed

    def _delete(self, change: BudgetChange) -> None:
        assert change.before is not None  # noqa: S101 - a deletion is of what exists
        name = change.before.budget.name
        now = self.existing(name)
        if now.etag != change.before.etag:
            raise NotWritten(f"The budget {name} was not deleted: somebody has changed it since.")
        try:
            with translated(f"delete the budget {name}"):
                self._budgets.delete(self._path, name)
        except ArmError as failed:
            if left := self._after(failed, name):
                raise NotWritten(f"{_sentence(failed)} {_state(change.before, left)}") from failed

    def _after(self, failed: ArmError, name: str) -> Standing | None:
        """What is there after a failure."""
        try:
            return self.named(name)
        except ArmError as again:
            raise NotWritten(
                f"{_sentence(failed)} What is there now could not be read either ({again}): "
                f"look with azcost budget show {name}."
            ) from failed

    @property
    def _path(self) -> str:
        return self.scope.path


def _sentence(failed: ArmError) -> str:
    return f"{str(failed).rstrip('.')}."


def _state(before: Standing | None, now: Standing | None) -> str:
    if before is None and now is None:
        return "There is no such budget, as before."
    if before and now and now.etag == before.etag:
        return "The budget is as it was."
    return (
        "Somebody else has changed it meanwhile; their change was kept. Run this again to see "
        "what there is now."
    )
