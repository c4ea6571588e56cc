"""Storage accounts that grow and never forget."""

from azcost.audit.blob_accounts import ACCOUNT, GIB, blobs_of, rules_of
from azcost.audit.changes import BY_AZCOST, changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
    said,
    sh,
)
from azcost.audit.snapshot import Part

DAYS = 28
WEEK_HOURS = 7 * 24
# The Azure Optimization Engine asks about accounts above so much a month that grow by so much.
LEAST_MONTHLY = 50
LEAST_GROWTH = 0.05


@rule(
    ACCOUNT,
    category=Category.STORAGE,
    needs=(Part.STORAGE_POLICIES,),
    metrics=("Microsoft.Storage/storageAccounts/blobServices: BlobCapacity",),
)
def growing_without_lifecycle(account: Resource, facts: Facts) -> Verdict:
    """Storage accounts that grow by more than 5 percent a month and have no lifecycle policy.

    Why it costs: What nobody deletes is billed every month, and each month there is more.
    What a policy saves depends on the age of the blobs, so no saving is claimed here:
    `azcost lifecycle` finds the cheapest policy for an inventory of them.

    Keep it when: Everything must be kept, and is read.

    Not checked: The age of the blobs, and whether something else deletes them.
    """
    if rules_of(account, facts):
        return None
    bill = facts.bill(account).only(service="Storage", meter="Data Stored")
    if bill.is_known and bill.monthly.amount < LEAST_MONTHLY:
        return None
    blobs = blobs_of(account, facts)
    if blobs is None:
        return Unknown("its blob service was not read")
    capacity = facts.metric(blobs, "BlobCapacity", days=DAYS)
    weeks = capacity.measured[:WEEK_HOURS].mean(), capacity.measured[-WEEK_HOURS:].mean()
    if not weeks[0] or weeks[1] / weeks[0] - 1 <= LEAST_GROWTH:
        return None
    growth = float(weeks[1] / weeks[0] - 1)
    return Waste(
        title=f"{account.name} grew by {percent(growth)} in {DAYS} days and has no "
        "lifecycle policy",
        action=Action.NONE,
        confidence=Confidence.MEDIUM,
        saving=facts.bill().saving(),
        evidence=(
            Stated("holds", f"{weeks[1] / GIB:,.0f} GB"),
            Stated("lifecycle policy", "none"),
            capacity.evidence("bytes"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                "Let Azure note when blobs are read, so that a policy can go by it",
                "az storage account blob-service-properties update --account-name {} "
                "--resource-group {} --enable-last-access-tracking true",
                account.name,
                account.resource_group,
            ),
            *changed(
                f"{account.id}/blobServices/default",
                {"properties": {"lastAccessTimeTrackingPolicy": {"enable": True}}},
            ),
            sh("Find the cheapest policy", "azcost lifecycle --help"),
            sh(
                "Give it the policy",
                "azcost lifecycle apply {} --account {}",
                "policy.json",
                account.id,
            ),
            BY_AZCOST,
        ),
        undo=(
            said(
                "Delete the policy and switch the tracking off. What it moved stays where it is, "
                "what it deleted is gone"
            ),
        ),
    )
