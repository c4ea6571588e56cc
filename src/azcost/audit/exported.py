"""A snapshot with the costs of an export: alone, or in the place of those that it had."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import msgspec

from azcost.audit.costs import CostLine, Costs
from azcost.audit.facts import UNUSED
from azcost.audit.resource import from_arm, key_of
from azcost.audit.snapshot import Part, Snapshot, Unread, Utilisation
from azcost.usage.exports.headers import ExportError
from azcost.usage.exports.read import ExportedBill

# Azure completes the cost of a day within two more.
SETTLED = timedelta(days=3)
_HELD = (Part.COSTS, Part.UTILISATION, Part.INVENTORY)
_NOT_BILLED = "the export does not bill this subscription"
_NOT_HELD = "a cost export does not hold it; give --snapshot beside it"


def snapshot_of(bill: ExportedBill, now: datetime) -> Snapshot:
    """What an export alone tells: subscriptions, costs, and how commitments were used.

    All else is unread, and said so. Its day is that on which Azure wrote the export; where
    no manifest says it, the day on which the last of its days is complete, at most `now`.
    """
    costs = costs_of(bill)
    complete = datetime.combine(costs.last_day + SETTLED, time(), UTC)
    utilisation = tuple(_utilisation(costs))
    benefits = dict.fromkeys(one.benefit for one in utilisation)
    return Snapshot(
        taken_at=bill.submitted.replace(tzinfo=UTC) if bill.submitted else min(now, complete),
        currency=bill.currency,
        subscriptions=tuple(
            from_arm({"id": f"/subscriptions/{id_}", "name": name})
            for id_, name in bill.subscriptions.items()
        ),
        resources=tuple(from_arm({"id": benefit}) for benefit in benefits),
        costs=costs,
        utilisation=utilisation,
        unread=(
            *_without_inventory(bill),
            *(_unread(part) for part in Part if part not in _HELD),
        ),
    )


def _without_inventory(bill: ExportedBill) -> list[Unread]:
    """What subscriptions hold is unread; commitments are in none, and the bill names them."""
    scopes = [f"/subscriptions/{id_}" for id_ in bill.subscriptions] or [""]
    return [_unread(Part.INVENTORY, scope) for scope in scopes]


def _unread(part: Part, scope: str = "") -> Unread:
    return Unread(part=part, scope=scope, reason=_NOT_HELD)


def _utilisation(costs: Costs) -> Iterator[Utilisation]:
    """The share of each commitment's cost, by day, that paid for something.

    The unused part is billed as rows of its own (UnusedReservation, UnusedSavingsPlan).
    """
    sums: dict[str, tuple[list[Decimal], list[Decimal]]] = {}
    for line in costs.lines:
        unused = line.charge_type.lower() in UNUSED
        used = line.charge_type.lower() == "usage" and line.is_committed
        if line.benefit.startswith("/") and (unused or used):
            nothing = [Decimal(0)] * costs.days
            used_and_not = sums.setdefault(key_of(line.benefit), (nothing, nothing.copy()))
            for day, amount in enumerate(line.amortised_days()):
                used_and_not[unused][day] += amount
    for benefit, both in sums.items():
        for day, (one, other) in enumerate(zip(*both, strict=True)):
            if one >= 0 and other >= 0 and one + other:
                share = float(100 * one / (one + other))
                yield Utilisation(
                    benefit=benefit, day=costs.first_day + timedelta(days=day), percent=share
                )


def with_costs(snapshot: Snapshot, bill: ExportedBill) -> Snapshot:
    """The snapshot with the costs and the currency of an export in the place of its own.

    Costs of subscriptions that the export does not bill are unread. Raises ExportError when
    it bills none of them.
    """
    scopes = {key_of(one.id): one.id for one in snapshot.subscriptions}
    billed = {key_of(f"/subscriptions/{id_}") for id_ in bill.subscriptions}
    if billed and not billed & set(scopes):
        raise ExportError(
            "The export bills none of the subscriptions of the snapshot, but "
            f"{', '.join(sorted(bill.subscriptions)[:3])}: they are not of one estate."
        )
    missing = [id_ for key, id_ in scopes.items() if billed and key not in billed]
    return msgspec.structs.replace(
        snapshot,
        currency=bill.currency,
        costs=costs_of(bill),
        unread=(
            *(one for one in snapshot.unread if one.part is not Part.COSTS),
            *(Unread(part=Part.COSTS, scope=id_, reason=_NOT_BILLED) for id_ in missing),
        ),
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
