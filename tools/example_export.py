"""The cost export that ships in `examples/cost-export`: FOCUS, two months, three runs.

The company is made up; the amounts are round so that a bill can be added up by head. A run of
October is there twice, as exports are that write a new report every day.

cd tools && python -m example_export ../examples/cost-export
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

NAME = "focus-daily"
PRODUCTION = "66666666-6666-4666-8666-666666666666"
RESEARCH = "77777777-7777-4777-8777-777777777777"
NAMES = {PRODUCTION: "contoso-production", RESEARCH: "contoso-research"}
RESERVATION = "/providers/microsoft.capacity/reservationOrders/order-1/reservations/d4s"
PLAN = "/providers/Microsoft.BillingBenefits/savingsPlanOrders/order-2/savingsPlans/compute"
COLUMNS = (
    "BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
    "CommitmentDiscountId", "CommitmentDiscountStatus", "CommitmentDiscountType",
    "ConsumedQuantity", "ConsumedUnit", "EffectiveCost", "PricingCategory", "ProviderName",
    "RegionId", "ResourceId", "ResourceName", "ServiceName", "SubAccountId", "SubAccountName",
    "Tags", "x_ResourceGroupName", "x_SkuMeterCategory", "x_SkuMeterName", "x_SkuMeterSubcategory",
)  # fmt: skip
Row = dict[str, object]


def resource(subscription: str, group: str, path: str) -> Row:
    """The columns that say what a row is of."""
    return {
        "SubAccountId": f"/subscriptions/{subscription}",
        "SubAccountName": NAMES[subscription],
        "ResourceId": f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{path}",
        "ResourceName": path.rpartition("/")[2],
        "x_ResourceGroupName": group,
        "Tags": json.dumps({"team": group.partition("-")[0]}),
    }


def meter(service: str, product: str, name: str, unit: str, quantity: str) -> Row:
    """The columns that say what is counted."""
    return {
        "ServiceName": service,
        "x_SkuMeterCategory": service,
        "x_SkuMeterSubcategory": product,
        "x_SkuMeterName": name,
        "ConsumedUnit": unit,
        "ConsumedQuantity": quantity,
    }


def committed(benefit: str, status: str) -> Row:
    """The columns of what a reservation or a savings plan pays for, or fails to use."""
    kind = "Reservation" if benefit == RESERVATION else "Savings Plan"
    return {
        "CommitmentDiscountId": benefit,
        "CommitmentDiscountStatus": status,
        "CommitmentDiscountType": kind,
        "PricingCategory": "Committed",
    }


MACHINES = "Microsoft.Compute/virtualMachines"
API = resource(PRODUCTION, "serving-rg", f"{MACHINES}/api-1")
TRAINER = resource(RESEARCH, "training-rg", f"{MACHINES}/trainer-1")
SPOT = resource(RESEARCH, "training-rg", f"{MACHINES}/sweep-1")
STORE = resource(RESEARCH, "training-rg", "Microsoft.Storage/storageAccounts/contosodata")
MODEL = resource(PRODUCTION, "serving-rg", "Microsoft.CognitiveServices/accounts/contoso-openai")
D4S = meter("Virtual Machines", "Dsv5 Series", "D4s v5", "Hours", "18")
D4S_REST = meter("Virtual Machines", "Dsv5 Series", "D4s v5", "Hours", "6")
NC24 = meter("Virtual Machines", "NCads A100 v4 Series", "NC24ads A100 v4", "Hours", "8")
NC24_SPOT = meter("Virtual Machines", "NCads A100 v4 Series", "NC24ads A100 v4 Spot", "Hours", "5")
BLOBS = meter("Storage", "Blob Storage", "Hot LRS Data Stored", "GB/Month", "100")
TOKENS = meter("Foundry Models", "Azure OpenAI", "gpt-4o-Inp-glbl Tokens", "Tokens", "800000")
BUYER: Row = {"SubAccountId": f"/subscriptions/{PRODUCTION}", "SubAccountName": NAMES[PRODUCTION]}


def rows(day: date) -> Iterator[Row]:
    """The rows of a day."""
    weekday = day.weekday() < 5
    yield charge(day, "0", "3", API | D4S | committed(RESERVATION, "Used"))
    yield charge(day, "0", "1", BUYER | D4S_REST | committed(RESERVATION, "Unused"))
    yield charge(day, "0", "12", TRAINER | NC24 | committed(PLAN, "Used"))
    if weekday:
        yield charge(day, "20.5", "20.5", TRAINER | NC24)
        yield charge(day, "6.25", "6.25", SPOT | NC24_SPOT | {"PricingCategory": "Dynamic"})
        yield charge(day, "2", "2", MODEL | TOKENS)
    yield charge(day, "4.75", "4.75", STORE | BLOBS)
    yield charge(day, "0.10", "0.10", BUYER | meter("Bandwidth", "", "Inter-Region", "GB", "5"))
    if day.day == 1:
        days = ((day + timedelta(days=31)).replace(day=1) - day).days
        for benefit, daily in ((RESERVATION, 4), (PLAN, 12)):
            bought = BUYER | D4S_REST | committed(benefit, "") | {"ChargeCategory": "Purchase"}
            yield charge(day, str(daily * days), "0", bought)
    if day.day == 15:
        yield charge(day, "-10", "-10", BUYER | {"ChargeCategory": "Credit"})
        refund = STORE | BLOBS | {"ChargeCategory": "Usage", "ChargeClass": "Correction"}
        yield charge(day, "-1.5", "-1.5", refund | {"ConsumedQuantity": "-31.57894737"})


def charge(day: date, billed: str, effective: str, more: Row) -> Row:
    """A row: what it costs when it is bought, and spread over what it is for."""
    month = day.replace(day=1)
    usual: Row = {
        "BilledCost": Decimal(billed),
        "EffectiveCost": Decimal(effective),
        "BillingAccountId": "/providers/Microsoft.Billing/billingAccounts/1234567",
        "BillingCurrency": "EUR",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{(month + timedelta(days=31)).replace(day=1)}T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "PricingCategory": "Standard",
        "ProviderName": "Microsoft",
        "RegionId": "westeurope",
    }
    return usual | more


def write_run(root: Path, first: date, written: date, parts: int) -> None:
    """A run that holds the days from `first` until the day before it was written."""
    end = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    run = f"{written:%Y%m%d}0400"
    folder = root / NAME / f"{first:%Y%m%d}-{end:%Y%m%d}" / run
    folder.mkdir(parents=True, exist_ok=True)
    days = (first + timedelta(days=one) for one in range((min(written, end) - first).days + 1))
    found = [row for day in days if day < written for row in rows(day)]
    blobs, packed_bytes = [], 0
    for part in range(parts):
        some = found[part::parts]
        file = folder / f"part_{part}_0001.csv.gz"
        file.write_bytes(packed(some))
        name = file.relative_to(root).as_posix()
        size = file.stat().st_size
        packed_bytes += size
        blobs.append({"blobName": f"exports/{name}", "byteCount": size, "dataRowCount": len(some)})
    manifest = {
        "manifestVersion": "2024-04-01",
        "byteCount": packed_bytes,
        "blobCount": parts,
        "dataRowCount": len(found),
        "exportConfig": {
            "exportName": NAME,
            "dataVersion": "1.0r2",
            "type": "FocusCost",
            "timeFrame": "MonthToDate",
            "granularity": "Daily",
        },
        "runInfo": {
            "executionType": "Scheduled",
            "submittedTime": f"{written}T04:00:00Z",
            "runId": run,
            "startDate": f"{first}T00:00:00",
            "endDate": f"{end}T00:00:00",
        },
        "blobs": blobs,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def packed(some: list[Row]) -> bytes:
    """A CSV with a header of its own, the same bytes for the same rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(some)
    return gzip.compress(text.getvalue().encode(), mtime=0)


def main(root: Path) -> None:
    """Write the export."""
    write_run(root, date(2026, 9, 1), date(2026, 10, 2), parts=1)
    write_run(root, date(2026, 10, 1), date(2026, 10, 20), parts=1)
    write_run(root, date(2026, 10, 1), date(2026, 11, 2), parts=2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
