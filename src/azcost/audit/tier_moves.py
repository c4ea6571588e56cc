"""What storing blobs a tier colder would save, with all that reading them there costs."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from azcost.audit.blob_accounts import GIB, blobs_of, list_price, redundancy_of
from azcost.audit.facts import Blind, Facts, Window
from azcost.audit.resource import Resource
from azcost.audit.rule import OneOff
from azcost.units import AVERAGE_DAYS, HOURS_PER_MONTH

DAYS = 28
# The metrics that a rule over such a move declares.
_OF = "Microsoft.Storage/storageAccounts/blobServices"
METRICS = (
    f"{_OF}: BlobCapacity | Tier",
    f"{_OF}: BlobCount | Tier",
    f"{_OF}: Transactions",
    f"{_OF}: Ingress",
    f"{_OF}: Egress",
)


class TierMove(msgspec.Struct, frozen=True, kw_only=True):
    """Blobs of a tier that could be in a colder one.

    `share` of what storing the tier costs would be saved when every read is of a moved blob,
    `most` when none is. `old_gb` of `held_gb` are older than the colder tier's minimum.
    """

    held_gb: Decimal
    old_gb: Decimal
    reads: Decimal
    read_gb: Decimal
    share: Decimal
    most: Decimal
    capacity: Window
    egress: Window
    one_off: OneOff


def tier_move(
    account: Resource, facts: Facts, *, warm: str, cold: str, after_days: int
) -> TierMove | None:
    """What moving blobs from a tier to a colder one after so many days would save.

    Whatever arrived within that time is taken to stay. None where the tier holds nothing
    old; raises Blind where something is not measured or has no price.
    """
    blobs, redundancy = blobs_of(account, facts), redundancy_of(account)
    if blobs is None or not redundancy:
        raise Blind("its blob service or its redundancy was not read")
    if _holds_other_tiers_only(blobs, facts, warm):
        return None
    capacity = facts.metric(blobs, "BlobCapacity", days=DAYS, dimension=f"Tier={warm}")
    calls, ingress, egress = (
        facts.metric(blobs, name, of="total", days=DAYS)
        for name in ("Transactions", "Ingress", "Egress")
    )
    held = _decimal(capacity.mean / GIB)
    arrived = _monthly(ingress.mean / GIB) * after_days / AVERAGE_DAYS
    old, reads, read_gb = held - arrived, _monthly(calls.mean), _monthly(egress.mean / GIB)
    if held <= 0 or old <= 0:
        return None
    read = {"read_operations": reads, "retrieval_gb": read_gb}
    prices = [
        list_price(account, facts, tier, redundancy, **amounts)
        for tier, amounts in (
            (warm, {"gb": held}),
            (warm, {"gb": old}),
            (warm, {"gb": old, **read}),
            (cold, {"gb": old}),
            (cold, {"gb": old, **read}),
        )
    ]
    known = [price.amount for price in prices if price is not None]
    if len(known) < len(prices):
        raise Blind(f"no price of {warm} or {cold} blobs in {account.location}")
    whole, stored, used, stored_cold, used_cold = known
    return TierMove(
        held_gb=held,
        old_gb=old,
        reads=reads,
        read_gb=read_gb,
        share=(used - used_cold) / whole,
        most=(stored - stored_cold) / whole,
        capacity=capacity,
        egress=egress,
        one_off=_one_off(account, facts, blobs, warm, cold, old / held),
    )


def _holds_other_tiers_only(blobs: Resource, facts: Facts, warm: str) -> bool:
    """Whether tiers are measured, and this one is not among them."""
    tiers = {
        tier: facts.metric_if_any(blobs, "BlobCapacity", days=DAYS, dimension=f"Tier={tier}")
        for tier in ("Hot", "Cool", "Cold", "Archive")
    }
    return tiers[warm] is None and any(window is not None for window in tiers.values())


def _one_off(
    account: Resource, facts: Facts, blobs: Resource, warm: str, cold: str, part: Decimal
) -> OneOff:
    """Each blob that moves is a write operation of the colder tier."""
    why = f"each blob that moves is billed as a write in {cold}"
    count = facts.metric_if_any(blobs, "BlobCount", days=DAYS, dimension=f"Tier={warm}")
    if count is None or not len(count.measured):
        return OneOff(None, f"{why}; how many there are is not measured")
    moved = _decimal(count.mean) * part
    price = list_price(account, facts, cold, redundancy_of(account), write_operations=moved)
    return OneOff(price, f"{why}: about {moved:,.0f}")


def _monthly(hourly: float) -> Decimal:
    return _decimal(hourly) * HOURS_PER_MONTH


def _decimal(number: float) -> Decimal:
    return Decimal(str(round(number, 6)))
