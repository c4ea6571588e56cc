"""What an audit found, as one table for spreadsheets: findings, exemptions, and what was seen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from azcost.advice.advise import Advice
from azcost.advice.ledger import Entry
from azcost.audit.bill import Saving
from azcost.audit.run import Finding
from azcost.report.machine import cell, number

# `record` says what a line is: finding, exempted, rule or unread.
_COLUMNS = (
    "record", "rule", "status", "category", "resource_id", "title", "confidence", "action",
    "currency", "low", "expected", "high", "counted", "overlaps_with", "reason", "owner",
    "expiry", "examined", "found", "role",
)  # fmt: skip


def to_csv(advice: Advice) -> str:
    """A line per finding, exempted finding, rule, and thing that could not be read."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in _rows(advice):
        writer.writerow({name: cell(value) for name, value in row.items()})
    return out.getvalue()


def _rows(advice: Advice) -> Iterator[dict[str, object]]:
    currency = advice.audit.currency
    for entry in advice.entries:
        yield {"record": "finding", **_finding(entry.finding, entry.saving, currency)} | _place(
            entry
        )
    for one in advice.exempted:
        yield {
            "record": "exempted",
            **_finding(one.finding, one.finding.waste.saving, currency),
            "counted": "no",
            "reason": one.exemption.reason,
            "owner": one.exemption.owner,
            "expiry": one.exemption.expiry,
        }
    for run in advice.audit.rules:
        yield {
            "record": "rule",
            "rule": run.rule,
            "status": run.status.value,
            "examined": run.examined,
            "found": run.found,
            "reason": run.reason,
        }
    for missing in advice.audit.unread:
        yield {
            "record": "unread",
            "title": missing.part.value,
            "resource_id": missing.scope,
            "reason": missing.reason,
            "role": missing.role,
        }


def _finding(finding: Finding, saving: Saving | None, currency: str) -> dict[str, object]:
    found: dict[str, object] = {
        "rule": finding.rule,
        "category": finding.category.value,
        "resource_id": finding.resource.id,
        "title": finding.waste.title,
        "confidence": finding.confidence.value,
        "action": finding.waste.action.value,
        "currency": currency,
    }
    if saving:
        for end in ("low", "expected", "high"):
            found[end] = number(getattr(saving, end).amount)
    return found


def _place(entry: Entry) -> dict[str, object]:
    return {
        "counted": "yes" if entry.counted else "no",
        "overlaps_with": " ".join(f"{one.rule}:{one.resource.id}" for one in entry.overlaps_with),
    }
