"""Which meter bills what of a language model: Azure's meter names, read once for all.

`tools/build_tables/models.py` makes the table `data/pricing/models.csv` from the price
rows. The versions of a model stand in it from the oldest to the newest. What the table
and a specification call by different names is translated here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from itertools import groupby

import msgspec

from azcost import paths

# Azure's SKU code of a deployment -> where it runs, and what is special about it.
RUNS = {
    "GlobalStandard": ("global", ""),
    "DataZoneStandard": ("data-zone", ""),
    "Standard": ("regional", ""),
    "GlobalBatch": ("global", "batch"),
    "DataZoneBatch": ("data-zone", "batch"),
    "DeveloperTier": ("global", "developer"),
    "GlobalProvisionedManaged": ("global", "provisioned"),
    "DataZoneProvisionedManaged": ("data-zone", "provisioned"),
    "ProvisionedManaged": ("regional", "provisioned"),
}
SKU_CODES = {runs: code for code, runs in RUNS.items()}
# Field of a specification -> the item that it is an amount of: what a model processes ...
USED = {
    "input_tokens": "input",
    "cached_input_tokens": "cached-input",
    "cache_write_tokens": "cache-write",
    "output_tokens": "output",
    "audio_input_tokens": "audio-input",
    "cached_audio_input_tokens": "cached-audio-input",
    "audio_output_tokens": "audio-output",
    "image_input_tokens": "image-input",
    "cached_image_input_tokens": "cached-image-input",
    "image_output_tokens": "image-output",
    "images": "images",
    "first_megapixels": "first-megapixels",
    "megapixels": "megapixels",
    "reference_megapixels": "reference-megapixels",
    "video_seconds": "video-seconds",
    "audio_hours": "audio-hours",
    "characters": "characters",
    "pages": "pages",
    "searches": "searches",
}
# ... how it is trained ...
TRAINING = {"training_tokens": "training-tokens", "training_hours": "training-hours"}
# ... what its tools do, and what is billed by time.
TOOLS = {
    "file_search_calls": "file-search-calls",
    "code_interpreter_sessions": "code-interpreter-sessions",
}
_OTHERS = {"file_search_gb": "file-search-gb", "hours": "hosting-hours", "ptus": "ptu-hours"}
_FIELDS = {
    item: field for fields in (USED, TRAINING, TOOLS, _OTHERS) for field, item in fields.items()
}
_TOOLBOX = "the tools"  # have no model's name


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
        field = _FIELDS.get(item, item)
        model = f"{rows[0].model} {rows[0].version}".strip() or _TOOLBOX
        details = [row.detail for row in rows if row.item == item]
        if any(details):
            either = ", or leave it out" if "" in details else ""
            raise ValueError(f"`detail`: say which {field} of {model}: {_list(details)}{either}")
        if detail and details:
            raise ValueError(f"`detail`: {field} of {model} have one price; leave it out")
        there = _list(_FIELDS.get(row.item, row.item) for row in rows)
        raise ValueError(
            f"`{field}`: no meter of {model} as {_sold(self)} is for that, only for {there}"
        )

    def meters(self) -> list[ModelMeter]:
        """Every meter of the model as deployed: of the version asked for, else the newest.

        Meters whose names say no version bill every version that has none of its own; where
        other meters of the model do name versions, only those.
        """
        known = meters_of(self.model)
        model = known[0].model or _TOOLBOX
        rows = [row for row in known if self._fits(row)]
        if not rows:
            there = _list(_sold(row) for row in known)
            raise ValueError(f"{model}: not sold as {_sold(self)}, only as {there}")
        asked = self.version.lower()
        versions = {row.version.lower(): row.version for row in rows}
        wanted = versions.get(asked, "") if asked else rows[-1].version
        named = {row.version.lower() for row in known} - {""}
        if wanted not in versions.values() or (asked and named and asked not in named):
            there = _list(versions.values()) or _list(row.version for row in known)
            raise ValueError(
                f"`version`: {model} as {_sold(self)} has no meter for {self.version}, "
                f"only for {there}"
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
    """How a model is deployed, as a specification says it; empty where it cannot."""
    special = row.tier if row.tier == "batch" else row.variant
    code = SKU_CODES.get((row.scope, special))
    if code is None and row.tier == "batch":
        return ""
    options = {"variant": row.variant, "service_tier": row.tier, "context": row.context}
    if code is not None:
        options = {field: word for field, word in options.items() if word != special}
    said = [f"`{field}: {word}`" for field, word in options.items() if word]
    return " with ".join([code or SKU_CODES.get((row.scope, ""), "any scope"), *said])


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted({word for word in words if word}))
