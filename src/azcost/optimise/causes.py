"""Why a cost changed: more used, another price, something new or gone, a discount lost.

The parts add up to the change exactly. For one meter of one resource with quantities
Q0, Q1 and prices P0, P1 before and after: usage (Q1 - Q0) P0, price (P1 - P0) Q1; where a
benefit (reservation, savings plan) covers another share of the quantity than before, that
part of the price is the benefit's. New and gone resources have only one of the two prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from azcost.optimise.holt_winters import Array

Key = tuple[str, ...]


class Meters(msgspec.Struct, frozen=True):
    """Daily costs and quantities of meters.

    `keys` name a meter of a resource, the resource first; `covered` says of each row
    whether a benefit paid for it, so that a meter may have two rows. `cost` and `quantity`
    have the shape (rows, days); a quantity of NaN or 0 throughout is one not known.
    """

    keys: Sequence[Key]
    covered: Sequence[bool]
    cost: Array
    quantity: Array


class Change(msgspec.Struct, frozen=True):
    """What changed a day's cost by how much, per cause; all of it in `total`."""

    total: float
    usage: float
    price: float
    new: float
    gone: float
    benefit: float

    def parts(self) -> Mapping[str, float]:
        """The causes in words, the largest first; those of nothing left out."""
        named = {
            "more or less used": self.usage,
            "another price": self.price,
            "new resources": self.new,
            "removed resources": self.gone,
            "benefit lost or won": self.benefit,
        }
        largest = sorted(named.items(), key=lambda item: -abs(item[1]))
        return {name: amount for name, amount in largest if abs(amount) > 1e-9}


class _Side(msgspec.Struct, frozen=True):
    """A meter in one window, per day: the quantity and cost that a benefit paid, and the rest."""

    covered_quantity: float
    covered_cost: float
    open_quantity: float
    open_cost: float

    @property
    def quantity(self) -> float:
        return self.covered_quantity + self.open_quantity

    @property
    def cost(self) -> float:
        return self.covered_cost + self.open_cost


def change(meters: Meters, before: slice, after: slice) -> Change:
    """Split the change of the mean day of one window of days against another."""
    old, new = _sides(meters, before), _sides(meters, after)
    cost_before = _by_resource(old)
    cost_after = _by_resource(new)
    sums = dict.fromkeys(("usage", "price", "new", "gone", "benefit"), 0.0)
    for key in old.keys() | new.keys():
        was, now = old.get(key, _NOTHING), new.get(key, _NOTHING)
        if not cost_before.get(key[0]):
            sums["new"] += now.cost - was.cost
        elif not cost_after.get(key[0]):
            sums["gone"] += now.cost - was.cost
        else:
            for cause, amount in _split(was, now).items():
                sums[cause] += amount
    return Change(sum(sums.values()), **sums)


_NOTHING = _Side(0.0, 0.0, 0.0, 0.0)


def _split(was: _Side, now: _Side) -> dict[str, float]:
    difference = now.cost - was.cost
    if not (was.quantity > 0 and now.quantity > 0):
        # Without a quantity on both sides there is no price to compare: it is use that changed.
        return {"usage": difference}
    usage = (now.quantity - was.quantity) * was.cost / was.quantity
    lost = was.covered_quantity / was.quantity - now.covered_quantity / now.quantity
    benefit = lost * now.quantity * _discount(was, now)
    return {"usage": usage, "benefit": benefit, "price": difference - usage - benefit}


def _discount(was: _Side, now: _Side) -> float:
    """What a unit costs more without the benefit; 0 where only one of the two was seen."""
    covered = was if was.covered_quantity > 0 else now
    open_ = was if was.open_quantity > 0 else now
    if not (covered.covered_quantity > 0 and open_.open_quantity > 0):
        return 0.0
    full = open_.open_cost / open_.open_quantity
    return full - covered.covered_cost / covered.covered_quantity


def _sides(meters: Meters, window: slice) -> dict[Key, _Side]:
    cost = np.nan_to_num(meters.cost[:, window]).mean(axis=1)
    quantity = np.nan_to_num(meters.quantity[:, window]).mean(axis=1)
    found: dict[Key, list[float]] = {}
    for row, (key, covered) in enumerate(zip(meters.keys, meters.covered, strict=True)):
        side = found.setdefault(key, [0.0] * 4)
        place = 0 if covered else 2
        side[place] += float(quantity[row])
        side[place + 1] += float(cost[row])
    return {key: _Side(*side) for key, side in found.items()}


def _by_resource(sides: Mapping[Key, _Side]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for key, side in sides.items():
        sums[key[0]] = sums.get(key[0], 0.0) + abs(side.cost)
    return sums
