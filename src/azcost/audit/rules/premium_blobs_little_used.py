"""Premium block blobs that are called too seldom to be worth it."""

from decimal import Decimal

from azcost.audit.blob_accounts import ACCOUNT, GIB, list_price, redundancy_of
from azcost.audit.changes import made
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
)
from azcost.units import HOURS_PER_MONTH

DAYS = 28
# Below this, moving the data is not worth it.
LEAST_SHARE = Decimal("0.10")


@rule(ACCOUNT, category=Category.TIER, metrics=("UsedCapacity", "Transactions"))
def premium_blobs_little_used(account: Resource, facts: Facts) -> Verdict:
    """Accounts of premium block blobs that would cost less in Hot, with all their calls.

    Why it costs: Premium asks ten times as much for a gigabyte and less for a call: it pays
    from some 35 calls a second for each terabyte.

    Keep it when: It was chosen for its latency.

    Not checked: Latency. Each call is taken as a write, the dearest one in Hot.
    """
    redundancy = redundancy_of(account)
    if account.kind.lower() != "blockblobstorage" or not redundancy:
        return None
    used = facts.metric(account, "UsedCapacity", days=DAYS)
    calls = facts.metric(account, "Transactions", of="total", days=DAYS)
    amounts = {
        "gb": Decimal(str(round(used.mean / GIB, 3))),
        "write_operations": Decimal(str(round(calls.mean))) * HOURS_PER_MONTH,
    }
    premium = list_price(account, facts, "Premium", redundancy, **amounts)
    hot = list_price(account, facts, "Hot", redundancy, **amounts)
    if premium is None or hot is None:
        return Unknown(f"no price of premium or hot blobs in {account.location}")
    share = 1 - hot.amount / premium.amount if premium.amount else Decimal(0)
    if share < LEAST_SHARE:
        return None
    bill = facts.bill(account).only(service="Storage")
    return Waste(
        title=f"The premium blobs of {account.name} would cost {percent(share)} less in Hot",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(share),
        evidence=(
            Stated("kind", f"{account.kind} {account.sku.name}"),
            Stated("as Hot, list price a month", str(hot)),
            used.evidence("bytes"),
            calls.evidence("calls an hour"),
            *evidence_of(bill),
        ),
        one_off=OneOff(None, "all blobs are copied to a new account: reads, writes, and time"),
        steps=(
            az(
                "Make a general purpose account, and copy the data to it with azcopy",
                "az storage account create --name {} --resource-group {} --location {} "
                "--kind StorageV2 --sku {}",
                f"{account.name[:20]}std",
                account.resource_group,
                account.location,
                f"Standard_{redundancy}",
            ),
            *made(
                f"{account.id.rpartition('/')[0]}/{account.name[:20]}std",
                {"kind": "StorageV2", "sku": {"name": f"Standard_{redundancy}"}},
                account.location,
            ),
        ),
        undo=(
            az(
                "Keep the old account until the new one has proven itself",
                "az storage account show --ids {}",
                account.id,
            ),
        ),
    )
