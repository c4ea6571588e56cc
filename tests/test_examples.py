"""The examples: each can be priced in full, and what their comments claim is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from azcost import architecture
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from conftest import DESIGNS, ROOT

# "# Lesson: 58. azcost: 501.87. Why ..." above the service that it is about
CLAIM = re.compile(r"# Lesson: .*?azcost: ([\d.,]*\d)")


def price(path: Path, catalogue: Catalogue) -> Estimate:
    return architecture.estimate(architecture.load(path, catalogue), catalogue)


@pytest.mark.parametrize("path", DESIGNS, ids=lambda path: path.stem)
def test_every_price_of_an_example_is_there(path: Path, catalogue: Catalogue) -> None:
    estimate = price(path, catalogue)
    assert estimate.unpriced == ()
    assert estimate.monthly.amount > 0


def test_the_comments_of_ml_serving_are_what_the_bill_says(catalogue: Catalogue) -> None:
    path = ROOT / "examples/ml-serving.yaml"
    estimate = price(path, catalogue)
    claims = CLAIM.findall(path.read_text())
    billed = [estimate.monthly, *(resource.monthly for resource in estimate.resources)]
    assert claims == [f"{amount.amount:,.2f}" for amount in billed]
    assert estimate.most.amount - estimate.monthly.amount > 400
