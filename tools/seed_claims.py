"""What the lesson claims, beside what the recorded prices say: docs/seed-claims.md.

cog runs these functions; every figure of azcost is computed here, every claim is quoted
with the place in the lesson that makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from azcost import architecture
from azcost.errors import AzcostError
from azcost.estimate import Estimate
from azcost.pricing import store
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter, Price
from azcost.pricing.rows import Purchase
from azcost.spec import nodes
from azcost.spec.problems import SpecError

ROOT = Path(__file__).parent.parent
# A claim holds when it is within this share of the recorded figure: the lesson rounds.
_HOLDS = Decimal("0.03")
# eastus, the lesson's region, has machines in the tables but no storage; eastus2 has both.
_REGIONS = ("eastus", "eastus2", "westeurope")
_STORAGE_REGIONS = ("eastus2", "westeurope")
_TB = 1024
_HOURS = {Purchase.RESERVED_1Y: 8760, Purchase.RESERVED_3Y: 3 * 8760}

# Section "VM Series for ML": size as the lesson spells it, what Azure calls it, per hour.
_SIZES = (
    ("Standard_D4s_v3", "Standard_D4s_v3", "0.192"),
    ("Standard_D8s_v3", "Standard_D8s_v3", "0.384"),
    ("Standard_D16s_v3", "Standard_D16s_v3", "0.768"),
    ("Standard_NC4 (K80)", "Standard_NC4", "0.90"),
    ("Standard_NC6s_v3 (V100)", "Standard_NC6s_v3", "3.06"),
    ("Standard_ND6s (P40)", "Standard_ND6s", "2.07"),
    ("Standard_ND40rs (8 x V100)", "Standard_ND40rs_v2", "24.48"),
    ("Standard_NC24ads (A100)", "Standard_NC24ads_A100_v4", "3.67"),
)
# Sections "Blob Storage" and "Azure OpenAI Pricing", per GB and month, per 1,000 tokens.
_BLOBS = (("Hot", "0.0184"), ("Cool", "0.01"), ("Archive", "0.00099"))
_GPT_4 = {"model": "gpt-4", "version": "0613", "scope": "Standard"}
_TURBO = {"model": "gpt-35-turbo-16k", "scope": "Standard"}
_TOKENS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("GPT-4 (8K), prompt", _GPT_4 | {"input_tokens": 1000}, "0.03"),
    ("GPT-4 (8K), completion", _GPT_4 | {"output_tokens": 1000}, "0.06"),
    ("GPT-3.5-Turbo-16k, prompt", _TURBO | {"input_tokens": 1000}, "0.003"),
    ("GPT-3.5-Turbo-16k, completion", _TURBO | {"output_tokens": 1000}, "0.004"),
    (
        "Embeddings (ada 002)",
        {"model": "text-embedding-ada-002", "scope": "Standard", "input_tokens": 1000},
        "0.0001",
    ),
)
# Section "Hands-on Exercise", "Expected Cost": resources of examples/ml-serving.yaml.
_EXERCISE = {
    "gateway": ("Application Gateway, about", "150"),
    "cluster": ("AKS spot nodes: 2 x 0.04 x 730", "58"),
    "models": ("Blob Storage: 1 GB", "0.02"),
    "monitor": ("Monitor, about", "10"),
}


@cache
def _catalogue() -> Catalogue:
    return Catalogue(store.open_shipped())


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    names = list(columns)
    print(f"| {' | '.join(names)} |")
    print(f"|{'---|' * len(names)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _holds(claimed: Decimal, found: Decimal) -> str:
    off = (claimed - found) / found
    return "holds" if abs(off) <= _HOLDS else f"no: {abs(off):.0%} too {_way(off)}"


def _way(off: Decimal) -> str:
    return "high" if off > 0 else "low"


def _price(size: str, region: str, purchase: Purchase = Purchase.PAY_AS_YOU_GO) -> Price | None:
    meter = Meter(service="Virtual Machines", region=region, arm_sku=size, os="linux")
    try:
        return _catalogue().price(meter, purchase)
    except AzcostError:
        return None


def _seen(price: Price) -> str:
    return f"{price.source} {price.observed_on}"


def hourly() -> None:
    """The lesson's prices per hour."""
    rows = []
    for said, size, claim in _SIZES:
        price = next((found for r in _REGIONS if (found := _price(size, r))), None)
        if price is None:
            rows.append((said, claim, "no price: not in any region of the tables", "", "unknown"))
            continue
        unit = price.tiers[0].unit_price
        where = f"{price.meter.region}, {_seen(price)}"
        rows.append((said, claim, f"{unit}", where, _holds(Decimal(claim), unit)))
    _table(("size", "lesson", "recorded", "where, by whom, when", "claim"), rows)


