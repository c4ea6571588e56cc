"""Storage accounts that nobody calls."""

from azcost.audit.blob_accounts import ACCOUNT
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Verdict,
    Waste,
    az,
    by_hand,
    rule,
)

# Flexera waits a month, az-costguard three.
DAYS = 28
# What Azure's own tools keep for when they are wanted.
KEPT_BY_TOOLS = ("ms-resource-usage",)


@rule(ACCOUNT, category=Category.IDLE, metrics=("Transactions", "UsedCapacity"))
def unused_storage_account(account: Resource, facts: Facts) -> Verdict:
    """Storage accounts with data and without a single call in four weeks.

    Why it costs: Data is billed by the gigabyte, used or not.

    Keep it when: It is an archive that a law or a contract asks for; then the archive tier
    costs a part of it.

    Not checked: What the data is. Calls of Azure Monitor and Defender count as calls, so
    that some unused accounts are not found.
    """
    if account.has_tag(*KEPT_BY_TOOLS) or account.managed_by:
        return None
    calls = facts.metric(account, "Transactions", of="total", days=DAYS)
    if calls.maximum > 0:
        return None
    bill = facts.bill(account)
    if bill.is_known and not bill.monthly.amount:
        return None
    used = facts.metric_if_any(account, "UsedCapacity", days=DAYS)
    measured = (used.evidence("bytes"),) if used is not None and len(used.measured) else ()
    return Waste(
        title=f"Nobody has called the storage account {account.name} for {DAYS} days",
        action=Action.DELETE,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            Stated("kind", f"{account.kind} {account.sku.name}"),
            calls.evidence("calls an hour"),
            *measured,
            *evidence_of(bill),
        ),
        not_checked=("A deleted account may be recovered within 14 days, and may not.",),
        steps=(
            az(
                "See what is in it",
                "az storage container list --account-name {} --auth-mode login --output table",
                account.name,
            ),
            az(
                "Lock it first: whoever needs it will say so",
                "az storage account update --ids {} --default-action Deny",
                account.id,
            ),
            by_hand(
                az(
                    "Delete it, with its data",
                    "az storage account delete --ids {} --yes",
                    account.id,
                ),
                "when nobody has missed it for some weeks",
            ),
        ),
        undo=(
            az(
                "Open it again, as long as it is only locked",
                "az storage account update --ids {} --default-action Allow",
                account.id,
            ),
        ),
    )
