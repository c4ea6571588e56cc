"""The catalogue: ask it for the price of a meter, and how it came by the answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from azcost.errors import ConflictingPrices, PriceNotFound, UnitMismatch
from azcost.pricing import derive, hints
from azcost.pricing.price import Meter, Price, Tier
from azcost.pricing.rows import Purchase, spelling
from azcost.pricing.trace import Candidate, Trace
from azcost.units import HOURS_PER_YEAR, MONTHS_PER_YEAR, Quantity

# A reservation's row gives the price of the whole term, whatever unit it names.
_YEARS = {Purchase.RESERVED_1Y: 1, Purchase.RESERVED_3Y: 3}
_PER_YEAR = {"Hours": HOURS_PER_YEAR, "Months": Decimal(MONTHS_PER_YEAR)}
_SAVINGS = {Purchase.SAVINGS_1Y: "savings_1y", Purchase.SAVINGS_3Y: "savings_3y"}


Row = tuple[str, ...]


class VmSize(msgspec.Struct, frozen=True):
    """What a virtual machine size is built with; `memory_gib` None means unknown."""

    size: str
    vcpus: int
    memory_gib: Decimal | None
    gpus: int
    gpu_model: str


class Catalogue:
    """Prices of one currency, as they were on the days their sources saw them.

    `shipped` holds the tables of this release, `synced` what the user fetched; where a
    service and region were synced, their rows take the place of the shipped ones.
    """

    def __init__(
        self,
        shipped: sqlite3.Connection,
        synced: sqlite3.Connection | None = None,
        currency: str = "",
    ) -> None:
        self._shipped = shipped
        self._synced = synced
        self._traces: dict[tuple[Meter, Purchase], Trace] = {}
        facts = dict(shipped.execute("SELECT name, value FROM facts"))
        self.currency = currency or facts["currency"]
        self._has_shipped_prices = self.currency == facts["currency"]
        self.tables = facts["tables"]
        if synced is not None:
            day = dict(synced.execute("SELECT name, value FROM facts"))["fetched_on"]
            self.tables += f"+synced-{day}"

    def price(self, meter: Meter, purchase: Purchase = Purchase.PAY_AS_YOU_GO) -> Price:
        """The one price of a meter.

        Raises PriceNotFound when no row has it and no rule may derive it,
        ConflictingPrices when rows disagree, UnitMismatch for an unknown unit.
        """
        return self.trace(meter, purchase).price

    def trace(self, meter: Meter, purchase: Purchase = Purchase.PAY_AS_YOU_GO) -> Trace:
        """The price of a meter with the rows that were taken and rejected for it."""
        key = (meter, purchase)
        if key not in self._traces:
            self._traces[key] = self._find(meter, purchase)
        return self._traces[key]

    def _find(self, meter: Meter, purchase: Purchase) -> Trace:
        taken: list[Candidate] = []
        rejected: list[tuple[Candidate, str]] = []
        for row in self.candidates(meter):
            reason = _why_not(row, meter, purchase)
            if reason:
                rejected.append((row, reason))
            else:
                taken.append(row)
        if not taken:
            derived = derive.derive(self, meter, purchase)
            if derived is None:
                raise self._not_found(meter, purchase, rejected)
            price, steps = derived
            return Trace(price, (), tuple(rejected), steps)
        series = [rows for rows in _series(taken) if rows[0].tier == 0]
        if not series:
            lost = [(row, "a later tier of a price whose first tier is missing") for row in taken]
            raise self._not_found(meter, purchase, rejected + lost)
        if len({_schedule(rows, purchase) for rows in series}) > 1:
            raise ConflictingPrices(hints.conflict(meter, purchase, [s[0] for s in series]))
        chosen = min(series, key=lambda rows: (not rows[0].meter_id, rows[0].product))
        return Trace(self._price(chosen, meter, purchase), tuple(chosen), tuple(rejected))

    def _not_found(
        self, meter: Meter, purchase: Purchase, rejected: list[tuple[Candidate, str]]
    ) -> PriceNotFound:
        query = self.query if self._has_shipped_prices else None
        return hints.not_found(query, self.currency, meter, purchase, rejected)

    def candidates(self, meter: Meter) -> list[Candidate]:
        """Every row that names the meter, whatever it sells."""
        connection = self._connection_for(meter)
        wanted = {
            "n.service": meter.service,
            "p.region": meter.region,
            "n.product": meter.product,
            "n.sku": meter.sku,
            "n.meter": meter.meter,
            "n.arm_sku": meter.arm_sku,
        }
        given = {column: value for column, value in wanted.items() if value}
        where = " AND ".join(f"{column} = ?" for column in given)
        rows = connection.execute(f"{_SELECT} WHERE {where}", tuple(given.values()))
        return [_candidate(row) for row in rows]

    def _connection_for(self, meter: Meter) -> sqlite3.Connection:
        if self._synced is not None:
            found = self._synced.execute(
                "SELECT 1 FROM partitions WHERE service = ? AND region = ?",
                (meter.service, meter.region),
            )
            if found.fetchone() or not self._has_shipped_prices:
                return self._synced
        return self._shipped

    def _price(self, rows: list[Candidate], meter: Meter, purchase: Purchase) -> Price:
        first = rows[0]
        if first.block is None or first.unit_name is None:
            raise UnitMismatch(
                f"The unit '{first.unit}' of {meter} in {first.region} (meter id "
                f"{first.meter_id or 'none'}) is not in data/pricing/units.csv. "
                "Add it there, with what a block of it is."
            )
        block = first.block
        if purchase in _YEARS and first.unit_name in _PER_YEAR:
            block = _YEARS[purchase] * _PER_YEAR[first.unit_name]
        per = Quantity(block, first.unit_name)
        source, day = first.source.rsplit(" ", 1)
        return Price(
            meter=Meter(
                service=first.service,
                region=first.region,
                product=first.product,
                sku=first.sku,
                meter=first.meter,
                arm_sku=first.arm_sku,
                os=meter.os,
            ),
            meter_id=first.meter_id,
            purchase=purchase,
            per=per,
            unit=first.unit,
            tiers=_schedule(rows, purchase),
            currency=self.currency,
            effective=first.effective,
            source=source,
            observed_on=day,
            rule=first.rule,
        )

    def vm_size(self, size: str) -> VmSize | None:
        """What a size is built with, or None when the reference does not list it."""
        row = self._shipped.execute(
            "SELECT size, vcpus, memory_gib, gpus, gpu_model FROM vm_sizes WHERE size = ?", (size,)
        ).fetchone()
        if row is None:
            return None
        return VmSize(row[0], row[1], Decimal(row[2]) if row[2] else None, row[3], row[4])

    def licence(self, size: str) -> Decimal | None:
        """What Windows adds to a size per hour, where that is the same in all regions."""
        if not self._has_shipped_prices:
            return None  # the table is in another currency
        row = self._shipped.execute(
            "SELECT per_hour FROM windows_licences WHERE arm_sku = ?", (size,)
        ).fetchone()
        return None if row is None else Decimal(row[0])

    def reservation_ratio(self, size: str, purchase: Purchase) -> tuple[Decimal, str] | None:
        """A reservation's share of the pay-as-you-go price, and the regions it was seen in."""
        row = self._shipped.execute(
            "SELECT ratio, regions FROM reservation_ratios WHERE arm_sku = ? AND purchase = ?",
            (size, purchase.value),
        ).fetchone()
        return None if row is None else (Decimal(row[0]), row[1])

    def names(self, kind: str) -> list[str]:
        """Every name of a kind: `regions`, or `sizes` of virtual machines."""
        sql = "SELECT DISTINCT name FROM known WHERE kind = ?"
        return sorted({name for one in self._both() for (name,) in one.execute(sql, (kind,))})

    def name(self, kind: str, text: str) -> str | None:
        """The right spelling of a name, in any case or by its display name, if there is one."""
        written = spelling(text) if kind == "sizes" else text.lower()
        sql = "SELECT name FROM known WHERE kind = ? AND spelling = ?"
        for one in self._both():
            if row := one.execute(sql, (kind, written)).fetchone():
                found: str = row[0]
                return found
        return None

    def named(self, name: str, region: str) -> list[Candidate]:
        """Every row in a region whose meter or SKU has this name, in any case."""
        where = "p.region = ? AND ? COLLATE NOCASE IN (n.meter, n.sku)"
        return [_candidate(row) for row in self.rows(_COLUMNS, where, (region, name))]

    def rows(self, columns: str, where: str, values: Iterable[object] = ()) -> Iterator[Row]:
        """Columns of the rows that count: synced ones where there are any, else shipped ones.

        In SQL, `n` has the names of a row, `p` its price, `u` its unit.
        """
        select = f"SELECT n.service, p.region, {columns} {_FROM} WHERE {where}"
        replaced = {(service, region) for service, region, _ in self.synced_partitions()}
        if self._has_shipped_prices:
            for service, region, *row in self._shipped.execute(select, tuple(values)):
                if (service, region) not in replaced:
                    yield tuple(row)
        if self._synced is not None:
            for _, _, *row in self._synced.execute(select, tuple(values)):
                yield tuple(row)

    def _both(self) -> list[sqlite3.Connection]:
        return [self._shipped] if self._synced is None else [self._shipped, self._synced]

    def partitions(self) -> list[tuple[str, str]]:
        """Every service and region that the shipped tables have a price for."""
        return self._shipped.execute(
            "SELECT DISTINCT n.service, p.region FROM names n JOIN prices p ON p.name = n.id"
        ).fetchall()

    def synced_partitions(self) -> list[tuple[str, str, str]]:
        """What the user fetched: service, region, day."""
        if self._synced is None:
            return []
        return self._synced.execute(
            "SELECT service, region, fetched_on FROM partitions ORDER BY 1, 2"
        ).fetchall()

    def query(self, sql: str, values: Iterable[object] = ()) -> list[tuple[str, ...]]:
        """Read the shipped tables directly: for searches and hints, not for prices."""
        return self._shipped.execute(sql, tuple(values)).fetchall()


