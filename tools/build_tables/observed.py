"""Read the recorded rows and bring them into one shape.

What each source does differently is undone here: the calculator's own size names and
hourly reservation prices, savings plans as rows of their own, rows that lost the tier
they belong to, observations without a date.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from msgspec.structs import replace

from azcost.pricing.rows import Row, spelling

# source in the Parquet file -> (short name, class; lower classes win)
SOURCES = {
    "Arturo-Quiroga-MSFT/azure-architecture-diagram-builder@31f894a": ("arturo", 0),
    "Arturo-Quiroga-MSFT/azure-architecture-diagram-builder(history)": ("arturo", 0),
    "babajideoyelayo-carbonandfinch/azure-prices": ("babajide", 0),
    "yang-jiayi/AzureDiagarm(history)": ("yang-jiayi", 0),
    "DanielHabenicht/cloud-prices@f39c696": ("habenicht", 0),
    "andy-diericks/azure-pricing-radar@cf741f2": ("radar", 1),
    "ibranibeny/azure-pricing-dashboard": ("ibranibeny", 1),
    "pypi:azure-genai-prices==0.2.0": ("genai-prices", 1),
    "sstybel/azure-vm-price-importer@6c01879": ("sstybel", 2),
    "Azure/karpenter-provider-azure@352646f5": ("karpenter", 2),
}
CLASSES = dict(SOURCES.values())

SERVICES = frozenset(
    {
        "Application Gateway",
        "Application Insights",
        "Azure Bastion",
        "Azure Cognitive Search",
        "Azure Container Apps",
        "Azure Cosmos DB",
        "Azure Database for PostgreSQL",
        "Azure Kubernetes Service",
        "Azure Machine Learning",
        "Azure Monitor",
        "Bandwidth",
        "Cognitive Services",
        "Container Instances",
        "Container Registry",
        "Foundry Models",
        "Foundry Tools",
        "Functions",
        "Key Vault",
        "Load Balancer",
        "Log Analytics",
        "NAT Gateway",
        "Redis Cache",
        "SQL Database",
        "Storage",
        "VPN Gateway",
        "Virtual Machines",
        "Virtual Machines Licenses",
        "Virtual Network",
    }
)

_TERM_HOURS = {"1 Year": 8760, "3 Years": 26280}
_CENT = Decimal("0.01")


def dec(number: float) -> Decimal:
    """The decimal that a float was printed from; never the float's own digits."""
    return Decimal(repr(number)).normalize() + 0


def plain(number: Decimal) -> Decimal:
    """Without exponent and trailing zeros, for comparing and writing."""
    return Decimal(format(number.normalize(), "f"))


class Dropped(Counter[str]):
    """How many rows were left out, by reason; printed at the end of a build."""


def read(parquet: Path, dropped: Dropped) -> Iterator[Row]:
    """Yield the rows of the services azcost prices, in azcost's shape."""
    records = pq.read_table(parquet).to_pylist()
    sizes = {
        r["armSkuName"]
        for r in records
        if (r["armSkuName"] or "").startswith(("Standard_", "Basic_"))
    }
    official = official_spellings(sizes)
    slugs = {_slug(size): size for size in sorted(set(official.values()))}
    calculator: list[dict[str, Any]] = []
    for record in records:
        if reason := _unusable(record):
            dropped[reason] += 1
        elif record["source"].startswith("sstybel"):
            calculator.append(record)
        else:
            size = record["armSkuName"] or ""
            yield _row(record, official.get(size, size), *_savings(record))
    yield from _calculator_rows(calculator, slugs, dropped)


def official_spellings(sizes: Iterable[str]) -> dict[str, str]:
    """The name to use for each size: some have two, and the documented one has more underscores.

    Of 134 sizes with two, 122 have the documented one in Azure's list of sizes, and it is
    always the one with more.
    """
    best: dict[str, str] = {}
    for size in sorted(sizes):
        known = best.setdefault(spelling(size), size)
        if size.count("_") > known.count("_"):
            best[spelling(size)] = size
    return {size: best[spelling(size)] for size in sizes}


