"""What can go wrong, in words that say what to do.

Every error of ours is an `AzcostError`. The command line turns it into one message on
stderr and its exit code; anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

from typing import ClassVar


class AzcostError(Exception):
    """A problem that the user can do something about; the message says what."""

    exit_code: ClassVar[int] = 2


class TablesError(AzcostError):
    """The price tables cannot be read: a damaged file, a row that makes no sense."""


class Unwritable(AzcostError):
    """A file cannot be written: no permission, no room, no such folder."""


class PriceNotFound(AzcostError):
    """No row of the tables prices this meter; `command` would fetch it."""

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, command: str = "") -> None:
        super().__init__(f"{message} Fetch it: {command}" if command else message)
        self.message = message
        self.command = command


class ConflictingPrices(AzcostError):
    """Several rows fit a meter and disagree: naming one of them would be a guess."""

    exit_code: ClassVar[int] = 4


class UnitMismatch(AzcostError):
    """A quantity in one unit met a price per another, or a row has an unknown unit."""

    exit_code: ClassVar[int] = 4
