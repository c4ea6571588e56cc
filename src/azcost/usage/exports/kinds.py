"""Which amounts a source of an export fills: actual ones, amortised ones, or both.

Usage details come as ActualCost (a reservation is one purchase, what it covers is free) and
AmortizedCost (the purchase is spread over the hours that it covers or misses). FOCUS has both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from azcost.usage.exports.folder import Source
from azcost.usage.exports.headers import ExportError, Form


class Kind(StrEnum):
    """What the amounts of a source are; EITHER where no commitment makes a difference."""

    ACTUAL = "ActualCost"
    AMORTISED = "AmortizedCost"
    FOCUS = "FOCUS"
    EITHER = "either"


_TYPES = {
    "usage": Kind.ACTUAL,
    "actualcost": Kind.ACTUAL,
    "amortizedcost": Kind.AMORTISED,
    "focuscost": Kind.FOCUS,
}


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of a source say: `spread` rows are amortised, `bought` ones actual."""

    rows: int
    spread: int
    bought: int
    months: tuple[date, ...]


class Roles(msgspec.Struct, frozen=True):
    """The numbers of the sources that fill each amount, and a remark where one is missing."""

    actual: tuple[int, ...]
    amortised: tuple[int, ...]
    remark: str = ""


def roles(sources: Sequence[Source], forms: Sequence[Form], contents: Sequence[Content]) -> Roles:
    """What each source fills, by its manifest, else its rows, else its name.

    Raises ExportError for sources that would be added up though they say the same.
    """
    kinds = [_kind(*one) for one in zip(sources, forms, contents, strict=True)]
    full = [number for number, content in enumerate(contents) if content.rows]
    focus = [number for number in full if kinds[number] is Kind.FOCUS]
    if focus and len(focus) < len(full):
        other = next(number for number in full if number not in focus)
        raise ExportError(
            f"{sources[focus[0]].name} is FOCUS and {sources[other].name} holds usage details: "
            "they bill the same costs. Give one of the two."
        )
    if focus:
        return Roles(tuple(focus), tuple(focus))
    return _of_usage(sources, kinds, contents, full)


def _kind(source: Source, form: Form, content: Content) -> Kind:
    if form is Form.FOCUS:
        return Kind.FOCUS
    if source.type:
        return _TYPES[source.type]
    if content.spread and content.bought:
        raise ExportError(
            f"{source.name} mixes actual and amortised costs: it has purchases of commitments "
            "and their spread costs. Export ActualCost and AmortizedCost into files of their own."
        )
    if content.spread or content.bought:
        return Kind.AMORTISED if content.spread else Kind.ACTUAL
    name = source.files[0].name.lower()
    if "amorti" in name:
        return Kind.AMORTISED
    return Kind.ACTUAL if "actual" in name else Kind.EITHER


def _of_usage(
    sources: Sequence[Source], kinds: list[Kind], contents: Sequence[Content], full: list[int]
) -> Roles:
    actual = tuple(number for number in full if kinds[number] is Kind.ACTUAL)
    spread = tuple(number for number in full if kinds[number] is Kind.AMORTISED)
    either = tuple(number for number in full if kinds[number] is Kind.EITHER)
    if actual and spread:
        if either:
            raise ExportError(
                f"{sources[either[0]].name} may hold actual or amortised costs, and both are "
                "given: keep its manifest.json, or put 'actual' or 'amortized' into its name."
            )
        _same_months(actual, spread, contents)
        return Roles(actual, spread)
    every = (*actual, *spread, *either)
    if actual and any(contents[number].bought for number in actual):
        return Roles(every, every, "only actual costs are given: what commitments cover is free")
    if spread:
        return Roles(every, every, "only amortised costs are given: they stand for actual ones too")
    return Roles(every, every)


def _same_months(actual: Sequence[int], spread: Sequence[int], contents: Sequence[Content]) -> None:
    of_actual = {month for number in actual for month in contents[number].months}
    of_spread = {month for number in spread for month in contents[number].months}
    for kind, missing in (
        (Kind.ACTUAL, of_spread - of_actual),
        (Kind.AMORTISED, of_actual - of_spread),
    ):
        if missing:
            named = ", ".join(f"{month:%Y-%m}" for month in sorted(missing)[:6])
            raise ExportError(
                f"There is no {kind} of {named}: give both for every month, or one of them only."
            )
