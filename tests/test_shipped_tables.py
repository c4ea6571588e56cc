"""What ships in data/pricing: sorted, sourced, every unit known, the known faults not in it."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from azcost import paths
from azcost.pricing import tables
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.derive import RULES
from azcost.pricing.rows import offer

FOLDER = paths.shipped("data/pricing")
FILES = sorted((FOLDER / "prices").rglob("*.csv"))


@pytest.fixture(scope="module")
def lines() -> list[tables.Line]:
    return list(tables.lines(FOLDER))


def test_at_most_20_megabytes() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*")) <= 20_000_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_sorted_and_without_repetition(path: Path) -> None:
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == tables.ROW_COLUMNS
    keys = [(row[1:], row[0]) for row in rows]
    assert all(before < after for before, after in pairwise(keys))


def test_every_price_has_a_source_a_day_and_a_known_unit(lines: list[tables.Line]) -> None:
    known = {line[0] for line in tables.reference(FOLDER, "units")}
    for line in lines:
        *_, price, _, _, _, _, source, rule = line
        name, _, day = source.rpartition(" ")
        assert name, line
        assert "2024-01-01" <= day <= "2026-12-31", line
        assert line[5] in known, line
        assert Decimal(price) >= 0, line
        assert rule == "" or rule in RULES, line


def test_every_service_that_the_list_names_has_rows(lines: list[tables.Line]) -> None:
    counts = Counter(line[0] for line in lines)
    assert {line[1]: int(line[2]) for line in _services()} == counts


def _services() -> list[list[str]]:
    with (FOLDER / "services.csv").open(newline="") as file:
        return list(csv.reader(file))[1:]


def test_no_low_priority_and_no_expired_rows(lines: list[tables.Line]) -> None:
    for line in lines:
        assert "Low Priority" not in line[2] + line[3]
        assert not line[3].endswith("Expired")


def test_only_linux_prices_mended_by_a_rule_are_stored_as_derived(lines: list[tables.Line]) -> None:
    derived = [line for line in lines if line[-1]]
    assert len(derived) > 1000
    for line in derived:
        sells = offer(line[0], line[1], line[2], line[3], line[4], line[6])
        assert (sells.os, sells.purchase, line[-1]) == (
            "linux",
            "pay-as-you-go",
            "linux-less-licence",
        )
        assert line[-2].startswith("karpenter ")


def test_sizes_have_cpus_and_no_memory_of_zero(catalogue: Catalogue) -> None:
    for size, vcpus, memory, gpus, model in tables.reference(FOLDER, "vm_sizes"):
        assert int(vcpus) > 0, size
        assert memory == "" or Decimal(memory) > 0, size
        assert (int(gpus) > 0) or model == "", size
    built = catalogue.vm_size("Standard_NC24ads_A100_v4")
    assert built is not None
    assert (built.vcpus, built.memory_gib, built.gpus, built.gpu_model) == (24, 220, 1, "A100")


def test_no_three_year_ratio_where_it_was_measured_to_be_unreliable() -> None:
    for size, purchase, ratio, _, regions in tables.reference(FOLDER, "reservation_ratios"):
        assert Decimal("0.2") < Decimal(ratio) < 1, size
        assert regions, size
        if purchase == "reserved-3y":
            assert not size.startswith(("Standard_FX", "Standard_L")), size
            assert not any(part.isdigit() for part in size.split("_")[1].split("-")[1:]), size


def test_rows_whose_tier_was_lost_are_not_shipped(lines: list[tables.Line]) -> None:
    """radar keeps one of three tiers of Hot LRS; in France no other source has the meter."""
    french = [
        line
        for line in lines
        if line[7] == "francecentral"
        and line[1:4] == ("Blob Storage", "Hot LRS", "Hot LRS Data Stored")
    ]
    assert french == []


def test_sizes_of_secondary_meters_are_there(lines: list[tables.Line]) -> None:
    """Filtering on isPrimaryMeterRegion would drop Standard_D2s_v3 in mexicocentral."""
    found = [line for line in lines if line[7] == "mexicocentral" and line[4] == "Standard_D2s_v3"]
    assert found


def test_a_term_price_of_the_calculator_is_for_the_whole_term(lines: list[tables.Line]) -> None:
    """0.271347032 an hour in the calculator is 2,377.00 for a year of 8,760 hours."""
    found = {
        line[6]: Decimal(line[9])
        for line in lines
        if line[7] == "polandcentral" and line[4] == "Standard_D8_v5" and line[6]
    }
    assert found["Reservation 1 Year"] == 2377
    assert found["Reservation 3 Years"] == 4473
