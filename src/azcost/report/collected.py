"""What was read of a subscription, as a document."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import msgspec

from azcost.audit.snapshot import Snapshot, Unread
from azcost.report.document import Document, Part, Table

SCHEMA = 1
_MOST_TYPES = 10


def document(snapshot: Snapshot, file: str) -> Document:
    """How much was read, and what could not be."""
    names = ", ".join(one.name for one in snapshot.subscriptions)
    count = len(snapshot.unread)
    missing = (
        f"Incomplete: {count} thing{'' if count == 1 else 's'} could not be read. " if count else ""
    )
    parts: list[Part] = [_read(snapshot), _types(snapshot)]
    if snapshot.unread:
        parts.append(_unread(snapshot))
    return Document(
        title=f"Snapshot of {names} on {snapshot.today}",
        verdict=f"{missing}{len(snapshot.resources):,} resources are in {file}.",
        parts=tuple(parts),
        notes=(f"azcost audit --snapshot {file} judges it.",),
        facts=_facts(snapshot, file),
    )


def _counts(snapshot: Snapshot) -> dict[str, int]:
    return {
        "resources": len(snapshot.resources),
        "series of metrics": len(snapshot.metrics),
        "lines of the bill": len(snapshot.costs.lines) if snapshot.costs else 0,
        "recommendations": len(snapshot.recommendations),
        "days of reservations and savings plans": len(snapshot.utilisation),
        "events": len(snapshot.activity),
    }


def _read(snapshot: Snapshot) -> Table:
    rows = tuple((name, f"{count:,}") for name, count in _counts(snapshot).items())
    costs = snapshot.costs
    days = (
        ("days of costs", f"{costs.first_day} to {costs.last_day}, {snapshot.currency}")
        if costs
        else ("days of costs", "could not be read")
    )
    return Table(title="Read", columns=("", "count"), rows=(*rows, days))


def _types(snapshot: Snapshot) -> Table:
    count = Counter(one.type for one in snapshot.resources)
    rows = [(type_, f"{number:,}") for type_, number in count.most_common(_MOST_TYPES)]
    others = len(count) - len(rows)
    if others > 0:
        rows.append((f"{others} other types", f"{count.total() - _shown(count):,}"))
    return Table(title="Resources", columns=("type", "count"), rows=tuple(rows))


def _shown(count: Counter[str]) -> int:
    return sum(number for _, number in count.most_common(_MOST_TYPES))


def _unread(snapshot: Snapshot) -> Table:
    alike: dict[tuple[str, str], list[Unread]] = {}
    for one in snapshot.unread:
        alike.setdefault((one.part.value, one.role), []).append(one)
    rows = tuple(
        (part, _where(found), found[0].reason, role) for (part, role), found in alike.items()
    )
    columns = ("could not be read", "where", "why", "role that would be needed")
    return Table(title="Could not be read", columns=columns, rows=rows, left=(0, 1, 2, 3))


def _where(found: list[Unread]) -> str:
    """The first place, and how many others: a missing role is missing everywhere."""
    others = f" and {len(found) - 1:,} others" if len(found) > 1 else ""
    return f"{found[0].scope or 'everywhere'}{others}"


def _facts(snapshot: Snapshot, file: str) -> dict[str, object]:
    costs = snapshot.costs
    return {
        "schema": SCHEMA,
        "file": file,
        "subscriptions": [{"id": one.id, "name": one.name} for one in snapshot.subscriptions],
        "taken_at": snapshot.taken_at.isoformat(),
        "currency": snapshot.currency,
        "period": costs and {"first_day": str(costs.first_day), "last_day": str(costs.last_day)},
        "counts": {name: Decimal(count) for name, count in _counts(snapshot).items()},
        "unread": [msgspec.to_builtins(one) for one in snapshot.unread],
    }
