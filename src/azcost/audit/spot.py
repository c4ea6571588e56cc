"""What buying on spot saves, with work that is done again."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from azcost.audit.facts import Facts
from azcost.audit.machines import Machine, share_saved
from azcost.money import Money
from azcost.pricing.rows import Purchase

# The worst bucket of eviction rates that Azure publishes is "20+" percent an hour: a fifth of
# the hours is then done again, if each hour has its checkpoint.
# https://learn.microsoft.com/azure/virtual-machines/spot-vms#pricing-and-eviction-history
WORST_SHARE_DONE_AGAIN = Decimal("0.2")


class SpotShare(msgspec.Struct, frozen=True):
    """The share of the bill that spot saves: with work done again, and without."""

    low: Decimal
    expected: Decimal


def spot_share(machine: Machine, facts: Facts) -> SpotShare | None:
    """What spot saves of a machine's hours; None where no spot price is recorded."""
    now, spot = machine.list_price(facts), machine.list_price(facts, purchase=Purchase.SPOT)
    expected = share_saved(now, spot)
    if expected is None or spot is None:
        return None
    again = Money(spot.amount / (1 - WORST_SHARE_DONE_AGAIN), spot.currency)
    low = share_saved(now, again)
    return SpotShare(max(low or Decimal(0), Decimal(0)), expected)
