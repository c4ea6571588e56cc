"""Blobs in the hot tier that are hardly read."""

from decimal import Decimal

from azcost.audit.blob_accounts import (
    ACCOUNT,
    GIB,
    blobs_of,
    list_price,
    moves_to_cooler_tiers,
    redundancy_of,
)
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
)
from azcost.audit.snapshot import Part
from azcost.units import HOURS_PER_MONTH

DAYS = 28
# Below this a policy is not worth the trouble of its review.
LEAST_SHARE = Decimal("0.10")
# Blobs must stay in Cool for so long, or are billed as if they had:
# https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview
COOL_DAYS = 30
POLICY = """{"rules": [{"enabled": true, "name": "cool-after-30-days", "type": "Lifecycle",
  "definition": {"filters": {"blobTypes": ["blockBlob"]},
    "actions": {"baseBlob": {"tierToCool": {"daysAfterModificationGreaterThan": 30}}}}}]}"""


@rule(
    ACCOUNT,
    category=Category.STORAGE,
    needs=(Part.STORAGE_POLICIES,),
    metrics=(
        "Microsoft.Storage/storageAccounts/blobServices: BlobCapacity | Tier",
        "Microsoft.Storage/storageAccounts/blobServices: BlobCount | Tier",
        "Microsoft.Storage/storageAccounts/blobServices: Transactions",
        "Microsoft.Storage/storageAccounts/blobServices: Ingress",
        "Microsoft.Storage/storageAccounts/blobServices: Egress",
    ),
)
def unread_hot_blobs(account: Resource, facts: Facts) -> Verdict:
    """Blobs in the hot tier that would cost less in Cool, with all that reading them costs.

    Why it costs: Hot is the dearest tier to keep data in and the cheapest to read it from;
    data that is kept and seldom read belongs elsewhere.

    Keep it when: The data is about to be read often, or will be deleted within 30 days:
    Cool bills 30 days in any case.

    Not checked: Which blobs are read. Whatever arrived in the last four weeks is taken to
    stay in Hot, and every read to be of a blob in Cool. Archive is cheaper still and takes
    hours to read from; it has a minimum of 180 days.
    """
    redundancy = redundancy_of(account)
    if not account.sku.name.startswith("Standard_") or moves_to_cooler_tiers(account, facts):
        return None
    blobs = blobs_of(account, facts)
    if blobs is None or not redundancy:
        return Unknown("its blob service or its redundancy was not read")
    others = facts.metric_if_any(blobs, "BlobCapacity", days=DAYS, dimension="Tier=Cool")
    if others is not None and not facts.metric_if_any(
        blobs, "BlobCapacity", days=DAYS, dimension="Tier=Hot"
    ):
        return None  # measured, and nothing is in Hot
    capacity = facts.metric(blobs, "BlobCapacity", days=DAYS, dimension="Tier=Hot")
    calls, ingress, egress = (
        facts.metric(blobs, name, of="total", days=DAYS)
        for name in ("Transactions", "Ingress", "Egress")
    )
    held = _decimal(capacity.mean / GIB)
    old = held - _monthly(ingress.mean / GIB)
    if old <= 0:
        return None
    reads, read_gb = _monthly(calls.mean), _monthly(egress.mean / GIB)
    hot = list_price(account, facts, "Hot", redundancy, gb=held)
    moved = list_price(account, facts, "Hot", redundancy, gb=old)
    cool = list_price(account, facts, "Cool", redundancy, gb=old)
    with_reads = list_price(
        account, facts, "Cool", redundancy, gb=old, read_operations=reads, retrieval_gb=read_gb
    )
    if hot is None or moved is None or cool is None or with_reads is None:
        return Unknown(f"no price of hot or cool blobs in {account.location}")
    share, most = ((moved.amount - one.amount) / hot.amount for one in (with_reads, cool))
    if share < LEAST_SHARE:
        return None
    bill = facts.bill(account).only(service="Storage", meter="Hot").only(meter="Data Stored")
    return Waste(
        title=f"{account.name} holds {old:,.0f} GB in the hot tier that are hardly read",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share, high=most),
        evidence=(
            Stated("in Hot", f"{held:,.0f} GB, {old:,.0f} of them older than {DAYS} days"),
            Stated("read a month", f"{read_gb:,.0f} GB in at most {reads:,.0f} calls"),
            Stated("saved of what storing costs", f"{percent(share)}, by the price list"),
            capacity.evidence("bytes"),
            egress.evidence("bytes an hour"),
            *evidence_of(bill),
        ),
        one_off=_moves(account, facts, blobs, redundancy, old / held),
        steps=(
            az(
                "See that the account has no policy: this one replaces it",
                "az storage account management-policy show --account-name {} --resource-group {}",
                account.name,
                account.resource_group,
            ),
            Step("Save this as policy.json", POLICY, "json"),
            az(
                "Move blobs to Cool that nobody changed for 30 days",
                "az storage account management-policy create --account-name {} "
                "--resource-group {} --policy @policy.json",
                account.name,
                account.resource_group,
            ),
        ),
        undo=(
            az(
                "Take the policy away; blobs stay in Cool, and moving them back is billed as "
                "reading them",
                "az storage account management-policy delete --account-name {} --resource-group {}",
                account.name,
                account.resource_group,
            ),
        ),
    )


def _moves(
    account: Resource, facts: Facts, blobs: Resource, redundancy: str, part: Decimal
) -> OneOff:
    """Each blob that moves is a write operation of Cool."""
    why = "each blob that moves is billed as a write in Cool"
    count = facts.metric_if_any(blobs, "BlobCount", days=DAYS, dimension="Tier=Hot")
    if count is None or not len(count.measured):
        return OneOff(None, f"{why}; how many there are is not measured")
    moved = _decimal(count.mean) * part
    price = list_price(account, facts, "Cool", redundancy, write_operations=moved)
    return OneOff(price, f"{why}: about {moved:,.0f}")


def _monthly(hourly: float) -> Decimal:
    return _decimal(hourly) * HOURS_PER_MONTH


def _decimal(number: float) -> Decimal:
    return Decimal(str(round(number, 6)))
