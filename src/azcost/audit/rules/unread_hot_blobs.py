"""Blobs in the hot tier that are hardly read."""

from decimal import Decimal

from azcost.audit.blob_accounts import ACCOUNT, moves_to_cooler_tiers, policy_steps
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
# Blobs must stay in Cool for so long, or are billed as if they had:
# https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview
COOL_DAYS = 30


@rule(ACCOUNT, category=Category.STORAGE, needs=(Part.STORAGE_POLICIES,), metrics=METRICS)
def unread_hot_blobs(account: Resource, facts: Facts) -> Verdict:
    """Blobs in the hot tier that would cost less in Cool, with all that reading them costs.

    Why it costs: Hot is the dearest tier to keep data in and the cheapest to read it from;
    data that is kept and seldom read belongs elsewhere.

    Keep it when: The data is about to be read often, or will be deleted within 30 days:
    Cool bills 30 days in any case.

    Not checked: Which blobs are read. What arrived within 30 days is taken to stay in Hot,
    and every read to be of a blob in Cool. Archive is cheaper still and takes hours to read
    from; it has a minimum of 180 days.
    """
    if not account.sku.name.startswith("Standard_") or moves_to_cooler_tiers(account, facts):
        return None
    move = tier_move(account, facts, warm="Hot", cold="Cool", after_days=COOL_DAYS)
    if move is None or move.share < LEAST_SHARE:
        return None
    bill = facts.bill(account).only(service="Storage", meter="Hot").only(meter="Data Stored")
    steps, undo = policy_steps(account, "tierToCool", COOL_DAYS)
    return Waste(
        title=f"{account.name} holds {move.old_gb:,.0f} GB in the hot tier that are hardly read",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(move.share, high=max(move.most, move.share)),
        evidence=(
            Stated("in Hot", f"{move.held_gb:,.0f} GB, {move.old_gb:,.0f} of them old enough"),
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
