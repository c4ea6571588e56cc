"""A snapshot with the costs of an export: alone, or in the place of those that it had."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import msgspec

from azcost.audit.costs import CostLine, Costs
from azcost.audit.resource import from_arm
from azcost.audit.snapshot import Part, Snapshot, Unread
from azcost.usage.exports.read import ExportedBill

_NOT_HELD = "a cost export does not hold it; give --snapshot beside it"


def snapshot_of(bill: ExportedBill, now: datetime) -> Snapshot:
    """What an export alone tells: subscriptions and costs; all else is unread, and said so.

    Its day is that on which Azure wrote the export; `now` where no manifest says it.
    """
    taken_at = bill.submitted.replace(tzinfo=UTC) if bill.submitted else now
    return Snapshot(
        taken_at=taken_at,
        currency=bill.currency,
        subscriptions=tuple(
            from_arm({"id": f"/subscriptions/{id_}", "name": name})
            for id_, name in bill.subscriptions.items()
        ),
        costs=costs_of(bill),
        unread=tuple(
            Unread(part=part, reason=_NOT_HELD) for part in Part if part is not Part.COSTS
        ),
    )


def with_costs(snapshot: Snapshot, bill: ExportedBill) -> Snapshot:
    """The snapshot with the costs and the currency of an export in the place of its own."""
    return msgspec.structs.replace(
        snapshot,
        currency=bill.currency,
        costs=costs_of(bill),
        unread=tuple(one for one in snapshot.unread if one.part is not Part.COSTS),
    )


def costs_of(bill: ExportedBill) -> Costs:
    """The costs of an export. Texts that many lines have are kept once."""
    return Costs(
        first_day=bill.first_day,
        days=bill.days,
        lines=tuple(
            CostLine(
                resource=line.resource,
                service=sys.intern(line.service),
                product=sys.intern(line.product),
                meter=sys.intern(line.meter),
                charge_type=sys.intern(line.charge_type),
                pricing_model=sys.intern(line.pricing_model),
                benefit=line.benefit,
                unit=sys.intern(line.unit),
                actual=line.actual,
                amortised=line.amortised,
                quantity=line.quantity,
            )
            for line in bill.lines
        ),
    )
