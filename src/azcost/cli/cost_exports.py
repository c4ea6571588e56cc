"""`--export`: cost exports as the costs of a command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

if TYPE_CHECKING:
    from azcost.audit.snapshot import Snapshot
    from azcost.spending import Spending
    from azcost.usage.exports.read import ExportedBill

# Above it, reading takes long enough that one wants to know what happens.
_MANY_BYTES = 20_000_000
_USE = "commitments count as used by what the export bills; others may use them, too"


class Exports(msgspec.Struct, frozen=True):
    """The exports that are named on the command line; none is false."""

    files: tuple[Path, ...]
    engine: str
    currency: str

    def __bool__(self) -> bool:
        return bool(self.files)

    def snapshot(self, beside: Snapshot | None = None) -> Snapshot:
        """Read them, alone or into the snapshot that is given; remarks go to stderr."""
        from azcost.audit import exported

        bill = self._bill()
        if beside is None:
            taken = exported.snapshot_of(bill, datetime.now(UTC))
            if taken.utilisation:
                click.echo(f"Exports: {_USE}.", err=True)
            return taken
        taken = exported.with_costs(beside, bill)
        if taken.costs:
            last = taken.costs.last_day
            click.echo(f"Exports: costs until {last}; the snapshot is of {beside.today}.", err=True)
        return taken

    def spending(self, last_day: date | None) -> Spending:
        """Read them as daily costs with tags, up to the last complete day if it is given."""
        from azcost.audit import exported
        from azcost.spending import of_snapshot

        bill = self._bill(tags=True)
        return of_snapshot(exported.snapshot_of(bill, datetime.now(UTC)), last_day, bill.tags)

    def _bill(self, *, tags: bool = False) -> ExportedBill:
        from azcost.usage.exports.read import read

        if sum(_size(one) for one in self.files) > _MANY_BYTES:
            click.echo("Adding up the costs of the exports ...", err=True)
        bill = read(self.files, self.engine, self.currency, tags=tags)
        for remark in bill.remarks:
            click.echo(f"Exports: {remark}.", err=True)
        return bill


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())


def export_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--export` and what it needs; the command gets them as `exports`."""

    @wraps(command)
    def gathered(
        *args: Any, export: tuple[Path, ...], engine: str, currency: str, **named: Any
    ) -> Any:
        if not export and (engine != "duckdb" or currency):
            raise click.UsageError("--engine and --currency are about --export: add it.")
        return command(*args, exports=Exports(export, engine, currency), **named)

    for option in (
        click.option("--currency", default="", help="Exports: keep to costs in this currency."),
        click.option(
            "--engine",
            type=click.Choice(["duckdb", "spark"]),
            default="duckdb",
            show_default=True,
            help="Exports: what adds them up.",
        ),
        click.option(
            "--export",
            multiple=True,
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="Costs from a cost export: a file or folder, CSV or Parquet; can be repeated.",
        ),
    ):
        gathered = option(gathered)
    return gathered
