from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from azcost.errors import PriceNotFound
from azcost.optimise.flex_groups import Sku, demand
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase

Make = Callable[[Iterable[dict[str, Any]]], Catalogue]


def machine(size: str, price: str, reserved: str = "", **more: str) -> list[dict[str, Any]]:
    """A size with its pay-as-you-go price an hour and its one-year price for the term."""
    row = {"service": "Virtual Machines", "product": "Virtual Machines", "arm_sku": size,
           "sku": size, "meter": size}  # fmt: skip
    rows: list[dict[str, Any]] = [{**row, "price": price, **more}]
    if reserved:
        rows.append({**row, "price": reserved, "type": "Reservation 1 Year"})
        three = str(2 * Decimal(reserved))
        rows.append({**row, "price": three, "type": "Reservation 3 Years"})
    return rows


def grouped(catalogue: Catalogue, *sizes: str) -> list[list[tuple[str, Decimal]]]:
    skus = [Sku(size, "westeurope") for size in sizes]
    found = demand(catalogue, skus, np.ones((len(skus), 1)))
    return [[(m.sku.size, m.ratio) for m in group.members] for group in found.groups]


def test_sizes_in_proportion_share_reservations_by_their_vcpus(toy_catalogue: Make) -> None:
    catalogue = toy_catalogue(
        [*machine("Standard_D4s_v5", "0.2", "876"), *machine("Standard_D8s_v5", "0.4", "1752")]
    )
    skus = [Sku("Standard_D8s_v5", "westeurope"), Sku("Standard_D4s_v5", "westeurope")]
    found = demand(catalogue, skus, np.array([[3.0, 0.0], [1.0, 2.0]]))
    assert [m.sku.size for m in found.groups[0].members] == ["Standard_D4s_v5", "Standard_D8s_v5"]
    assert found.usage.tolist() == [[7.0, 2.0]]
    # 876 for 8,760 hours.
    assert found.groups[0].rate(Purchase.RESERVED_1Y) == Decimal("0.1")


@pytest.mark.parametrize(
    "other",
    [
        machine("Standard_D8s_v5", "0.401", "1752"),  # dearer than in proportion
        machine("Standard_D8s_v5", "0.4", "1760"),  # a reservation that is
        machine("Standard_D8s_v5", "0.4"),  # no reservation
        machine("Standard_D8s_v5", "0.4", "1752", savings_1y="0.3"),  # a plan that the other lacks
        machine("Standard_D8s_v4", "0.4", "1752"),  # another series
        machine("Standard_D8ds_v5", "0.4", "1752"),
    ],
)
def test_what_is_not_in_proportion_stays_apart(
    toy_catalogue: Make, other: list[dict[str, Any]]
) -> None:
    catalogue = toy_catalogue([*machine("Standard_D4s_v5", "0.2", "876"), *other])
    assert len(grouped(catalogue, "Standard_D4s_v5", other[0]["arm_sku"])) == 2


def test_rounding_of_a_price_does_not_split_a_group(toy_catalogue: Make) -> None:
    catalogue = toy_catalogue(
        [*machine("Standard_D4s_v5", "0.2", "876"), *machine("Standard_D8s_v5", "0.4003", "1753")]
    )
    assert len(grouped(catalogue, "Standard_D4s_v5", "Standard_D8s_v5")) == 1


def test_every_size_without_a_price_is_named(toy_catalogue: Make) -> None:
    catalogue = toy_catalogue(machine("Standard_D4s_v5", "0.2"))
    with pytest.raises(PriceNotFound) as error:
        grouped(catalogue, "Standard_D4s_v5", "Standard_D8s_v5", "Standard_E8s_v5")
    assert "Standard_D8s_v5" in str(error.value)
    assert "Standard_E8s_v5" in str(error.value)


def test_ratios_agree_with_azures_own_where_they_were_recorded(
    shared: Path, catalogue: Catalogue
) -> None:
    """A real export of recommendations names the group, the ratio and the unit of each size."""
    file = shared / (
        "recordings/samples/finops-toolkit/EA-Reservations-Recommendations_2b3edd12.csv"
    )
    with file.open(newline="") as rows:
        recorded = {
            (row["SKU"], row["NormalizedSize"], row["Location"]): row["InstanceFlexibilityRatio"]
            for row in csv.DictReader(rows)
        }
    compared = 0
    for (size, unit, region), ratio in recorded.items():
        try:
            found = demand(catalogue, [Sku(size, region), Sku(unit, region)], np.ones((2, 1)))
        except PriceNotFound:
            continue
        ours = {m.sku.size: m.ratio for m in found.groups[0].members}
        if size != unit and len(ours) == 2:
            assert ours[size] == Decimal(ratio), size
            compared += 1
    assert compared >= 2
