"""Which meter bills what of a language model: Azure's meter names, read once for all.

`tools/build_tables/models.py` makes the table `data/pricing/models.csv` from the price
rows. The versions of a model stand in it from the oldest to the newest.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from itertools import groupby

import msgspec

from azcost import paths


class ModelMeter(msgspec.Struct, frozen=True):
    """What one meter bills of one model; its fields are the columns of the table.

    `model` is empty for tools, `version` where the meter's name says none, `scope` where
    it serves all. Empty are `variant` for the base model, `tier` for standard, `context`
    for short. `detail` tells meters of one item apart (resolutions); `unit` is FOCUS's.
    """

    model: str
    version: str
    scope: str
    variant: str
    tier: str
    context: str
    item: str
    detail: str
    service: str
    product: str
    meter: str
    unit: str


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it is deployed and called, in the words of `ModelMeter`."""

    model: str
    version: str = ""
    scope: str
    variant: str = ""
    tier: str = ""
    context: str = ""

    def meter(self, item: str, detail: str = "") -> ModelMeter:
        """The meter of one thing that the model is billed for, such as `cached-input`.

        Raises ValueError, saying what there is instead, when no region has one.
        """
        rows = self.meters()
        for row in rows:
            if (row.item, row.detail) == (item, detail):
                return row
        model = f"{rows[0].model} {rows[0].version}".strip()
        wanted = f"{item} {detail}".strip()
        there = _list(f"{row.item} {row.detail}".strip() for row in rows)
        raise ValueError(f"{model} as {_sold(self)} has no meter for {wanted}, only for {there}")

    def meters(self) -> list[ModelMeter]:
        """Every meter of the model as deployed: of the version asked for, else the newest.

        Meters whose names say no version bill every version that has none of its own.
        """
        known = meters_of(self.model)
        rows = [row for row in known if self._fits(row)]
        if not rows:
            there = _list(_sold(row) for row in known)
            raise ValueError(f"{self.model} is not sold as {_sold(self)}, only as {there}")
        versions = {row.version.lower(): row.version for row in rows}
        wanted = versions.get(self.version.lower(), "") if self.version else rows[-1].version
        if wanted not in versions.values():
            raise ValueError(
                f"{self.model} as {_sold(self)} has no meter for version {self.version}, "
                f"only for {_list(versions.values())}"
            )
        return [row for row in rows if row.version == wanted]

    def _fits(self, row: ModelMeter) -> bool:
        mine = (self.variant, self.tier, self.context)
        return row.scope in (self.scope, "") and (row.variant, row.tier, row.context) == mine


@cache
def meters_of(model: str) -> tuple[ModelMeter, ...]:
    """Every meter of a model; its name may be written with other punctuation and case.

    Raises ValueError with the nearest names for a model that has none.
    """
    known = _lines_by_model()
    if _key(model) in known:
        return tuple(ModelMeter(*cells) for cells in csv.reader(known[_key(model)]))
    from difflib import get_close_matches

    near = get_close_matches(_key(model), known, n=4, cutoff=0.5)
    names = _list(known[key][0].partition(",")[0] for key in near)
    hint = f"did you mean {names}?" if near else "look for it with `azcost prices search`"
    raise ValueError(f"`model`: {model[:60]} has no price: {hint}")


@cache
def _lines_by_model() -> dict[str, list[str]]:
    """The lines of the table, not taken apart: a specification needs a few of them."""
    file = paths.shipped("data/pricing") / "models.csv"
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    by_name = groupby(lines, key=lambda line: line.partition(",")[0])
    return {_key(name): list(lines) for name, lines in by_name}


def _key(model: str) -> str:
    return model.lower().replace(".", "-").replace("_", "-").replace(" ", "-")


def _sold(row: ModelMeter | Offer) -> str:
    context = f"{row.context} context" if row.context else ""
    return " ".join(word for word in (row.scope, row.variant, row.tier, context) if word)


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted({word for word in words if word}))
