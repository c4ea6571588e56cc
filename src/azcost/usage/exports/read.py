"""A bill from cost exports: files to sums by an engine, sums to lines of a bill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from azcost import paths
from azcost.usage.exports import checks, engines, sums
from azcost.usage.exports.folder import Source, sources
from azcost.usage.exports.headers import ExportError, Form
from azcost.usage.exports.kinds import Content, Roles, roles

if TYPE_CHECKING:
    import duckdb

_MAX_DAYS = 3_700
# Lines are gathered in parts of so many sums, so that memory does not grow with the export.
_PART = 1_000_000
_BATCH = 5_000
_NAMES = (
    "resource", "service", "product", "meter", "charge_type", "pricing_model", "benefit", "unit",
)  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    """One meter of one resource; the amounts are texts, one number per day of the bill."""

    resource: str
    service: str
    product: str
    meter: str
    charge_type: str
    pricing_model: str
    benefit: str
    unit: str
    actual: str
    amortised: str
    quantity: str


class ExportedBill(msgspec.Struct, frozen=True):
    """The bill of `days` days; `subscriptions` are ids with their names.

    `submitted` is when Azure wrote the newest run, None without a manifest. `tags` are those
    that a resource, its id in lower case, had last; empty unless they were asked for.
    """

    currency: str
    first_day: date
    days: int
    lines: tuple[Line, ...]
    subscriptions: dict[str, str]
    submitted: datetime | None
    remarks: tuple[str, ...]
    tags: dict[str, dict[str, str]] = {}


def read(
    given: Sequence[Path],
    engine: str = "duckdb",
    currency: str = "",
    limits: engines.Limits = engines.USUAL,
    *,
    tags: bool = False,
) -> ExportedBill:
    """Read exports, each period once; `engine` is duckdb or spark.

    `tags` asks for the tags of resources, too, which takes another pass over all rows.
    Raises ExportError for what is no export, contradicts itself, is incomplete, or is in
    several currencies of which none is chosen.
    """
    found, remarks = sources(given)
    with TemporaryDirectory(prefix="azcost-") as scratch:
        folder = Path(scratch) / "sums"
        kept = paths.cache() / "exports"
        with engines.opened(engine, Path(scratch), kept, limits) as running:
            forms = [
                _add_up(running, one, folder, place, tags=tags) for place, one in enumerate(found)
            ]
        with engines.sums_in(folder, limits) as connection:
            bill = _bill(connection, found, forms, remarks, currency.upper())
            own = _tags(connection, folder) if tags else {}
        return msgspec.structs.replace(bill, tags=own)


def _add_up(
    running: engines.Engine, source: Source, folder: Path, number: int, *, tags: bool
) -> Form:
    """Write the sums of a source into a folder of its own; what form its files have."""
    read = running.tables(source.files)
    own = {header.form for header, _ in read}
    if len(own) != 1:
        what = "files of both forms" if own else "no files: its run wrote nothing"
        raise ExportError(f"{source.name} has {what}.")
    form = own.pop()
    tables = [table for _, table in read]
    running.write(sums.rows_of(number, form, tables), sums.daily, folder / str(number))
    tagged = sums.tags_of(tables) if tags else None
    if tagged is not None:
        running.write(tagged, sums.last_seen, _of_tags(folder) / str(number))
    return form


def _of_tags(folder: Path) -> Path:
    return folder.with_name("tags")


def _tags(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, dict[str, str]]:
    """The last tags of each resource that has any which can be read."""
    if not _of_tags(folder).exists():
        return {}
    files = str(_of_tags(folder) / "*" / "*.parquet")
    answer = connection.execute(
        "SELECT lower(resource), arg_max(tags, (day, tags)) FROM read_parquet(?) GROUP BY 1",
        [files],
    )
    found: dict[str, dict[str, str]] = {}
    while rows := answer.fetchmany(_BATCH):
        found |= {resource: own for resource, text in rows if (own := _parsed(text))}
    return found


def _parsed(text: str) -> dict[str, str]:
    """Tags as exports write them: a JSON object, in usage details without its brackets."""
    whole = text.strip()
    try:
        return msgspec.json.decode(
            whole if whole.startswith("{") else f"{{{whole}}}", type=dict[str, str], strict=False
        )
    except msgspec.DecodeError:
        return {}


def _bill(
    connection: duckdb.DuckDBPyConnection,
    found: list[Source],
    forms: list[Form],
    remarks: list[str],
    wanted: str,
) -> ExportedBill:
    checks.all_readable(connection, found)
    remarks = [*remarks, *checks.without_others(connection)]
    currency = checks.one_currency(connection, wanted)
    contents = checks.contents(connection, len(found))
    role = roles(found, forms, contents)
    for numbers in {role.actual, role.amortised}:
        checks.no_overlaps(connection, found, numbers)
    first, last = _days(connection, contents)
    submitted = max((one.submitted for one in found if one.submitted), default=None)
    if submitted and first < submitted.date() <= last:
        last = submitted.date() - timedelta(days=1)
        remarks.append(f"what follows {last} is left out: the export was written the day after")
    if role.remark:
        remarks.append(role.remark)
    days = (last - first).days + 1
    lines = tuple(_lines(connection, role, first, days))
    return ExportedBill(
        currency, first, days, lines, _subscriptions(connection), submitted, tuple(remarks)
    )


def _days(connection: duckdb.DuckDBPyConnection, contents: list[Content]) -> tuple[date, date]:
    ((first, last),) = connection.execute("SELECT min(day), max(day) FROM billed").fetchall()
    if (last - first).days >= _MAX_DAYS:
        raise ExportError(f"The export spans {first} to {last}: too many days for one bill.")
    months = {month for content in contents for month in content.months}
    month = first.replace(day=1)
    while month <= last:
        if month not in months:
            raise ExportError(
                f"The export has costs of {first:%Y-%m} and {last:%Y-%m}, and none of "
                f"{month:%Y-%m} between: give that month too."
            )
        month = (month + timedelta(days=31)).replace(day=1)
    return first, last


def _subscriptions(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT lower(subscription), max(subscription_name) FROM billed "
        "WHERE subscription != '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {str(id_).removeprefix("/subscriptions/"): str(name) for id_, name in rows}


def _lines(
    connection: duckdb.DuckDBPyConnection, role: Roles, first: date, days: int
) -> Iterator[Line]:
    """The lines, in order of their names so that the same export gives the same bill."""
    ((count,),) = connection.execute("SELECT count(*) FROM billed").fetchall()
    parts = 1 + count // _PART
    names = ", ".join(_NAMES)
    query = f"""
        WITH days AS (
            SELECT {names}, (day - ?)::INTEGER AS place,
                coalesce(sum(cost) FILTER (list_contains(?, source)), 0) AS actual,
                coalesce(sum(amortised) FILTER (list_contains(?, source)), 0) AS amortised,
                coalesce(sum(quantity) FILTER (list_contains(?, source)), 0) AS quantity
            FROM billed WHERE hash(lower(resource)) % ? = ? AND day - ? < ? GROUP BY ALL
        )
        SELECT {names}, list(place),
            list({_trimmed("actual")}), list({_trimmed("amortised")}), list({_trimmed("quantity")})
        FROM days GROUP BY ALL ORDER BY {names}
    """  # noqa: S608 - constants
    for part in range(parts):
        chosen = [first, role.actual, role.amortised, role.amortised, parts, part, first, days]
        answer = connection.execute(query, chosen)
        while rows := answer.fetchmany(_BATCH):
            for row in rows:
                places, actual, amortised, quantity = row[len(_NAMES) :]
                bought = _dense(places, actual, days)
                # Mostly the same, and then one text for both: a bill has millions of them.
                spread = bought if amortised == actual else _dense(places, amortised, days)
                yield Line(
                    **dict(zip(_NAMES, row, strict=False)),
                    actual=bought,
                    amortised=spread,
                    quantity=_dense(places, quantity, days),
                )


def _trimmed(amount: str) -> str:
    """An exact decimal as text, without the zeros at its end."""
    return f"rtrim(rtrim({amount}::VARCHAR, '0'), '.')"


def _dense(places: list[int], amounts: list[str], days: int) -> str:
    found = ["0"] * days
    for place, amount in zip(places, amounts, strict=True):
        found[place] = amount
    return " ".join(found)
