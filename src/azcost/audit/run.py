"""An audit: every rule over a snapshot, its findings, and what each rule could not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from azcost.audit import bill
from azcost.audit.changes import IN_TEMPLATES
from azcost.audit.facts import FULL_COVERAGE, Blind, Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Category,
    Confidence,
    Measured,
    Rule,
    Step,
    Unknown,
    Verdict,
    Waste,
    said,
)
from azcost.audit.snapshot import Unread
from azcost.errors import AzcostError
from azcost.money import Money, total

# What a fault of ours in a rule looks like: it costs that rule's answer, not the audit.
_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_MOST_REASONS = 3


class Status(StrEnum):
    """How a rule fared."""

    FOUND = "found"
    RAN = "ran"
    SKIPPED = "skipped"
    NO_PERMISSION = "no permission"
    NO_METRIC = "no metric"
    ERROR = "error"


_BLIND = frozenset({Status.NO_PERMISSION, Status.NO_METRIC, Status.ERROR})


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Waste that a rule found in a resource; `confidence` is what the evidence allows."""

    rule: str
    category: Category
    resource: Resource
    waste: Waste
    confidence: Confidence
    not_checked: tuple[str, ...]

    @property
    def expected(self) -> Decimal:
        """The expected saving a month; zero where none is known."""
        return self.waste.saving.expected.amount if self.waste.saving else Decimal(0)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What to do, with what templates have to say of it."""
        steps, reason = self.waste.steps, IN_TEMPLATES.get(self.waste.action)
        if reason is None or any(step.is_template for step in steps):
            return steps
        return (*steps, said(reason))


class Undecided(msgspec.Struct, frozen=True):
    """A resource that a rule could not judge."""

    resource: str
    reason: str


class RuleRun(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger: what a rule looked at, and what it could not."""

    rule: str
    status: Status
    examined: int
    found: int
    undecided: tuple[Undecided, ...] = ()
    reason: str = ""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """The findings of all rules, largest saving first, and the ledger of the rules.

    `cost` is the amortised cost of an average month of everything in the bill; None when
    costs could not be read.
    """

    subscriptions: tuple[Resource, ...]
    taken_on: date
    currency: str
    first_day: date | None
    last_day: date | None
    cost: Money | None
    examined: int
    findings: tuple[Finding, ...]
    rules: tuple[RuleRun, ...]
    unread: tuple[Unread, ...]

    @property
    def is_complete(self) -> bool:
        """Whether everything was read and every rule could see."""
        return not self.unread and all(one.status not in _BLIND for one in self.rules)


def audit(facts: Facts, rules: Iterable[Rule]) -> Audit:
    """Run rules over a snapshot."""
    findings: list[Finding] = []
    runs = [_run(rule, facts, findings) for rule in rules]
    findings.sort(key=lambda one: (-one.expected, one.rule, one.resource.key))
    snapshot = facts.snapshot
    return Audit(
        subscriptions=snapshot.subscriptions,
        taken_on=snapshot.today,
        currency=snapshot.currency,
        first_day=snapshot.costs.first_day if snapshot.costs else None,
        last_day=snapshot.costs.last_day if snapshot.costs else None,
        cost=_cost(facts),
        examined=len({one.key for one in snapshot.resources}),
        findings=tuple(findings),
        rules=tuple(runs),
        unread=snapshot.unread,
    )


def _cost(facts: Facts) -> Money | None:
    costs = facts.snapshot.costs
    if costs is None:
        return None
    amounts = (Money(bill.item(line).monthly, facts.currency) for line in costs.lines)
    return total(amounts, facts.currency)


def _run(rule: Rule, facts: Facts, findings: list[Finding]) -> RuleRun:
    subjects = [one for type_ in rule.types for one in facts.by_type(type_)]
    undecided: list[Undecided] = []
    faults: list[str] = []
    barred = found = 0
    for subject in subjects:
        if hidden := next(_hidden(rule, facts, subject), None):
            undecided.append(Undecided(subject.id, _said(hidden)))
            barred += 1
            continue
        try:
            verdict = judge(rule, subject, facts)
        except _FAULTS as fault:
            faults.append(f"{type(fault).__name__} at {subject.id}: {fault}")
            continue
        if isinstance(verdict, Unknown):
            undecided.append(Undecided(subject.id, verdict.reason))
        elif verdict is not None:
            findings.append(_finding(rule, subject, verdict))
            found += 1
    status = _status(
        subjects=len(subjects),
        found=found,
        barred=barred,
        undecided=len(undecided),
        faults=len(faults),
        hidden=bool(_unread_at_all(rule, facts)),
        measures=bool(rule.metrics),
    )
    return RuleRun(
        rule=rule.name,
        status=status,
        examined=len(subjects) - len(undecided) - len(faults),
        found=found,
        undecided=tuple(undecided),
        reason=_reason(rule, facts, len(subjects), undecided, faults),
    )


def judge(rule: Rule, subject: Resource, facts: Facts) -> Verdict:
    """The verdict of a rule on a resource; Unknown where a measurement or price is missing."""
    try:
        return rule.judge(subject, facts)
    except Blind as blind:
        return Unknown(str(blind))
    except AzcostError as error:
        return Unknown(f"no answer: {error}")


def confidence_of(waste: Waste) -> Confidence:
    """The rule's confidence, or low where the metrics of its evidence have gaps."""
    measured = (one for one in waste.evidence if isinstance(one, Measured))
    gaps = any(one.coverage < FULL_COVERAGE for one in measured)
    return Confidence.LOW if gaps else waste.confidence


def _finding(rule: Rule, subject: Resource, waste: Waste) -> Finding:
    return Finding(
        rule=rule.name,
        category=rule.category,
        resource=subject,
        waste=waste,
        confidence=confidence_of(waste),
        not_checked=(rule.sections["Not checked"], *waste.not_checked),
    )


def _hidden(rule: Rule, facts: Facts, subject: Resource) -> Iterator[Unread]:
    for part in rule.parts():
        yield from facts.unread(part, subject)


def _unread_at_all(rule: Rule, facts: Facts) -> list[Unread]:
    """What a rule needs and could not be read, unless it is of other types."""
    return [
        one
        for one in facts.snapshot.unread
        if one.part in rule.parts()
        and (not one.scope or one.scope.startswith("/") or one.scope.lower() in rule.types)
    ]


def _said(unread: Unread) -> str:
    needs = f" (needs the role {unread.role})" if unread.role else ""
    return f"{unread.part} could not be read: {unread.reason}{needs}"


def _status(
    *,
    subjects: int,
    found: int,
    barred: int,
    undecided: int,
    faults: int,
    hidden: bool,
    measures: bool,
) -> Status:
    if faults:
        return Status.ERROR
    if found:
        return Status.FOUND
    if not subjects:
        return Status.NO_PERMISSION if hidden else Status.SKIPPED
    if barred == subjects:
        return Status.NO_PERMISSION
    if measures and undecided == subjects:
        return Status.NO_METRIC
    return Status.RAN


def _reason(
    rule: Rule, facts: Facts, subjects: int, undecided: list[Undecided], faults: list[str]
) -> str:
    if faults:
        return f"a fault of azcost, please report it: {faults[0]}"
    if undecided:
        reasons = Counter(one.reason for one in undecided).most_common(_MOST_REASONS)
        said = "; ".join(f"{reason} ({count})" for reason, count in reasons)
        return f"{len(undecided)} of {subjects} could not be judged: {said}"
    if hidden := _unread_at_all(rule, facts):
        return _said(hidden[0])
    return "" if subjects else f"there is no {' or '.join(rule.types)}"
