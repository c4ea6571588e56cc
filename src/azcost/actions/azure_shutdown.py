"""Azure's auto-shutdown schedules: read, written and deleted by the thin client."""

from __future__ import annotations

from azcost.actions.auto_shutdown import (
    API_VERSION,
    AutoShutdown,
    ShutdownChange,
    auto_shutdown,
    path_of,
)
from azcost.actions.difference import Verb
from azcost.actions.writing import NotWritten
from azcost.arm.client import Connection
from azcost.arm.failures import ArmError, Missing
from azcost.arm.permits import READS, Permit

_SCHEDULE = r"/.+/providers/Microsoft\.DevTestLab/schedules/shutdown-computevm-[^/]+"
# All that leaves while schedules are changed.
PERMITS = (*READS, Permit("PUT", _SCHEDULE), Permit("DELETE", _SCHEDULE))


class AutoShutdowns:
    """The schedules that a login can reach; every failure is an ArmError."""

    def __init__(self, connection: Connection) -> None:
        self._arm = connection.arm()

    def all(self, subscription: str) -> list[AutoShutdown]:
        """The auto-shutdowns of a subscription, by machine."""
        path = f"/subscriptions/{subscription}/providers/Microsoft.DevTestLab/schedules"
        found = (auto_shutdown(one) for one in self._arm.each(path, API_VERSION))
        return sorted((one for one in found if one), key=lambda one: one.vm.lower())

    def of(self, vm: str) -> AutoShutdown | None:
        """The schedule of a machine, or None."""
        try:
            return auto_shutdown(self._arm.get(path_of(vm), API_VERSION))
        except Missing:
            return None

    def carry_out(self, change: ShutdownChange) -> None:
        """Do it; after a failure Azure is asked what it has, for an answer may be lost.

        Raises NotWritten, which says what is there now.
        """
        if change.verb is Verb.NOTHING:
            return
        try:
            if change.after is None:
                self._arm.delete(path_of(change.vm), API_VERSION)
            else:
                self._arm.put(change.after.path, API_VERSION, change.after.body())
        except ArmError as failed:
            now = self._now(failed, change)
            if (now and now.settings()) != (change.after and change.after.settings()):
                state = _words(now)
                raise NotWritten(f"{failed} {change.vm} {state} now.") from failed

    def _now(self, failed: ArmError, change: ShutdownChange) -> AutoShutdown | None:
        try:
            return self.of(change.vm)
        except ArmError:
            raise NotWritten(
                f"{failed} What {change.vm} has now is not known: azcost shutdown status."
            ) from failed


def _words(now: AutoShutdown | None) -> str:
    if now is None:
        return "has no auto-shutdown"
    return f"stops at {now.settings()['stops at']}"
