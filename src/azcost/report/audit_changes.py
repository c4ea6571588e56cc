"""What became of findings: new, resolved, changed, and what resolving them really saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from azcost.audit.bill import AVERAGE_MONTH, WINDOW_DAYS
from azcost.audit.costs import Costs
from azcost.audit.resource import key_of
from azcost.errors import AzcostError
from azcost.report.saved_audit import SavedAudit, SavedFinding

# Azure completes the cost of a day later, and one day says little of a month.
LEAST_DAYS = 7
_CENT = Decimal("0.01")

Bills = dict[tuple[str, str], Decimal]


class Resolved(msgspec.Struct, frozen=True):
    """A finding that is gone; `realised` is what its meters cost less a month, if measured.

    It is negative when they cost more.
    """

    finding: SavedFinding
    realised: Decimal | None


class Changed(msgspec.Struct, frozen=True):
    """A finding that is still there, with another saving."""

    old: SavedFinding
    new: SavedFinding


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """The difference of two audits.

    `unseen` are findings that are gone because their rule could not see this time, `kept`
    those that were exempted since. `days` are those of the later bill after the old one;
    None where there is no later bill to measure by. `realised` counts each meter once.
    """

    old: SavedAudit
    new: SavedAudit
    appeared: tuple[SavedFinding, ...]
    resolved: tuple[Resolved, ...]
    changed: tuple[Changed, ...]
    unseen: tuple[SavedFinding, ...]
    kept: tuple[SavedFinding, ...]
    same: int
    days: int | None
    realised: Decimal | None


def between(old: SavedAudit, new: SavedAudit, later: Costs | None) -> Changes:
    """Compare two audits; `later` is the bill of the new one, where it is there.

    Raises AzcostError where currencies differ.
    """
    if old.currency != new.currency:
        raise AzcostError(
            f"The audits are in {old.currency} and {new.currency}: they cannot be compared."
        )
    before, after = ({one.key: one for one in audit.findings} for audit in (old, new))
    exempted = {one.key for one in new.exempted}
    gone = [one for key, one in before.items() if key not in after]
    kept = [one for one in gone if one.key in exempted]
    unseen = [one for one in gone if one.key not in exempted and _is_blind(one, new)]
    done = [one for one in gone if one not in kept and one not in unseen]
    both = [(one, after[key]) for key, one in before.items() if key in after]
    changed = [Changed(a, b) for a, b in both if abs(a.expected - b.expected) >= _CENT]
    days, bills = _later(later, old)
    return Changes(
        old=old,
        new=new,
        appeared=tuple(one for key, one in after.items() if key not in before),
        resolved=tuple(Resolved(one, _realised([one], bills)) for one in done),
        changed=tuple(changed),
        unseen=tuple(unseen),
        kept=tuple(kept),
        same=len(both) - len(changed),
        days=days,
        realised=_realised(done, bills),
    )


def _is_blind(finding: SavedFinding, new: SavedAudit) -> bool:
    """Whether a rule could not see, or was not run at all."""
    return finding.rule in new.blind or finding.rule not in {one.rule for one in new.rules}


def _later(later: Costs | None, old: SavedAudit) -> tuple[int | None, Bills | None]:
    """The average month of the days after the old bill, by resource and meter.

    No bills where there are fewer than 7 such days: too early to measure anything.
    """
    if later is None or old.period is None:
        return None, None
    try:
        end = date.fromisoformat(old.period.last_day)
    except ValueError as error:
        raise AzcostError(f"The old audit's last day is none: {old.period.last_day}.") from error
    days = max(min((later.last_day - end).days, later.days, WINDOW_DAYS), 0)
    if days < LEAST_DAYS:
        return days, None
    bills: Bills = defaultdict(Decimal)
    for line in later.lines:
        if line.resource:
            sum_ = sum(line.amortised_days()[-days:], start=Decimal(0))
            bills[key_of(line.resource), line.meter] += sum_ * AVERAGE_MONTH / days
    return days, bills


def _realised(findings: Iterable[SavedFinding], bills: Bills | None) -> Decimal | None:
    """What the meters of findings cost before, less what they cost later, each once."""
    if bills is None:
        return None
    before = {meter: amount for one in findings for meter, amount in one.billed().items()}
    return sum(
        (amount - bills.get(meter, Decimal(0)) for meter, amount in before.items()),
        start=Decimal(0),
    )
