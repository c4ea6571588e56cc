"""Blob services that keep deleted blobs for long."""

from azcost.audit.blob_accounts import BLOBS
from azcost.audit.changes import changed
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Unknown,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.audit.snapshot import Part

# az-costguard asks above so many; the portal proposes 7.
LONG_DAYS = 30
USUAL_DAYS = 7


@rule(BLOBS, category=Category.STORAGE, needs=(Part.STORAGE_POLICIES,))
def long_soft_delete(blobs: Resource, facts: Facts) -> Verdict:
    """Blob services that keep deleted blobs for more than 30 days.

    Why it costs: A deleted blob is billed like any other until soft delete lets it go; what
    is written and deleted each day is there as many times as the days.

    Keep it when: Deletions are noticed that late, or a rule asks for it.

    Not checked: How much is deleted. No saving is claimed.
    """
    if not blobs.has("deleteRetentionPolicy"):
        return Unknown("Azure does not say whether it keeps deleted blobs")
    days = blobs.number("deleteRetentionPolicy.days") or 0
    if not blobs.flag("deleteRetentionPolicy.enabled") or days <= LONG_DAYS:
        return None
    account = blobs.id.strip("/").split("/")[7]
    return Waste(
        title=f"{account} keeps deleted blobs for {days:.0f} days",
        action=Action.NONE,
        confidence=Confidence.MEDIUM,
        saving=facts.bill().saving(),
        evidence=(Stated("deleteRetentionPolicy.days", f"{days:.0f}"),),
        steps=_set(
            blobs,
            f"Keep them for {USUAL_DAYS} days; it counts for blobs that are deleted from now",
            USUAL_DAYS,
        ),
        undo=_set(blobs, "As it was", round(days)),
    )


def _set(blobs: Resource, title: str, days: int) -> tuple[Step, ...]:
    step = az(
        title,
        "az storage account blob-service-properties update --account-name {} "
        "--resource-group {} --enable-delete-retention true --delete-retention-days {}",
        blobs.id.split("/")[8],
        blobs.resource_group,
        days,
    )
    policy = {"enabled": True, "days": days}
    return (step, *changed(blobs.id, {"properties": {"deleteRetentionPolicy": policy}}))
