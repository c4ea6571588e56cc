"""An audit as a page: the saving, where it comes from, every finding, and what was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import msgspec

from azcost.advice.advise import Advice
from azcost.advice.ledger import Entry
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import Billed, Category, Evidence, Measured, Stated, Step
from azcost.audit.run import RuleRun, Undecided
from azcost.audit.snapshot import Snapshot
from azcost.errors import AzcostError
from azcost.outlook import outlook
from azcost.report import audit_charts, findings, forecast, html, remaining
from azcost.report.document import Chart, Choice, Choices, Document, Paragraph, Table
from azcost.report.heat_map import heat_map
from azcost.report.html import Headline, Origin, Part, Section
from azcost.report.view import money, safe
from azcost.spending import of_snapshot

_FORECAST_DAYS = 30
_MAX_CHOICES = 60
_MAX_EVIDENCE = 16
_MAX_UNDECIDED = 200
_BENEFITS = (
    "microsoft.capacity/reservationorders/reservations",
    "microsoft.billingbenefits/savingsplanorders/savingsplans",
)
_METHOD = """
A saving is what was billed for the last 30 complete days, amortised, by resource and meter, as
an average month; never a retail price. What a reservation or savings plan pays goes on when its
resource stops, and so counts at the high end only.

Each meter of each resource is given away once, in the order delete, stop, schedule, tier,
rightsize, licence, commit. What a finding cannot have is shown as an alternative and not added;
the total is never more than the bill.

With values for less than 80 % of the hours nothing is said of a resource, under 95 % the
confidence is low. A missing value is never taken for zero.

