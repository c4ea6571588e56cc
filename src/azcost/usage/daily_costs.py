"""Daily costs from a table of one's own: CSV or Parquet with a day and a cost.

Columns by the names of Cost Management and FOCUS, or plain ones; whatever else a row says
(service, group, resource, meter) tells the costs apart.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from azcost.errors import AzcostError

# What a column is called, by what it is; the first name that a file has counts.
_COLUMNS = {
    "day": ("date", "day", "usagedate", "chargeperiodstart", "ds"),
    "cost": (
        "cost", "amortisedcost", "amortizedcost", "effectivecost", "costinbillingcurrency",
        "pretaxcost", "billedcost", "y",
    ),
    "service": ("service", "servicename", "metercategory", "consumedservice"),
    "group": ("resourcegroup", "resourcegroupname", "group"),
    "resource": ("resource", "resourceid", "instanceid", "resourcename"),
    "meter": ("meter", "metername", "skumeter"),
    "quantity": ("quantity", "usagequantity", "consumedquantity"),
    "model": ("pricingmodel", "pricingcategory"),
    "currency": ("currency", "billingcurrency", "billingcurrencycode"),
}  # fmt: skip
_LABELS = ("service", "group", "resource", "meter", "model")
_MAX_DAYS = 3_700
_COVERED = ("reservation", "savingsplan", "committed")


class DailyCosts(msgspec.Struct, frozen=True):
    """Costs and quantities by day.

    `labels` are service, group, resource and meter of each row; `covered` whether a benefit
    paid for it. `cost` and `quantity` have the shape (rows, days), a day without a row is 0.
    """

    first_day: date
    currency: str
    labels: tuple[tuple[str, str, str, str], ...]
    covered: tuple[bool, ...]
    cost: NDArray[np.float64]
    quantity: NDArray[np.float64]


def read(path: Path) -> DailyCosts:
    """Read a table of costs; rows of one thing and day are added up.

    Raises AzcostError for a file that is none, for a day or a cost that is none, and for
    two currencies.
    """
    import duckdb

    if not path.is_file():
        raise AzcostError(f"{path} cannot be read: there is no such file.")
    with duckdb.connect() as connection:
        try:
            source = _source(path)
            columns = [row[0] for row in connection.execute(f"DESCRIBE {source}").fetchall()]
            rows = connection.execute(_query(path, source, columns)).fetchall()
        except duckdb.Error as error:
            what = str(error).splitlines()[0][:200]
            raise AzcostError(f"{path} cannot be read as a table of costs: {what}") from error
    return _gathered(path, rows)


def _source(path: Path) -> str:
    quoted = "'" + str(path).replace("'", "''") + "'"
    if path.suffix.lower() == ".parquet":
        return f"SELECT * FROM read_parquet({quoted})"  # noqa: S608 - quoted
    return f"SELECT * FROM read_csv({quoted}, header = true, all_varchar = true)"  # noqa: S608


def _query(path: Path, source: str, columns: list[str]) -> str:
    by_name = {column.lower().replace("_", "").replace(" ", ""): column for column in columns}
    found = {
        what: next((by_name[name] for name in names if name in by_name), None)
        for what, names in _COLUMNS.items()
    }
    for needed in ("day", "cost"):
        if found[needed] is None:
            raise AzcostError(
                f"{path} has no column for the {needed}: one of {', '.join(_COLUMNS[needed])}. "
                f"It has {', '.join(columns[:8])}."
            )

    def text(what: str) -> str:
        column = found[what]
        return "''" if column is None else f"coalesce(CAST({_quoted(column)} AS VARCHAR), '')"

    quantity = "0" if found["quantity"] is None else _number(str(found["quantity"]))
    labels = ", ".join(text(label) for label in _LABELS)
    return f"""
        SELECT {_day(str(found["day"]))} AS day, {labels}, {text("currency")},
            sum({_number(str(found["cost"]))}), sum({quantity})
        FROM ({source}) GROUP BY ALL ORDER BY ALL
    """  # noqa: S608 - columns of the file, quoted


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _number(column: str) -> str:
    return f"CAST(nullif(CAST({_quoted(column)} AS VARCHAR), '') AS DOUBLE)"


def _day(column: str) -> str:
    """The day of a date, a time, or a number such as 20260401 (Cost Management's)."""
    text = f"trim(CAST({_quoted(column)} AS VARCHAR))"
    return (
        f"CASE WHEN regexp_full_match({text}, '[0-9]{{8}}') "
        f"THEN CAST(strptime({text}, '%Y%m%d') AS DATE) "
        f"ELSE CAST(CAST({text} AS TIMESTAMP) AS DATE) END"
    )


def _gathered(path: Path, rows: list[tuple[object, ...]]) -> DailyCosts:
    if not rows:
        raise AzcostError(f"{path} has no rows: there is no cost to look at.")
    days = [row[0] for row in rows]
    if not all(isinstance(day, date) for day in days):
        raise AzcostError(f"{path} has rows without a day.")
    known = [day for day in days if isinstance(day, date)]
    first, count = min(known), (max(known) - min(known)).days + 1
    if count > _MAX_DAYS:
        raise AzcostError(f"{path} spans {count:,} days, {min(known)} to {max(known)}: too many.")
    currencies = sorted({str(row[6]) for row in rows if row[6]})
    if len(currencies) > 1:
        raise AzcostError(
            f"{path} has costs in {' and '.join(currencies[:4])}: keep to one currency."
        )
    places: dict[tuple[object, ...], int] = {}
    for row in rows:
        places.setdefault(row[1:6], len(places))
    cost, quantity = np.zeros((len(places), count)), np.zeros((len(places), count))
    for row, day in zip(rows, known, strict=True):
        place = places[row[1:6]], (day - first).days
        cost[place] += _finite(path, day, row[7])
        quantity[place] += _finite(path, day, row[8])
    labels = tuple((str(s), str(g), str(r), str(m)) for s, g, r, m, _ in places)
    covered = tuple(_is_covered(str(model)) for *_, model in places)
    return DailyCosts(first, currencies[0] if currencies else "", labels, covered, cost, quantity)


def _is_covered(model: str) -> bool:
    return model.lower().replace(" ", "") in _COVERED


def _finite(path: Path, day: date, amount: object) -> float:
    if amount is None:
        return 0.0
    number = float(str(amount))
    if not np.isfinite(number) or abs(number) > 1e15:
        raise AzcostError(f"{path}: a cost or quantity of {day} is {amount}: no amount.")
    return number
