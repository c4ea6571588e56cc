"""What an audit found, as SARIF 2.1.0, for tools that collect findings.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html: a resource is a logical
location (3.33), an exemption a suppression (3.35), what could not be judged a notification
of the invocation (3.58).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.advice.advise import Advice
from azcost.advice.exemptions import Exemption
from azcost.advice.ledger import Entry
from azcost.audit.bill import Saving
from azcost.audit.rule import Confidence, Rule
from azcost.audit.run import Finding, RuleRun, Status
from azcost.report.machine import number
from azcost.report.view import safe

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MAX_TEXT = 1_000
_BLIND = (Status.ERROR, Status.NO_PERMISSION, Status.NO_METRIC)


def to_sarif(advice: Advice, rules: Sequence[Rule], version: str) -> str:
    """The audit as a SARIF log of one run; `rules` are all that were run."""
    places = {rule.name: place for place, rule in enumerate(rules)}
    entries = [_entry(one, places) for one in advice.entries]
    kept = [_exempted(one.finding, one.exemption, places) for one in advice.exempted]
    run = {
        "tool": {
            "driver": {
                "name": "azcost",
                "version": version,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "invocations": [_invocation(advice)],
        "results": entries + kept,
        "properties": {
            "currency": advice.audit.currency,
            "saving": _saving(advice.saving),
            "rules": [_seen(one) for one in advice.audit.rules],
        },
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    manual = " ".join(f"{title}: {text}" for title, text in rule.sections.items())
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": manual},
        "properties": {"category": rule.category.value},
    }


def _entry(entry: Entry, places: dict[str, int]) -> dict[str, object]:
    result = _result(entry.finding, places)
    is_sure = entry.counted and entry.finding.confidence is not Confidence.LOW
    return result | {
        "level": "warning" if is_sure else "note",
        "properties": {
            **_about(entry.finding),
            "saving_monthly": _saving(entry.saving),
            "counted": entry.counted,
            "overlaps_with": [
                {"rule": one.rule, "resource_id": one.resource.id} for one in entry.overlaps_with
            ],
        },
    }


def _exempted(finding: Finding, exemption: Exemption, places: dict[str, int]) -> dict[str, object]:
    until = f", until {exemption.expiry}" if exemption.expiry else ""
    said = f"{exemption.reason} ({exemption.owner}{until})"
    return _result(finding, places) | {
        "level": "note",
        "suppressions": [{"kind": "external", "justification": safe(said, _MAX_TEXT)}],
        "properties": {
            **_about(finding),
            "saving_monthly": _saving(finding.waste.saving),
            "counted": False,
        },
    }


def _result(finding: Finding, places: dict[str, int]) -> dict[str, object]:
    print_ = hashlib.sha256(f"{finding.rule} {finding.resource.key}".encode()).hexdigest()
    resource = finding.resource
    return {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "message": {"text": f"{safe(finding.waste.title, _MAX_TEXT)}."},
        "locations": [
            {
                "logicalLocations": [
                    {
                        "name": safe(resource.name, _MAX_TEXT),
                        "fullyQualifiedName": safe(resource.id, _MAX_TEXT),
                        "kind": "resource",
                    }
                ]
            }
        ],
        "partialFingerprints": {"ruleAndResource/v1": print_},
    }


def _about(finding: Finding) -> dict[str, object]:
    return {
        "category": finding.category.value,
        "action": finding.waste.action.value,
        "confidence": finding.confidence.value,
        "not_checked": list(finding.not_checked),
    }


def _saving(saving: Saving | None) -> dict[str, str] | None:
    if saving is None:
        return None
    ends: dict[str, Decimal] = {
        "low": saving.low.amount,
        "expected": saving.expected.amount,
        "high": saving.high.amount,
    }
    return {name: number(amount) for name, amount in ends.items()}


def _invocation(advice: Advice) -> dict[str, object]:
    """How the run went: `executionSuccessful` is false when something was not seen."""
    return {
        "executionSuccessful": advice.audit.is_complete,
        "toolExecutionNotifications": list(_notifications(advice)),
    }


def _notifications(advice: Advice) -> Iterator[dict[str, object]]:
    for run in advice.audit.rules:
        if run.reason and (run.status in _BLIND or run.undecided):
            yield {
                "level": "error" if run.status in _BLIND else "note",
                "message": {"text": safe(f"{run.rule}: {run.reason}", _MAX_TEXT)},
                "associatedRule": {"id": run.rule},
            }
    for missing in advice.audit.unread:
        needs = f" Needs the role {missing.role}." if missing.role else ""
        where = f" of {missing.scope}" if missing.scope else ""
        said = f"{missing.part.value}{where} could not be read: {missing.reason}.{needs}"
        yield {"level": "error", "message": {"text": safe(said, _MAX_TEXT)}}


def _seen(run: RuleRun) -> dict[str, object]:
    return {
        "rule": run.rule,
        "status": run.status.value,
        "examined": run.examined,
        "found": run.found,
    }
