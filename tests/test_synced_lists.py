"""What was synced is seen by every command that names prices, not only by the bills."""

from __future__ import annotations

from pathlib import Path

import pytest

from azcost import architecture
from azcost.errors import AzcostError
from azcost.pricing import store
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.synced import Cache, Partition
from azcost.report import price_list
from conftest import toy_lines

NEW = {
    "service": "Virtual Machines",
    "product": "Virtual Machines Dsv9 Series",
    "sku": "Standard_D4s_v9",
    "meter": "D4s v9",
    "arm_sku": "Standard_D4s_v9",
    "region": "atlantiscentral",
    "price": "0.5",
}
OPERATIONS = {
    "service": "Key Vault",
    "product": "Key Vault",
    "sku": "Standard",
    "meter": "Operations",
    "unit": "10K",
    "price": "0.77",
}


def synced(folder: Path, currency: str = "USD") -> Catalogue:
    """The shipped tables with one new size in a new region, and one price of today."""
    cache = Cache(folder, currency)
    for row, region in ((NEW, "atlantiscentral"), (OPERATIONS, "westeurope")):
        partition = Partition(row["service"], region)
        cache.keep(partition, toy_lines(row), "2026-01-01")
    cache.publish({"units": [("1 Hour", "1", "Hours"), ("10K", "10000", "Units")]})
    return Catalogue(store.open_shipped(), cache.open(), currency)


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_a_meter_is_shown_at_its_synced_price(currency: str, tmp_path: Path) -> None:
    shown = price_list.show(synced(tmp_path, currency), "operations", "westeurope")
    assert "0.77" in shown
    assert "arturo" not in shown


def test_a_search_finds_the_synced_price_and_says_how_it_stands_elsewhere(tmp_path: Path) -> None:
    catalogue = synced(tmp_path)
    here = price_list.search(catalogue, ["key", "vault", "standard", "operations"], "westeurope", 9)
    assert "0.77" in here
    everywhere = price_list.search(catalogue, ["key vault standard operations"], "", 9)
    assert "0.03 to 0.77" in everywhere


def test_a_search_in_another_currency_names_no_dollars(tmp_path: Path) -> None:
    catalogue = synced(tmp_path, "EUR")
    assert "0.77" in price_list.search(catalogue, ["operations"], "", 9)
    with pytest.raises(AzcostError, match="No meter"):
        price_list.search(catalogue, ["load", "balancer"], "", 9)


def test_sizes_and_regions_that_only_the_sync_has_can_be_used(tmp_path: Path) -> None:
    catalogue = synced(tmp_path)
    file = tmp_path / "new.yaml"
    file.write_text(
        "region: atlantiscentral\nservices: [{kind: virtual_machine, size: standard_d4s_v9}]\n"
    )
    found = architecture.estimate(architecture.load(file, catalogue), catalogue)
    assert (found.monthly.amount, found.unpriced) == (365, ())
    assert "0.5" in price_list.show(catalogue, "Standard_D4s_v9", "atlantiscentral")
