"""How Azure applies commitments to the usage of an hour, hour by hour.

Reservations first, then savings plans, each to the product with the greatest discount;
what an hour does not use is lost. The rules, with their sources, are in
`data/commitments/rules.csv`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class SavingsPlan(msgspec.Struct, frozen=True):
    """A commitment in money per hour, and what a unit-hour of each group costs under it.

    `rates` has shape (groups,); infinite for a group that the plan does not cover.
    `commitment` is one figure, or one per hour where it changes, shape (hours,).
    """

    rates: Floats
    commitment: float | Floats


class Applied(msgspec.Struct, frozen=True):
    """What commitments covered over all hours, in unit-hours by group, shape (groups,).

    `planned` and `spent` have one entry per savings plan: unit-hours covered by group,
    and the money of the commitment that was used, over all hours.
    """

    hours: int
    reserved: Floats
    planned: tuple[Floats, ...]
    spent: tuple[float, ...]
    uncovered: Floats


def after_reservations(usage: Floats, reserved: Floats) -> Floats:
    """The unit-hours that reservations leave, shape (groups, hours).

    `reserved` per group, or per group and hour where it changes.
    """
    wide = reserved[:, None] if reserved.ndim == 1 else reserved
    left: Floats = np.maximum(usage - wide, 0.0)
    return left


def order_of(payg: Floats, rates: Floats) -> NDArray[np.intp]:
    """The covered groups, the greatest discount first (savings plan, discount-application)."""
    covered = np.flatnonzero(np.isfinite(rates))
    ratio = payg[covered] / rates[covered]
    ordered: NDArray[np.intp] = covered[np.argsort(-ratio, kind="stable")]
    return ordered


def take_plan(left: Floats, payg: Floats, plan: SavingsPlan) -> tuple[Floats, float]:
    """What a savings plan covers of what is left: unit-hours, and money spent over all hours.

    `left` has shape (groups, hours), as has what is covered.
    """
    covered = np.zeros_like(left)
    spent = np.zeros(left.shape[1])
    for group in order_of(payg, plan.rates):
        rate = plan.rates[group]
        money = np.minimum(left[group] * rate, plan.commitment - spent)
        covered[group] = money / rate
        spent += money
    return covered, float(spent.sum())


def apply(
    usage: Floats, payg: Floats, reserved: Floats, plans: Sequence[SavingsPlan] = ()
) -> Applied:
    """Apply reservations, then the savings plans in the order given, to each hour.

    `usage` in units, shape (groups, hours); `payg` and `reserved` per group. Azure lets a
    three-year plan go before a one-year plan: give them in that order.
    """
    left = after_reservations(usage, reserved)
    by_reservation = (usage - left).sum(axis=1)
    planned, spent = [], []
    for plan in plans:
        covered, money = take_plan(left, payg, plan)
        left = np.maximum(left - covered, 0.0)
        planned.append(covered.sum(axis=1))
        spent.append(money)
    return Applied(usage.shape[1], by_reservation, tuple(planned), tuple(spent), left.sum(axis=1))
