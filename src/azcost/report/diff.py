"""The difference between two bills, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from azcost.report.changes import Change, Difference
from azcost.report.document import Chart, Document, Part, Series, Table
from azcost.report.saved import Bill
from azcost.report.view import money, safe

SCHEMA = 1
_BARS = 12


def document(difference: Difference) -> Document:
    """What changed, resource by resource, and what that does to the total."""
    old, new = difference.old, difference.new
    return Document(
        title=f"{safe(new.name)}: what changes",
        verdict=verdict(difference),
        parts=tuple(_parts(difference)),
        notes=tuple(_notes(old, new)),
        facts=_facts(difference),
    )


def verdict(difference: Difference) -> str:
    """The change of the total in a sentence."""
    old, new, amount = difference.old, difference.new, difference.amount
    if not difference.changes:
        return f"Nothing changes: {money(new.monthly)} {new.currency} per month."
    if not amount:
        return f"The total stays at {money(new.monthly)} {new.currency} per month."
    percent = f" ({difference.percent:+.1f}%)" if difference.percent is not None else ""
    return (
        f"{money(abs(amount))} {new.currency} per month {'more' if amount > 0 else 'less'}"
        f"{percent}: from {money(old.monthly)} to {money(new.monthly)}."
    )


def _parts(difference: Difference) -> Iterator[Part]:
    currency = difference.new.currency
    changes = sorted(difference.changes, key=lambda one: -abs(one.amount))
    if changes:
        yield Table(
            title="Changes",
            columns=("resource", "", "before", "after", f"{currency} per month"),
            rows=tuple((one.name, one.what, *_amounts(one)) for one in changes),
            left=(0, 1),
        )
    yield Table(
        title="Totals",
        columns=("", "before", "after", f"{currency} per month"),
        rows=tuple(_totals(difference.old, difference.new)),
    )
    if reasons := [(one.name, r.charge, r.why) for one in changes for r in one.reasons]:
        yield Table(
            title="Why",
            columns=("resource", "charge", "reason"),
            rows=tuple(reasons),
            left=(0, 1, 2),
        )
    moved = [one for one in changes if one.amount][:_BARS]
    if len(moved) > 1:
        yield Chart(
            title=f"Change by resource, {currency} per month",
            description=f"{safe(moved[0].name)} changes most: {_signed(moved[0].amount)}.",
            kind="stacked",
            x_label="",
            y_label=f"{currency} per month",
            series=(
                Series(
                    "change",
                    tuple(safe(one.name) for one in moved),
                    tuple(float(one.amount) for one in moved),
                ),
            ),
        )


def _amounts(change: Change) -> tuple[str, str, str]:
    before = "" if change.what == "added" else money(change.before)
    after = "" if change.what == "removed" else money(change.after)
    return before, after, _signed(change.amount)


def _signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else ''}{money(amount)}"


def _totals(old: Bill, new: Bill) -> Iterator[tuple[str, str, str, str]]:
    rows = [("expected", old.monthly, new.monthly)]
    if old.low is not None or new.low is not None:
        rows = [
            ("low: 1 draw in 10 is below", _low(old), _low(new)),
            *rows,
            ("high: 1 draw in 10 is above", _high(old), _high(new)),
        ]
    for name, before, after in rows:
        yield name, money(before), money(after), _signed(after - before)


def _low(bill: Bill) -> Decimal:
    return bill.monthly if bill.low is None else bill.low


def _high(bill: Bill) -> Decimal:
    return bill.monthly if bill.high is None else bill.high


def _notes(old: Bill, new: Bill) -> Iterator[str]:
    for bill, which in ((old, "before"), (new, "after")):
        for missing in bill.unpriced:
            yield f"Not in the total {which}: {safe(missing.resource)}, {missing.reason}"


def _facts(difference: Difference) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "currency": difference.new.currency,
        "before": _end(difference.old),
        "after": _end(difference.new),
        "change": difference.amount,
        "percent": None if difference.percent is None else round(difference.percent, 4),
        "resources": [
            {
                "name": one.name,
                "kind": one.kind,
                "what": one.what,
                "before": one.before,
                "after": one.after,
                "change": one.amount,
                "reasons": [{"charge": r.charge, "why": r.why} for r in one.reasons],
            }
            for one in difference.changes
        ],
    }


def _end(bill: Bill) -> dict[str, object]:
    return {
        "name": bill.name,
        "monthly": bill.monthly,
        "low": _low(bill),
        "high": _high(bill),
        "unpriced": len(bill.unpriced),
    }
