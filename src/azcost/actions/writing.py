"""Writing to Azure so that one knows afterwards what is there, whatever came in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from azcost.arm.failures import ArmError, translated
from azcost.errors import AzcostError


class NotWritten(AzcostError):
    """Azure did not take a change; the message says what is there now."""

    exit_code = 3


class Tagged(Protocol):
    """Something of Azure's that has another `etag` after every change."""

    @property
    def etag(self) -> str:
        """The tag of this version."""


Thing = TypeVar("Thing", bound=Tagged)


def written(
    what: str,
    before: Thing | None,
    *,
    write: Callable[[], Thing],
    read: Callable[[], Thing | None],
    is_wanted: Callable[[Thing], bool],
) -> Thing:
    """Write something and answer what is there then; `before` is what was there.

    An answer that is lost says nothing, so after a failure Azure is asked what it has:
    that may be what was wanted.

    Raises NotWritten, which says what is there now.
    """
    try:
        with translated(what):
            return write()
    except ArmError as failed:
        now = _after(failed, read)
        if now and is_wanted(now):
            return now
        raise NotWritten(f"{_sentence(failed)} {_state(before, now)}") from failed


def deleted(
    what: str,
    before: Thing,
    *,
    delete: Callable[[], None],
    read: Callable[[], Thing | None],
) -> None:
    """Delete something that is as it was before; raises NotWritten, also when it is not."""
    now = read()
    if now is not None and now.etag != before.etag:
        raise NotWritten(f"Could not {what}: somebody has changed it since. Run this again.")
    try:
        with translated(what):
            delete()
    except ArmError as failed:
        if left := _after(failed, read):
            raise NotWritten(f"{_sentence(failed)} {_state(before, left)}") from failed


def _after(failed: ArmError, read: Callable[[], Thing | None]) -> Thing | None:
    """What is there after a failure."""
    try:
        return read()
    except ArmError as again:
        raise NotWritten(
            f"{_sentence(failed)} What is there now could not be read either ({again}): look "
            "before you run this again."
        ) from failed


def _sentence(failed: ArmError) -> str:
    return f"{str(failed).rstrip('.')}."


def _state(before: Tagged | None, now: Tagged | None) -> str:
    if before is None and now is None:
        return "There is no such thing, as before."
    if before and now and now.etag == before.etag:
        return "It is as it was."
    return (
        "Somebody else has changed it meanwhile; their change was kept. Run this again to see "
        "what there is now."
    )
