"""Writing files so that nobody ever sees half of one, and looking for them without a fall."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from azcost.errors import Unwritable


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`, and rename it there if all went well.

    Raises Unwritable where the system refuses.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        yield part
        os.replace(part, target)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise Unwritable(f"{target} cannot be written: {error.strerror}.") from error
        raise


def private(folder: Path) -> Path:
    """The folder, made for nobody else's eyes if it is not there: somebody's bill will be in it.

    Where the system refuses, whoever writes there says so.
    """
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def is_there(file: Path) -> bool:
    """Whether a file can be seen; `Path.is_file` fails where a folder may not be entered."""
    return os.path.isfile(file)
