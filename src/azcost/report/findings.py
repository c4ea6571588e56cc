"""What an audit found, as a document; and the manual of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from azcost.audit.bill import Saving
from azcost.audit.rule import Rule, Step
from azcost.audit.run import Audit, Finding, RuleRun, Status
from azcost.report.document import Code, Document, Paragraph, Part, Table

SCHEMA = 1
_BLIND = (Status.NO_PERMISSION, Status.NO_METRIC, Status.ERROR)


def document(audit: Audit) -> Document:
    """The findings, largest saving first, and what could not be seen.

    The savings are not added up: several findings may be about the same money.
    """
    names = ", ".join(one.name for one in audit.subscriptions) or "no subscription"
    parts: list[Part] = []
    if audit.findings:
        parts.append(_findings(audit))
    if blind := [one for one in audit.rules if one.status in _BLIND or one.undecided]:
        parts.append(_blind(blind))
    if audit.unread:
        parts.append(_unread(audit))
    return Document(
        title=f"Audit of {names} on {audit.taken_on}",
        verdict=" ".join(_verdict(audit)),
        parts=tuple(parts),
        notes=tuple(_notes(audit)),
        facts=facts(audit),
    )


def _verdict(audit: Audit) -> Iterator[str]:
    if not audit.is_complete:
        blind = sum(one.status in _BLIND for one in audit.rules)
        yield f"Incomplete: {blind} of {len(audit.rules)} rules could not see what they judge."
    found, ran = len(audit.findings), sum(one.examined > 0 for one in audit.rules)
    what = f"{found} finding{'' if found == 1 else 's'}" if found else "Nothing found"
    yield f"{what} in {audit.examined:,} resources, by {ran} rules that apply to them."
    if audit.cost is not None:
        yield f"The whole bill is {audit.cost} in an average month."


def _notes(audit: Audit) -> Iterator[str]:
    if audit.first_day:
        yield (
            f"Costs are amortised, as billed from {audit.first_day} to {audit.last_day}; "
            "a saving is of an average month, from the last 30 days."
        )
    if len(audit.findings) > 1:
        yield "Savings are not added up: findings may be about the same money."
    if audit.findings:
        yield "azcost rules explain NAME says why a rule finds what it finds."


def _findings(audit: Audit) -> Table:
    rows = tuple(
        (
            _expected(one.waste.saving),
            _range(one.waste.saving),
            one.confidence.value,
            one.waste.title,
            one.rule,
        )
        for one in audit.findings
    )
    columns = (f"{audit.currency} a month", "range", "confidence", "finding", "rule")
    return Table(title="Findings", columns=columns, rows=rows, left=(2, 3, 4))


def _expected(saving: Saving | None) -> str:
    return f"{saving.expected.amount:,.2f}" if saving else "not known"


def _range(saving: Saving | None) -> str:
    if saving is None or saving.low == saving.high:
        return ""
    return f"{saving.low.amount:,.2f} to {saving.high.amount:,.2f}"


def _blind(runs: list[RuleRun]) -> Table:
    rows = tuple((one.rule, one.status.value, one.reason) for one in runs)
    return Table(title="Not judged", columns=("rule", "", "why"), rows=rows, left=(0, 1, 2))


def _unread(audit: Audit) -> Table:
    rows = tuple(
        (one.part.value, one.scope or "everywhere", one.reason, one.role) for one in audit.unread
    )
    columns = ("could not be read", "where", "why", "role that would be needed")
    return Table(title="Could not be read", columns=columns, rows=rows, left=(0, 1, 2, 3))


def facts(audit: Audit) -> dict[str, object]:
    """The audit for programs."""
    return {
        "schema": SCHEMA,
        "subscription": ", ".join(one.id for one in audit.subscriptions),
        "subscriptions": [{"id": one.id, "name": one.name} for one in audit.subscriptions],
        "taken_on": str(audit.taken_on),
        "currency": audit.currency,
        "period": None if audit.first_day is None else _period(audit),
        "cost": None if audit.cost is None else audit.cost.amount,
        "findings": [finding(one) for one in audit.findings],
        "rules": [_run(one) for one in audit.rules],
        "unread": [msgspec.to_builtins(one) for one in audit.unread],
    }


def _period(audit: Audit) -> dict[str, str]:
    return {"first_day": str(audit.first_day), "last_day": str(audit.last_day)}


def finding(one: Finding) -> dict[str, object]:
    """A finding for programs."""
    waste = one.waste
    return {
        "rule": one.rule,
        "category": one.category.value,
        "resource_id": one.resource.id,
        "title": waste.title,
        "action": waste.action.value,
        "confidence": one.confidence.value,
        "saving_monthly": _saving(waste.saving),
        "evidence": [
            msgspec.to_builtins(fact, builtin_types=(Decimal,)) for fact in waste.evidence
        ],
        "not_checked": list(one.not_checked),
        "one_off": None
        if waste.one_off is None
        else msgspec.to_builtins(waste.one_off, builtin_types=(Decimal,)),
        "steps": [_step(step) for step in waste.steps],
        "undo": [_step(step) for step in waste.undo],
    }


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
        "undecided": [
            {"resource_id": item.resource, "reason": item.reason} for item in one.undecided
        ],
    }


def listing(rules: tuple[Rule, ...]) -> Document:
    """All rules with what they find."""
    rows = tuple((one.name, one.category.value, one.summary) for one in rules)
    return Document(
        title="Rules",
        verdict=f"{len(rules)} rules judge what runs.",
        parts=(Table(columns=("rule", "category", "finds"), rows=rows, left=(0, 1, 2)),),
        notes=("azcost rules explain NAME has the manual of one.",),
        facts={"schema": SCHEMA, "rules": [_rule(one) for one in rules]},
    )


def manual(rule: Rule) -> Document:
    """What a rule finds, why that costs, and when it is to be kept."""
    reads = [
        *(f"- the metric {metric}" for metric in rule.metrics),
        *(f"- {part.value}" for part in rule.needs),
    ]
    judged = Code(title="Judges", text="\n".join(rule.types), language="text")
    beside = Code(title="Reads beside them", text="\n".join(reads), language="text")
    paragraphs = (Paragraph(f"{title}: {text}") for title, text in rule.sections.items())
    return Document(
        title=rule.name,
        verdict=rule.summary,
        parts=(*paragraphs, judged, *((beside,) if reads else ())),
        facts={"schema": SCHEMA, **_rule(rule)},
    )


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.name,
        "category": rule.category.value,
        "summary": rule.summary,
        "types": list(rule.types),
        "metrics": list(rule.metrics),
        "needs": [part.value for part in rule.needs],
        "manual": dict(rule.sections),
    }
