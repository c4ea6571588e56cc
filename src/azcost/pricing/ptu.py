"""What provisioned throughput units (PTUs) can do, and what others say reservations cost.

The tables and their sources: `data/models/README.md`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

import msgspec

from azcost import paths
from azcost.errors import AzcostError

QUOTED = "quoted"


class Throughput(msgspec.Struct, frozen=True):
    """What a PTU of a model does in a minute, and which sizes a deployment may have.

    `tpm_per_ptu` is in input tokens per minute; an output token counts as `output_ratio`
    of them, a cached one as none.
    """

    model: str
    scope: str
    tpm_per_ptu: int
    output_ratio: int
    minimum: int
    increment: int
    source: str
    observed_on: str


class PtuFactsMissing(AzcostError):
    """Nobody has written down what a PTU of this model does."""


class QuotedReservation(msgspec.Struct, frozen=True):
    """The price of one reserved PTU for a term of months, as a third party has it."""

    scope: str
    months: int
    price: Decimal
    currency: str
    source: str
    observed_on: str


def throughput_of(model: str, scope: str) -> Throughput:
    """The facts of a model where it runs: `global`, `data-zone` or `regional`.

    Raises PtuFactsMissing when Microsoft's page has none.
    """
    known = [row for row in throughputs() if row.model.lower() == model.lower()]
    for row in known:
        if row.scope == scope:
            return row
    if known:
        where = ", ".join(row.scope for row in known)
        raise PtuFactsMissing(f"{model} has PTUs only {where}, not {scope}.")
    raise PtuFactsMissing(
        f"what a PTU of {model} does is not known (data/models/ptu.csv has no row): "
        "no answer about PTUs"
    )


def quoted_reservations(scope: str, currency: str) -> list[QuotedReservation]:
    """The quoted reservations, shortest term first; none in other currencies than USD."""
    found = [row for row in _quotations() if (row.scope, row.currency) == (scope, currency)]
    return sorted(found, key=lambda row: row.months)


@cache
def throughputs() -> tuple[Throughput, ...]:
    """All facts there are."""
    return tuple(msgspec.convert(row, Throughput, strict=False) for row in _rows("ptu.csv"))


@cache
def _quotations() -> tuple[QuotedReservation, ...]:
    rows = _rows("ptu_reservations_quoted.csv")
    return tuple(msgspec.convert(row, QuotedReservation, strict=False) for row in rows)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (paths.shipped("data/models") / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
