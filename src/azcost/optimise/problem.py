"""What is to be decided: hourly usage, prices, and a mix of commitments as the answer."""

from __future__ import annotations

import msgspec

from azcost.optimise.apply import Floats, SavingsPlan


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Usage in units, shape (groups, hours), and prices per unit-hour, shape (groups,).

    `reserved` and `savings` are infinite where nothing is sold. `sunk` is what an existing
    savings plan of the same term commits per hour already: it costs nothing more. `others`
    are existing plans of other terms, in the order in which they apply.
    """

    usage: Floats
    payg: Floats
    reserved: Floats
    savings: Floats
    sunk: float = 0.0
    others: tuple[SavingsPlan, ...] = ()

    def __post_init__(self) -> None:
        groups = self.usage.shape[0]
        if not self.payg.shape == self.reserved.shape == self.savings.shape == (groups,):
            raise ValueError("one price of each kind per group of the usage is needed")


class Mix(msgspec.Struct, frozen=True, kw_only=True):
    """Units to reserve by group, and money per hour for a savings plan, `sunk` included.

    `cost` is the average cost of an hour without what is sunk; no mix of whatever
    fractions could cost less than `bound`.
    """

    reserved: Floats
    commitment: float
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """How far from the best possible cost it can be at most, as a share of the cost."""
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost > 0 else 0.0
