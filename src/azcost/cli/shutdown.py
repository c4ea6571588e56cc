"""`azcost shutdown`: when resources can be off, and the schedules that stop machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from azcost import paths
from azcost.cli.answer import answer_options, show
from azcost.cli.connecting import agreed, changing_options, connect, login_options, save_undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azcost.actions.auto_shutdown import AutoShutdown
    from azcost.actions.azure_shutdown import Shutdowns
    from azcost.actions.idle_shutdown import IdleShutdown
    from azcost.actions.shutdown_change import Shutdown, ShutdownChange
    from azcost.audit.facts import Facts
    from azcost.report.document import Document
    from azcost.rests import Rested


@click.group()
def shutdown() -> None:
    """Find out what can be off, and let Azure stop it.

    Whatever changes something shows it first, asks, and saves how to undo it.

    Example: azcost shutdown plan --demo
    """


def _planned(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where the activity is from, and how it is judged."""
    for option in (
        click.option("--demo", is_flag=True, help="Use the snapshot that ships with azcost."),
        click.option("--snapshot", type=click.Path(path_type=Path), help="A snapshot's metrics."),
        click.option("--zone", default="UTC", show_default=True, help="The users' time zone."),
        click.option(
            "--disturbance-hours",
            default=24.0,
            show_default=True,
            type=click.FloatRange(0, 10_000),
            help="What a disturbed night costs, in hours of the resource.",
        ),
        click.option(
            "--idle-minutes",
            default=60,
            show_default=True,
            metavar="MINUTES",
            help="When idle compute instances of Azure ML stop, 15 to 4320; 0 leaves them alone.",
        ),
        click.option("--email", default="", help="Who gets a notice before a machine stops."),
    ):
        command = option(command)
    return command


def _changing(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--undo",
        type=click.Path(path_type=Path),
        help="Where to save how to undo it (default: azcost-undo-TIME.json).",
    )(changing_options(command))


def _facts(snapshot: Path | None, zone: str, *, demo: bool) -> Facts:
    from azcost.audit import snapshot as snapshots
    from azcost.audit.facts import Facts
    from azcost.pricing.opening import open_catalogue

    if bool(snapshot) == demo:
        raise click.UsageError("Name one source: --snapshot FILE, or --demo.")
    _check(zone)
    read = snapshots.load(snapshot or paths.shipped("examples") / "demo-snapshot.json.gz")
    return Facts(read, open_catalogue())