def commitments() -> None:
    """The lesson's reservation of D4s v3, and what all recorded reservations save."""
    rows = []
    for purchase, claim in ((Purchase.RESERVED_1Y, "32 %"), (Purchase.RESERVED_3Y, "55 %")):
        base, price = (
            _price("Standard_D4s_v3", "eastus2", p) for p in (Purchase.PAY_AS_YOU_GO, purchase)
        )
        assert base is not None
        assert price is not None
        hourly = price.tiers[0].unit_price / _HOURS[purchase]
        saved = 1 - hourly / base.tiers[0].unit_price
        rows.append((purchase.value, claim, f"{hourly:.4f}", f"{saved:.1%}", _seen(price)))
    print("D4s v3 in eastus2, where its reservations are recorded:\n")
    _table(("", "lesson saves", "recorded per hour", "saves", "seen by"), rows)
    print("\nEvery reservation and savings plan of a Linux size that is recorded, not derived:\n")
    savings = (Purchase.RESERVED_1Y, Purchase.RESERVED_3Y, Purchase.SAVINGS_1Y, Purchase.SAVINGS_3Y)
    _table(_COLUMNS, (_distribution(p, 0.40, 0.60) for p in savings))


_COLUMNS = ("", "prices", "lowest tenth", "median", "highest tenth", "most", "in the claimed range")


def spot() -> None:
    """What spot saves."""
    print("NC6s v3, claimed at 0.30 to 0.60 an hour, 80 to 90 % less:\n")
    rows = []
    for region in ("eastus2", "northeurope", "westeurope"):
        base, price = (_price("Standard_NC6s_v3", region, p) for p in _PLAIN_AND_SPOT)
        if base and price:
            unit = price.tiers[0].unit_price
            saved = 1 - unit / base.tiers[0].unit_price
            rows.append((region, f"{unit}", f"{saved:.1%}", _seen(price)))
    _table(("region", "spot per hour", "saves", "seen by"), rows)
    print("\nEvery recorded spot price of a Linux size, against its pay-as-you-go price:\n")
    gpus = _distribution(Purchase.SPOT, 0.80, 0.90, "AND s.gpus > 0")
    _table(_COLUMNS, [_distribution(Purchase.SPOT, 0.80, 0.90), ("spot, with GPUs", *gpus[1:])])


_PLAIN_AND_SPOT = (Purchase.PAY_AS_YOU_GO, Purchase.SPOT)


def _distribution(purchase: Purchase, low: float, high: float, which: str = "") -> tuple[str, ...]:
    found = _savings(purchase, which)
    inside = sum(low <= saving <= high for saving in found) / len(found)
    tenth = len(found) // 10
    return (
        purchase.value,
        f"{len(found):,}",
        f"{found[tenth]:.0%}",
        f"{median(found):.0%}",
        f"{found[-1 - tenth]:.0%}",
        f"{found[-1]:.0%}",
        f"{inside:.0%} ({low:.0%} to {high:.0%})",
    )


@cache
def _savings(purchase: Purchase, which: str = "") -> list[float]:
    """What a purchase saves of pay-as-you-go, for every size and region with both recorded."""
    rows = _catalogue().query(
        "SELECT DISTINCT n.arm_sku, p.region FROM names n JOIN prices p ON p.name = n.id "
        "LEFT JOIN vm_sizes s ON s.size = n.arm_sku "
        "WHERE n.service = 'Virtual Machines' AND n.rejected = '' AND n.os = 'linux' AND "
        "n.arm_sku != '' AND (n.purchase = ? OR (? LIKE 'savings%' AND p.savings_1y != '')) "
        + which,
        (purchase.value, purchase.value),
    )
    found = []
    for size, region in rows:
        base, price = _price(size, region), _price(size, region, purchase)
        if base and price and not price.rule and not base.rule and base.tiers[0].unit_price:
            per_hour = price.tiers[0].unit_price / price.per.amount
            found.append(float(1 - per_hour / base.tiers[0].unit_price))
    return sorted(found)


def blobs() -> None:
    """The lesson's prices per GB."""
    rows = []
    for tier, claim in _BLOBS:
        for region in _STORAGE_REGIONS:
            meter = Meter(
                service="Storage",
                region=region,
                product="General Block Blob v2",
                meter=f"{tier} LRS Data Stored",
            )
            price = _catalogue().price(meter)
            unit = price.tiers[0].unit_price
            rows.append((tier, claim, f"{unit}", region, _holds(Decimal(claim), unit)))
    _table(("tier", "lesson", "recorded", "region", "claim"), rows)


def lifecycle() -> None:
    """1 TB for a year, all Hot and by the policy, by how many blobs it is."""
    rows = []
    for region in _STORAGE_REGIONS:
        hot = _year(region, {})
        for label, policy in _policies():
            cost = _year(region, policy)
            saved = 1 - cost / hot
            rows.append((region, label, f"{hot:.2f}", f"{cost:.2f}", f"{saved:.1%}"))
    _table(("region", "blobs", "all Hot", "policy", "saves"), rows)


def _policies() -> Iterator[tuple[str, dict[str, Any]]]:
    policy = {"cool_after_days": 30, "archive_after_days": 90}
    for label, blobs in (
        ("moves left out of the bill", 0),
        ("16,384 of 64 MiB", 16_384),
        ("1,048,576 of 1 MiB", 1_048_576),
        ("10 million", 10_000_000),
    ):
        yield label, policy | {"blobs": blobs}


