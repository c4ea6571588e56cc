"""The builder of the tables against each known fault of its sources, one row at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from azcost.pricing.rows import Purchase, Row
from build_tables import choose, derivations, karpenter, observed, reference, repair

ARTURO = "Arturo-Quiroga-MSFT/azure-architecture-diagram-builder@31f894a"
RADAR = "andy-diericks/azure-pricing-radar@cf741f2"
KARPENTER = "Azure/karpenter-provider-azure@352646f5"
CALCULATOR = "sstybel/azure-vm-price-importer@6c01879"

Build = Callable[..., list[Row]]


def record(**fields: Any) -> dict[str, Any]:
    usual = {
        "tierMinimumUnits": 0.0,
        "retailPrice": 0.416,
        "armRegionName": "westeurope",
        "effectiveStartDate": "2026-01-01T00:00:00Z",
        "effectiveEndDate": None,
        "meterId": "id",
        "meterName": "D8as v5",
        "productName": "Virtual Machines Dasv5 Series",
        "skuName": "Standard_D8as_v5",
        "serviceName": "Virtual Machines",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "armSkuName": "Standard_D8as_v5",
        "reservationTerm": None,
        "savingsPlan": None,
        "source": ARTURO,
        "observed_on": "2026-08-15",
        "note": None,
    }
    return usual | fields


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def run(*records: dict[str, Any]) -> list[Row]:
        file = tmp_path / "observed.parquet"
        pq.write_table(pa.Table.from_pylist(list(records)), file)
        dropped = observed.Dropped()
        return list(choose.choose(observed.read(file, dropped), dropped))

    return run


def prices(rows: list[Row]) -> list[Decimal]:
    return sorted(row.price for row in rows)


def test_a_raw_row_wins_over_a_newer_near_raw_one(build: Build) -> None:
    raw = record(retailPrice=0.4, observed_on="2026-07-14")
    near_raw = record(retailPrice=0.5, source=RADAR, observed_on="2026-08-22")
    assert prices(build(raw, near_raw)) == [Decimal("0.4")]


def test_a_near_raw_row_wins_over_a_newer_table(build: Build) -> None:
    near_raw = record(retailPrice=0.4, source=RADAR, observed_on="2026-01-01")
    table = record(
        retailPrice=0.5,
        source=KARPENTER,
        productName="(Linux on-demand, product not in source)",
        skuName="D8as v5",
        meterName=None,
    )
    assert prices(build(near_raw, table)) == [Decimal("0.4")]


def test_the_newest_wins_inside_a_class(build: Build) -> None:
    old = record(retailPrice=0.4, observed_on="2026-01-11")
    new = record(retailPrice=0.5, observed_on="2026-08-15")
    assert prices(build(new, old)) == [Decimal("0.5")]


def test_all_tiers_of_a_meter_come_from_one_observation(build: Build) -> None:
    blob = {"serviceName": "Storage", "armSkuName": "", "meterName": "Hot LRS Data Stored"}
    new = [record(**blob, tierMinimumUnits=t, retailPrice=p) for t, p in ((0.0, 3.0), (50.0, 2.0))]
    old = [
        record(**blob, tierMinimumUnits=t, retailPrice=p, observed_on="2026-01-11")
        for t, p in ((0.0, 9.0), (50.0, 8.0), (500.0, 7.0))
    ]
    assert prices(build(*new, *old)) == [2, 3]


def test_the_cloud_services_twin_is_kept_apart_from_the_linux_price(build: Build) -> None:
    rows = build(record(), record(productName="Dasv5 Series Cloud Services", retailPrice=0.784))
    linux = derivations.prices_of(rows, "linux", Purchase.PAY_AS_YOU_GO)
    assert linux == {("Standard_D8as_v5", "westeurope"): Decimal("0.416")}
    assert len(rows) == 2


@pytest.mark.parametrize(
    "product",
    ["Virtual Machines NC Promo Series", "Dsv5 Series DedicatedHost", "Easv5 Series CloudServices",
     "Virtual Machines A Series Basic"],
)  # fmt: skip
def test_products_that_borrow_a_size_name_price_nothing(build: Build, product: str) -> None:
    rows = build(record(productName=product))
    assert derivations.prices_of(rows, "linux", Purchase.PAY_AS_YOU_GO) == {}


def test_a_row_that_is_not_primary_in_its_region_counts_like_any(build: Build) -> None:
    assert len(build(record(isPrimaryMeterRegion=False))) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"skuName": "D8as v5 Low Priority"},
        {"meterName": "D8as v5 - Expired"},
        {"note": "tier lost (source keeps one tier only)"},
        {"effectiveEndDate": "2026-08-15T00:00:00Z"},
        {"observed_on": None},
        {"serviceName": "Quantum Computing"},
        {"type": "Reservation", "reservationTerm": "10 Years"},
        {"armSkuName": "ARM_SKU_NAME_PLACEHOLDER"},
    ],
    ids=lambda fields: ", ".join(fields),
)
def test_rows_that_do_not_ship(build: Build, fields: dict[str, Any]) -> None:
    assert len(build(record(), record(**fields))) == 1


def test_savings_plans_come_from_the_nested_list(build: Build) -> None:
    plans = [{"term": "1 Year", "retailPrice": 0.3}, {"term": "3 Years", "retailPrice": 0.2}]
    (row,) = build(record(savingsPlan=json.dumps(plans)))
    assert (row.savings_1y, row.savings_3y) == (Decimal("0.3"), Decimal("0.2"))


def test_reservations_keep_their_term_apart(build: Build) -> None:
    rows = build(
        record(type="Reservation", reservationTerm="1 Year", retailPrice=2101.0),
        record(type="Reservation", reservationTerm="3 Years", retailPrice=4036.0),
    )
    assert {row.type: row.price for row in rows} == {
        "Reservation 1 Year": 2101,
        "Reservation 3 Years": 4036,
    }


def test_the_calculator_quotes_terms_by_the_hour_and_sizes_by_its_own_names(build: Build) -> None:
    def quoted(**fields: Any) -> dict[str, Any]:
        slug = "linux-d8asv5-standard"
        usual = {"source": CALCULATOR, "skuName": slug, "productName": "Dasv5", "armSkuName": None}
        return record(**(usual | {"meterName": None, "armRegionName": "polandcentral"} | fields))

    rows = build(
        record(),  # gives the size its name
        quoted(type="Reservation", reservationTerm="1 Year", retailPrice=0.271347032),
        quoted(retailPrice=0.416),
        quoted(type="SavingsPlan", reservationTerm="1 Year", retailPrice=0.3),
        quoted(skuName="linux-unheardof-standard"),
    )
    polish = {row.type: row for row in rows if row.region == "polandcentral"}
    assert polish["Reservation 1 Year"].price == 2377
    assert polish["Reservation 1 Year"].savings_1y is None
    assert polish[""].arm_sku == "Standard_D8as_v5"
    assert polish[""].savings_1y == Decimal("0.3")
    assert len(polish) == 2


def table_row(size: str, region: str, price: str) -> Row:
    return Row(
        region=region,
        service="Virtual Machines",
        product="",
        sku="",
        meter="",
        arm_sku=size,
        unit="1 Hour",
        price=Decimal(price),
        source="karpenter 2026-06-18",
    )


def test_a_windows_price_in_the_linux_table_is_found_and_mended() -> None:
    """D8as_v5: 0.40 in the known region; here the D sizes are a tenth dearer, so 0.44."""
    rows = [
        table_row("Standard_D4s_v5", "known", "0.20"),
        table_row("Standard_D4s_v5", "here", "0.22"),
        table_row("Standard_D8as_v5", "here", "0.808"),
        table_row("Standard_D4as_v5", "here", "0.22"),
    ]
    recorded = {
        ("Standard_D8as_v5", "known"): Decimal("0.40"),
        ("Standard_D4as_v5", "known"): Decimal("0.20"),
    }
    licences = {"Standard_D8as_v5": Decimal("0.368"), "Standard_D4as_v5": Decimal("0.184")}
    mended = {
        row.arm_sku: (row.price, row.rule)
        for row in karpenter.mend(rows, recorded, licences, observed.Dropped())
        if row.region == "here"
    }
    assert mended["Standard_D8as_v5"] == (Decimal("0.44"), "linux-less-licence")
    assert mended["Standard_D4as_v5"] == (Decimal("0.22"), "")


def test_a_suspect_price_that_cannot_be_told_apart_is_left_out() -> None:
    rows = [table_row("Standard_D8as_v5", "here", "0.808")]
    assert list(karpenter.mend(rows, {}, {}, observed.Dropped())) == []


FAMILY_AT_HOME = {"S2": 0.10, "S4": 0.20, "S8": 0.40}


@pytest.mark.parametrize(
    ("prices", "licence", "expected", "verdicts"),
    [
        # A tenth dearer than at home; S8 carries a licence of 0.368 besides.
        ({"S2": 0.11, "S4": 0.22, "S8": 0.808}, 0.368, None, "linux linux windows"),
        # Nothing tells one price of one size apart, unless the region's factor is known.
        ({"S8": 0.40}, 0.20, None, ""),
        ({"S8": 0.40}, 0.20, 1.0, "linux"),
        ({"S8": 0.60}, 0.20, 1.0, "windows"),
        # In the middle between the two readings, or too far off both: in doubt.
        ({"S8": 0.60}, 0.20, 1.25, ""),
        ({"S8": 0.40}, 0.20, 2.0, ""),
        # A size that nobody recorded elsewhere cannot be judged.
        ({"S16": 0.40}, 0.20, 1.0, ""),
    ],
)
def test_reading_the_prices_of_a_suspect_family(
    prices: dict[str, float], licence: float, expected: float | None, verdicts: str
) -> None:
    licences = {size: licence if size == "S8" else 0.0 for size in prices}
    found = karpenter.Family(prices, FAMILY_AT_HOME, licences).read(expected)
    assert " ".join(found[size] for size in prices if size in found) == verdicts


def stored(region: str, price: str, meter: str = "Data Stored", sku: str = "Hot") -> Row:
    return Row(
        region=region,
        service="Storage",
        product="Blob",
        sku=sku,
        meter=meter,
        arm_sku="",
        unit="1 GB/Month",
        price=Decimal(price),
        source="arturo 2026-08-15",
    )


def test_a_lost_meter_name_is_filled_where_only_one_fits() -> None:
    rows = [stored("a", "1"), stored("b", "1"), stored("c", "1", meter="")]
    assert [row.meter for row in repair.fill_names(rows)] == ["Data Stored"] * 3


def test_a_lost_meter_name_is_not_guessed() -> None:
    two_names = [
        stored("a", "1"),
        stored("b", "1", meter="Early Delete"),
        stored("c", "1", meter=""),
    ]
    two_rows = [stored("a", "1"), stored("c", "1", meter=""), stored("c", "2", meter="")]
    for rows in (two_names, two_rows):
        assert all(row.meter == "" for row in repair.fill_names(rows) if row.region == "c")


def test_a_placeholder_price_does_not_ship_but_a_cheap_region_does() -> None:
    rows = [stored("a", "5"), stored("b", "5"), stored("c", "1"), stored("d", "1.01")]
    dropped = observed.Dropped()
    kept = [row.region for row in repair.drop_placeholders(rows, dropped)]
    assert kept == ["a", "b", "c", "d"]  # the median is 3.005, a fifth of it 0.601
    rows[2] = stored("c", "0.01")
    assert [row.region for row in repair.drop_placeholders(rows, dropped)] == ["a", "b", "d"]


def test_cheap_spot_prices_are_no_placeholders() -> None:
    rows = [
        stored(region, price, sku="Hot Spot") for region, price in zip("abcd", "9991", strict=True)
    ]
    assert len(list(repair.drop_placeholders(rows, observed.Dropped()))) == 4


def test_a_licence_is_used_where_two_regions_agree_on_it() -> None:
    one = Decimal(1)
    linux = {("A", "x"): one, ("A", "y"): one, ("B", "x"): one, ("C", "x"): one, ("C", "y"): one}
    windows = {
        ("A", "x"): Decimal("1.4"),
        ("A", "y"): Decimal("1.5"),
        ("B", "x"): Decimal("1.4"),
        ("C", "x"): Decimal("1.4"),
        ("C", "y"): Decimal("1.4"),
    }
    found = derivations.licences(linux, windows, {})
    assert [(one.arm_sku, one.per_hour) for one in found] == [("C", Decimal("0.4"))]


def test_a_licence_is_what_all_regions_can_have_rounded() -> None:
    """B2s_v2: one region prints 0.0956 and 0.0864, others three decimals."""
    linux = {"x": "0.0864", "y": "0.102", "z": "0.0832"}
    windows = {"x": "0.0956", "y": "0.111", "z": "0.0924"}
    (found,) = derivations.licences(
        {("B2s_v2", region): Decimal(price) for region, price in linux.items()},
        {("B2s_v2", region): Decimal(price) for region, price in windows.items()},
        {"B2s_v2": 2},
    )
    assert found.per_hour == Decimal("0.0092")


def test_a_machine_at_zero_does_not_ship_but_a_free_tier_does() -> None:
    rows = [table_row("Standard_M64bds_v4", "here", "0"), stored("a", "0")]
    assert [row.service for row in repair.drop_placeholders(rows, observed.Dropped())] == [
        "Storage"
    ]


@pytest.mark.parametrize("size", ["Standard_FX4mds", "Standard_L8s_v3", "Standard_E8-4s_v5"])
def test_sizes_with_unreliable_three_year_ratios_get_none(size: str) -> None:
    linux = {(size, "x"): Decimal(1)}
    reserved = {(size, "x"): Decimal(13140)}  # half of 26,280 hours
    assert derivations.ratios(linux, reserved, Purchase.RESERVED_3Y) == []
    one_year = derivations.ratios(linux, {(size, "x"): Decimal(4380)}, Purchase.RESERVED_1Y)
    assert [one.ratio for one in one_year] == [Decimal("0.5")]


@pytest.mark.parametrize(
    ("spelling", "block", "unit"),
    [("10K", "10000", "Units"), ("1/Day", "1", "Days"), ("10K/Month", "10000", "Months")],
)
def test_units_of_the_retail_api(tmp_path: Path, spelling: str, block: str, unit: str) -> None:
    finops = tmp_path / "units.csv"
    finops.write_text("UnitOfMeasure,AccountTypes,PricingBlockSize,DistinctUnits\n")
    assert reference.units(finops, [spelling]) == [(spelling, block, unit)]


def test_units_of_the_finops_toolkit_as_focus_writes_them(tmp_path: Path) -> None:
    finops = tmp_path / "units.csv"
    finops.write_text(
        "UnitOfMeasure,AccountTypes,PricingBlockSize,DistinctUnits\n"
        '1 GB/Month,"MCA, EA",1,GB/Month\n100 Hours,EA,100,Hours\n1 GB Second,EA,1,GB Seconds\n'
    )
    assert reference.units(finops, ["1 GB/Month", "100 Hours", "1 GB Second"]) == [
        ("1 GB Second", "1", "GB-Seconds"),
        ("1 GB/Month", "1", "GB-Months"),
        ("100 Hours", "100", "Hours"),
    ]


def test_an_unknown_unit_stops_the_build(tmp_path: Path) -> None:
    finops = tmp_path / "units.csv"
    finops.write_text("UnitOfMeasure,AccountTypes,PricingBlockSize,DistinctUnits\n")
    with pytest.raises(KeyError, match="1 Fortnight"):
        reference.units(finops, ["1 Fortnight"])


@pytest.mark.parametrize(
    ("size", "model"),
    [
        ("Standard_NC24ads_A100_v4", "A100"),
        ("Standard_NC6s_v3", "V100"),
        ("Standard_ND96isr_H100_v5", "H100"),
        ("Standard_NC36ds_xl_RTXPRO6000BSE_v6", "RTXPRO6000"),
        ("Standard_NC99_v99", ""),
    ],
)
def test_gpu_models_by_name_or_series(size: str, model: str) -> None:
    assert reference.gpu_model(size) == model
