"""What the options of `azcost spot` say, as values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from azcost.errors import AzcostError
from azcost.meters.disks import Disk, DiskType
from azcost.optimise import evictions, spot_rates
from azcost.optimise.evictions import BUCKETS, Evictions
from azcost.pricing.catalogue import Catalogue
from azcost.spec.problems import did_you_mean

_UNITS = {"s": 1 / 3600, "m": 1 / 60, "min": 1 / 60, "h": 1.0}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)")
_MOST_HOURS = 100_000.0
_MOST_SPAN = 24.0  # hours of a checkpoint, a restart
_MB_PER_GB = 1000


def number(option: str, text: str, *, least: float, most: float) -> float:
    """A plain number between two bounds; raises AzcostError for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise AzcostError(f"{option} {text}: expected a number from {least:g} to {most:,g}.")
    return value


def hours(option: str, text: str) -> float:
    """Hours of work, or until a deadline."""
    return number(option, text, least=0.01, most=_MOST_HOURS)


def span(option: str, text: str, most: float = _MOST_SPAN) -> float:
    """A time with its unit (45s, 3m, 1.5h), in hours; 0 needs none."""
    found = _SPAN.fullmatch(text.strip().lower())
    if text.strip() == "0":
        return 0.0
    if not found:
        raise AzcostError(f"{option} {text}: expected a time with its unit: 45s, 3m or 1.5h.")
    value = float(found[1]) * _UNITS[found[2]]
    if value > most:
        raise AzcostError(f"{option} {text}: at most {most:g} hours.")
    return value


def interval(text: str) -> float:
    """The user's own time between checkpoints, in hours."""
    value = span("--every", text, _MOST_HOURS)
    if not value:
        raise AzcostError("--every 0: expected a time between checkpoints, such as 1h.")
    return value


def checkpoint(time: str | None, gb: str | None, mbps: str | None) -> float:
    """The hours that a checkpoint takes: as said, or from its size and the bandwidth."""
    if time is not None:
        if gb or mbps:
            raise AzcostError("Give --checkpoint, or --checkpoint-gb with --write-mbps.")
        return span("--checkpoint", time)
    if gb is None or mbps is None:
        raise AzcostError(
            "How long does a checkpoint take? Give --checkpoint 3m, or its size and the "
            "bandwidth: --checkpoint-gb 140 --write-mbps 900 (megabytes per second)."
        )
    size = number("--checkpoint-gb", gb, least=0, most=1e6)
    taken = size * _MB_PER_GB / number("--write-mbps", mbps, least=0.001, most=1e7) / 3600
    if taken > _MOST_SPAN:
        raise AzcostError(f"A checkpoint would take {taken:,.0f} hours; at most {_MOST_SPAN:g}.")
    return taken


def sizes(catalogue: Catalogue, texts: Iterable[str], default: str | None) -> dict[str, float]:
    """Sizes and the hours of work on each, from NAME or NAME=HOURS."""
    found = {}
    for text in texts:
        name, _, own = text.partition("=")
        size = catalogue.name("sizes", name)
        if size is None:
            raise AzcostError(f"--size {name}{did_you_mean(name, catalogue.names('sizes'))}")
        said = own or default
        if not said:
            raise AzcostError(f"How many hours of work is it? --hours 100, or --size {size}=100.")
        found[size] = hours("--size" if own else "--hours", said)
    return found


def regions(catalogue: Catalogue, text: str) -> list[str]:
    """Regions separated by commas."""
    found = []
    for name in (one.strip() for one in text.split(",")):
        region = catalogue.name("regions", name)
        if region is None:
            raise AzcostError(f"--region {name}{did_you_mean(name, catalogue.names('regions'))}")
        found.append(region)
    return list(dict.fromkeys(found))


class Rates:
    """Azure's buckets of eviction rates, by size and region."""

    def __init__(self, catalogue: Catalogue, texts: Iterable[str], file: Path | None) -> None:
        self._recorded = spot_rates.read(file) if file else {}
        self._by_region: dict[str, str] = {}
        for text in texts:
            region, bucket = self._read(catalogue, text)
            self._by_region[region] = bucket

    def _read(self, catalogue: Catalogue, text: str) -> tuple[str, str]:
        name, equals, bucket = text.rpartition("=")
        bucket = bucket.removesuffix("%")
        if bucket not in BUCKETS:
            raise AzcostError(
                f"--eviction-rate {text}: expected one of {', '.join(BUCKETS)} (per cent an "
                "hour), or REGION=5-10."
            )
        return (regions(catalogue, name)[0] if equals else ""), bucket

    def bucket(self, size: str, region: str) -> str:
        """The bucket of a place; raises AzcostError when nobody said."""
        recorded = self._recorded.get((size.lower(), region))
        found = self._by_region.get(region) or recorded or self._by_region.get("")
        if found is None:
            raise AzcostError(
                f"How often is {size} evicted in {region}? The portal shows it where the size is "
                "chosen: --eviction-rate 5-10. For all sizes and regions, and --rates "
                f"rates.json then: {spot_rates.QUERY}"
            )
        return found


def belief(bucket: str, seen: str | None, observed: str | None) -> Evictions:
    """The bucket, and the user's own evictions where there are some."""
    prior = evictions.prior(bucket)
    if seen is None and observed is None:
        return prior
    if seen is None or observed is None:
        raise AzcostError(
            "--evictions and --observed-hours belong together: evictions seen, and the "
            "machine-hours on spot in which they were."
        )
    count = number("--evictions", seen, least=0, most=1e6)
    if count != int(count):
        raise AzcostError(f"--evictions {seen}: expected a whole number.")
    return prior.seeing(int(count), number("--observed-hours", observed, least=0.01, most=1e8))


def disk(text: str | None) -> Disk | None:
    """A disk of each machine, from TYPE:GB."""
    if text is None:
        return None
    types = get_args(DiskType)
    name, colon, size = text.partition(":")
    if name not in types or not colon:
        raise AzcostError(
            f"--disk {text}: expected a type and its GiB, such as Premium_LRS:128{_types(name)}"
        )
    number("--disk", size, least=1, most=1e6)
    try:
        return Disk(type=cast("DiskType", name), size_gb=Decimal(size))
    except ValueError as error:
        raise AzcostError(f"--disk {text}: {error}") from None


def _types(name: str) -> str:
    return did_you_mean(name, get_args(DiskType)) if name else "."


def price(text: str | None) -> Decimal | None:
    """A price per hour."""
    if text is None:
        return None
    number("--spot-price", text, least=0.000001, most=1e6)
    return Decimal(text)
