"""Azure's scheduled mails: read, written and deleted through its client of Cost Management."""

from __future__ import annotations

import json
from typing import Any

from azcost.actions.alert import Alert, AlertChange, StandingAlert, settings, standing_alert
from azcost.actions.difference import Verb
from azcost.actions.scope import Scope
from azcost.actions.writing import deleted, written
from azcost.arm.client import Connection
from azcost.arm.failures import Missing, translated
from azcost.arm.permits import READS, Permit

_ALERT = r"/.+/providers/Microsoft\.CostManagement/scheduledActions/[^/]+"
# All that leaves while alerts are changed.
PERMITS = (*READS, Permit("PUT", _ALERT), Permit("DELETE", _ALERT))


class Alerts:
    """The scheduled mails of a scope; every failure is an ArmError."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.scope = scope
        self._actions = connection.cost_management().scheduled_actions

    def all(self) -> list[StandingAlert]:
        """All alerts of the scope, by name."""
        with translated(f"the alerts of the {self.scope}"):
            found = [
                standing_alert(self.scope, one.as_dict())
                for one in self._actions.list_by_scope(self.scope.path)
            ]
        return sorted(found, key=lambda one: one.alert.name)

    def named(self, name: str) -> StandingAlert | None:
        """The alert of a name, or None."""
        try:
            with translated(f"the alert {name} of the {self.scope}"):
                found = self._actions.get_by_scope(self.scope.path, name)
                return standing_alert(self.scope, found.as_dict())
        except Missing:
            return None

    def carry_out(self, change: AlertChange) -> StandingAlert | None:
        """Do it, and answer what is there then; None after a deletion.

        Raises NotWritten, which says what is there now.
        """
        if change.verb is Verb.NOTHING:
            return change.before
        name = change.alert.name
        what = f"{change.verb} the alert {name}"
        if change.before and change.after is None:
            deleted(
                what,
                change.before,
                delete=lambda: self._actions.delete_by_scope(self.scope.path, name),
                read=lambda: self.named(name),
            )
            return None
        return written(
            what,
            change.before,
            write=lambda: self._write(change.alert, change.before),
            read=lambda: self.named(name),
            is_wanted=lambda now: settings(now.alert) == settings(change.alert),
        )

    def _write(self, alert: Alert, before: StandingAlert | None) -> StandingAlert:
        # Bytes are taken as well, whatever the annotation says, and can be sent again.
        sent: Any = json.dumps(alert.body()).encode()
        headers = {"If-Match": before.etag} if before else {}
        answer = self._actions.create_or_update_by_scope(
            self.scope.path, alert.name, sent, headers=headers
        )
        return standing_alert(self.scope, answer.as_dict())
