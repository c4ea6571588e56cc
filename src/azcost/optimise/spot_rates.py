"""Eviction rates as Azure's Resource Graph returns them (table SpotResources)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from azcost.errors import AzcostError
from azcost.optimise.evictions import BUCKETS

QUERY = (
    'az graph query --first 1000 -o json -q "SpotResources '
    "| where type =~ 'microsoft.compute/skuspotevictionrate/location' "
    "| project size=tostring(sku.name), region=tostring(location), "
    'rate=tostring(properties.evictionRate)" > rates.json'
)


class _Row(msgspec.Struct):
    size: str
    region: str
    rate: str


class _Answer(msgspec.Struct):
    data: list[_Row]


def read(file: Path) -> dict[tuple[str, str], str]:
    """The bucket of each size and region, both in lower case, from the answer to QUERY.

    Raises AzcostError for a file that is something else.
    """
    try:
        answer = msgspec.json.decode(file.read_bytes(), type=_Answer)
    except OSError as error:
        raise AzcostError(f"{file}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AzcostError(f"{file}: {error}. Expected the answer to: {QUERY}") from None
    for row in answer.data:
        if row.rate not in BUCKETS:
            raise AzcostError(
                f"{file}: {row.size} in {row.region} has the rate '{row.rate}'; known are "
                f"{', '.join(BUCKETS)}."
            )
    return {(row.size.lower(), row.region.lower()): row.rate for row in answer.data}
