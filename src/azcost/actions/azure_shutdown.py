"""Auto-shutdown of machines and idle shutdown of compute instances, in Azure."""

from __future__ import annotations

from azcost.actions import auto_shutdown, idle_shutdown
from azcost.actions.auto_shutdown import AutoShutdown, path_of
from azcost.actions.difference import Verb
from azcost.actions.idle_shutdown import IdleShutdown, is_compute, never
from azcost.actions.shutdown_change import Shutdown, ShutdownChange
from azcost.actions.writing import NotWritten
from azcost.arm.client import Connection
from azcost.arm.failures import ArmError, Missing
from azcost.arm.permits import READS, Permit

_SCHEDULE = r"/.+/providers/Microsoft\.DevTestLab/schedules/shutdown-computevm-[^/]+"
_COMPUTE = r"/.+/providers/Microsoft\.MachineLearningServices/workspaces/[^/]+/computes/[^/]+"
# All that leaves while shutdowns are changed.
PERMITS = (
    *READS,
    Permit("PUT", _SCHEDULE),
    Permit("DELETE", _SCHEDULE),
    Permit("POST", rf"{_COMPUTE}/updateIdleShutdownSetting"),
)


class Shutdowns:
    """The shutdowns that a login can reach; every failure is an ArmError."""

    def __init__(self, connection: Connection) -> None:
        self._arm = connection.arm()

    def all(self, subscription: str) -> list[Shutdown]:
        """The shutdowns of a subscription: of machines, then of compute instances, by id."""
        below = f"/subscriptions/{subscription}/providers"
        schedules = self._arm.each(
            f"{below}/Microsoft.DevTestLab/schedules", auto_shutdown.API_VERSION
        )
        machines = [one for found in schedules if (one := auto_shutdown.auto_shutdown(found))]
        instances = [
            instance
            for workspace in self._arm.each(
                f"{below}/Microsoft.MachineLearningServices/workspaces", idle_shutdown.API_VERSION
            )
            for found in self._arm.each(f"{workspace['id']}/computes", idle_shutdown.API_VERSION)
            if (instance := idle_shutdown.idle_shutdown(found))
        ]
        return [
            *sorted(machines, key=lambda one: one.vm.lower()),
            *sorted(instances, key=lambda one: one.compute.lower()),
        ]

    def of(self, target: str) -> Shutdown | None:
        """The shutdown of a machine or a compute instance, or None.

        Raises Missing when there is no such compute instance.
        """
        if is_compute(target):
            return idle_shutdown.idle_shutdown(
                {**self._arm.get(target, idle_shutdown.API_VERSION), "id": target}
            )
        try:
            found = self._arm.get(path_of(target), auto_shutdown.API_VERSION)
        except Missing:
            return None
        return auto_shutdown.auto_shutdown(found)

    def carry_out(self, change: ShutdownChange) -> None:
        """Do it; after a failure Azure is asked what it has, for an answer may be lost.

        The answer to an idle shutdown does not say what it is now, so that is asked, too.
        Raises NotWritten, which says what is there now.
        """
        if change.verb is Verb.NOTHING:
            return
        failed: ArmError | None = None
        try:
            self._write(change)
        except ArmError as error:
            failed = error
        if failed is None and not is_compute(change.target):
            return
        now = self._now(failed, change)
        if (now and now.settings()) != (change.after and change.after.settings()):
            why = f"{failed} " if failed else ""
            raise NotWritten(f"{why}{change.target} {_words(now)} now.") from failed

    def _write(self, change: ShutdownChange) -> None:
        match change.after:
            case AutoShutdown() as after:
                self._arm.put(after.path, auto_shutdown.API_VERSION, after.body())
            case IdleShutdown() as after:
                self._arm.post(after.path, idle_shutdown.API_VERSION, after.body())
            case None if is_compute(change.target):
                path, body = never(change.target)
                self._arm.post(path, idle_shutdown.API_VERSION, body)
            case None:
                self._arm.delete(path_of(change.target), auto_shutdown.API_VERSION)

    def _now(self, failed: ArmError | None, change: ShutdownChange) -> Shutdown | None:
        try:
            return self.of(change.target)
        except ArmError as again:
            raise NotWritten(
                f"{failed or again} What {change.target} has now is not known: "
                "azcost shutdown status."
            ) from again


def _words(now: Shutdown | None) -> str:
    if now is None:
        return "has no shutdown"
    what, value = next(iter(now.settings().items()))
    return f"{what} {value}"