_COLUMNS = (
    "n.service, n.product, n.sku, n.meter, n.arm_sku, p.region, n.unit, n.type, n.os, "
    "n.purchase, n.rejected, p.tier, p.price, p.savings_1y, p.savings_3y, p.meter_id, "
    "p.effective, p.source, p.rule, u.block, u.unit"
)
_FROM = "FROM names n JOIN prices p ON p.name = n.id LEFT JOIN units u ON u.spelling = n.unit"
_SELECT = f"SELECT {_COLUMNS} {_FROM}"


def _candidate(row: Row) -> Candidate:
    (*names, tier, price, savings_1y, savings_3y, meter_id, effective, source, rule, block,
     unit_name) = row  # fmt: skip
    service, product, sku, meter, arm_sku, region, unit, type_, os, purchase, rejected = names
    return Candidate(
        service=service,
        product=product,
        sku=sku,
        meter=meter,
        arm_sku=arm_sku,
        region=region,
        unit=unit,
        type=type_,
        os=os,
        purchase=purchase,
        rejected=rejected,
        tier=Decimal(tier),
        price=Decimal(price),
        savings_1y=Decimal(savings_1y) if savings_1y else None,
        savings_3y=Decimal(savings_3y) if savings_3y else None,
        meter_id=meter_id,
        effective=effective,
        source=source,
        rule=rule,
        block=Decimal(block) if block else None,
        unit_name=unit_name,
    )


