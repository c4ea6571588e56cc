"""The shipped price tables as text: which files there are and what their cells mean."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from azcost.errors import TablesError

ROW_COLUMNS = (
    "regions",
    "product",
    "sku",
    "meter",
    "arm_sku",
    "unit",
    "type",
    "tier",
    "price",
    "savings_1y",
    "savings_3y",
    "meter_id",
    "effective",
    "source",
    "rule",
)
USUAL_UNIT = "1 Hour"


def files(folder: Path) -> list[Path]:
    """Every file of the tables, in a fixed order."""
    found = sorted(folder.rglob("*.csv"), key=lambda path: path.parts)  # paths compare slowly
    if not found:
        raise TablesError(f"No price tables in {folder}. Reinstall azcost.")
    return found


def content_hash(folder: Path) -> str:
    """Name the tables by their content: 12 hexadecimal digits of SHA-256."""
    import hashlib

    digest = hashlib.sha256()
    for path in files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# What the store takes: service, product, sku, meter, arm_sku, unit, type (the names), then
# region, tier, price, savings_1y, savings_3y, meter_id, effective, source, rule.
Line = tuple[str, ...]
NAMES = 7
REFERENCES = ("units", "regions", "vm_sizes", "windows_licences", "reservation_ratios")


def reference(folder: Path, name: str) -> Iterator[tuple[str, ...]]:
    """Yield the lines of one of the tables beside the prices, without its header."""
    yield from map(tuple, _read(folder / f"{name}.csv"))


def lines(folder: Path) -> Iterator[Line]:
    """Yield every shipped price, one line per region."""
    for file, service, _ in _read(folder / "services.csv"):
        together = folder / "prices" / f"{file}.csv"
        if together.is_file():
            yield from _lines(together, service, "")
        else:
            for path in sorted((folder / "prices" / file).glob("*.csv")):
                yield from _lines(path, service, path.stem)


def _lines(path: Path, service: str, region: str) -> Iterator[Line]:
    for number, cells in enumerate(_read(path), start=2):
        try:
            regions, product, sku, meter, arm_sku, unit, type_, tier, *rest = cells
        except ValueError:
            raise TablesError(
                f"{path}:{number}: expected {len(ROW_COLUMNS)} cells, found {len(cells)}. "
                "Restore the file, or reinstall azcost."
            ) from None
        names = (service, product, sku or arm_sku, meter, arm_sku, unit or USUAL_UNIT, type_)
        for one in (region,) if region else regions.split("|"):
            yield (*names, one, tier or "0", *rest)


def _read(path: Path) -> Iterator[list[str]]:
    import csv

    try:
        with path.open(newline="", encoding="utf-8") as f:
            reader = csv.reader(f)
            next(reader)
            yield from reader
    except (OSError, StopIteration, UnicodeDecodeError) as error:
        raise TablesError(f"{path} cannot be read: {error}. Reinstall azcost.") from error
