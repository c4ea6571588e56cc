"""`azcost alert`: mails that Azure sends by itself, of anomalies and of costs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from azcost.cli.answer import answer_options, show
from azcost.cli.connecting import (
    agreed,
    at_scope,
    changing_options,
    connect,
)
from azcost.errors import AzcostError

if TYPE_CHECKING:
    from azcost.actions.alert import Alert, AlertChange, StandingAlert
    from azcost.actions.azure_alerts import Alerts
    from azcost.actions.scope import Scope

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKS = ("First", "Second", "Third", "Fourth", "Last")


@click.group()
def alert() -> None:
    """Have Azure mail anomalies, or a view of costs.

    Whatever changes something shows it first and asks; --dry-run only shows it.

    Example: azcost alert create odd-days --subscription ID --email me@example.com
    """


def _alerts(cloud: str, login: str, scope: Scope) -> Alerts:
    from azcost.actions.azure_alerts import PERMITS, Alerts

    return Alerts(connect(cloud, login, PERMITS), scope)


_where = at_scope("open_alerts", _alerts)


@alert.command()
@click.argument("name")
@_where
@click.option("--email", multiple=True, metavar="ADDRESS", help="Whom to tell.")
@click.option(
    "--mail",
    type=click.Choice(["daily", "weekly", "monthly"]),
    help="Mail a view of costs that often; without it, a mail when a day's cost is odd.",
)
@click.option("--view", metavar="PATH", help="The view to mail; default: costs by service.")
@click.option("--csv", is_flag=True, help="Attach the view as CSV.")
@click.option("--hour", type=int, help="The hour of the mail, in UTC.")
@click.option(
    "--weekday",
    multiple=True,
    type=click.Choice(_DAYS, case_sensitive=False),
    help="A day of weekly mails, or with --week of monthly ones.",
)
@click.option("--week", multiple=True, type=click.Choice(_WEEKS, case_sensitive=False))
@click.option("--day-of-month", type=int, help="The day of monthly mails.")
@click.option("--title", help="Its name in the portal.")
@click.option("--subject", help="The subject of the mails, at most 70 characters.")
@click.option("--message", default="", help="A text in the mails, at most 250 characters.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="Default: today.")
@click.option("--end", type=click.DateTime(["%Y-%m-%d"]), help="Default: a year from the start.")
@changing_options
@answer_options
def create(
    name: str,
    scope: Scope,
    open_alerts: Callable[[], Alerts],
    dry_run: bool,  # noqa: FBT001 - click's flags
    yes: bool,  # noqa: FBT001
    format_: str,
    **wanted: Any,
) -> None:
    """Create an alert; one that is there already is brought to what is asked for.

    Example: azcost alert create odd-days --subscription ID --email me@example.com
    """
    from azcost.actions import alert as alerts
    from azcost.report.alert import change_document
    from azcost.report.budget import Stage

    today = datetime.now(UTC).date()
    found, why = _look(open_alerts, name, dry_run=dry_run)
    new = _described(name, scope, wanted, today, found)
    alerts.check(new, today)
    change = alerts.towards(new, found)
    if not dry_run:
        _carry_out(change, open_alerts, yes=yes, format_=format_)
        return
    notes = (f"Not compared with what exists. {why}",) if why else ()
    show(change_document(change, Stage.NOT_COMPARED if why else Stage.PLANNED, notes), format_)
    if why:
        sys.exit(3)


def _look(
    open_alerts: Callable[[], Alerts], name: str, *, dry_run: bool
) -> tuple[StandingAlert | None, str]:
    """The alert that exists; a dry run does without Azure, and says so."""
    from azcost.arm.failures import ArmError

    try:
        return open_alerts().named(name), ""
    except ArmError as error:
        if not dry_run:
            raise
        return None, str(error)


def _described(
    name: str, scope: Scope, wanted: dict[str, Any], today: date, found: StandingAlert | None
) -> Alert:
    """The alert that the options describe; one that still runs keeps its dates."""
    from azcost.actions.alert import ANOMALY, MAIL, MAX_SUBJECT, Alert, Schedule, view_of

    kind = MAIL if wanted["mail"] else ANOMALY
    if kind == ANOMALY and (wanted["view"] or wanted["csv"]):
        raise click.UsageError("--view and --csv are for mails of costs: add --mail.")
    before = found.alert.schedule if found and found.alert.schedule.end > today else None
    start = _day(wanted["start"]) or (before.start if before else today)
    end = _day(wanted["end"]) or (before.end if before else _a_year_after(start))
    what = "Cost anomaly" if kind == ANOMALY else f"{wanted['mail'].capitalize()} costs"
    return Alert(
        scope=scope,
        name=name,
        kind=kind,
        title=wanted["title"] or what,
        to=wanted["email"],
        subject=wanted["subject"] or f"{what}: {scope.name}"[:MAX_SUBJECT],
        message=wanted["message"],
        view=wanted["view"] or view_of(kind, scope),
        schedule=Schedule(
            frequency=(wanted["mail"] or "daily").capitalize(),
            start=start,
            end=end,
            hour=wanted["hour"],
            weekdays=wanted["weekday"],
            weeks=wanted["week"],
            day_of_month=wanted["day_of_month"],
        ),
        is_csv_attached=wanted["csv"],
    )


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _a_year_after(day: date) -> date:
    """The same day of the next year; of 29 February, the day before."""
    if day.year == date.max.year:
        return day  # which the rules refuse
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _carry_out(
    change: AlertChange, open_alerts: Callable[[], Alerts], *, yes: bool, format_: str
) -> None:
    """Do what is to be done, after it was agreed upon."""
    from azcost.actions.difference import Verb
    from azcost.report.alert import change_document
    from azcost.report.budget import Stage
    from azcost.report.document import to_text

    if change.verb is not Verb.NOTHING and not yes:
        click.echo(to_text(change_document(change, Stage.PLANNED)), err=True)
        if not agreed(f"{str(change.verb).capitalize()} this alert?"):
            click.echo("Nothing was changed.", err=True)
            return
    open_alerts().carry_out(change)
    show(change_document(change, Stage.DONE), format_)


@alert.command()
@click.argument("name")
@_where
@changing_options
@answer_options
def delete(
    name: str,
    scope: Scope,
    open_alerts: Callable[[], Alerts],
    dry_run: bool,  # noqa: FBT001 - click's flags
    yes: bool,  # noqa: FBT001
    format_: str,
) -> None:
    """Delete an alert.

    Example: azcost alert delete odd-days --subscription ID
    """
    from azcost.actions.alert import deletion
    from azcost.report.alert import change_document
    from azcost.report.budget import Stage

    found = open_alerts().named(name)
    if found is None:
        raise AzcostError(f"The {scope} has no alert {name!r}: azcost alert list.")
    if dry_run:
        show(change_document(deletion(found), Stage.PLANNED), format_)
        return
    _carry_out(deletion(found), open_alerts, yes=yes, format_=format_)


@alert.command("list")
@_where
@answer_options
def list_(scope: Scope, open_alerts: Callable[[], Alerts], **how: Any) -> None:
    """List the alerts of a scope.

    Example: azcost alert list --subscription ID
    """
    from azcost.report.alert import list_document

    show(list_document(str(scope), open_alerts().all()), **how)
