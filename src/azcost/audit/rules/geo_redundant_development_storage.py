"""Storage accounts of development that are copied to a second region."""

from azcost.audit.blob_accounts import (
    ACCOUNT,
    WITHOUT_SECOND_REGION,
    list_price,
    redundancy_of,
    sku_with,
)
from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
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
)
from azcost.units import GB_PER_TB


@rule(ACCOUNT, category=Category.STORAGE)
def geo_redundant_development_storage(account: Resource, facts: Facts) -> Verdict:
    """Storage accounts tagged as development or test that are copied to a second region.

    Why it costs: A second region about doubles what a gigabyte costs, and writing to it.

    Keep it when: The data cannot be made again, whatever the tag says.

    Not checked: What is in it. Ending the copies is free; starting them again is billed as
    the transfer of all data.
    """
    redundancy = redundancy_of(account)
    target = WITHOUT_SECOND_REGION.get(redundancy)
    if target is None or not is_for_development(account, facts):
        return None
    tier = account.text("accessTier") or "Hot"
    now, then = (
        list_price(account, facts, tier, one, gb=GB_PER_TB) for one in (redundancy, target)
    )
    if now is None or then is None or not now.amount:
        return Unknown(f"no price of {tier} blobs as {redundancy} and {target}")
    share = 1 - then.amount / now.amount
    bill = facts.bill(account).only(service="Storage", meter=tier).only(meter="Data Stored")
    return Waste(
        title=f"{account.name} is for development and copied to a second region ({redundancy})",
        action=Action.TIER,
        confidence=Confidence.HIGH,
        saving=bill.saving(share),
        evidence=(
            Stated("redundancy", redundancy),
            Stated("tags", ", ".join(f"{name}={value}" for name, value in account.tags.items())),
            Stated(f"{target} costs less", f"{percent(share)}, by the price list"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                f"Keep the copies in one region ({target})",
                "az storage account update --ids {} --sku {}",
                account.id,
                sku_with(account, target),
            ),
            *changed(account.id, {"sku": {"name": sku_with(account, target)}}),
        ),
        undo=(
            az(
                "Copy it to the second region again",
                "az storage account update --ids {} --sku {}",
                account.id,
                account.sku.name,
            ),
            *changed(account.id, {"sku": {"name": account.sku.name}}),
        ),
    )
