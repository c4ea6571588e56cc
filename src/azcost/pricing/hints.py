"""What to say when a price is missing or ambiguous: what, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from azcost.errors import PriceNotFound
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.pricing.trace import Candidate

_MOST = 5

Query = Callable[[str, Iterable[object]], list[tuple[str, ...]]]


def not_found(
    query: Query | None,
    currency: str,
    meter: Meter,
    purchase: Purchase,
    rejected: Sequence[tuple[Candidate, str]],
) -> PriceNotFound:
    """The error for a meter without a price: what is missing, where, and what to do.

    `query` reads the shipped tables; None for a currency that they do not have.
    """
    sentences = [f"No {purchase} price for {meter} in {meter.region} ({currency})."]
    if reasons := sorted({why for row, why in rejected if row.rejected or "tier" in why}):
        sentences.append(f"Rows found but not used: {'; '.join(reasons)}.")
    if offered := _offered(meter, rejected):
        sentences.append(f"It is known there as {', '.join(offered)}.")
    if query is not None:
        sentences.append(_elsewhere(query, meter, purchase))
    return PriceNotFound(" ".join(sentences), _command(meter, currency))


def _offered(meter: Meter, rejected: Sequence[tuple[Candidate, str]]) -> list[str]:
    """The purchases that rows of the region do have."""
    rows = [row for row, _ in rejected if not row.rejected and row.os in (meter.os, "")]
    return list(dict.fromkeys(row.purchase for row in rows))


def _elsewhere(query: Query, meter: Meter, purchase: Purchase) -> str:
    if elsewhere := _regions_with(query, meter, purchase):
        return f"It is known in {_list(elsewhere)}."
    if meter.arm_sku and (others := _sizes_with(query, meter, purchase)):
        return f"No region has it; sizes that have one there: {_list(others)}."
    return "No source has it in any region."


def _command(meter: Meter, currency: str) -> str:
    words = (
        f"azcost prices sync --service {_quoted(meter.service)} --region {_quoted(meter.region)}"
    )
    return words if currency == "USD" else f"{words} --currency {currency}"


def conflict(meter: Meter, purchase: Purchase, rows: Sequence[Candidate]) -> str:
    """The message of a ConflictingPrices."""
    said = "; ".join(
        f"{row.price} per {row.unit} ({row.product} / {row.sku} / {row.meter}, meter id "
        f"{row.meter_id or 'none'}, {row.source})"
        for row in rows
    )
    return (
        f"{len(rows)} {purchase} prices fit {meter} in {meter.region} and disagree: {said}. "
        "Naming one would be a guess; please report it with this message."
    )


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST])
    return f"{shown} and {len(names) - _MOST} more" if len(names) > _MOST else shown


def _regions_with(query: Query, meter: Meter, purchase: Purchase) -> list[str]:
    """Regions with a row for the meter, the same part of the world first."""
    wanted, values = _conditions(meter, purchase)
    rows = query(
        "SELECT DISTINCT p.region FROM names n JOIN prices p ON p.name = n.id "  # noqa: S608
        f"WHERE {wanted} ORDER BY p.region",
        values,
    )
    return sorted((region for (region,) in rows), key=lambda r: (not _near(r, meter.region), r))


def _sizes_with(query: Query, meter: Meter, purchase: Purchase) -> list[str]:
    from difflib import get_close_matches

    anything = Meter(service=meter.service, region=meter.region, os=meter.os)
    wanted, values = _conditions(anything, purchase)
    rows = query(
        "SELECT DISTINCT n.arm_sku FROM names n JOIN prices p ON p.name = n.id "  # noqa: S608
        f"WHERE {wanted} AND p.region = ?",
        (*values, meter.region),
    )
    return get_close_matches(meter.arm_sku, [size for (size,) in rows], n=_MOST)


def _conditions(meter: Meter, purchase: Purchase) -> tuple[str, tuple[str, ...]]:
    savings = {Purchase.SAVINGS_1Y: "p.savings_1y", Purchase.SAVINGS_3Y: "p.savings_3y"}
    wanted = {
        "n.service": meter.service,
        "n.product": meter.product,
        "n.sku": meter.sku,
        "n.meter": meter.meter,
        "n.arm_sku": meter.arm_sku,
        "n.os": "windows" if meter.os == "licence" else meter.os,
        "n.purchase": "" if purchase in savings else purchase.value,
    }
    given = {column: value for column, value in wanted.items() if value}
    conditions = [f"{column} = ?" for column in given] + ["n.rejected = ''"]
    if purchase in savings:
        conditions.append(f"{savings[purchase]} <> ''")
    return " AND ".join(conditions), tuple(given.values())


def _near(region: str, other: str) -> bool:
    """Whether two regions share a part of the world, as far as their names tell."""
    return _part_of_world(region) == _part_of_world(other)


_PARTS = (
    "usgov", "europe", "asia", "japan", "korea", "australia", "india", "brazil", "canada",
    "africa", "uae", "mexico", "newzealand",
)  # fmt: skip
_EUROPEAN = (
    "uk", "france", "germany", "norway", "sweden", "switzerland", "italy", "spain", "poland",
    "austria", "belgium", "denmark",
)  # fmt: skip


def _part_of_world(region: str) -> str:
    """`australiaeast` is in Australia, and what no other name claims in the United States."""
    for part in _PARTS:
        if part in region:
            return part
    if any(part in region for part in _EUROPEAN):
        return "europe"
    return "us" if "us" in region else region
