"""Answers of Azure, kept for the day: a run that was cut off goes on where it was."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from azcost.audit.resource import without_secrets
from azcost.errors import Unwritable
from azcost.files import private, written_whole


class Answers:
    """JSON by what was asked, in a folder of the subscription and the day.

    Fields that may hold secrets are dropped first. Folders of other days are removed.
    """

    def __init__(self, folder: Path, day: date) -> None:
        self._folder = folder / day.isoformat()
        for other in folder.glob("????-??-??"):
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)

    def forget(self) -> None:
        """Ask everything anew."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def get(self, question: object, ask: Callable[[], Any]) -> Any:
        """The answer to a question (any JSON): the kept one, else what `ask` returns."""
        digest = hashlib.sha256(msgspec.json.encode(question, order="sorted")).hexdigest()
        file = self._folder / f"{digest[:32]}.json.gz"
        with suppress(OSError, EOFError, zlib.error, msgspec.DecodeError):  # none, or damaged
            return msgspec.json.decode(gzip.decompress(file.read_bytes()))
        answer = without_secrets({"answer": ask()})["answer"]
        with suppress(Unwritable, OSError):  # without a cache it only takes longer
            private(self._folder)
            with written_whole(file) as part:
                part.write_bytes(gzip.compress(msgspec.json.encode(answer), compresslevel=1))
        return answer
