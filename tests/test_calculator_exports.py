"""Real exports of the Azure Pricing Calculator, explained line by line.

`cases/worked/exports.yaml` says what each line is to azcost, or why it is nothing to it. At the
unit prices of the day a line must come to the exported figure; what the tables have of these
prices today is compared, and every difference is listed with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import specs
import worked
from azcost.errors import PriceNotFound
from azcost.estimate import Estimate, LineItem
from azcost.pricing.catalogue import Catalogue
from azcost.spec.problems import SpecError

Toy = Callable[[Iterable[dict[str, Any]]], Catalogue]

EXPORTS = specs.load(worked.CASES / "exports.yaml")["exports"]
LINES = {
    f"{name.removeprefix('calc-').partition('-')[0]}, line {number}": (name, number, line)
    for name, export in EXPORTS.items()
    for number, line in enumerate(export["lines"])
}
EXPLAINED = [name for name, (_, _, line) in LINES.items() if "services" in line]
CLOSE = Decimal("1e-9")  # the exports were written by a computer that counts in binary

# Why the tables have no row (../shared/prices/SOURCES.md, "Gaps that no source fills").
NO_ROWS = {
    "eastus": "no dated source but for machines and models; none at all of bandwidth",
    "westus": "no source but for machines and models",
    "koreacentral": "no source but for machines and models",
    "Global": "no source has SQL Server licences, or peering within a region",
}

# Where azcost is wrong, and what shows it. The test of an entry is to fail until it is mended.


@pytest.fixture(scope="module")
def exports(shared: Path) -> dict[str, Any]:
    """The exports by id."""
    found = worked.examples(shared)
    return {name: e for name, e in found.items() if e["kind"] == worked.EXPORT}


def dollars(line: str, exports: dict[str, Any]) -> Decimal:
    """The exported figure at the export's rate."""
    name, number, _ = LINES[line]
    monthly: Decimal = exports[name]["inputs"]["lines"][number]["monthly"]
    return monthly / Decimal(EXPORTS[name]["rate"])


def region(line: str, exports: dict[str, Any], catalogue: Catalogue) -> str:
    name, number, _ = LINES[line]
    displayed = exports[name]["inputs"]["lines"][number]["region"]
    return (displayed and catalogue.name("regions", displayed)) or ""


def billed(line: str, where: str, toy_catalogue: Toy) -> Estimate:
    """What azcost bills for a line at the unit prices of the day; rows are numbered."""
    entry = LINES[line][2]
    services = [{"region": where, **service} for service in entry["services"]]
    return specs.price(services, toy_catalogue(worked.rows(entry["prices"], region=where)))


@pytest.mark.parametrize("line", EXPLAINED)
def test_a_line_comes_to_the_exported_figure(
    line: str, exports: dict[str, Any], catalogue: Catalogue, toy_catalogue: Toy
) -> None:
    estimate = billed(line, region(line, exports, catalogue), toy_catalogue)
    assert estimate.unpriced == ()
    rest = LINES[line][2].get("rest", {"usd": "0"})
    cost = estimate.monthly.amount + worked.value(rest["usd"])
    assert abs(cost - dollars(line, exports)) < CLOSE
    used = {int(item.price.meter_id) for item in estimate.items()}
    assert used == set(range(len(LINES[line][2]["prices"])))


@pytest.mark.parametrize("line", EXPLAINED)
def test_unit_prices_are_those_of_the_tables_or_it_says_why_not(
    line: str, exports: dict[str, Any], catalogue: Catalogue, toy_catalogue: Toy
) -> None:
    estimate = billed(line, region(line, exports, catalogue), toy_catalogue)
    prices = LINES[line][2]["prices"]
    for item in estimate.items():
        row = prices[int(item.price.meter_id)]
        found = shipped(item, catalogue)
        assert found == row.get("shipped", "same"), row["meter"]
        assert found != "no row" or item.charge.meter.region in NO_ROWS


def shipped(item: LineItem, catalogue: Catalogue) -> str:
    try:
        ours = catalogue.price(item.charge.meter, item.charge.purchase)
    except PriceNotFound:
        return "no row"
    if set(item.price.tiers) <= set(ours.tiers):
        return "same"
    return str(ours.tiers[0].unit_price)