The commands are there to be read. azcost changes nothing.
"""


class Shown(msgspec.Struct, frozen=True):
    """A finding as its template shows it."""

    amount: str
    title: str
    about: str
    evidence: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    undo: tuple[Step, ...]
    not_checked: tuple[str, ...]


def render(advice: Advice, facts: Facts, origin: Origin) -> str:
    """The audit as a page that stands on its own."""
    document = findings.document(advice)
    return html.page(
        title=document.title,
        verdict=document.verdict,
        headline=_headline(advice),
        sections=list(_sections(advice, facts, document)),
        notes=document.notes,
        origin=origin,
    )


def _headline(advice: Advice) -> Headline | None:
    saving, audit = advice.saving, advice.audit
    if saving is None or audit.cost is None:
        return None
    low, middle, high = (one.amount for one in (saving.low, saving.expected, saving.high))
    is_range = money(low) != money(high)
    place = int((middle - low) / (high - low) * 992) if high > low else 0
    counted = sum(one.counted for one in advice.entries)
    return Headline(
        figure=money(middle),
        unit=f"{safe(audit.currency)} a month can be saved",
        low=money(low) if is_range else "",
        high=money(high) if is_range else "",
        place=max(0, min(992, place)),
        facts=(
            ("the whole bill, a month", str(audit.cost)),
            ("findings that add up", f"{counted} of {len(advice.entries)}"),
            ("resources", f"{audit.examined:,}"),
            ("rules that could judge", f"{sum(one.examined > 0 for one in audit.rules)}"),
        ),
    )


def _sections(advice: Advice, facts: Facts, document: Document) -> Iterator[Section]:
    snapshot = facts.snapshot
    tables = document.tables()
    if fall := audit_charts.waterfall(advice):
        yield _section("Where the saving comes from", "saving", (fall,))
    if choices := _choices(advice):
        yield _section(choices.title, "choices", (choices, *_left_out(advice)))
    if "Ten points" in tables:
        yield _section("Ten points", "points", (tables["Ten points"],))
    if spent := tuple(_spent(advice, snapshot)):
        yield _section("What is spent, and by whom", "spent", spent)
    counted = [one for one in advice.entries if one.counted]
    if counted:
        yield Section("Findings", "findings", tuple(_findings(counted, advice)))
    if others := [one for one in advice.entries if not one.counted]:
        title = "Alternatives, and findings without an amount"
        yield Section(title, "alternatives", tuple(_findings(others, advice)))
    if "Exempted, not added" in tables:
        table = tables["Exempted, not added"]
        yield _section("Kept on purpose", "exempted", (table,))
    if hours := heat_map(snapshot):
        part = Part("heat_map.html", hours)
        yield Section("When machines work", "hours", (part,))
    if parts := tuple(_commitments(advice, facts, tables)):
        yield Section("Commitments", "commitments", parts)
    yield _section("What was seen, and what was not", "coverage", _coverage(advice, tables))
    method = (Paragraph(" ".join(text.split())) for text in _METHOD.split("\n\n"))
    yield _section("How it is done", "method", method)


def _commitments(advice: Advice, facts: Facts, tables: Mapping[str, Table]) -> Iterator[html.Part]:
    """What there is, what was found about it, and what to buy."""
    if benefits := _benefits(facts):
        yield html.prepared(benefits, "benefits")
    if advice.commitments and remaining.TITLE in tables:
        yield html.prepared(tables[remaining.TITLE], "remaining")
        note = remaining.note(advice.commitments, advice.audit.currency)
        yield html.prepared(Paragraph(note), "remaining-note")
    commits = [one for one in advice.entries if one.finding.category is Category.COMMITMENT]
    yield from _findings(commits, advice)


def _section(title: str, anchor: str, parts: Iterable[html.Preparable]) -> Section:
    prepared = (html.prepared(one, f"{anchor}-{n}") for n, one in enumerate(parts))
    return Section(title, anchor, tuple(prepared))


def _worth(advice: Advice) -> list[Entry]:
    found = [one for one in advice.entries if _expected(one) > 0]
    return sorted(found, key=_expected, reverse=True)


def _left_out(advice: Advice) -> Iterator[Paragraph]:
    if rest := _worth(advice)[_MAX_CHOICES:]:
        most = money(_expected(rest[0]))
        yield Paragraph(f"{len(rest)} more save at most {most} each, and are not in this list.")


def _choices(advice: Advice) -> Choices | None:
    """What one could do, alternatives beside what they exclude."""
    cost = advice.audit.cost
    worth = _worth(advice)
    if cost is None or not worth:
        return None
    groups = _groups(advice)
    return Choices(
        title="Which of these would I do?",
        monthly=round(cost.amount, 2),
        currency=safe(advice.audit.currency),
        options=tuple(
            Choice(
                f"{one.finding.waste.title} ({one.finding.waste.action.value})",
                round(_expected(one), 2),
                groups.get(id(one.finding), ""),
            )
            for one in worth[:_MAX_CHOICES]
        ),
    )


def _groups(advice: Advice) -> dict[int, str]:
    """The same word for findings of which only one can be done."""
    groups: dict[int, str] = {}
    for number, entry in enumerate(advice.entries):
        if not entry.counted and entry.overlaps_with:
            first = id(entry.overlaps_with[0])
            groups[id(entry.finding)] = groups.setdefault(first, f"either-{number}")
    return groups


def _expected(entry: Entry) -> Decimal:
    return entry.saving.expected.amount if entry.saving else Decimal(0)


def _spent(advice: Advice, snapshot: Snapshot) -> Iterator[Chart | Paragraph]:
    try:
        spending = of_snapshot(snapshot)
        whole = outlook("the whole bill", spending.total(), spending, _FORECAST_DAYS)
        yield forecast.chart(whole)
    except AzcostError as error:
        yield Paragraph(f"No forecast: {error}")
    yield from audit_charts.breakdowns(audit_charts.costs(advice, snapshot), snapshot)


def _findings(entries: list[Entry], advice: Advice) -> Iterator[Part]:
    back = {id(one.finding): str(one.exemption.expiry) for one in advice.expired}
    for entry in sorted(entries, key=_expected, reverse=True):
        yield Part("finding.html", _shown(entry, back.get(id(entry.finding), "")))


def _shown(entry: Entry, expired: str) -> Shown:
    finding, saving = entry.finding, entry.saving
    waste = finding.waste
    words = [f"{finding.confidence.value} confidence", finding.rule]
    if entry.overlaps_with:
        how = "shares its money with" if entry.counted else "instead of"
        words.append(f"{how} {findings.rivals(entry)}")
    evidence = [("resource", finding.resource.id)]
    if saving:
        low, expected, high = (
            money(one.amount) for one in (saving.low, saving.expected, saving.high)
        )
        evidence.append(
            ("saves a month", f"{expected} {saving.expected.currency} ({low} to {high})")
        )
    if expired:
        evidence.append(("exemption", f"expired on {expired}"))
    evidence += _evidence(waste.evidence)
    if waste.one_off:
        amount = f"{waste.one_off.amount}: " if waste.one_off.amount else ""
        evidence.append(("costs once", f"{amount}{waste.one_off.reason}"))
    return Shown(
        amount=money(saving.expected.amount) if saving else "\N{EN DASH}",
        title=waste.title,
        about=", ".join(words),
        evidence=tuple(evidence),
        steps=finding.steps,
        undo=waste.undo,
        not_checked=finding.not_checked,
    )


def _evidence(evidence: tuple[Evidence, ...]) -> Iterator[tuple[str, str]]:
    for one in evidence[:_MAX_EVIDENCE]:
        if isinstance(one, Stated):
            yield one.name, one.value
        elif isinstance(one, Measured):
            yield f"{one.metric} ({one.statistic})", _measured(one)
        elif isinstance(one, Billed):
            name = one.resource.rpartition("/")[2]
            yield f"billed: {one.meter}", f"{one.monthly} a month ({one.pricing_model}, {name})"
    if len(evidence) > _MAX_EVIDENCE:
        yield "and", f"{len(evidence) - _MAX_EVIDENCE} more, in the JSON"


def _measured(one: Measured) -> str:
    points = {"P50": one.p50, "P95": one.p95, "P99": one.p99, "maximum": one.maximum}
    shown = ", ".join(f"{name} {_figure(value)}" for name, value in points.items())
    return f"{shown} {one.unit}, {one.days} days, {one.coverage:.0%} measured"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.2f}"


def _benefits(facts: Facts) -> Table | None:
    """Reservations and savings plans, how much of them was used, and when they end."""
    benefits = [one for type_ in _BENEFITS for one in facts.by_type(type_)]
    if not benefits:
        return None
    return Table(
        title="Reservations and savings plans",
        columns=("name", "kind", "used in 28 days", "ends"),
        rows=tuple(_benefit(one, facts) for one in benefits),
        left=(0, 1, 3),
    )


def _benefit(benefit: Resource, facts: Facts) -> tuple[str, str, str, str]:
    used = [one.percent for one in facts.utilisation(benefit)][-28:]
    kind = "reservation" if benefit.type == _BENEFITS[0] else "savings plan"
    ends = benefit.text("expiryDate") or benefit.text("expiryDateTime") or "not known"
    share = f"{sum(used) / len(used):.0f} %" if used else "not known"
    return benefit.text("displayName") or benefit.name, kind, share, ends[:10]


def _coverage(advice: Advice, tables: dict[str, Table]) -> Iterator[Table | Paragraph]:
    audit = advice.audit
    if audit.is_complete:
        yield Paragraph("Everything that the rules need was read.")
    for title in ("Could not be read", "Not judged", "What each rule saw"):
        if title in tables:
            yield tables[title]
    if undecided := [(run, one) for run in audit.rules for one in run.undecided]:
        yield _undecided(undecided)


def _undecided(undecided: list[tuple[RuleRun, Undecided]]) -> Table:
    rows = tuple((run.rule, one.resource, one.reason) for run, one in undecided[:_MAX_UNDECIDED])
    left = len(undecided) - len(rows)
    return Table(
        title="Resources that could not be judged" + (f" ({left:,} more)" if left else ""),
        columns=("rule", "resource", "why"),
        rows=rows,
        left=(0, 1, 2),
    )
