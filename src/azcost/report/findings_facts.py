"""What an audit found, for programs: the contract of docs/audit-json.md."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from azcost.advice.advise import Advice, Exempted
from azcost.advice.exemptions import Exemption
from azcost.advice.ledger import Entry
from azcost.audit.bill import Saving
from azcost.audit.rule import Evidence, Stated, Step, Waste
from azcost.audit.run import Audit, Finding, RuleRun
from azcost.audit.snapshot import Unread
from azcost.report import remaining

SCHEMA = 1


def facts(advice: Advice) -> dict[str, object]:
    """The audit for programs."""
    audit = advice.audit
    back = {id(one.finding): one.exemption for one in advice.expired}
    return {
        "schema": SCHEMA,
        "subscription": ", ".join(one.id for one in audit.subscriptions),
        "currency": audit.currency,
        "period": _period(audit),
        "cost": None if audit.cost is None else audit.cost.amount,
        "saving": _saving(advice.saving),
        "findings": [_entry(one, back.get(id(one.finding))) for one in advice.entries],
        "exempted": [_exempted(one) for one in advice.exempted],
        "commitments": remaining.facts(advice.commitments),
        "rules": [_run(one) for one in audit.rules],
        "unread": [_unread(one) for one in audit.unread],
    }


def _period(audit: Audit) -> dict[str, str] | None:
    if audit.first_day is None:
        return None
    return {"first_day": str(audit.first_day), "last_day": str(audit.last_day)}


def _entry(entry: Entry, expired: Exemption | None) -> dict[str, object]:
    finding = entry.finding
    waste = finding.waste
    return {
        "rule": finding.rule,
        "category": finding.category.value,
        "resource_id": finding.resource.id,
        "title": waste.title,
        "confidence": finding.confidence.value,
        "saving_monthly": _saving(entry.saving),
        "counted": entry.counted,
        "overlaps_with": [_reference(one) for one in entry.overlaps_with],
        "evidence": [_evidence(one) for one in (*waste.evidence, *_stated(waste, expired))],
        "not_checked": list(finding.not_checked),
        "steps": [_step(step) for step in finding.steps],
        "undo": [_step(step) for step in waste.undo],
    }


def _stated(waste: Waste, expired: Exemption | None) -> Iterator[Stated]:
    """What a finding says beside its evidence, as one more fact each."""
    yield Stated("proposed", waste.action.value)
    if waste.one_off:
        amount = f"{waste.one_off.amount} " if waste.one_off.amount else ""
        yield Stated("costs once", f"{amount}{waste.one_off.reason}")
    if expired:
        said = f"{expired.expiry} ({expired.owner}): {expired.reason}"
        yield Stated("exemption expired", said)


def _exempted(one: Exempted) -> dict[str, object]:
    alone = Entry(finding=one.finding, saving=one.finding.waste.saving, counted=False)
    exemption = one.exemption
    return _entry(alone, None) | {
        "exemption": {
            "glob": exemption.glob,
            "rule": exemption.rule,
            "reason": exemption.reason,
            "owner": exemption.owner,
            "expiry": str(exemption.expiry) if exemption.expiry else None,
        }
    }


def _reference(finding: Finding) -> dict[str, str]:
    return {"rule": finding.rule, "resource_id": finding.resource.id}


def _evidence(one: Evidence) -> object:
    return msgspec.to_builtins(one, builtin_types=(Decimal,))


def _saving(saving: Saving | None) -> dict[str, object] | None:
    if saving is None:
        return None
    return {
        "low": saving.low.amount,
        "expected": saving.expected.amount,
        "high": saving.high.amount,
    }


def _step(step: Step) -> dict[str, str]:
    return {"title": step.title, "code": step.code, "language": step.language}


def _run(one: RuleRun) -> dict[str, object]:
    return {
        "rule": one.rule,
        "status": one.status.value,
        "examined": one.examined,
        "found": one.found,
        "reason": one.reason or None,
    }


def _unread(one: Unread) -> dict[str, object]:
    return {
        "part": one.part.value,
        "scope": one.scope or None,
        "reason": one.reason,
        "role": one.role or None,
    }
