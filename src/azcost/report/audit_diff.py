"""What changed between two audits, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from azcost.report.audit_changes import LEAST_DAYS, Changes
from azcost.report.document import Document, Part, Table
from azcost.report.saved_audit import Ends, SavedAudit, SavedFinding
from azcost.report.view import money

SCHEMA = 1


def document(changes: Changes) -> Document:
    """New, resolved and changed findings, and what was really saved."""
    return Document(
        title="What changed between two audits",
        verdict=" ".join(_verdict(changes)),
        parts=tuple(_parts(changes)),
        notes=tuple(_notes(changes)),
        facts=_facts(changes),
    )


def _verdict(changes: Changes) -> Iterator[str]:
    if not changes.new.is_complete:
        yield "Incomplete: the newer audit could not see everything."
    counts = {
        "new": len(changes.appeared),
        "resolved": len(changes.resolved),
        "changed": len(changes.changed),
        "unchanged": changes.same,
    }
    yield f"Findings: {', '.join(f'{count} {name}' for name, count in counts.items())}."
    currency = changes.new.currency
    if changes.realised is not None and changes.resolved:
        expected = sum((one.finding.expected for one in changes.resolved), start=Decimal(0))
        yield (
            f"What was resolved saves {money(changes.realised)} {currency} a month by the later "
            f"bill; {money(expected)} were expected."
        )
    old, new = changes.old.saving, changes.new.saving
    if old and new:
        yield (
            f"Still to be saved: {money(new.expected)} {currency} a month, "
            f"before {money(old.expected)}."
        )


def _parts(changes: Changes) -> Iterator[Part]:
    currency = changes.new.currency
    if changes.appeared:
        yield _plain("New", changes.appeared, currency)
    if changes.resolved:
        yield Table(
            title="Resolved",
            columns=("expected", "saved by the bill", "finding", "rule"),
            rows=tuple(
                (
                    _amount(one.finding),
                    "not measured" if one.realised is None else money(one.realised),
                    one.finding.title,
                    one.finding.rule,
                )
                for one in changes.resolved
            ),
            left=(2, 3),
        )
    if changes.changed:
        yield Table(
            title="Changed",
            columns=("before", "now", "finding", "rule"),
            rows=tuple(
                (_amount(one.old), _amount(one.new), one.new.title, one.new.rule)
                for one in changes.changed
            ),
            left=(2, 3),
        )
    if changes.kept:
        yield _plain("Exempted since", changes.kept, currency)
    if changes.unseen:
        yield _plain("Not seen this time: not known whether resolved", changes.unseen, currency)
    yield _totals(changes.old, changes.new)


def _plain(title: str, findings: tuple[SavedFinding, ...], currency: str) -> Table:
    return Table(
        title=title,
        columns=(f"{currency} a month", "finding", "rule"),
        rows=tuple((_amount(one), one.title, one.rule) for one in findings),
        left=(1, 2),
    )


def _totals(old: SavedAudit, new: SavedAudit) -> Table:
    rows = (
        ("the whole bill", old.cost, new.cost),
        ("can be saved", _expected(old.saving), _expected(new.saving)),
    )
    return Table(
        title="In all",
        columns=("", "before", "now"),
        rows=tuple(
            (name, *("not known" if one is None else money(one) for one in (a, b)))
            for name, a, b in rows
        ),
    )


def _expected(ends: Ends | None) -> Decimal | None:
    return ends.expected if ends else None


def _amount(finding: SavedFinding) -> str:
    return money(finding.expected) if finding.saving_monthly else "not known"


def _notes(changes: Changes) -> Iterator[str]:
    if changes.days is None:
        yield "What was really saved needs a later bill: give the newer audit as a snapshot."
    elif changes.realised is None:
        yield (
            f"The newer bill has {changes.days} days after the older one; "
            f"{LEAST_DAYS} are needed to measure what was saved."
        )
    else:
        yield (
            "Saved by the bill: what the same meters cost a month before, less what they cost in "
            f"the last {changes.days} days, amortised; it can be negative, or have other causes."
        )
    if changes.old.subscription != changes.new.subscription:
        yield "The two audits are not of the same subscriptions."


def _facts(changes: Changes) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "currency": changes.new.currency,
        "cost": {"old": changes.old.cost, "new": changes.new.cost},
        "saving": {"old": _expected(changes.old.saving), "new": _expected(changes.new.saving)},
        "new": [_finding(one) for one in changes.appeared],
        "resolved": [
            {**_finding(one.finding), "realised_monthly": one.realised} for one in changes.resolved
        ],
        "changed": [
            {**_finding(one.new), "expected_before": one.old.expected} for one in changes.changed
        ],
        "exempted": [_finding(one) for one in changes.kept],
        "not_seen": [_finding(one) for one in changes.unseen],
        "unchanged": changes.same,
        "later_days": changes.days,
        "realised_monthly": changes.realised,
    }


def _finding(one: SavedFinding) -> dict[str, object]:
    return {
        "rule": one.rule,
        "resource_id": one.resource_id,
        "title": one.title,
        "expected": one.expected if one.saving_monthly else None,
    }
