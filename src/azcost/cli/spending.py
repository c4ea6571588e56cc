"""`azcost forecast` and `azcost anomalies`: what daily costs say of tomorrow and yesterday."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost import paths
from azcost.cli.answer import answer_options, show
from azcost.cli.cost_exports import Exports, export_options

if TYPE_CHECKING:
    from azcost.audit.snapshot import Snapshot
    from azcost.outlook import Event
    from azcost.spending import Spending

_MAX_PARTS = 15
_EACH_DAY, _EXAMPLE = "/day", "2026-12-01=9000"


def _sources(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the costs are from: a table, a snapshot, exports, or the demonstration."""
    for option in (
        click.option("--demo", is_flag=True, help="Use the snapshot that ships with azcost."),
        click.option("--snapshot", type=click.Path(path_type=Path), help="A snapshot's costs."),
        click.option(
            "--complete-until",
            type=click.DateTime(["%Y-%m-%d"]),
            help="The last day that is complete, of a table (default: its last) or exports.",
        ),
    ):
        command = option(command)
    command = export_options(command)
    return click.argument("file", required=False, type=click.Path(path_type=Path))(command)


def _spending(
    file: Path | None,
    snapshot: Path | None,
    exports: Exports,
    complete_until: datetime | None,
    *,
    demo: bool,
) -> tuple[Spending, Snapshot | None]:
    from azcost import spending

    given = [one for one in (file, snapshot, demo, exports) if one]
    if len(given) != 1:
        raise click.UsageError(
            "Name one source: a FILE of daily costs, --export, --snapshot, or --demo."
        )
    last = complete_until.date() if complete_until else None
    if file:
        from azcost.usage import daily_costs

        return spending.of_table(daily_costs.read(file), last), None
    from azcost.audit import snapshot as snapshots

    if exports:
        return exports.spending(last), None
    if last:
        raise click.UsageError("--complete-until is for tables and exports: a snapshot knows it.")
    where = snapshot or paths.shipped("examples") / "demo-snapshot.json.gz"
    read = snapshots.load(where)
    return spending.of_snapshot(read), read


@click.command()
@_sources
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 365))
@click.option(
    "--by",
    default="",
    help="Forecast each subscription, service, group, resource or tag value too.",
)
@click.option("--budget", type=click.FloatRange(0, min_open=True), help="A month's budget.")
@click.option(
    "--event",
    "events",
    multiple=True,
    metavar="DAY=AMOUNT",
    help=f"A known amount: {_EXAMPLE}, or 2026-12-01=-40/day from then on.",
)
@answer_options
def forecast(
    file: Path | None,
    snapshot: Path | None,
    exports: Exports,
    complete_until: datetime | None,
    demo: bool,  # noqa: FBT001 - click's flags
    days: int,
    by: str,
    budget: float | None,
    events: tuple[str, ...],
    **how: Any,
) -> None:
    """Forecast daily cost, the end of the month, and a budget's chances.

    FILE is a table of daily costs, CSV or Parquet, with a day and a cost.

    Example: azcost forecast --demo --by service --budget 60000
    """
    known = [_event(text) for text in events]
    spending, read = _spending(file, snapshot, exports, complete_until, demo=demo)
    if read:
        from azcost.endings import endings
        from azcost.pricing.opening import open_catalogue

        last = spending.last_day + timedelta(days=days)
        known += [one for one in endings(read, open_catalogue()) if one.day <= last]
    from azcost.outlook import outlook
    from azcost.report.forecast import document

    whole = outlook("the whole bill", spending.total(), spending, days, known)
    parts = _parts(spending, by, days) if by else []
    show(document(spending, whole, parts, budget), **how)


def _parts(spending: Spending, by: str, days: int) -> list[Any]:
    """The outlooks of the largest parts that have history enough."""
    from azcost.errors import AzcostError
    from azcost.outlook import outlook

    found = []
    for name, daily in list(spending.by(by).items())[:_MAX_PARTS]:
        try:
            found.append(outlook(name, daily, spending, days))
        except AzcostError as error:
            click.echo(f"Not forecast: {error}", err=True)
    return found


def _event(text: str) -> Event:
    from azcost.outlook import Event

    day, _, written = text.partition("=")
    amount = written.removesuffix(_EACH_DAY)
    repeats = amount != written or amount[:1] == "+"
    try:
        found = Event(date.fromisoformat(day), float(amount), "given by you", repeats)
        if isfinite(found.amount):
            return found
    except ValueError:
        pass
    raise click.UsageError(f"--event {text}: expected a day and an amount, such as {_EXAMPLE}.")


@click.command()
@_sources
@click.option(
    "--floor",
    default=0.0,
    type=click.FloatRange(0),
    help="The least that a day must be off, in money (at least a twentieth of the bill).",
)
@answer_options
def anomalies(
    file: Path | None,
    snapshot: Path | None,
    exports: Exports,
    complete_until: datetime | None,
    demo: bool,  # noqa: FBT001 - click's flags
    floor: float,
    **how: Any,
) -> None:
    """Find days that cost unlike the days before, where and why.

    FILE is a table of daily costs, CSV or Parquet, with a day and a cost; service, group,
    resource, meter and quantity tell where and why.

    Example: azcost anomalies --demo
    """
    spending, read = _spending(file, snapshot, exports, complete_until, demo=demo)
    from azcost.incidents import incidents
    from azcost.report.anomalies import document

    found = incidents(spending, floor, read.activity if read else ())
    show(document(spending, found, floor), **how)
