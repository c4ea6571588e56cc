"""Where the files that ship with azcost are, and where it may keep its own.

The only code that knows: in a checkout `data/` and `reports/` lie at the top of the
repository, in an installed wheel beside the package.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """A shipped folder, by its path from the top of the repository."""
    installed = PACKAGE / "shipped"
    root = installed if installed.is_dir() else PACKAGE.parent.parent
    return root / name


def cache() -> Path:
    """The user's cache folder for azcost; it may not exist yet.

    `AZCOST_CACHE` wins, then the platform's convention (XDG, macOS, Windows).
    """
    if chosen := os.environ.get("AZCOST_CACHE"):
        return Path(chosen)
    try:
        return _user_caches() / "azcost"
    except RuntimeError:  # no HOME and no entry for the user, as in some containers
        return fallback_cache()


def _user_caches() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def fallback_cache() -> Path:
    """Where to keep a cache when the user's own folder cannot be written."""
    import tempfile

    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"azcost-{user}"
