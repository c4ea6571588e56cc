"""The tables' own claims, on the recorded rows: how well mended and derived prices do."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from azcost.pricing.rows import Purchase, Row
from build_tables import choose, derivations, karpenter, observed, reference

# With recorded Linux prices of the families in which karpenter holds Windows prices.
REGIONS = ("northeurope", "swedencentral", "mexicocentral", "francecentral")


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[Row]:
    """The recorded rows of virtual machines, chosen, and karpenter's as they were read."""
    found = observed.read(shared / "prices/observed.parquet", observed.Dropped())
    machines = [row for row in found if row.service == "Virtual Machines"]
    better = [row for row in machines if not row.source.startswith("karpenter")]
    karpenters = [row for row in machines if row.source.startswith("karpenter")]
    return [*choose.choose(better, observed.Dropped()), *karpenters]


@pytest.fixture(scope="module")
def linux(rows: list[Row]) -> dict[tuple[str, str], Decimal]:
    better = [row for row in rows if not row.source.startswith("karpenter")]
    return derivations.prices_of(better, "linux", Purchase.PAY_AS_YOU_GO)


@pytest.fixture(scope="module")
def windows(rows: list[Row]) -> dict[tuple[str, str], Decimal]:
    return derivations.prices_of(rows, "windows", Purchase.PAY_AS_YOU_GO)


@pytest.fixture(scope="module")
def vcpus(shared: Path) -> dict[str, int]:
    folder = shared / "prices/reference"
    sizes = reference.vm_sizes(
        folder / "vm_sizes_azqr.yaml", folder / "polandcentral_calculator.csv"
    )
    return {str(size): int(str(count)) for size, count, *_ in sizes}


@pytest.mark.parametrize("region", REGIONS)
def test_mended_linux_prices_are_the_recorded_ones(
    region: str,
    rows: list[Row],
    linux: dict[tuple[str, str], Decimal],
    windows: dict[tuple[str, str], Decimal],
    vcpus: dict[str, int],
) -> None:
    hidden = {key: price for key, price in linux.items() if key[1] != region}
    licences = derivations.licences(hidden, windows, vcpus)
    mended = karpenter.mend(
        (row for row in rows if row.source.startswith("karpenter")),
        hidden,
        {one.arm_sku: one.per_hour for one in licences},
        observed.Dropped(),
    )
    outcome = Counter(
        (bool(row.rule), abs(row.price / linux[row.arm_sku, region] - 1) < Decimal("0.01"))
        for row in mended
        if row.region == region
        and karpenter.SUSPECT.match(row.arm_sku)
        and (row.arm_sku, region) in linux
    )
    assert outcome[True, False] + outcome[False, False] == 0
    assert outcome[True, True] >= 15  # so many Windows prices were found and mended
    assert outcome[False, True] >= 15  # and so many right ones left alone


def test_derived_windows_prices_in_westeurope_are_the_recorded_ones(
    linux: dict[tuple[str, str], Decimal],
    windows: dict[tuple[str, str], Decimal],
    vcpus: dict[str, int],
) -> None:
    hidden = {key: price for key, price in windows.items() if key[1] != "westeurope"}
    licences = {one.arm_sku: one.per_hour for one in derivations.licences(linux, hidden, vcpus)}
    off = [
        abs((linux[size, region] + licences[size]) / price - 1)
        for (size, region), price in windows.items()
        if region == "westeurope" and size in licences and (size, region) in linux
    ]
    assert len(off) > 900
    assert sum(error < Decimal("0.01") for error in off) / len(off) > 0.99
    assert max(off) < Decimal("0.07")


@pytest.mark.parametrize(
    ("purchase", "within_5_percent"),
    [(Purchase.RESERVED_1Y, 0.95), (Purchase.RESERVED_3Y, 0.95)],
)
def test_derived_reservations_in_eastus2_are_near_the_recorded_ones(
    rows: list[Row],
    linux: dict[tuple[str, str], Decimal],
    purchase: Purchase,
    within_5_percent: float,
) -> None:
    reserved = derivations.prices_of(rows, "linux", purchase)
    hidden = {key: price for key, price in reserved.items() if key[1] != "eastus2"}
    ratios = {one.arm_sku: one.ratio for one in derivations.ratios(linux, hidden, purchase)}
    off = [
        abs(ratios[size] * linux[size, region] * derivations.TERM_HOURS[purchase] / price - 1)
        for (size, region), price in reserved.items()
        if region == "eastus2" and size in ratios and (size, region) in linux
    ]
    assert len(off) >= 20
    assert sum(error < Decimal("0.05") for error in off) / len(off) >= within_5_percent
