"""Blobs in the cool tier that are not read any more."""

from decimal import Decimal

from azcost.audit.blob_accounts import ACCOUNT, moves_to_colder_tiers, policy_steps
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    percent,
    rule,
)
from azcost.audit.snapshot import Part
from azcost.audit.tier_moves import METRICS, tier_move

# Below this a policy is not worth the trouble of its review.
LEAST_SHARE = Decimal("0.10")
# Blobs must stay in Cold for so long, or are billed as if they had:
# https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview
COLD_DAYS = 90


@rule(ACCOUNT, category=Category.STORAGE, needs=(Part.STORAGE_POLICIES,), metrics=METRICS)
def unread_cool_blobs(account: Resource, facts: Facts) -> Verdict:
    """Blobs in the cool tier that would cost less in Cold, with all that reading them costs.

    Why it costs: Cold keeps a gigabyte for half of what Cool does, answers as fast, and
    asks more for reading.

    Keep it when: The data is about to be read, or will be deleted within 90 days: Cold
    bills 90 days in any case.

    Not checked: Which blobs are read. What arrived within 90 days is taken to stay in Cool,
    and every read to be of a blob in Cold. Blobs that came to Cool less than 30 days ago
    pay for the rest of them.
    """
    if not account.sku.name.startswith("Standard_") or moves_to_colder_tiers(account, facts):
        return None
    move = tier_move(account, facts, warm="Cool", cold="Cold", after_days=COLD_DAYS)
    if move is None or move.share < LEAST_SHARE:
        return None
    bill = facts.bill(account).only(service="Storage", meter="Cool").only(meter="Data Stored")
    steps, undo = policy_steps(account, "tierToCold", COLD_DAYS)
    return Waste(
        title=f"{account.name} holds {move.old_gb:,.0f} GB in the cool tier that are hardly read",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(move.share, high=max(move.most, move.share)),
        evidence=(
            Stated("in Cool", f"{move.held_gb:,.0f} GB, {move.old_gb:,.0f} of them old enough"),
            Stated("read a month", f"{move.read_gb:,.0f} GB in at most {move.reads:,.0f} calls"),
            Stated("saved of what storing costs", f"{percent(move.share)}, by the price list"),
            move.capacity.evidence("bytes"),
            move.egress.evidence("bytes an hour"),
            *evidence_of(bill),
        ),
        one_off=move.one_off,
        steps=steps,
        undo=undo,
    )
