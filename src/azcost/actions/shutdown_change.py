"""What leads from the way in which a resource is stopped to the one that is wanted."""

from __future__ import annotations

import msgspec

from azcost.actions.auto_shutdown import AutoShutdown
from azcost.actions.difference import Difference, Verb, differences
from azcost.actions.idle_shutdown import IdleShutdown

Shutdown = AutoShutdown | IdleShutdown


class ShutdownChange(msgspec.Struct, frozen=True):
    """A shutdown before and after; None where there is none."""

    verb: Verb
    before: Shutdown | None
    after: Shutdown | None
    differences: tuple[Difference, ...]

    @property
    def target(self) -> str:
        """The ARM id of the resource that it is about."""
        one = self.after or self.before
        return one.target if one else ""


def towards(wanted: Shutdown, found: Shutdown | None) -> ShutdownChange:
    """What to do; nothing, where both say the same."""
    if found is None:
        return ShutdownChange(Verb.CREATE, None, wanted, differences({}, wanted.settings()))
    what = differences(found.settings(), wanted.settings())
    return ShutdownChange(Verb.UPDATE if what else Verb.NOTHING, found, wanted, what)


def removal(found: Shutdown) -> ShutdownChange:
    """The end of a shutdown."""
    return ShutdownChange(Verb.DELETE, found, None, differences(found.settings(), {}))
