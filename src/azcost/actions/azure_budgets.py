"""Azure's budgets: read, written and deleted through Microsoft's client of Consumption."""

from __future__ import annotations

import json
from typing import Any

from azcost.actions.budget import Json, Standing, standing
from azcost.actions.budget_change import BudgetChange, is_same
from azcost.actions.difference import Verb
from azcost.actions.scope import Scope
from azcost.actions.writing import deleted, written
from azcost.arm.client import Connection
from azcost.arm.failures import Missing, translated
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

        Raises NotWritten, which says what is there now.
        """
        if change.verb is Verb.NOTHING:
            return change.before
        name = change.budget.name
        what = f"{change.verb} the budget {name}"
        if change.before and change.after is None:
            deleted(
                what,
                change.before,
                delete=lambda: self._budgets.delete(self._path, name),
                read=lambda: self.named(name),
            )
            return None
        return written(
            what,
            change.before,
            write=lambda: self._write(name, change.body),
            read=lambda: self.named(name),
            is_wanted=lambda now: is_same(now.budget, change.budget),
        )

    def _write(self, name: str, body: Json | None) -> Standing:
        # Bytes are taken as well, whatever the annotation says, and can be sent again.
        sent: Any = json.dumps(body).encode()
        answer = self._budgets.create_or_update(self._path, name, sent)
        return standing(self.scope, answer.as_dict())

    @property
    def _path(self) -> str:
        return self.scope.path
