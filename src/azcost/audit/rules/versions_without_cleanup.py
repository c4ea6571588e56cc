"""Blob services that keep every version of every blob."""

from azcost.audit.blob_accounts import BLOBS, applied, rules_of
from azcost.audit.facts import Facts
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    rule,
    said,
)
from azcost.audit.snapshot import Part

RULE = {
    "enabled": True,
    "name": "old-versions",
    "type": "Lifecycle",
    "definition": {
        "filters": {"blobTypes": ["blockBlob"]},
        "actions": {"version": {"delete": {"daysAfterCreationGreaterThan": 90}}},
    },
}


@rule(BLOBS, category=Category.STORAGE, needs=(Part.STORAGE_POLICIES,))
def versions_without_cleanup(blobs: Resource, facts: Facts) -> Verdict:
    """Blob services that keep old versions for ever, since no rule deletes them.

    Why it costs: With versioning each change keeps what was there before, and each version
    is billed like a blob. Checkpoints that are written over and over fill an account so.

    Keep it when: Blobs are written once and never changed: then there are no versions.

    Not checked: How many versions there are; an inventory tells. No saving is claimed.
    """
    # BlobServiceProperties of the API 2023-05-01.
    if not blobs.flag("isVersioningEnabled"):
        return None
    account = facts.parent(blobs)
    if account is None:
        return Unknown("its storage account was not read")
    if any(one.has("definition.actions.version") for one in rules_of(account, facts)):
        return None
    steps, undo = applied(account, "Delete versions after 90 days", RULE)
    return Waste(
        title=f"{account.name} keeps every version of its blobs for ever",
        action=Action.NONE,
        confidence=Confidence.MEDIUM,
        saving=facts.bill().saving(),
        evidence=(
            Stated("isVersioningEnabled", "true"),
            Stated("lifecycle rules for versions", "none"),
        ),
        steps=steps,
        undo=(*undo, said("Versions that the rule deleted do not come back")),
    )
