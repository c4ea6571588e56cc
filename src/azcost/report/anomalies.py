"""Anomalies as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.incidents import Incident
from azcost.report.document import Chart, Document, Paragraph, Part, Series, Table
from azcost.spending import Spending

_SHOWN = 20


def document(spending: Spending, found: Sequence[Incident], floor: float) -> Document:
    """What was odd, the dearest first."""
    return Document(
        title=f"Anomalies from {spending.first_day} to {spending.last_day}",
        verdict=_verdict(spending, found),
        parts=tuple(_parts(spending, found)),
        notes=tuple(_notes(spending, found, floor)),
        facts=_facts(spending, found),
    )


def _verdict(spending: Spending, found: Sequence[Incident]) -> str:
    if not found:
        return f"Nothing odd: no day was unlike the weeks before it, until {spending.last_day}."
    dearest = found[0]
    open_ = sum(one.is_open for one in found)
    many = f"{len(found)} anomal{'ies' if len(found) > 1 else 'y'}"
    going = f", {open_} of them still going on" if open_ else ""
    return (
        f"{many}{going}; the largest is a {dearest.anomaly.kind} of "
        f"{_signed(dearest.anomaly.impact)} {spending.currency} at {where(dearest)} "
        f"from {dearest.first}."
    )


def where(one: Incident) -> str:
    """The node in words, from the service down."""
    return " / ".join(word or "(none)" for word in one.where) or "the whole bill"


def _parts(spending: Spending, found: Sequence[Incident]) -> Iterator[Part]:
    if found:
        yield Table(
            columns=("where", "what", "days", "usual", "actual", "impact", "why"),
            rows=tuple(_row(one) for one in found[:_SHOWN]),
            left=(0, 1, 2, 6),
        )
    changed = [(one, event) for one in found[:_SHOWN] for event in one.changes]
    if changed:
        yield Table(
            title="Changed about then (which may be a coincidence)",
            columns=("where", "when", "operation", "who"),
            rows=tuple(
                (where(one), f"{event.at:%Y-%m-%d %H:%M}", event.operation, event.caller or "?")
                for one, event in changed
            ),
            left=(0, 1, 2, 3),
        )
    if len(found) > _SHOWN:
        yield Paragraph(f"{len(found) - _SHOWN} smaller ones are in the JSON.")
    total = spending.total()
    yield Chart(
        title="Cost by day",
        description=f"{len(found)} anomalies in {spending.days} days.",
        kind="lines",
        x_label=f"days after {spending.first_day}",
        y_label=f"{spending.currency} a day",
        series=(
            Series("total", tuple(map(float, range(len(total)))), tuple(map(float, total))),
            Series(
                "odd days",
                tuple(float(one.anomaly.first) for one in found),
                tuple(float(total[one.anomaly.first]) for one in found),
            ),
        ),
    )


def _row(one: Incident) -> tuple[str, ...]:
    anomaly = one.anomaly
    return (
        where(one),
        anomaly.kind,
        _days(one),
        f"{anomaly.expected:,.2f}",
        f"{anomaly.actual:,.2f}",
        _signed(anomaly.impact),
        why(one),
    )


def _days(one: Incident) -> str:
    if one.anomaly.kind.startswith("level"):
        return f"since {one.first}"
    days = str(one.first) if one.first == one.last else f"{one.first} to {one.last}"
    return f"{days}, still going on" if one.is_open else days


def why(one: Incident) -> str:
    """The causes of a day's change that matter, with their amounts."""
    parts = one.change.parts()
    largest = max((abs(amount) for amount in parts.values()), default=0.0)
    said = [
        f"{name} {_signed(amount)} a day"
        for name, amount in parts.items()
        if abs(amount) >= largest / 10
    ]
    return ", ".join(said) or "unknown"


def _notes(spending: Spending, found: Sequence[Incident], floor: float) -> Iterator[str]:
    least = f"{floor:,.2f} {spending.currency} or " if floor else ""
    yield (
        f"A day counts when it is off by more than four usual errors and {least}a twentieth of "
        "the usual daily total; the first four weeks are only learnt from."
    )
    if found and not any(one.changes for one in found):
        yield "Who changed something is not known: there is no activity log here."
    if any(one.anomaly.kind.startswith("level") for one in found):
        yield (
            "A level's impact is that of its first days, until it had become what is usual: "
            "it goes on costing."
        )
    yield "An anomaly is no saving: nothing of it is counted as one."


def _facts(spending: Spending, found: Sequence[Incident]) -> dict[str, object]:
    return {
        "schema": 1,
        "currency": spending.currency,
        "from": str(spending.first_day),
        "to": str(spending.last_day),
        "anomalies": [
            {
                "where": list(one.where),
                "kind": one.anomaly.kind,
                "first": str(one.first),
                "last": str(one.last),
                "open": one.is_open,
                "expected": _decimal(one.anomaly.expected),
                "actual": _decimal(one.anomaly.actual),
                "impact": _decimal(one.anomaly.impact),
                "usual_errors": _decimal(one.anomaly.usual_errors),
                "a_day": {
                    "total": _decimal(one.change.total),
                    "usage": _decimal(one.change.usage),
                    "price": _decimal(one.change.price),
                    "new": _decimal(one.change.new),
                    "gone": _decimal(one.change.gone),
                    "benefit": _decimal(one.change.benefit),
                },
                "changes": [
                    {
                        "resource": event.resource,
                        "at": event.at.isoformat(),
                        "operation": event.operation,
                        "caller": event.caller or None,
                    }
                    for event in one.changes
                ],
            }
            for one in found
        ],
    }


def _decimal(number: float) -> Decimal:
    return Decimal(f"{number:.2f}")


def _signed(amount: float) -> str:
    return f"{amount:+,.2f}"
