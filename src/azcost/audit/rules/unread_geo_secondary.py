"""Storage accounts whose second region can be read, and is not."""

from azcost.audit.blob_accounts import ACCOUNT, list_price, redundancy_of, sku_with
from azcost.audit.changes import changed
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

DAYS = 28


@rule(ACCOUNT, category=Category.STORAGE, metrics=("Transactions | GeoType",))
def unread_geo_secondary(account: Resource, facts: Facts) -> Verdict:
    """Storage accounts with read access to a second region that nobody has read there.

    Why it costs: RA-GRS costs more a gigabyte than GRS; both keep the same copies, and
    after a failover both are read there.

    Keep it when: An application reads the second region while the first is down: that is
    what it is for, and it does not show in a good month.

    Not checked: Whether an application is made for it.
    """
    redundancy = redundancy_of(account)
    if not redundancy.startswith("RA-"):
        return None
    primary = facts.metric(
        account, "Transactions", of="total", days=DAYS, dimension="GeoType=Primary"
    )
    # Azure Monitor has no series for a region without a single call.
    secondary = facts.metric_if_any(
        account, "Transactions", of="total", days=DAYS, dimension="GeoType=Secondary"
    )
    if secondary is not None and len(secondary.measured) and secondary.maximum > 0:
        return None
    tier = account.text("accessTier") or "Hot"
    target = redundancy.removeprefix("RA-")
    now, then = (
        list_price(account, facts, tier, one, gb=GB_PER_TB) for one in (redundancy, target)
    )
    if now is None or then is None or not now.amount:
        return Unknown(f"no price of {tier} blobs as {redundancy} and {target}")
    share = 1 - then.amount / now.amount
    bill = facts.bill(account).only(service="Storage", meter=tier).only(meter="Data Stored")
    return Waste(
        title=f"Nobody has read the second region of {account.name} for {DAYS} days",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("redundancy", redundancy),
            Stated(f"{target} costs less", f"{percent(share)}, by the price list"),
            primary.evidence("calls an hour in the first region"),
            *evidence_of(bill),
        ),
        steps=(
            az(
                f"Keep the copies, without access to them ({target})",
                "az storage account update --ids {} --sku {}",
                account.id,
                sku_with(account, target),
            ),
            *changed(account.id, {"sku": {"name": sku_with(account, target)}}),
        ),
        undo=(
            az(
                "Give access again",
                "az storage account update --ids {} --sku {}",
                account.id,
                account.sku.name,
            ),
            *changed(account.id, {"sku": {"name": account.sku.name}}),
        ),
    )
