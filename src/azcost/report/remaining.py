"""What to commit to once the findings are done, as a table and for programs."""

from __future__ import annotations

from decimal import Decimal

from azcost.advice.commitments import Commitment, Commitments
from azcost.optimise.commitment_bill import Plan
from azcost.report.commitments import purchase_facts
from azcost.report.document import Table

TITLE = "What to commit to once the findings are done, not added"
_LISTED = 4
_GAP = Decimal("0.000001")


def table(found: Commitments, currency: str) -> Table | None:
    """A row for each term that saves; None where none does."""
    if not found.terms:
        return None
    return Table(
        title=TITLE,
        columns=(
            "for", "what to buy", f"{currency} a month", "saves a month",
            "above the best possible, at most", "binds",
        ),
        rows=tuple(
            (
                _years(one),
                ", ".join(_listed(one)),
                f"{sum(_monthly(one), start=Decimal(0)):,.2f}",
                f"{one.saving.amount:,.2f}",
                f"{one.gap:.2%}",
                f"{one.bound.amount:,.0f}",
            )
            for one in found.terms
        ),
        left=(0, 1),
    )  # fmt: skip


def note(found: Commitments, currency: str) -> str:
    """What the table stands on."""
    left = (
        f"; without {_some(found.left_out)}, which they end or switch off" if found.left_out else ""
    )
    unpriced = f"; without {_some(found.unpriced)}, which have no price" if found.unpriced else ""
    return (
        f"What to commit to is the optimum for the hours that machines and scale sets were billed "
        f"at the full price in the last {found.days} days, as far as the findings leave them"
        f"{left}{unpriced}: {found.payg.amount:,.2f} {currency} a month at list prices. It looks "
        "back and knows no plans: azcost commit SNAPSHOT says how sure it is."
    )


def facts(found: Commitments | None) -> dict[str, object] | None:
    """The same for programs."""
    if found is None:
        return None
    return {
        "days": found.days,
        "payg_monthly": found.payg.amount,
        "terms": [
            {
                "years": one.years,
                "saving_monthly": one.saving.amount,
                "bound": one.bound.amount,
                "gap": Decimal(str(one.gap)).quantize(_GAP),
                "purchases": [purchase_facts(each) for each in one.purchases],
            }
            for one in found.terms
        ],
        "left_out": list(found.left_out),
        "unpriced": list(found.unpriced),
    }


def _years(one: Commitment) -> str:
    return "1 year" if one.years == 1 else f"{one.years} years"


def _monthly(one: Commitment) -> list[Decimal]:
    return [each.monthly.amount for each in one.purchases]


def _listed(one: Commitment) -> list[str]:
    """The purchases, the largest first, and how many more."""
    ordered = sorted(one.purchases, key=lambda each: -each.monthly.amount)
    words = [
        f"a savings plan of {each.hourly:.3f} an hour"
        if isinstance(each, Plan)
        else f"{each.count} x {each.group.unit.size}"
        for each in ordered[:_LISTED]
    ]
    more = len(ordered) - len(words)
    return [*words, f"{more} more"] if more else words


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _LISTED
    shown = ", ".join(names[:_LISTED])
    return f"{shown} and {more} more" if more > 0 else shown
