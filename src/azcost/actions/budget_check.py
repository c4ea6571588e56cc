"""How a month's budget stands: what is spent, where the month ends, and what would tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from azcost.actions.budget import Threshold
from azcost.actions.replay import Replayed, replay
from azcost.outlook import Breach, Outlook, outlook
from azcost.spending import Spending


class Check(msgspec.Struct, frozen=True):
    """A monthly budget against its costs; `months` are replayed, the last is the current one."""

    name: str
    amount: Decimal
    outlook: Outlook
    breach: Breach
    thresholds: tuple[Threshold, ...]
    months: tuple[Replayed, ...]

    @property
    def is_exceeded(self) -> bool:
        """Whether more than the amount is spent."""
        return self.outlook.so_far > float(self.amount)

    @property
    def is_over(self) -> bool:
        """Whether more than the amount is spent, or expected to be by the end of the month."""
        return self.is_exceeded or self.outlook.month.expected > float(self.amount)


def check(name: str, amount: Decimal, spending: Spending, thresholds: Sequence[Threshold]) -> Check:
    """Check a monthly budget; raises AzcostError when there are too few days."""
    ahead = outlook(name, spending.total(), spending, 30)
    months = replay(spending, amount, thresholds)
    return Check(name, amount, ahead, ahead.breach(float(amount)), tuple(thresholds), tuple(months))
