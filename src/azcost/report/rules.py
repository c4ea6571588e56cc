"""The rules of the audit for readers: a list of all, and the manual of one."""

from __future__ import annotations

from azcost.audit.rule import Rule
from azcost.report.document import Code, Document, Paragraph, Table

SCHEMA = 1


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