def test_differences_are_counted_and_have_a_reason() -> None:
    prices = [price for line in EXPLAINED for price in LINES[line][2]["prices"]]
    found = Counter(price.get("shipped", "same") for price in prices)
    assert found == {"same": 32, "no row": 34}
    assert not any("because" in price for price in prices)


def test_every_line_of_every_export_is_in_one_class(exports: dict[str, Any]) -> None:
    theirs = {name: len(export["inputs"]["lines"]) for name, export in exports.items()}
    assert {name: len(export["lines"]) for name, export in EXPORTS.items()} == theirs
    assert sum(theirs.values()) == len(LINES) == 49
    classes = Counter(classified(line) for _, _, line in LINES.values())
    assert classes == {"explained": 25, "explained in part": 3, "not built": 21}


def classified(line: dict[str, Any]) -> str:
    if "not_built" in line:
        assert set(line) <= {"not_built", "usd", "refused"}
        return "not built"
    assert {"services", "prices"} <= set(line) <= {"services", "prices", "rest", "solved"}
    return "explained in part" if "rest" in line else "explained"


def test_unit_prices_are_the_export_s_or_it_says_how_they_were_found(
    exports: dict[str, Any],
) -> None:
    for line in EXPLAINED:
        name, number, entry = LINES[line]
        given = "arithmetic" in exports[name]["inputs"]["lines"][number]
        assert given != ("solved" in entry), line
    solved = sum("solved" in LINES[line][2] for line in EXPLAINED)
    assert (len(EXPLAINED) - solved, solved) == (15, 13)


def test_the_arithmetic_of_the_exports_comes_to_their_figures(exports: dict[str, Any]) -> None:
    lines = [line for export in exports.values() for line in export["inputs"]["lines"]]
    with_arithmetic = [line for line in lines if "arithmetic" in line]
    for line in with_arithmetic:
        assert worked.value(line["arithmetic"]["expression"]) == line["monthly"]
    assert len(with_arithmetic) == 20


@pytest.mark.parametrize("name", [name for name in EXPORTS if EXPORTS[name]["rate"] != "1"])
def test_one_rate_explains_all_lines_in_another_currency(
    name: str, exports: dict[str, Any]
) -> None:
    """The explained lines are held to it above; these are the others."""
    assert exports[name]["currency"] != "USD"
    lines = {line: entry for line, (of, _, entry) in LINES.items() if of == name}
    others = {line: entry for line, entry in lines.items() if "services" not in entry}
    for line, entry in others.items():
        assert abs(worked.value(entry["usd"]) - dollars(line, exports)) < CLOSE, line


def test_exports_in_dollars_have_no_rate(exports: dict[str, Any]) -> None:
    at_one = {name for name, export in EXPORTS.items() if export["rate"] == "1"}
    assert at_one == {name for name, e in exports.items() if e["currency"] == "USD"}


@pytest.mark.parametrize("line", EXPLAINED)
def test_its_prices_are_those_of_real_meters(line: str, catalogue: Catalogue) -> None:
    unknown = [p for p in LINES[line][2]["prices"] if not worked.is_a_real_meter(p, catalogue)]
    assert [price for price in unknown if "known_from" not in price] == []


def test_what_the_calculator_wrote_as_zero_is_refused(catalogue: Catalogue) -> None:
    refused = [line["refused"] for _, _, line in LINES.values() if "refused" in line]
    assert [service["sku"] for service in refused] == ["GP_Gen4_2"]
    with pytest.raises(SpecError, match="azcost prices no service objective GP_Gen4_2"):
        specs.price([{"region": "eastus", **refused[0]}], catalogue)


def test_windows_on_burstable_machines(exports: dict[str, Any], catalogue: Catalogue) -> None:
    line = "rafaelvelosoaz, line 0"
    cost = specs.price([{"region": "eastus", **LINES[line][2]["services"][0]}], catalogue)
    assert cost.monthly.amount == dollars(line, exports)
