"""The sums over an export: a row per meter, resource and day, as Ibis expressions.

They run on any engine of Ibis. Money is DECIMAL(38, 18): sums of floats differ from run to
run with the order of the threads (PERFORMANCE section 2).
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from azcost.usage.exports.headers import Form

if TYPE_CHECKING:
    import ibis


MONEY = "decimal(38, 18)"
# Doubles carry 15 digits; what stands behind the twelfth decimal is noise of theirs.
_OF_DOUBLES = "decimal(38, 12)"
NAMES = (
    "source", "provider", "currency", "subscription", "resource", "service", "product", "meter",
    "charge_type", "pricing_model", "benefit", "unit",
)  # fmt: skip
_UTC = ("Z", "+00:00", "+0000", "+00")


def rows_of(source: int, form: Form, tables: list[ibis.Table]) -> ibis.Table:
    """The rows of all tables of a source, with its number."""
    import ibis

    rows = [_meaning(source, form, table) for table in tables]
    return reduce(lambda one, other: ibis.union(one, other), rows)


def daily(everything: ibis.Table) -> ibis.Table:
    """Rows added up by all that is no amount: `NAMES`, day, the name of the subscription.

    Beside the sums: `rows`, `costless` (rows whose cost is none), and `example`, the text of
    a day that is none; `day` is null there. Texts are all in the key: DuckDB can write keys
    to disk when memory is short, but not the texts that an aggregate such as max holds.
    """
    return everything.group_by([*NAMES, "subscription_name", "day", "example"]).aggregate(
        cost=everything.cost.sum(),
        amortised=everything.amortised.sum(),
        quantity=everything.quantity.sum(),
        rows=everything.count(),
        costless=everything.cost.isnull().sum(),
    )


def tags_of(tables: list[ibis.Table]) -> ibis.Table | None:
    """Resource, tags and day of all rows; None where no table has tags."""
    import ibis

    rows = [
        table.select(
            resource=_text(table, "resource"),
            tags=_text(table, "tags"),
            day=_day(table["day"]),
        )
        for table in tables
        if "tags" in table.columns
    ]
    return reduce(lambda one, other: ibis.union(one, other), rows) if rows else None


def last_seen(rows: ibis.Table) -> ibis.Table:
    """The tags that each resource had, with the last day of each text."""
    known = rows.filter((rows.resource != "") & (rows.tags != "") & rows.day.notnull())
    return known.group_by(["resource", "tags"]).aggregate(day=known.day.max())


def _meaning(number: int, form: Form, table: ibis.Table) -> ibis.Table:
    import ibis

    columns = {name: _text(table, name) for name in NAMES[1:]}
    if form is Form.FOCUS:
        columns |= _of_focus(table, columns)
    when = table["day"]
    day = _day(when)
    cost = _money(table["cost"])
    amortised = _money(table["amortised"]) if form is Form.FOCUS else cost
    if form is Form.FOCUS:
        cost = amortised.isnull().ifelse(ibis.null(MONEY), cost)
    quantity = _money(table["quantity"]) if "quantity" in table.columns else ibis.literal(None)
    return table.select(
        source=ibis.literal(number, "int32"),
        **columns,
        day=day,
        example=day.isnull().ifelse(when.cast("string"), ibis.null("string")),
        subscription_name=_text(table, "subscription_name"),
        cost=cost,
        amortised=amortised,
        quantity=quantity.cast(MONEY).fill_null(ibis.literal(0).cast(MONEY)),
    )


def _text(table: ibis.Table, name: str) -> Any:
    import ibis

    if name not in table.columns:
        return ibis.literal("")
    return table[name].cast("string").fill_null("")


def _money(column: Any) -> Any:
    """A decimal; null for what is none: text, NaN, nothing at all."""
    if column.type().is_floating():
        return column.try_cast(_OF_DOUBLES).cast(MONEY)
    return column.try_cast(MONEY)


def _day(column: Any) -> Any:
    """The UTC day of a time, of 2026-09-21 and what follows it, 09/21/2026, or 20260921.

    Usage details write the month first. Null for what is none of them, and for text of
    another time zone.
    """
    import ibis

    if column.type().is_temporal():
        return column.cast("date")
    text = column.cast("string").strip()
    parts = text.split("/")
    american = parts[2].left(4) + "-" + parts[0].lpad(2, "0") + "-" + parts[1].lpad(2, "0")
    compact = text.left(4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2)
    elsewhere = text.re_search(r":\d{2}.*[+-]\d{2}:?\d{0,2}$") & ~_ends_in_utc(text)
    written = ibis.cases(
        (text.contains("/"), american),
        (text.length() == 8, compact),
        (elsewhere, ibis.null("string")),
        else_=text.left(10),
    )
    return written.try_cast("date")


def _ends_in_utc(text: Any) -> Any:
    return reduce(lambda one, other: one | other, (text.endswith(end) for end in _UTC))


def _of_focus(table: ibis.Table, columns: dict[str, Any]) -> dict[str, Any]:
    """The words of Cost Management for those of FOCUS (its specification, 1.0 to 1.2)."""
    import ibis

    kind = _text(table, "benefit_type").lower()
    plan = kind.contains("saving")
    pricing = columns["pricing_model"]
    unused = _text(table, "benefit_status").lower() == "unused"
    return {
        "charge_type": ibis.cases(
            (unused & plan, "UnusedSavingsPlan"),
            (unused, "UnusedReservation"),
            else_=columns["charge_type"],
        ),
        "pricing_model": ibis.cases(
            ((pricing.lower() == "committed") & plan, "SavingsPlan"),
            (pricing.lower() == "committed", "Reservation"),
            (pricing.lower() == "dynamic", "Spot"),
            (pricing.lower() == "standard", "OnDemand"),
            else_=pricing,
        ),
    }
