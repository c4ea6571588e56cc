"""A snapshot: all that was read of subscriptions, in one file that can be judged anywhere."""

from __future__ import annotations

import gzip
import zlib
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from azcost.audit.costs import YEARS, Costs
from azcost.audit.documents import Document
from azcost.audit.resource import Resource
from azcost.audit.series import Series
from azcost.errors import AzcostError
from azcost.files import written_whole

SCHEMA = 1
FORMAT = "azcost snapshot"
_GZIP = b"\x1f\x8b"
# Days at the end of a bill on which what exists has costs; the bill of the last is not whole.
_RECENT = 3


class SnapshotError(AzcostError):
    """A file that is no snapshot, or none that this release can read."""


class Part(StrEnum):
    """What is read of a subscription, each by calls and roles of its own."""

    INVENTORY = "inventory"
    POWER_STATES = "power states"
    METRICS = "metrics"
    COSTS = "costs"
    UTILISATION = "utilisation"
    RECOMMENDATIONS = "recommendations"
    ADVISOR = "advisor"
    BUDGETS = "budgets"
    ACTIVITY = "activity"
    STORAGE_POLICIES = "storage policies"
    MACHINE_LEARNING = "machine learning"
    OPENAI = "openai"
    SPOT = "spot"
    SCHEDULES = "schedules"


class Unread(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that could not be read: where, why, and the role that would be needed.

    `scope` is an ARM id (a subscription, a resource, ...) below which it is missing, or a
    lower-case resource type; empty means everywhere.
    """

    part: Part
    scope: str = ""
    reason: str
    role: str = ""


class Utilisation(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a reservation or savings plan was used on a day, 0 to 100 percent.

    `benefit` is the ARM id of the reservation or savings plan, which is also a resource.
    """

    benefit: str
    day: date
    percent: float


class Recommendation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What Azure recommends, in its own JSON: read it by `document`.

    `source` is `advisor`, `reservation` (Consumption) or `benefit` (Cost Management, with
    hourly usage); `resource` what it is about; `suppressed` whether somebody dismissed it.
    """

    source: str
    id: str
    resource: str = ""
    suppressed: bool = False
    properties: dict[str, Any] = {}

    @property
    def document(self) -> Document:
        """The properties, for reading."""
        return Document(self.properties)


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the activity log, which Azure keeps for 90 days.

    `operation` in lower case: `microsoft.compute/virtualmachines/deallocate/action`.
    """

    resource: str
    at: datetime
    operation: str
    status: str = ""
    caller: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What was read, and in `unread` what could not be.

    `taken_at` is in UTC; its day is the "today" of all rules. `subscriptions` are
    resources of the type `microsoft.resources/subscriptions`, `currency` that of the bill.
    """

    format: str = FORMAT
    schema: int = SCHEMA
    taken_at: datetime
    currency: str
    subscriptions: tuple[Resource, ...]
    resources: tuple[Resource, ...] = ()
    metrics: tuple[Series, ...] = ()
    costs: Costs | None = None
    utilisation: tuple[Utilisation, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    activity: tuple[Event, ...] = ()
    unread: tuple[Unread, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a day that no snapshot can be of."""
        if not YEARS[0] <= self.taken_at.year <= YEARS[1]:
            raise ValueError(f"no snapshot was taken in {self.taken_at.year}")

    @property
    def today(self) -> date:
        """The day on which it was taken."""
        return self.taken_at.date()


def with_gaps(snapshot: Snapshot) -> Snapshot:
    """The snapshot, with what is missing in silence said to be unread.

    Resource Graph answers without rows, and no error, where a role is missing:
    https://learn.microsoft.com/azure/governance/resource-graph/overview
    """
    said = {one.part for one in snapshot.unread}
    gaps = []
    if snapshot.costs is None and Part.COSTS not in said:
        gaps.append(Unread(part=Part.COSTS, reason="there are none", role="Cost Management Reader"))
    is_billed = snapshot.costs is not None and any(
        any(one.amortised_days()[-_RECENT:]) for one in snapshot.costs.lines
    )
    is_empty = not snapshot.resources and (is_billed or not snapshot.subscriptions)
    if is_empty and Part.INVENTORY not in said:
        reason = "no resource was seen, though the bill has costs" if is_billed else "it is empty"
        gaps.append(Unread(part=Part.INVENTORY, reason=reason, role="Reader"))
    return msgspec.structs.replace(snapshot, unread=(*snapshot.unread, *gaps))


class _Head(msgspec.Struct):
    format: str = ""
    schema: int = 0


def save(snapshot: Snapshot, file: Path) -> None:
    """Write a snapshot, whole or not at all; the same snapshot gives the same bytes."""
    written = gzip.compress(msgspec.json.encode(snapshot), compresslevel=6, mtime=0)
    with written_whole(file) as part:
        part.write_bytes(written)


def load(file: Path) -> Snapshot:
    """Read a snapshot; raises SnapshotError when the file is none, damaged or too new."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{file} cannot be read: {error.strerror}.") from error
    if not data.startswith(_GZIP):
        raise SnapshotError(f"{file} is no snapshot of azcost: it is not compressed by gzip.")
    try:
        return decode(gzip.decompress(data), str(file))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SnapshotError(f"{file} is damaged: {error}. Collect it anew.") from error


def decode(data: bytes, name: str) -> Snapshot:
    """A snapshot from its JSON; `name` is what messages call it."""
    try:
        head = msgspec.json.decode(data, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SnapshotError(f"{name} is no snapshot of azcost: {error}.") from error
    if head.format != FORMAT:
        raise SnapshotError(f"{name} is no snapshot of azcost: it does not say '{FORMAT}'.")
    if head.schema != SCHEMA:
        raise SnapshotError(
            f"{name} has schema {head.schema} and this release reads {SCHEMA}: "
            "use the release that wrote it, or collect it anew."
        )
    try:
        return msgspec.json.decode(data, type=Snapshot)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SnapshotError(f"{name} is damaged: {error}. Collect it anew.") from error