def _unusable(record: dict[str, Any]) -> str:
    end = record["effectiveEndDate"]
    sku, meter = record["skuName"] or "", record["meterName"] or ""
    if record["serviceName"] not in SERVICES:
        return "of a service azcost does not price"
    if record["source"] not in SOURCES or not record["observed_on"]:
        return "without a day of observation"
    if end and end[:10] <= record["observed_on"]:
        return "no longer in force when it was seen"
    if (record["note"] or "").startswith("tier lost"):
        return "lost the volume tier it belongs to"
    if "Low Priority" in sku or "Low Priority" in meter:
        return "of the retired Low Priority model"
    if meter.endswith("Expired"):
        return "of an expired meter"
    if record["reservationTerm"] in ("5 Years", "10 Years"):
        return "reserved for a term azcost does not model"
    if record["armSkuName"] == "ARM_SKU_NAME_PLACEHOLDER":
        return "with the API's placeholder for a size"
    return ""


def _row(
    record: dict[str, Any], arm_sku: str, savings_1y: Decimal | None, savings_3y: Decimal | None
) -> Row:
    short, _ = SOURCES[record["source"]]
    product = record["productName"] or ""
    sku = record["skuName"] or ""
    if product.startswith("("):  # "(Linux on-demand, product not in source)"
        product, sku = "", ""
    kind = record["type"]
    if kind == "Reservation":
        kind = f"Reservation {record['reservationTerm']}"
    return Row(
        region=record["armRegionName"] or "Global",
        service=record["serviceName"],
        product=product,
        sku=sku,
        meter=record["meterName"] or "",
        arm_sku=arm_sku,
        unit=record["unitOfMeasure"],
        type="" if kind == "Consumption" else kind,
        tier=plain(dec(record["tierMinimumUnits"] or 0.0)),
        price=plain(dec(record["retailPrice"])),
        savings_1y=savings_1y,
        savings_3y=savings_3y,
        meter_id=record["meterId"] or "",
        effective=(record["effectiveStartDate"] or "")[:10],
        source=f"{short} {record['observed_on']}",
    )


def _savings(record: dict[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    plans = json.loads(record["savingsPlan"] or "[]")
    by_term = {plan["term"]: plain(dec(plan["retailPrice"])) for plan in plans}
    return by_term.get("1 Year"), by_term.get("3 Years")


def _slug(size: str) -> str:
    return re.sub(r"[-_]", "", size.removeprefix("Standard_").removeprefix("Basic_")).lower()


def _calculator_rows(
    records: Iterable[dict[str, Any]], slugs: dict[str, str], dropped: Dropped
) -> Iterator[Row]:
    """The calculator says "linux-d8v5-standard" for Standard_D8_v5, all prices per hour."""
    plans: dict[str, dict[str, Decimal]] = {}
    rest = []
    for record in records:
        if record["type"] == "SavingsPlan":
            prices = plans.setdefault(record["skuName"], {})
            prices[record["reservationTerm"]] = plain(dec(record["retailPrice"]))
        else:
            rest.append(record)
    for record in rest:
        words = record["skuName"].removesuffix(" Spot").split("-")
        size = slugs.get("".join(words[1:-1]).lower())
        if words[-1] != "standard" or size is None or size.startswith("Basic_"):
            dropped["of a calculator name that fits no size"] += 1
            continue
        by_term = plans.get(record["skuName"], {}) if record["type"] == "Consumption" else {}
        row = _row(record, size, by_term.get("1 Year"), by_term.get("3 Years"))
        if hours := _TERM_HOURS.get(record["reservationTerm"]):
            total = (row.price * hours).quantize(_CENT)
            yield replace(row, price=plain(total))
        else:
            yield row
