"""The prices that a user fetched: resumable while they come, all or nothing once there.

A partition is one service in one region. Finished partitions are files of their own, so
that a killed run goes on where it stopped; readers only ever open the database that is
made of all of them at the end and renamed into place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from azcost.errors import AzcostError
from azcost.files import is_there, written_whole
from azcost.pricing import store
from azcost.pricing.tables import Line


class Partition(msgspec.Struct, frozen=True, order=True):
    """One service in one region, as the API names them; region Global has no region."""

    service: str
    region: str

    def filters(self) -> list[str]:
        """The filters whose items make up the partition; names are case-sensitive."""
        service = self.service.replace("'", "''")
        regions = ["Global", ""] if self.region == "Global" else [self.region]
        return [f"serviceName eq '{service}' and armRegionName eq '{r}'" for r in regions]


class Cache:
    """The synced prices of one currency, by its three letters, in the user's cache folder."""

    def __init__(self, folder: Path, currency: str) -> None:
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise AzcostError(f"{currency!r} is no currency: write three letters, such as EUR.")
        self._partitions = folder / "synced" / currency
        self.database = folder / "synced" / f"{currency}.sqlite"
        self.currency = currency

    def fetched_on(self, partition: Partition) -> str:
        """The day a partition was fetched; empty if it was not."""
        import json

        file = self._file(partition)
        if not is_there(file):
            return ""
        with file.open(encoding="utf-8") as lines:
            day: str = json.loads(lines.readline())["fetched_on"]
        return day

    def keep(self, partition: Partition, lines: Iterable[Line], today: str) -> None:
        """Keep a finished partition; it becomes visible with the next publish."""
        import json

        head = {"service": partition.service, "region": partition.region, "fetched_on": today}
        with written_whole(self._file(partition)) as part, part.open("w", encoding="utf-8") as out:
            out.write(json.dumps(head) + "\n")
            out.writelines(json.dumps(line) + "\n" for line in lines)

    def publish(self, references: dict[str, Iterable[tuple[str, ...]]]) -> None:
        """Make the database of all kept partitions, and put it in place of the old one."""
        heads = [(head["service"], head["region"], head["fetched_on"]) for head, _ in self._read()]
        store.write(
            self.database,
            lines=(line for _, lines in self._read() for line in lines),
            references=references | {"partitions": heads},
            facts={"currency": self.currency, "fetched_on": max(day for *_, day in heads)},
        )

    def open(self) -> sqlite3.Connection | None:
        """The database as it was last published, or None."""
        return store.connect(self.database) if is_there(self.database) else None

    def _file(self, partition: Partition) -> Path:
        name = f"{partition.service}--{partition.region}".lower().replace(" ", "_")
        return self._partitions / f"{name}.jsonl"

    def _read(self) -> Iterator[tuple[dict[str, str], Iterator[Line]]]:
        import json

        for file in sorted(self._partitions.glob("*.jsonl")):
            with file.open(encoding="utf-8") as lines:
                head = json.loads(lines.readline())
                yield head, (tuple(json.loads(line)) for line in lines)
