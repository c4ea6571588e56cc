"""The snapshots of the weeks before, so that a mail can say what is new and what was resolved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec

from azcost.audit.snapshot import Snapshot, save
from azcost.files import private

# A mail that is sent again some days later still compares with the week before.
_LEAST_DAYS = 5
_KEPT = 10
_ENDING = ".json.gz"


class Weeks(msgspec.Struct, frozen=True):
    """A folder with a snapshot per day on which a mail was made, of one subscription."""

    folder: Path

    def keep(self, snapshot: Snapshot) -> Path:
        """Write the snapshot of its day; of the days before, only the last ten are left."""
        file = private(self.folder) / f"{snapshot.today}{_ENDING}"
        save(snapshot, file)
        for _, old in sorted(self._days())[:-_KEPT]:
            old.unlink()
        return file

    def before(self, today: date) -> Path | None:
        """The newest snapshot of the weeks before this one, if there is any."""
        latest = today - timedelta(days=_LEAST_DAYS)
        found = [(day, file) for day, file in self._days() if day <= latest]
        return max(found)[1] if found else None

    def _days(self) -> Iterator[tuple[date, Path]]:
        for file in self.folder.glob(f"*{_ENDING}"):
            try:
                yield date.fromisoformat(file.name.removesuffix(_ENDING)), file
            except ValueError:
                continue  # none of ours