def _year(region: str, policy: dict[str, Any]) -> Decimal:
    """What 1 TB costs from its upload to its deletion after 365 days, uploads left out.

    A steady month in which 1 TB arrives and 1 TB is deleted bills each age once: the same.
    """
    lifecycle = {"ingest_gb": _TB, "delete_after_days": 365, **policy}
    spec = {"kind": "blob_storage", "region": region, "lifecycle": lifecycle}
    return _estimate([spec]).monthly.amount


def tokens() -> None:
    """The lesson's prices per 1,000 tokens."""
    rows = []
    for label, spec, claim in _TOKENS:
        found = _first_priced({"kind": "openai", **spec})
        if found is None:
            rows.append((label, claim, "no price in the tables", "", "unknown"))
            continue
        region, cost = found
        rows.append((label, claim, f"{cost.normalize():f}", region, _holds(Decimal(claim), cost)))
    _table(("model, per 1,000 tokens", "lesson", "recorded", "region", "claim"), rows)


def _first_priced(spec: dict[str, Any]) -> tuple[str, Decimal] | None:
    for region in (*_REGIONS, "swedencentral", "northeurope", "centralus"):
        try:
            found = _estimate([spec | {"region": region}])
        except SpecError:
            continue
        if not found.unpriced:
            return region, found.monthly.amount
    return None


def exercise() -> None:
    """The hands-on exercise, line by line."""
    design = architecture.load(ROOT / "examples/ml-serving.yaml", _catalogue())
    found = architecture.estimate(design, _catalogue())
    rows = []
    for one in found.resources:
        label, claim = _EXERCISE.get(one.name, ("not counted", "0"))
        rows.append((f"`{one.name}`", label, claim, f"{one.monthly.amount:.2f}"))
    rows.append(("**all**", "", "about 220", f"**{found.monthly.amount:.2f}**"))
    _table(("resource", "lesson", "lesson a month", "azcost a month"), rows)
    spot = _only_spot(found)
    print(f"\nThe two spot nodes alone are {spot:.2f} a month: ", end="")
    print(f"the claim of 58 is {(spot - 58) / spot:.0%} low, in another region.")


def _only_spot(found: Estimate) -> Decimal:
    return sum(
        (item.cost.amount for item in found.items() if item.price.purchase is Purchase.SPOT),
        start=Decimal(0),
    )


def _estimate(services: list[dict[str, Any]]) -> Estimate:
    root = nodes.parse(yaml.safe_dump({"services": services}), "claim")
    design = architecture.read(root, "claim", architecture.names_of(_catalogue()))
    return architecture.estimate(design, _catalogue())


def verdicts() -> None:
    """Each claim in a line."""
    _table(("the lesson says", "recorded prices say", "assumption"), _verdicts())


def _verdicts() -> Iterator[tuple[str, str, str]]:
    found = {
        size: (Decimal(claim), price.tiers[0].unit_price)
        for _, size, claim in _SIZES
        if (price := next((one for r in _REGIONS if (one := _price(size, r))), None))
    }
    right = sum(_holds(*pair) == "holds" for pair in found.values())
    yield (
        f"prices per hour of {len(_SIZES)} sizes",
        f"{right} of the {len(found)} with a recorded price hold",
        "Linux, pay-as-you-go, eastus",
    )
    year, three = (
        median(_savings(purchase)) for purchase in (Purchase.RESERVED_1Y, Purchase.RESERVED_3Y)
    )
    yield (
        "reservations save 40 to 60 %",
        f"about: {year:.0%} for one year, {three:.0%} for three (medians)",
        "used in every hour of the term; below that share of use they lose",
    )
    plain, gpus = _savings(Purchase.SPOT), _savings(Purchase.SPOT, "AND s.gpus > 0")
    yield (
        "spot saves up to 90 %",
        (
            f"the median is {median(plain):.0%}, with GPUs {median(gpus):.0%}; "
            f"{max(plain):.0%} is the most anywhere"
        ),
        "the price of one day; interruptions and their repeated work not counted",
    )
    hot, policy = (_year("eastus2", p) for p in ({}, dict(_policies())["1,048,576 of 1 MiB"]))
    own = _TB * 12 * Decimal("0.018")
    yield (
        "a year of 1 TB: 221, by lifecycle 78, 65 % less",
        f"{policy:.2f} instead of {hot:.2f}, {1 - policy / hot:.0%} less",
        (
            "1 TB is 1,048,576 blobs of 1 MiB, eastus2, moves counted and uploads not; "
            f"{own:.2f} is 0.018 a GB, where the lesson's own table says 0.0184"
        ),
    )
    design = architecture.load(ROOT / "examples/ml-serving.yaml", _catalogue())
    cost = architecture.estimate(design, _catalogue()).monthly.amount
    yield (
        "the exercise costs about 220 a month",
        f"no: {cost:.2f}",
        "with the WAF that it asks for, the system pool and disks that its commands make",
    )
