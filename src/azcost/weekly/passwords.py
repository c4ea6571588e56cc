"""The password of a mail server: from the environment, a file or the keyring.

Never from a command line, where every user of the machine can read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from azcost.errors import AzcostError

VARIABLE = "AZCOST_SMTP_PASSWORD"
FILE_VARIABLE = "AZCOST_SMTP_PASSWORD_FILE"
_SERVICE = "azcost"


def password(user: str, environment: Mapping[str, str]) -> str:
    """The password of a user; raises AzcostError that says where one may be."""
    if found := environment.get(VARIABLE):
        return found
    if file := environment.get(FILE_VARIABLE):
        return _of_file(Path(file))
    found = _of_keyring(user)
    if found is None:
        raise AzcostError(
            f"There is no password for {user}: set {VARIABLE}, or {FILE_VARIABLE} to a file that "
            f"holds it, or keep it in the keyring (keyring set {_SERVICE} {user})."
        )
    return found


def _of_file(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AzcostError(f"{FILE_VARIABLE}: {file} cannot be read.") from error


def _of_keyring(user: str) -> str | None:
    try:
        import keyring
    except ImportError:
        return None
    found: str | None = keyring.get_password(_SERVICE, user)
    return found
