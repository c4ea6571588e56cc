"""Sizes, regions and units: the tables beside the prices."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

# What a size is built with, where its name does not say so. Source of each: the page of
# the series under learn.microsoft.com/azure/virtual-machines/sizes/gpu-accelerated/.
_GPU_OF_SERIES = {
    r"NC\d+r?s_v3": "V100",
    r"ND\d+rs_v2": "V100",
    r"NV\d+s_v[23]": "M60",
    r"NV\d+as_v4": "MI25",
    r"ND96asr_v4": "A100",
}
_GPU_IN_NAME = re.compile(r"_(A100|A10|T4|H100|H200|MI300X)(?:_|$)|(RTXPRO6000)")
# NP sizes count field-programmable gate arrays (Alveo U250) where others count GPUs.
_NOT_A_GPU = re.compile(r"Standard_NP\d+s")

Table = list[tuple[object, ...]]


def vm_sizes(azqr: Path, poland: Path) -> Table:
    """(size, vCPUs, GiB or empty, GPUs, GPU model) of every size in either list.

    A memory of 0 in the first list means unknown; the calculator's list fills it.
    """
    with poland.open(newline="") as f:
        memory = {_slug(r["skuName"]): r["ram"] for r in csv.DictReader(f) if r["ram"]}
    found: Table = []
    for entry in yaml.safe_load(azqr.read_text()):
        name: str = entry["name"]
        if not name.startswith(("Standard_", "Basic_")):
            continue
        slug = name.removeprefix("Standard_").replace("_", "").replace("-", "").lower()
        gib = entry["memoryGb"] or memory.get(slug, "")
        gpus = 0 if _NOT_A_GPU.match(name) else entry["gpuCount"]
        found.append((name, entry["vcpus"], _number(gib), gpus, gpu_model(name) if gpus else ""))
    return sorted(found, key=lambda size: str(size[0]))


def _slug(calculator_name: str) -> str:
    return "".join(calculator_name.removesuffix(" Spot").split("-")[1:-1])


def _number(text: Any) -> str:
    number = float(text or 0)
    return f"{number:g}" if number else ""


def gpu_model(size: str) -> str:
    """The GPU of a size, from its name or its series; empty when neither says."""
    if found := _GPU_IN_NAME.search(size):
        return found[1] or found[2]
    short = size.removeprefix("Standard_")
    return next((m for p, m in _GPU_OF_SERIES.items() if re.fullmatch(p, short)), "")


def regions(finops: Path, used: Iterable[str]) -> Table:
    """(name in the API, display name) of every region with a price."""
    with finops.open(newline="") as f:
        names = {row["RegionId"]: row["RegionName"] for row in csv.DictReader(f)}
    return [(region, names.get(region, region)) for region in sorted(set(used))]


def units(finops: Path, used: Iterable[str]) -> Table:
    """(spelling, block size, unit) of every spelling that a row uses.

    Block sizes and most units are the FinOps toolkit's; the forms with K and M, which
    only the Retail API has, are read here. Units are written as FOCUS writes them.
    """
    with finops.open(newline="") as f:
        known = {
            row["UnitOfMeasure"].strip(): (row["PricingBlockSize"], row["DistinctUnits"])
            for row in csv.DictReader(f)
        }
    return [(spelling, *_unit(spelling, known)) for spelling in sorted(set(used))]


_SHORT = re.compile(r"(\d+)([KM]?)(?:/(Month|Day|Hour|Minute|Year))?")
_PER_TIME = re.compile(r"(\w+)/(Month|Day|Hour|Minute|Year)")


def _unit(spelling: str, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    if short := _SHORT.fullmatch(spelling):
        size = int(short[1]) * {"": 1, "K": 1_000, "M": 1_000_000}[short[2]]
        return str(size), f"{short[3]}s" if short[3] else "Units"
    block, unit = known[spelling]
    if per := _PER_TIME.fullmatch(unit):
        what, time = per[1], f"{per[2]}s"
        return block, time if what == "Units" else f"{what}-{time}"
    return block, {"Count": "Units", "Rotation": "Units"}.get(unit, unit).replace(" ", "-")
