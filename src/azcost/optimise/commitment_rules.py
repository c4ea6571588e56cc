"""What may be done with a commitment once it is bought: rules with their days, as data."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from azcost import paths
from azcost.errors import TablesError


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that holds from one day until another, either of which may be open.

    `applies_to` is `reservation`, `plan`, or `windows` for machines with its licence;
    `sizes` is a pattern of the sizes that it is about, empty for all.
    """

    rule: str
    applies_to: str
    from_day: date | None
    until_day: date | None
    sizes: str
    statement: str
    certainty: str
    source: str
    observed_on: date


def rules() -> Iterator[Rule]:
    """Yield the shipped rules, `data/commitments/rules.csv`."""
    path = paths.shipped("data/commitments") / "rules.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                texts = {key: row[key] for key in ("applies_to", "sizes")}
                cells = {key: value or None for key, value in row.items()}
                yield msgspec.convert({**cells, **texts}, Rule)
    except (OSError, msgspec.ValidationError) as error:
        raise TablesError(f"{path} cannot be read: {error}. Reinstall azcost.") from error


def in_force(all_rules: Iterable[Rule], day: date, sizes: Iterable[str]) -> list[Rule]:
    """The rules for buying one of these sizes on that day."""
    bought = list(sizes)
    return [
        rule
        for rule in all_rules
        if (rule.from_day is None or rule.from_day <= day)
        and (rule.until_day is None or day <= rule.until_day)
        and (not rule.sizes or any(re.fullmatch(rule.sizes, size) for size in bought))
    ]
