"""Mails that wait to be sent: none is lost, and none is sent twice.

A mail is written whole before anybody tries to send it, under its message id. A marker is
written when the server has taken it. A crash in the few milliseconds between the two is the
only case left open, and there azcost does not send again by itself: it says which mail that
was. Twice is worse than once and a question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import msgspec

from azcost.errors import AzcostError
from azcost.files import private, written_whole

_WAITING, _TRYING, _SENT = ".eml", ".trying", ".sent"


class Spool(msgspec.Struct, frozen=True):
    """A folder with a file per mail."""

    folder: Path

    def add(self, mail: EmailMessage) -> Path | None:
        """Keep a mail until it is sent; None when one with its id was sent before."""
        file = private(self.folder) / (_key(mail) + _WAITING)
        if file.with_suffix(_SENT).exists():
            return None
        try:
            with written_whole(file) as part:
                part.write_bytes(mail.as_bytes(policy=SMTP))
        except OSError as error:
            raise AzcostError(f"{self.folder} cannot be written: {error.strerror}.") from error
        return file

    def waiting(self) -> Iterator[Path]:
        """The mails that are not sent, the oldest first."""
        if not self.folder.is_dir():
            return
        files = (one for one in self.folder.iterdir() if one.suffix == _WAITING)
        yield from sorted(files, key=lambda one: one.stat().st_mtime)

    def unclear(self, file: Path) -> bool:
        """Whether somebody began to send it and nobody knows how that ended."""
        return file.with_suffix(_TRYING).exists()

    def send(self, file: Path, send: Callable[[EmailMessage], None]) -> None:
        """Send a mail that waits, and mark it; one that fails goes on waiting."""
        mail = message_from_bytes(file.read_bytes(), policy=SMTP)
        assert isinstance(mail, EmailMessage)  # noqa: S101 - that policy's class
        trying = file.with_suffix(_TRYING)
        trying.touch(exist_ok=False)
        try:
            send(mail)
        except AzcostError:
            trying.unlink()  # the server said no, or was not reached: that is clear
            raise
        trying.rename(file.with_suffix(_SENT))
        file.unlink()


def _key(mail: EmailMessage) -> str:
    return hashlib.sha256(str(mail["Message-ID"]).encode()).hexdigest()[:32]
