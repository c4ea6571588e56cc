"""Build the shipped tables: `python tools/build_tables ../shared/prices data/pricing`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from azcost.pricing.rows import Purchase, Row

from . import choose, derivations, karpenter, models, observed, reference, repair, write


def main(source: Path, target: Path) -> None:
    """Read the recorded rows in `source` and write the tables into `target`."""
    dropped = observed.Dropped()
    files = source / "reference"
    sizes = reference.vm_sizes(files / "vm_sizes_azqr.yaml", files / "polandcentral_calculator.csv")
    vcpus = {str(size): int(str(count)) for size, count, *_ in sizes}
    rows = list(observed.read(source / "observed.parquet", dropped))
    rows = list(_mended(rows, vcpus, dropped))
    rows = list(choose.choose(rows, dropped))
    rows = list(repair.drop_placeholders(repair.fill_names(rows), dropped))
    rows = list(repair.drop_free_windows(rows, dropped))

    services = write.prices(target / "prices", rows)
    write.table(target / "services.csv", ("file", "service", "rows"), services)
    linux = derivations.prices_of(rows, "linux", Purchase.PAY_AS_YOU_GO)
    mended = {(row.arm_sku, row.region) for row in rows if row.rule}
    recorded = {key: price for key, price in linux.items() if key not in mended}
    windows = derivations.prices_of(rows, "windows", Purchase.PAY_AS_YOU_GO)
    _write_structs(target / "windows_licences.csv", derivations.licences(recorded, windows, vcpus))
    found: list[derivations.Ratio] = []
    for purchase in derivations.TERM_HOURS:
        reserved = derivations.prices_of(rows, "linux", purchase)
        found += derivations.ratios(recorded, reserved, purchase)
    _write_structs(target / "reservation_ratios.csv", found)

    header = ("size", "vcpus", "memory_gib", "gpus", "gpu_model")
    write.table(target / "vm_sizes.csv", header, sizes)
    names = reference.regions(files / "Regions.csv", (row.region for row in rows))
    write.table(target / "regions.csv", ("region", "name"), names)
    units = reference.units(files / "PricingUnits.csv", (row.unit for row in rows))
    write.table(target / "units.csv", ("spelling", "block", "unit"), units)

    unread = models.write(target)

    print(f"{len(rows):,} rows")
    for reason, count in dropped.most_common():
        print(f"{count:,} left out: {reason}")
    print(f"{sum(unread.values())} meters of models left out")
    for reason, count in sorted(unread.items()):
        print(f"{count} {reason}")


def _mended(
    rows: Sequence[Row], vcpus: Mapping[str, int], dropped: observed.Dropped
) -> Sequence[Row]:
    """Replace the Windows prices in karpenter's Linux column."""
    better = list(
        choose.choose(
            (
                row
                for row in rows
                if row.service == "Virtual Machines" and not row.source.startswith("karpenter")
            ),
            observed.Dropped(),
        )
    )
    linux = derivations.prices_of(better, "linux", Purchase.PAY_AS_YOU_GO)
    windows = derivations.prices_of(better, "windows", Purchase.PAY_AS_YOU_GO)
    licences = {x.arm_sku: x.per_hour for x in derivations.licences(linux, windows, vcpus)}
    return list(karpenter.mend(rows, linux, licences, dropped))


def _write_structs(path: Path, found: Sequence[msgspec.Struct]) -> None:
    header = found[0].__struct_fields__
    lines = [[_cell(getattr(one, name)) for name in header] for one in found]
    write.table(path, header, lines)


def _cell(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    if not Path(sys.argv[1]).is_dir():
        sys.exit(f"{sys.argv[1]} is not here: the recorded rows are not in the repository.")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