def _why_not(row: Candidate, meter: Meter, purchase: Purchase) -> str:
    """Why a row is not the price asked for; empty when it is."""
    if row.rejected:
        return row.rejected
    if row.service == "Virtual Machines" and row.price == 0:
        return "priced at zero, which no machine is"
    if meter.os and row.os != meter.os:
        return f"the price for {row.os}"
    if purchase in _SAVINGS:
        if row.purchase != Purchase.PAY_AS_YOU_GO:
            return f"a {row.purchase} price"
        if getattr(row, _SAVINGS[purchase]) is None:
            return f"has no {purchase} price"
        return ""
    return "" if row.purchase == purchase else f"a {row.purchase} price"


def _series(rows: list[Candidate]) -> list[list[Candidate]]:
    """The rows by what they name: the tiers of one meter belong together.

    A superseded row may stay beside its successor: of each tier, the latest start counts.
    Two prices for one tier from one day on are two series, and so a conflict.
    """
    found: dict[tuple[str, ...], dict[Decimal, Candidate]] = {}
    for row in sorted(rows, key=lambda row: (row.tier, row.effective)):
        key = (row.product, row.sku, row.meter, row.arm_sku, row.meter_id, row.unit, row.type)
        other = found.setdefault(key, {}).get(row.tier)
        if other and other.effective == row.effective and other.price != row.price:
            found[*key, str(row.price)] = {row.tier: row}
        else:
            found[key][row.tier] = row
    return [list(tiers.values()) for tiers in found.values()]


def _schedule(rows: list[Candidate], purchase: Purchase) -> tuple[Tier, ...]:
    field = _SAVINGS.get(purchase, "price")
    return tuple(Tier(row.tier, getattr(row, field)) for row in rows)