def _check(zone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.UsageError(f"--zone {zone}: expected a zone such as Europe/Berlin.") from None


def _wanted(found: Sequence[Rested], zone: str, email: str) -> list[AutoShutdown]:
    """Auto-shutdown for the machines that a schedule is advised for, at their night's stop."""
    from azcost.actions.auto_shutdown import AutoShutdown, windows_zone
    from azcost.optimise.shutdown import Answer

    name = windows_zone(zone)
    return [
        AutoShutdown(
            vm=one.resource.id,
            location=one.resource.location,
            time=f"{one.advice.rests[0].stop:02}00",
            zone=name,
            email=email,
        )
        for one in found
        if one.kind.words == "machine" and one.advice.answer is Answer.SCHEDULE
    ]


def _idle(facts: Facts, minutes: int) -> list[IdleShutdown]:
    """Idle shutdown for the compute instances that nothing stops."""
    from azcost.actions.idle_shutdown import MINUTES, IdleShutdown
    from azcost.rests import unattended

    least, most = MINUTES
    if minutes and not least <= minutes <= most:
        raise click.UsageError(f"--idle-minutes {minutes}: Azure takes {least} to {most}.")
    return [IdleShutdown(one.id, f"PT{minutes}M") for one in unattended(facts) if minutes]


@shutdown.command()
@_planned
@click.option(
    "--as",
    "language",
    type=click.Choice(["az", "bicep", "terraform"]),
    help="Print code that sets the auto-shutdowns.",
)
@click.option(
    "--metrics",
    type=click.Path(path_type=Path),
    help="Hourly metrics instead of a snapshot, as CSV or Parquet.",
)
@click.option("--currency", default="USD", show_default=True, help="Of the prices in --metrics.")
@answer_options
def plan(
    demo: bool,  # noqa: FBT001 - click's flags
    snapshot: Path | None,
    zone: str,
    disturbance_hours: float,
    idle_minutes: int,
    email: str,
    language: str | None,
    metrics: Path | None,
    currency: str,
    **how: Any,
) -> None:
    """Say what can be off at night and at weekends, from hourly metrics.

    A file of --metrics has the columns time, resource, cpu (percent), and if wanted
    network_bytes and price_per_hour.

    Example: azcost shutdown plan --demo --zone Europe/Berlin
    """
    from azcost.rests import rested

    if metrics:
        if demo or snapshot or language or email:
            raise click.UsageError(
                "--metrics goes without --snapshot, --demo, --as and --email: a file does not say "
                "where a machine is."
            )
        _check(zone)
        show(_measured(metrics, zone, disturbance_hours, currency), **how)
        return
    facts = _facts(snapshot, zone, demo=demo)
    found, idle = rested(facts, zone, disturbance_hours), _idle(facts, idle_minutes)
    if language:
        from azcost.actions.shutdown_code import CODE

        click.echo(CODE[language]([*_wanted(found, zone, email), *idle]), nl=False)
        return
    from azcost.report.shutdown import plan_document

    show(plan_document(found, facts.currency, zone, disturbance_hours, idle), **how)


def _measured(metrics: Path, zone: str, disturbance_hours: float, currency: str) -> Document:
    import re

    import numpy as np

    from azcost.report.shutdown import BY_PRICE, plan_document
    from azcost.rests import rested_by_metrics
    from azcost.usage import hourly_metrics

    if not re.fullmatch("[A-Z]{3}", currency):
        raise click.UsageError(f"--currency {currency}: expected three letters such as EUR.")
    read = hourly_metrics.load(metrics)
    notes: list[str] = []
    if max(np.nanmax(one.cpu, initial=0.0) for one in read) <= 1:
        notes.append("No cpu is above 1, and 1 is read as 1 %: are they shares of 1?")
    if any("/" not in one.resource for one in read):
        notes.append("Commands and timers are for ARM ids only: a name does not say where it is.")
    found = rested_by_metrics(read, zone, disturbance_hours, currency)
    return plan_document(found, currency, zone, disturbance_hours, saved=BY_PRICE, notes=notes)


@shutdown.command()
@_planned
@login_options
@_changing
@answer_options
def apply(
    demo: bool,  # noqa: FBT001 - click's flags
    snapshot: Path | None,
    zone: str,
    disturbance_hours: float,
    idle_minutes: int,
    email: str,
    cloud: str,
    login: str,
    undo: Path | None,
    dry_run: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
    **how: Any,
) -> None:
    """Set auto-shutdown for the machines whose plan says "schedule", and for no other.

    Compute instances of Azure ML that nothing stops get an idle shutdown.

    Example: azcost shutdown apply --snapshot mine.json.gz --zone Europe/Berlin --dry-run
    """
    from azcost.actions.shutdown_change import towards
    from azcost.rests import rested

    facts = _facts(snapshot, zone, demo=demo)
    found = rested(facts, zone, disturbance_hours)
    wanted: list[Shutdown] = [*_wanted(found, zone, email), *_idle(facts, idle_minutes)]
    azure = _azure(cloud, login) if wanted else None
    changes = [towards(one, azure.of(one.target)) for one in wanted] if azure else []
    _carry_out(changes, azure, undo, dry_run=dry_run, yes=yes, how=how)


@shutdown.command()
@click.option("--subscription", required=True, metavar="ID")
@login_options
@answer_options
def status(subscription: str, cloud: str, login: str, **how: Any) -> None:
    """List what stops machines and compute instances of a subscription.

    Example: azcost shutdown status --subscription ID
    """
    from azcost.report.shutdown import status_document

    show(status_document(_azure(cloud, login).all(subscription)), **how)


@shutdown.command()
@click.argument("targets", nargs=-1, metavar="ID...")
@click.option(
    "--from",
    "saved",
    type=click.Path(path_type=Path),
    help="Undo what apply did: the file that it saved.",
)
@login_options
@_changing
@answer_options
def remove(
    targets: tuple[str, ...],
    saved: Path | None,
    cloud: str,
    login: str,
    undo: Path | None,
    dry_run: bool,  # noqa: FBT001 - click's flags
    yes: bool,  # noqa: FBT001
    **how: Any,
) -> None:
    """Remove the shutdown of machines and compute instances, or put back what there was.

    Example: azcost shutdown remove --from azcost-undo-20261125-190000.json
    """
    from azcost.actions.shutdown_change import removal

    if bool(targets) == bool(saved):
        raise click.UsageError("Name machines and instances by their ids, or a file by --from.")
    azure = _azure(cloud, login)
    if saved:
        changes = [_back(target, before, azure) for target, before in _undo_of(saved)]
    else:
        there = [azure.of(one) for one in targets]
        changes = [removal(one) for one in there if one]
    _carry_out([one for one in changes if one], azure, undo, dry_run=dry_run, yes=yes, how=how)


def _azure(cloud: str, login: str) -> Shutdowns:
    from azcost.actions.azure_shutdown import PERMITS, Shutdowns

    return Shutdowns(connect(cloud, login, PERMITS))


def _back(target: str, before: Shutdown | None, azure: Shutdowns) -> ShutdownChange | None:
    from azcost.actions.shutdown_change import removal, towards

    now = azure.of(target)
    if before:
        return towards(before, now)
    return removal(now) if now else None


def _undo_of(file: Path) -> list[tuple[str, Shutdown | None]]:
    """What each resource had before, from the file that a change saved."""
    from azcost.actions.auto_shutdown import auto_shutdown
    from azcost.actions.idle_shutdown import IdleShutdown, is_compute
    from azcost.errors import AzcostError

    def parsed(target: str, before: dict[str, Any]) -> Shutdown | None:
        if is_compute(target):
            return IdleShutdown(target, str(before["idleTimeBeforeShutdown"]))
        return auto_shutdown(before)

    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        return [
            (
                str(one["resource"]),
                parsed(str(one["resource"]), one["before"]) if one["before"] else None,
            )
            for one in read["shutdowns"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AzcostError(f"{file} is no file that azcost shutdown saved: {error}") from error


def _carry_out(
    changes: Sequence[ShutdownChange],
    azure: Shutdowns | None,
    undo: Path | None,
    *,
    dry_run: bool,
    yes: bool,
    how: dict[str, Any],
) -> None:
    from azcost.actions.difference import Verb
    from azcost.report.document import to_text
    from azcost.report.shutdown import change_document

    to_do = [one for one in changes if one.verb is not Verb.NOTHING]
    if dry_run or not to_do or azure is None:
        show(change_document(changes, "would be changed"), **how)
        return
    if not yes:
        click.echo(to_text(change_document(changes, "are to be changed")), err=True)
        if not agreed(f"Change {len(to_do)} shutdowns?"):
            click.echo("Nothing was changed.", err=True)
            return
    before = [{"resource": one.target, "before": one.before and one.before.body()} for one in to_do]
    file = save_undo({"shutdowns": before}, undo)
    click.echo(f"To undo it: azcost shutdown remove --from {file}", err=True)
    for number, one in enumerate(to_do, start=1):
        click.echo(f"{number} of {len(to_do)}: {one.verb} {one.target}", err=True)
        azure.carry_out(one)
    show(change_document(changes, "were changed"), **how)
