"""The lesson's lifecycle, with figures that were worked out from its prices by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

import seed_claims
from azcost.pricing.rows import Purchase


@pytest.mark.parametrize(("blobs", "writes"), [(0, "0"), (1_048_576, "20.97152")])
def test_a_terabyte_costs_its_days_in_each_tier_and_a_write_for_each_move(
    blobs: int, writes: str
) -> None:
    policy = {"cool_after_days": 30, "archive_after_days": 90, "blobs": blobs}
    cost = seed_claims._year("eastus2", policy)
    # eastus2: 0.0184, 0.01 and 0.002 a GB and month for 30, 60 and 275 days of 365 / 12;
    # 0.10 per 10,000 writes, into Cool and into Archive.
    days = Decimal("0.0184") * 30 + Decimal("0.01") * 60 + Decimal("0.002") * 275
    by_hand = 1024 * days * 12 / 365 + Decimal(writes)
    assert cost == pytest.approx(by_hand, abs=Decimal("1e-6"))


def test_a_saving_of_a_reservation_is_by_the_hour_of_its_term() -> None:
    base, price = (
        seed_claims._price("Standard_D4s_v3", "eastus2", purchase)
        for purchase in (Purchase.PAY_AS_YOU_GO, Purchase.RESERVED_1Y)
    )
    assert base is not None
    assert price is not None
    # 1,003 a year, as the row says, against 0.192 an hour: 40.4 %.
    saved = 1 - price.tiers[0].unit_price / price.per.amount / base.tiers[0].unit_price
    assert saved == pytest.approx(1 - Decimal(1003) / (Decimal("0.192") * 8760))
    assert float(saved) in seed_claims._savings(Purchase.RESERVED_1Y)
