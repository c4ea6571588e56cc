"""The free account: off by default, spent once, and never on what it does not cover."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from azcost import architecture
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes

B1S = "{kind: virtual_machine, size: Standard_B1s%s}"


def price(catalogue: Catalogue, *services: str, free: bool = True) -> Estimate:
    text = f"region: northeurope\nfree_account: {str(free).lower()}\nservices:\n"
    text += "".join(f"  - {service}\n" for service in services)
    design = architecture.read(nodes.parse(text, "f"), "f", architecture.names_of(catalogue))
    return architecture.estimate(design, catalogue)


def hours_of(estimate: Estimate) -> list[Any]:
    return [item.charge.quantity.amount for item in estimate.items()]


def test_a_month_of_one_b1s_is_free_and_says_so(catalogue: Catalogue) -> None:
    estimate = price(catalogue, B1S % "")
    assert estimate.monthly.amount == 0
    assert [item.charge.label for item in estimate.items()] == [
        "1 x Standard_B1s, linux, pay-as-you-go (730 Hours free)"
    ]


def test_it_is_off_by_default(catalogue: Catalogue) -> None:
    assert price(catalogue, B1S % "", free=False).monthly.amount > 0


def test_750_hours_are_shared_and_the_rest_is_billed(catalogue: Catalogue) -> None:
    assert hours_of(price(catalogue, B1S % ", name: a", B1S % ", name: b")) == [0, 710]


def test_other_purchases_and_sizes_get_nothing(catalogue: Catalogue) -> None:
    other = "{kind: virtual_machine, size: Standard_B2s, name: b}"
    assert hours_of(price(catalogue, B1S % ", purchase: dev-test", other)) == [730, 730]


def test_five_gigabytes_of_hot_blobs_and_of_files_are_free(catalogue: Catalogue) -> None:
    blobs = "{kind: blob_storage, name: blobs, gb: 12}"
    files = "{kind: file_share, name: files, tier: Hot, gb: 12}"
    cool = "{kind: blob_storage, name: cool, tier: Cool, gb: 12}"
    assert hours_of(price(catalogue, blobs, files, cool)) == [7, 7, 12]


def test_each_end_of_a_range_has_the_whole_grant(catalogue: Catalogue) -> None:
    estimate = price(catalogue, B1S % ", count: {min: 1, expected: 2, max: 3}")
    one_hour = price(catalogue, B1S % ", hours: 1", free=False).monthly.amount
    assert estimate.least.amount == 0
    assert estimate.monthly.amount == 710 * one_hour
    assert estimate.most.amount == Decimal(3 * 730 - 750) * one_hour
