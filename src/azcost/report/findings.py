"""What an audit found, as a document: what to do, what it saves, and what was not seen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from azcost.advice.advise import Advice
from azcost.advice.ledger import Entry
from azcost.audit.bill import Saving
from azcost.audit.rule import Action, Confidence
from azcost.audit.run import Audit, RuleRun, Status
from azcost.money import Money
from azcost.report import remaining
from azcost.report.audit_charts import waterfall
from azcost.report.checklist import checklist
from azcost.report.document import Document, Part, Table
from azcost.report.findings_facts import facts

_BLIND = (Status.ERROR, Status.NO_PERMISSION, Status.NO_METRIC)
_FEW = 4
# In the ledger of the rules: first what a reader has to know.
_ORDER = (*_BLIND, Status.FOUND, Status.RAN, Status.SKIPPED)


def document(advice: Advice) -> Document:
    """The findings, largest saving first, and what could not be seen."""
    audit = advice.audit
    return Document(
        title=f"Audit of {names(audit)} on {audit.taken_on}",
        verdict=" ".join(_verdict(advice)),
        parts=tuple(_parts(advice)),
        notes=tuple(_notes(advice)),
        facts=facts(advice),
    )


def names(audit: Audit) -> str:
    """The subscriptions, as a title says them."""
    return ", ".join(one.name for one in audit.subscriptions) or "no subscription"


def _parts(advice: Advice) -> Iterator[Part]:
    audit = advice.audit
    if fall := waterfall(advice):
        yield fall
    counted = [one for one in advice.entries if one.counted and _saves(one)]
    if counted:
        yield _counted(counted, advice)
    if others := [one for one in advice.entries if one.overlaps_with and not one.counted]:
        yield _alternatives(others, audit.currency)
    if advice.commitments and (bought := remaining.table(advice.commitments, audit.currency)):
        yield bought
    if free := [one for one in advice.entries if not one.overlaps_with and not _saves(one)]:
        yield _free(free)
    if advice.exempted:
        yield _exempted(advice)
    if audit.rules:
        yield checklist(advice)
    if blind := [one for one in audit.rules if one.status in _BLIND or one.undecided]:
        yield _blind(blind)
    if audit.unread:
        yield _unread(audit)
    yield _ledger(audit)


def _verdict(advice: Advice) -> Iterator[str]:
    audit = advice.audit
    if not audit.is_complete:
        blind = sum(one.status in _BLIND for one in audit.rules)
        yield f"Incomplete: {blind} of {len(audit.rules)} rules could not see what they judge."
    found, ran = len(advice.entries), sum(one.examined > 0 for one in audit.rules)
    what = f"{found} finding{'' if found == 1 else 's'}" if found else "Nothing found"
    if not audit.is_complete:
        what += ", as far as could be seen,"
    saving, cost = advice.saving, audit.cost
    if saving and cost and saving.high.amount:
        yield _saved(saving, cost)
    yield f"{what} in {audit.examined:,} resources, by {ran} rules that apply to them."
    if cost is not None:
        yield f"The whole bill is {cost} in an average month."


def _saved(saving: Saving, cost: Money) -> str:
    if not saving.expected.amount:
        return f"At best {saving.high} a month can be saved, and perhaps nothing."
    part = saving.expected.amount / cost.amount if cost.amount > 0 else 0
    share = f", {part:.0%} of the bill" if part else ""
    return f"About {saving.expected} a month can be saved{_between(saving)}{share}."


def _between(saving: Saving) -> str:
    words = _range(saving)
    return f" ({words})" if words else ""


def _notes(advice: Advice) -> Iterator[str]:
    audit = advice.audit
    if audit.first_day:
        yield (
            f"Costs are amortised, as billed from {audit.first_day} to {audit.last_day}; "
            "a saving is of an average month, from the last 30 days."
        )
    unsure = [one for one in advice.entries if one.counted and _is_unsure(one)]
    amount = sum((_expected(one) for one in unsure), start=Decimal(0))
    if amount:
        yield (
            f"{amount:,.2f} {audit.currency} of the saving is of low confidence: look at the "
            "evidence first."
        )
    if advice.commitments and advice.commitments.terms:
        yield remaining.note(advice.commitments, audit.currency)
    for one in advice.expired:
        exemption = one.exemption
        yield (
            f"The exemption of {one.finding.rule} for {one.finding.resource.name} "
            f"({exemption.owner}: {exemption.reason}) expired on {exemption.expiry}: "
            "the finding is back."
        )
    for left in advice.unused:
        yield f"The exemption of {left.rule} for {left.glob} ({left.owner}) covers nothing now."
    if advice.entries:
        yield "azcost rules explain NAME says why a rule finds what it finds."


def _is_unsure(entry: Entry) -> bool:
    return entry.finding.confidence is Confidence.LOW


def _expected(entry: Entry) -> Decimal:
    return entry.saving.expected.amount if entry.saving else Decimal(0)


def _counted(entries: list[Entry], advice: Advice) -> Table:
    """What adds up: an entry that shares its money shows what it adds."""
    ordered = sorted(entries, key=_expected, reverse=True)
    rows = [
        (
            _amount(one.saving),
            _range(one.saving),
            one.finding.confidence.value,
            one.finding.waste.title,
            one.finding.rule,
        )
        for one in ordered
    ]
    together = (_amount(advice.saving), _range(advice.saving), "", "together", "")
    return Table(
        title="Findings",
        columns=(f"{advice.audit.currency} a month", "range", "confidence", "finding", "rule"),
        rows=(*rows, together),
        left=(2, 3, 4),
        rules=(len(rows) - 1,),
    )


def _saves(entry: Entry) -> bool:
    return entry.saving is not None and entry.saving.high.amount > 0


def _free(entries: list[Entry]) -> Table:
    """What is worth knowing without an amount: a missing budget, or a bill that is not known."""
    rows = tuple(
        (
            "none" if one.saving or one.finding.waste.action is Action.NONE else "not known",
            one.finding.confidence.value,
            one.finding.waste.title,
            one.finding.rule,
        )
        for one in entries
    )
    return Table(
        title="Findings without an amount",
        columns=("saving", "confidence", "finding", "rule"),
        rows=rows,
        left=(0, 1, 2, 3),
    )


def rivals(entry: Entry) -> str:
    """The rules of the findings about the same money, the first few."""
    found = list(dict.fromkeys(one.rule for one in entry.overlaps_with))
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    return f"{', '.join(found[:_FEW])}{more}"


def _alternatives(entries: list[Entry], currency: str) -> Table:
    rows = tuple(
        (
            _amount(one.saving),
            one.finding.waste.title,
            one.finding.rule,
            rivals(one),
        )
        for one in entries
    )
    return Table(
        title="Alternatives: the same money again, not added",
        columns=(f"{currency} a month", "finding", "rule", "instead of"),
        rows=rows,
        left=(1, 2, 3),
    )


def _exempted(advice: Advice) -> Table:
    rows = tuple(
        (
            _amount(one.finding.waste.saving),
            one.finding.waste.title,
            one.finding.rule,
            one.exemption.reason,
            one.exemption.owner,
            str(one.exemption.expiry or ""),
        )
        for one in advice.exempted
    )
    columns = (f"{advice.audit.currency} a month", "finding", "rule", "kept because", "by", "until")
    return Table(title="Exempted, not added", columns=columns, rows=rows, left=(1, 2, 3, 4, 5))


def _amount(saving: Saving | None) -> str:
    return f"{saving.expected.amount:,.2f}" if saving else "not known"


def _range(saving: Saving | None) -> str:
    if saving is None or f"{saving.low.amount:.2f}" == f"{saving.high.amount:.2f}":
        return ""
    return f"{saving.low.amount:,.2f} to {saving.high.amount:,.2f}"


def _blind(runs: list[RuleRun]) -> Table:
    rows = tuple((one.rule, one.status.value, one.reason) for one in runs)
    return Table(title="Not judged", columns=("rule", "status", "why"), rows=rows, left=(0, 1, 2))


def _unread(audit: Audit) -> Table:
    rows = tuple(
        (one.part.value, one.scope or "everywhere", one.reason, one.role) for one in audit.unread
    )
    columns = ("could not be read", "where", "why", "role that would be needed")
    return Table(title="Could not be read", columns=columns, rows=rows, left=(0, 1, 2, 3))


def _ledger(audit: Audit) -> Table:
    """What every rule saw: nothing found is only good news where something was examined."""
    ordered = sorted(audit.rules, key=lambda one: (_ORDER.index(one.status), one.rule))
    rows = tuple(
        (one.rule, one.status.value, f"{one.examined:,}", f"{one.found:,}") for one in ordered
    )
    return Table(
        title="What each rule saw",
        columns=("rule", "status", "examined", "found"),
        rows=rows,
        left=(0, 1),
    )
