"""What changed between two bills, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec

from azcost.errors import AzcostError
from azcost.report.saved import Bill, BillLine, BillResource
from azcost.units import plain

_NUMBERS = re.compile(r"\d[\d.,]*")


class Reason(msgspec.Struct, frozen=True):
    """Why a resource costs something else: which charge of it, and what of that."""

    charge: str
    why: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that is in one bill only, or costs something else in the other.

    Without a change of cost there is still one where ranges or lines differ.
    """

    name: str
    kind: str
    what: str
    before: Decimal
    after: Decimal
    reasons: tuple[Reason, ...] = ()

    @property
    def amount(self) -> Decimal:
        """How much more it costs per month."""
        return self.after - self.before


class Difference(msgspec.Struct, frozen=True):
    """Two bills in one currency, and the changes that lie between them."""

    old: Bill
    new: Bill
    changes: tuple[Change, ...]

    @property
    def amount(self) -> Decimal:
        """How much more the new one costs per month."""
        return self.new.monthly - self.old.monthly

    @property
    def percent(self) -> Decimal | None:
        """The change as a share of the old bill; None where that was zero."""
        return self.amount / self.old.monthly * 100 if self.old.monthly else None


def between(old: Bill, new: Bill) -> Difference:
    """Compare two bills; resources are the same if name and kind are.

    Raises AzcostError for bills in different currencies.
    """
    if old.currency != new.currency:
        raise AzcostError(
            f"{old.name} is in {old.currency}, {new.name} in {new.currency}: "
            "price both in one currency (`currency:` of the specification)."
        )
    return Difference(old, new, tuple(_changes(old, new)))


def _changes(old: Bill, new: Bill) -> Iterator[Change]:
    before = {(one.name, one.kind): one for one in old.resources}
    after = {(one.name, one.kind): one for one in new.resources}
    for key, one in after.items():
        if key not in before:
            yield Change(
                name=one.name, kind=one.kind, what="added", before=Decimal(0), after=one.monthly
            )
        elif reasons := tuple(_reasons(before[key], one)):
            yield Change(
                name=one.name,
                kind=one.kind,
                what="changed",
                before=before[key].monthly,
                after=one.monthly,
                reasons=reasons,
            )
    for key, one in before.items():
        if key not in after:
            yield Change(
                name=one.name, kind=one.kind, what="removed", before=one.monthly, after=Decimal(0)
            )


def _reasons(old: BillResource, new: BillResource) -> Iterator[Reason]:
    moved = old.region != new.region
    if moved:
        yield Reason("all of it", f"region: {old.region} to {new.region}")
    pairs, gone, come = _matched(list(old.lines), list(new.lines))
    for a, b in pairs:
        if why := "; ".join(_why(a, b, new.region if moved else "")):
            yield Reason(b.label, why)
    yield from (Reason(line.label, "billed no more") for line in gone)
    yield from (Reason(line.label, "billed newly") for line in come)
    if (old.low, old.high) != (new.low, new.high) and old.monthly == new.monthly:
        yield Reason("all of it", "range: its ends are elsewhere")


def _why(a: BillLine, b: BillLine, region: str) -> Iterator[str]:
    """Why a line costs something else; in another `region` every price is another one."""
    if a.purchase != b.purchase:
        yield f"purchase: {a.purchase} to {b.purchase}"
    if _meter(a) != _meter(b):
        yield f"tier: {_meter(a)} to {_meter(b)}"
    elif a.purchase == b.purchase and not region and a.unit_price != b.unit_price:
        yield f"price: {plain(round(a.unit_price, 8))} to {plain(round(b.unit_price, 8))}"
    if a.quantity != b.quantity:
        yield f"quantity: {plain(round(a.quantity, 3))} to {plain(round(b.quantity, 3))} {b.unit}"


def _meter(line: BillLine) -> str:
    """The words of the meter that tell tiers apart; spot is a purchase, no tier."""
    return (line.sku or line.meter or line.product or "").removesuffix(" Spot")


_Key = Callable[[BillLine], object]
# From the surest sign that two lines are the same charge to the faintest.
_KEYS: tuple[_Key, ...] = (
    lambda line: (line.label, line.purchase),
    lambda line: (line.product, line.sku, line.meter, line.unit) if line.sku else None,
    lambda line: (_NUMBERS.sub("", line.label), line.unit),
    lambda line: (_NUMBERS.sub("", line.label.removesuffix(f", {line.purchase}")), line.unit),
)


def _matched(
    old: list[BillLine], new: list[BillLine]
) -> tuple[list[tuple[BillLine, BillLine]], list[BillLine], list[BillLine]]:
    """Pairs of lines for the same charge, and those that only one side has."""
    pairs = []
    for key in _KEYS:
        waiting: dict[object, list[BillLine]] = {}
        for line in old:
            waiting.setdefault(key(line), []).append(line)
        waiting.pop(None, None)
        left = []
        for line in new:
            if found := waiting.get(key(line)):
                pairs.append((found.pop(0), line))
                old.remove(pairs[-1][0])
            else:
                left.append(line)
        new = left
    return pairs, old, new
