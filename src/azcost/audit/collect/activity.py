"""Since when: what the activity log says of starts, stops and changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from azcost.audit.collect.reader import Reader
from azcost.audit.documents import Document
from azcost.audit.snapshot import Event, Part

DAYS = 89  # Azure keeps 90 days, and refuses to look further back
# Providers whose resources start and stop.
PROVIDERS = ("Microsoft.Compute", "Microsoft.MachineLearningServices", "Microsoft.ContainerService")
_FIELDS = "resourceId,eventTimestamp,operationName,status,caller"


def events(reader: Reader) -> list[Event]:
    """What has been done to machines and clusters for 89 days, and succeeded."""
    found: list[Event] = []
    first, last = (f"{reader.days_ago(days):%Y-%m-%dT%H:%M:%SZ}" for days in (DAYS, 0))
    path = f"{reader.scope}/providers/Microsoft.Insights/eventtypes/management/values"
    for provider in PROVIDERS:
        with reader.reading(Part.ACTIVITY, reader.scope):
            filter_ = (
                f"eventTimestamp ge '{first}' and eventTimestamp le '{last}' "
                f"and resourceProvider eq '{provider}'"
            )
            query = {"$filter": filter_, "$select": _FIELDS}
            answers = reader.each(path, "2015-04-01", **query)
            found += [event for answer in answers for event in _event(Document(answer))]
        reader.say(f"activity: {len(found):,} events")
    return found


def _event(read: Document) -> Iterator[Event]:
    at = _time(read.text("eventTimestamp"))
    resource, operation = read.text("resourceId"), read.text("operationName.value")
    if at and resource and operation and read.is_one_of("status.value", "Succeeded"):
        yield Event(
            resource=resource,
            at=at,
            operation=operation.lower(),
            status="Succeeded",
            caller=read.text("caller") or "",
        )


def _time(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
