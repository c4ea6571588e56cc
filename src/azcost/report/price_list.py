"""Prices as lists: of a size, of a search, of what is known and what changed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from azcost.errors import AzcostError, ConflictingPrices, PriceNotFound
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.compare import changes
from azcost.pricing.derive import RULES
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.pricing.trace import Candidate
from azcost.report.text import table
from azcost.spec.problems import did_you_mean
from azcost.units import HOURS_PER_MONTH, plain


def show(catalogue: Catalogue, name: str, region: str) -> str:
    """Every price of a virtual machine size, or of the meters called `name`, in a region.

    Raises AzcostError for a name or a region that is not known.
    """
    where = _region(catalogue, region)
    size = catalogue.name("sizes", name)
    if size is not None:
        return "\n".join(_size(catalogue, size, where))
    rows = [row for row in catalogue.named(name, where) if not row.rejected]
    if not rows:
        raise AzcostError(
            f"No meter or size is called '{name}' in {where}. Look for it: "
            f"azcost prices search {name}"
        )
    return "\n".join(_meters(rows))


# Commitments cover the compute of a machine; Windows is then its licence on top.
_OFFERED = {
    "linux": tuple(Purchase),
    "windows": (Purchase.PAY_AS_YOU_GO, Purchase.SPOT, Purchase.DEV_TEST),
    "licence": (Purchase.PAY_AS_YOU_GO,),
}


def _region(catalogue: Catalogue, text: str) -> str:
    """A region by its name or its display name; raises AzcostError for one that is not known."""
    found = catalogue.name("regions", text)
    if found is None:
        raise AzcostError(f"--region: {text}{did_you_mean(text, catalogue.names('regions'))}")
    return found


def _size(catalogue: Catalogue, size: str, region: str) -> Iterator[str]:
    built = catalogue.vm_size(size)
    if built:
        memory = f"{plain(built.memory_gib)} GiB" if built.memory_gib else "memory unknown"
        gpus = f", {built.gpus} x {built.gpu_model or 'GPU'}" if built.gpus else ""
        yield f"{size}: {built.vcpus} vCPU, {memory}{gpus}"
    yield f"{catalogue.currency} in {region}"
    yield ""
    rows, rules = [["", "per hour", "per month", "", "seen", "by"]], set[str]()
    for os, purchases in _OFFERED.items():
        for purchase in purchases:
            meter = Meter(service="Virtual Machines", region=region, arm_sku=size, os=os)
            label = f"{os}, {purchase}" if os != "licence" else "Windows licence alone"
            try:
                price = catalogue.price(meter, purchase)
            except (PriceNotFound, ConflictingPrices) as error:
                conflict = isinstance(error, ConflictingPrices)
                rows.append([label, "rows disagree" if conflict else "not known", "", "", "", ""])
                continue
            hourly = price.tiers[0].unit_price / price.per.amount
            rules.update([price.rule] if price.rule else [])
            per_hour, per_month = plain(round(hourly, 6)), f"{hourly * HOURS_PER_MONTH:,.2f}"
            mark = "*" if price.rule else ""
            rows.append([label, per_hour, per_month, mark, price.observed_on, price.source])
    yield from table(rows, left=(0, 3, 4, 5), rules=(0,))
    for rule in sorted(rules):
        yield f"* {RULES[rule]}."


def _meters(rows: Sequence[Candidate]) -> Iterator[str]:
    shown = [["product", "sku", "meter", "unit", "from", "price", "seen by"]]
    for row in sorted(rows, key=lambda row: (row.product, row.sku, row.meter, row.tier)):
        shown.append(
            [
                row.product,
                _typed(row.sku, row.type),
                row.meter,
                row.unit,
                plain(row.tier) if row.tier else "",
                plain(row.price),
                row.source,
            ]
        )
    yield from table(shown, left=(0, 1, 2, 3, 6), rules=(0,))


def _typed(sku: str, type_: str) -> str:
    """A SKU with what of it is sold, where that is not consumption."""
    return f"{sku} ({type_})" if type_ else sku


def search(catalogue: Catalogue, words: Sequence[str], region: str, limit: int) -> str:
    """The meters whose names contain all words, with their prices in a region.

    Words are split at hyphens too, for one service writes gpt-4o and the next gpt 4o.
    """
    words = [part for word in words for part in word.replace("-", " ").split()]
    names = "n.service || ' ' || n.product || ' ' || n.sku || ' ' || n.meter || ' ' || n.arm_sku"
    conditions = " AND ".join(["n.rejected = ''", *[f"{names} LIKE ?"] * len(words)])
    values = [f"%{word}%" for word in words]
    if region:
        conditions += " AND p.region = ?"
        values.append(_region(catalogue, region))
    columns = "n.service, n.product, n.sku, n.meter, n.type, n.unit, p.region, p.price"
    found: dict[tuple[str, ...], dict[str, list[Decimal]]] = {}
    for *meter, where, price in catalogue.rows(columns, conditions, values):
        found.setdefault(tuple(meter), {}).setdefault(where, []).append(Decimal(price))
    if not found:
        raise AzcostError(
            f"No meter has all of: {', '.join(words)}. Try fewer words, or another region."
        )
    rows = [["service", "product", "sku", "meter", "unit", "regions", "price"]]
    for (service, product, sku, name, type_, unit), prices in sorted(found.items())[:limit]:
        every = [price for one in prices.values() for price in one]
        said = " to ".join(dict.fromkeys(plain(price) for price in (min(every), max(every))))
        rows.append([service, product, _typed(sku, type_), name, unit, str(len(prices)), said])
    lines = list(table(rows, left=(0, 1, 2, 3, 4), rules=(0,)))
    if len(found) > limit:
        lines.append(f"... and {len(found) - limit} more; --limit shows them.")
    return "\n".join(lines)


def info(catalogue: Catalogue, cache: str, region: str, today: date) -> str:
    """What prices are known, in a region if one is named, from whom and how old."""
    where = _region(catalogue, region) if region else ""
    return "\n".join(_info(catalogue, cache, where, today))


def _info(catalogue: Catalogue, cache: str, where: str, today: date) -> Iterator[str]:
    yield f"Tables {catalogue.tables}, in {catalogue.currency}; compiled in {cache}"
    by_service = catalogue.query(
        "SELECT n.service, count(*), count(DISTINCT p.region), min(substr(p.source, -10)), "
        "max(substr(p.source, -10)) FROM names n JOIN prices p ON p.name = n.id "
        "WHERE ? IN ('', p.region) GROUP BY 1",
        [where],
    )
    rows = [["service", "prices", "regions", "seen from", "to", "days old"]]
    for service, count, regions, first, last in by_service:
        age = str((today - date.fromisoformat(last)).days)
        rows.append([service, f"{count:,}", str(regions), first, last, age])
    yield from table(rows, left=(0, 3, 4), rules=(0,))
    yield ""
    sources = Counter[str]()
    for source, count in catalogue.query(
        "SELECT source, count(*) FROM prices WHERE ? IN ('', region) GROUP BY 1", [where]
    ):
        sources[source.rsplit(" ", 1)[0]] += int(count)
    yield "Sources: " + ", ".join(f"{name} {n:,}" for name, n in sources.most_common())
    yield ""
    synced = catalogue.synced_partitions()
    for service, region, day in synced:
        yield f"Synced {day}: {service} in {region}"
    if not synced:
        yield "Nothing was synced: `azcost prices sync` fetches prices of today."


def diff(shipped: sqlite3.Connection, synced: sqlite3.Connection | None, limit: int) -> str:
    """The prices that differ between the shipped and the synced tables."""
    if synced is None:
        raise AzcostError("Nothing was synced yet: `azcost prices sync` fetches prices of today.")
    partitions = synced.execute("SELECT service, region FROM partitions ORDER BY 1, 2").fetchall()
    found = [
        c for service, region in partitions for c in changes([shipped], synced, service, region)
    ]
    if not found:
        return "No price differs."
    rows = [["", "region", "meter", "unit", "shipped", "synced", "change"]]
    for change in found[:limit]:
        percent = (
            f"{change.after / change.before - 1:+.1%}" if change.before and change.after else ""
        )
        rows.append(
            [change.word, change.region, change.names, change.unit, _or_none(change.before),
             _or_none(change.after), percent]
        )  # fmt: skip
    lines = list(table(rows, left=(0, 1, 2, 3), rules=(0,)))
    if len(found) > limit:
        lines.append(f"... and {len(found) - limit} more; --limit shows them.")
    return "\n".join(lines)


def _or_none(price: Decimal | None) -> str:
    return "" if price is None else plain(price)
