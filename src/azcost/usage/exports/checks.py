"""Whether the sums of an export can be trusted, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from azcost.usage.exports.folder import Source
from azcost.usage.exports.headers import ExportError
from azcost.usage.exports.kinds import Content

if TYPE_CHECKING:
    import duckdb

_OURS = "(provider = '' OR lower(provider) LIKE '%microsoft%')"
_COMMITTED = "replace(lower(pricing_model), ' ', '') IN ('reservation', 'savingsplan')"
_SPREAD = f"charge_type LIKE 'Unused%' OR (lower(charge_type) = 'usage' AND {_COMMITTED})"


def all_readable(sums: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Raise ExportError where rows are missing, or have no day or no cost."""
    rows = sums.execute(
        "SELECT source, sum(rows)::BIGINT, sum(costless)::BIGINT, "
        "coalesce(sum(rows) FILTER (day IS NULL), 0)::BIGINT, max(example) "
        "FROM sums GROUP BY source ORDER BY source"
    ).fetchall()
    counted = {source: count for source, count, *_ in rows}
    for number, source in enumerate(sources):
        have = counted.get(number, 0)
        if source.rows is not None and have < source.rows:
            raise ExportError(
                f"{source.name} has {have:,} rows and its manifest says {source.rows:,}: "
                "the download is incomplete."
            )
    for number, _, costless, dayless, example in rows:
        name = sources[number].name
        if dayless:
            what = f", such as '{example[:30]}'" if example else ""
            raise ExportError(f"{name}: {dayless:,} rows have no day that can be read{what}.")
        if costless:
            raise ExportError(f"{name}: {costless:,} rows have no cost that can be read.")
    if not rows:
        raise ExportError(f"{sources[0].name} has no rows: there is no cost to look at.")


def without_others(sums: duckdb.DuckDBPyConnection) -> list[str]:
    """Make the view `azure`: the rows of Microsoft; a remark tells of those of others."""
    sums.execute(f"CREATE VIEW azure AS FROM sums WHERE {_OURS}")
    sums.execute(f"CREATE VIEW others AS FROM sums WHERE NOT {_OURS}")
    ((count, who),) = sums.execute(
        "SELECT sum(rows)::BIGINT, string_agg(DISTINCT provider, ', ' ORDER BY provider) "
        "FROM others"
    ).fetchall()
    return [f"{count:,} rows of other providers are left out: {who[:80]}"] if count else []


def one_currency(sums: duckdb.DuckDBPyConnection, wanted: str) -> str:
    """Make the view `billed`: the rows of `azure` in one currency, which is answered.

    Raises ExportError when there are several and `wanted` names none.
    """
    rows = sums.execute(
        "SELECT DISTINCT upper(currency) AS one FROM azure WHERE currency != '' ORDER BY one"
    ).fetchall()
    known = [str(row[0]) for row in rows]
    if wanted and known and wanted not in known:
        raise ExportError(f"The export has no costs in {wanted}, only in {', '.join(known)}.")
    if len(known) > 1 and not wanted:
        raise ExportError(
            f"The export has costs in {' and '.join(known[:6])}, which cannot be added up: "
            "choose one by --currency."
        )
    if not known and not wanted:
        raise ExportError("The export does not say its currency: add --currency.")
    chosen = wanted or known[0]
    sums.execute("SET VARIABLE chosen = ?", [chosen])
    sums.execute(
        "CREATE VIEW billed AS FROM azure WHERE upper(currency) IN ('', getvariable('chosen'))"
    )
    if not sums.execute("SELECT 1 FROM billed LIMIT 1").fetchall():
        raise ExportError("The export has no rows of Azure: there is no cost to look at.")
    return chosen


def contents(sums: duckdb.DuckDBPyConnection, count: int) -> list[Content]:
    """What the rows of each source say, in order."""
    rows = sums.execute(
        f"""
        SELECT source, sum(rows)::BIGINT,
            count(*) FILTER (({_SPREAD}) AND cost != 0),
            count(*) FILTER (lower(charge_type) = 'purchase' AND {_COMMITTED} AND cost != 0),
            list(DISTINCT date_trunc('month', day)::DATE ORDER BY date_trunc('month', day)::DATE)
        FROM billed GROUP BY source
        """  # noqa: S608 - constants
    ).fetchall()
    found = {row[0]: _content(*row[1:]) for row in rows}
    nothing = Content(rows=0, spread=0, bought=0, months=())
    return [found.get(number, nothing) for number in range(count)]


def _content(rows: int, spread: int, bought: int, months: list[Any]) -> Content:
    return Content(rows=rows, spread=spread, bought=bought, months=tuple(months))


def no_overlaps(
    sums: duckdb.DuckDBPyConnection, sources: Sequence[Source], numbers: Sequence[int]
) -> None:
    """Raise ExportError where two runs of exports bill the same days of a subscription.

    Files without a manifest are not looked at: they may be parts of one run.
    """
    runs = [number for number in numbers if sources[number].type]
    rows = sums.execute(
        """
        WITH each AS (
            SELECT lower(subscription) AS whose, source, min(day) AS first, max(day) AS last
            FROM billed WHERE subscription != '' AND list_contains(?, source) GROUP BY ALL
        )
        SELECT one.source, other.source, one.whose, greatest(one.first, other.first)
        FROM each AS one JOIN each AS other ON one.whose = other.whose
            AND one.source < other.source AND one.first <= other.last AND other.first <= one.last
        ORDER BY ALL LIMIT 1
        """,
        [runs],
    ).fetchall()
    for one, other, whose, day in rows:
        raise ExportError(
            f"{sources[one].name} and {sources[other].name} both bill the subscription {whose} "
            f"on {day}: their costs would count twice. Give one of the two."
        )
