"""The table of model meters: names read right, what cannot be read left out, kept up to date."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from azcost import paths
from azcost.pricing.models import ModelMeter, Offer, meters_of
from build_tables import models as reader

FOLDER = paths.shipped("data/pricing")


def read(*names: tuple[str, str]) -> tuple[list[ModelMeter], Counter[str]]:
    left_out: Counter[str] = Counter()
    found = reader.read([("Foundry Models", *name, "Units") for name in names], left_out)
    return found, left_out


@pytest.mark.parametrize(
    ("product", "name", "reading"),
    [
        ("Azure OpenAI", "gpt-4o-0806-Inp-glbl Tokens", "gpt-4o 2024-08-06 global input"),
        (
            "Azure OpenAI",
            "gpt 4o 0806 cached Inp regnl Tokens",
            "gpt-4o 2024-08-06 regional cached-input",
        ),
        (
            "Azure OpenAI",
            "gpt 4o mini0718 BatchOutp DataZone Tokens",
            "gpt-4o-mini 2024-07-18 data-zone batch output",
        ),
        (
            "Azure OpenAI PP FT GPT4s",
            "4.1 mini pp cd Inp Dz Tokens",
            "gpt-4.1-mini data-zone priority cached-input",
        ),
        (
            "Azure OpenAI GPT5",
            "5.6 sol LongCo Cd Wr Std Gl 1M Tokens",
            "gpt-5.6-sol global long cache-write",
        ),
        (
            "Azure Mistral Models",
            "Ministral 3bFTregnl Tokens",
            "Ministral-3B regional fine-tuned training-tokens",
        ),
        ("Azure OpenAI", "gpt-4.1-ft mdl grdr opt Tokens", "gpt-4.1 grader output"),
        (
            "Azure OpenAI Media",
            "gpt rt img mn cchd in gl 1215 1M Tokens",
            "gpt-realtime-mini 2025-12-15 global cached-image-input",
        ),
    ],
)
def test_a_name_is_read(product: str, name: str, reading: str) -> None:
    [meter], left_out = read((product, name))
    words = (
        meter.model,
        meter.version,
        meter.scope,
        meter.variant,
        meter.tier,
        meter.context,
        meter.item,
    )
    assert " ".join(word for word in words if word) == reading
    assert not left_out


def test_names_that_read_alike_are_left_out_both() -> None:
    found, left_out = read(
        ("Azure OpenAI", "o9 Inp glbl Tokens"), ("Azure OpenAI", "o9-inpt-gl Tokens")
    )
    assert found == []
    assert sum(left_out.values()) == 2


def test_a_letter_for_a_name_is_left_out_and_counted() -> None:
    found, left_out = read(("MAI Models", "MAI o Tokens"))
    assert found == []
    assert sum(left_out.values()) == 1


def test_no_two_meters_bill_the_same() -> None:
    lines = (FOLDER / "models.csv").read_text().splitlines()
    assert len({tuple(line.split(",")[:8]) for line in lines}) == len(lines)


def test_the_shipped_table_is_what_the_price_rows_say(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        if path.name != "models.csv":
            (tmp_path / path.name).symlink_to(path)
    reader.write(tmp_path)
    assert (tmp_path / "models.csv").read_text() == (FOLDER / "models.csv").read_text()


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"did you mean .*gpt-4o"):
        meters_of("gpt4o")


def test_a_version_without_a_meter_names_those_with_one() -> None:
    with pytest.raises(ValueError, match="only for 2024-05-13, 2024-08-06, 2024-11-20"):
        Offer(model="gpt-4o", version="2023-01-01", scope="global").meter("input")


def test_without_a_version_the_newest_is_taken() -> None:
    assert Offer(model="gpt-4", scope="regional").meter("input").version == "turbo-2024-04-09"
