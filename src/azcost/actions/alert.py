"""Mails that Azure sends by itself: of an anomaly, or of a view of costs on some days.

Microsoft.CostManagement/scheduledActions, to and from its JSON (API facts 2.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from azcost.actions.budget import Json
from azcost.actions.budget_rules import is_email, refuse
from azcost.actions.difference import Difference, Verb, differences
from azcost.actions.scope import Scope, ScopeKind
from azcost.errors import AzcostError

ANOMALY, MAIL = "InsightAlert", "Email"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKS = ("First", "Second", "Third", "Fourth", "Last")
# From Microsoft's OpenAPI of scheduledActions, 2023-11-01.
MAX_RECIPIENTS = 20
MAX_SUBJECT = 70
MAX_MESSAGE = 250
# The views that the azurerm provider's anomaly alert has, and its example of a mail.
_VIEWS = {ANOMALY: "ms:DailyAnomalyByResourceGroup", MAIL: "ms:CostByService"}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """When a mail is sent: `hour` in UTC; a day of the month, or weekdays of some weeks."""

    frequency: str = "Daily"
    start: date
    end: date
    hour: int | None = None
    weekdays: tuple[str, ...] = ()
    weeks: tuple[str, ...] = ()
    day_of_month: int | None = None

    def properties(self) -> Json:
        """Its JSON."""
        found: Json = {
            "frequency": self.frequency,
            "startDate": f"{self.start}T00:00:00Z",
            "endDate": f"{self.end}T00:00:00Z",
        }
        if self.hour is not None:
            found["hourOfDay"] = self.hour
        if self.weekdays:
            found["daysOfWeek"] = list(self.weekdays)
        if self.weeks:
            found["weeksOfMonth"] = list(self.weeks)
        if self.day_of_month is not None:
            found["dayOfMonth"] = self.day_of_month
        return found


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that Azure sends: `kind` says of what, `view` is the path of a view of costs."""

    scope: Scope
    name: str
    kind: str
    title: str
    to: tuple[str, ...]
    subject: str
    message: str = ""
    view: str
    schedule: Schedule
    is_csv_attached: bool = False
    status: str = "Enabled"

    @property
    def path(self) -> str:
        """Where Azure has it."""
        return f"/{self.scope.path}/providers/Microsoft.CostManagement/scheduledActions/{self.name}"

    def body(self) -> Json:
        """The JSON to send."""
        notification: Json = {"to": list(self.to), "subject": self.subject}
        if self.message:
            notification["message"] = self.message
        properties: Json = {
            "displayName": self.title,
            "status": self.status,
            "viewId": self.view,
            "notification": notification,
            "schedule": self.schedule.properties(),
        }
        if self.is_csv_attached:
            properties["fileDestination"] = {"fileFormats": ["Csv"]}
        if self.to:
            properties["notificationEmail"] = self.to[0]  # who is asked to be let off
        return {"kind": self.kind, "properties": properties}


class StandingAlert(msgspec.Struct, frozen=True):
    """An alert that exists."""

    alert: Alert
    etag: str


class AlertChange(msgspec.Struct, frozen=True):
    """What is to be done to an alert: `before` is what exists, `after` what is wanted."""

    verb: Verb
    before: StandingAlert | None
    after: Alert | None
    differences: tuple[Difference, ...]

    @property
    def alert(self) -> Alert:
        """The alert that it is about."""
        alert = self.after or (self.before.alert if self.before else None)
        assert alert is not None  # noqa: S101 - a change has at least one of them
        return alert


def view_of(kind: str, scope: Scope) -> str:
    """The view that a kind of mail has unless one is named."""
    return f"/{scope.path}/providers/Microsoft.CostManagement/views/{_VIEWS[kind]}"


def towards(wanted: Alert, found: StandingAlert | None) -> AlertChange:
    """What leads from what was found to what is wanted; nothing, where both say the same."""
    if found is None:
        return AlertChange(Verb.CREATE, None, wanted, differences({}, settings(wanted)))
    what = differences(settings(found.alert), settings(wanted))
    return AlertChange(Verb.UPDATE if what else Verb.NOTHING, found, wanted, what)


def deletion(found: StandingAlert) -> AlertChange:
    """The end of an alert."""
    return AlertChange(Verb.DELETE, found, None, differences(settings(found.alert), {}))


def settings(alert: Alert) -> Mapping[str, str]:
    """An alert's settings in words."""
    when = alert.schedule
    found = {
        "sends": "a mail when a day's cost is odd" if alert.kind == ANOMALY else "a view of costs",
        "title": alert.title,
        "to": ", ".join(sorted(one.lower() for one in alert.to)),
        "subject": alert.subject,
        "message": alert.message,
        "view": alert.view.lower(),
        "when": when.frequency.lower(),
        "hour": "" if when.hour is None else f"{when.hour}:00 UTC",
        "weekdays": ", ".join(when.weekdays),
        "weeks": ", ".join(when.weeks),
        "day of the month": str(when.day_of_month or ""),
        "from": str(when.start),
        "until": str(when.end),
        "attached": "CSV" if alert.is_csv_attached else "",
        "status": alert.status.lower(),
    }
    return {name: value for name, value in found.items() if value}


def standing_alert(scope: Scope, body: Mapping[str, Any]) -> StandingAlert:
    """Read an alert as Azure answers it; raises AzcostError for what is none."""
    try:
        properties = body["properties"]
        notification = properties["notification"]
        alert = Alert(
            scope=scope,
            name=str(body["name"]),
            kind=str(body["kind"]),
            title=str(properties["displayName"]),
            to=tuple(map(str, notification["to"])),
            subject=str(notification["subject"]),
            message=str(notification.get("message") or ""),
            view=str(properties["viewId"]),
            schedule=_schedule(properties["schedule"]),
            is_csv_attached=bool(properties.get("fileDestination")),
            status=str(properties["status"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        name = body.get("name", "without a name")
        raise AzcostError(f"The alert {name} cannot be read: {error!r}.") from error
    return StandingAlert(alert, str(body.get("eTag") or body.get("etag") or ""))


def _schedule(found: Mapping[str, Any]) -> Schedule:
    return Schedule(
        frequency=str(found["frequency"]),
        start=date.fromisoformat(str(found["startDate"])[:10]),
        end=date.fromisoformat(str(found["endDate"])[:10]),
        hour=found.get("hourOfDay"),
        weekdays=tuple(found.get("daysOfWeek") or ()),
        weeks=tuple(found.get("weeksOfMonth") or ()),
        day_of_month=found.get("dayOfMonth"),
    )


def check(alert: Alert, today: date) -> None:
    """Raise BudgetRefused with all that Azure would refuse."""
    refuse("alert", [*_problems(alert), *_about_schedule(alert, today)])


def _problems(alert: Alert) -> Iterator[str]:
    if not alert.name or not set(alert.name) <= _LETTERS:
        yield f"name {alert.name!r}: only lower-case letters, digits and -"
    if not alert.to:
        yield "it needs an e-mail address (--email)"
    if len(alert.to) > MAX_RECIPIENTS:
        yield f"{len(alert.to)} e-mail addresses: at most {MAX_RECIPIENTS}"
    for one in alert.to:
        if not is_email(one):
            yield f"e-mail {one!r}: that is no address"
    for name, text in (("title", alert.title), ("subject", alert.subject)):
        if not text.strip():
            yield f"{name}: it is empty"
    if len(alert.subject) > MAX_SUBJECT:
        yield f"subject: {len(alert.subject)} characters, at most {MAX_SUBJECT}"
    if len(alert.message) > MAX_MESSAGE:
        yield f"message: {len(alert.message)} characters, at most {MAX_MESSAGE}"
    if alert.kind == ANOMALY and alert.scope.kind is not ScopeKind.SUBSCRIPTION:
        yield f"anomalies are looked for in subscriptions, not in a {alert.scope.kind}"


def _about_schedule(alert: Alert, today: date) -> Iterator[str]:
    when = alert.schedule
    if when.end <= when.start:
        yield f"end {when.end}: it must be after the start, {when.start}"
    elif when.end <= today:
        yield f"end {when.end}: it must be in the future"
    if when.hour is not None and not 0 <= when.hour <= 23:
        yield f"hour {when.hour}: from 0 to 23"
    if when.day_of_month is not None and not 1 <= when.day_of_month <= 31:
        yield f"day of the month {when.day_of_month}: from 1 to 31"
    if alert.kind == ANOMALY and (when.frequency, when.hour) != ("Daily", None):
        yield "anomalies are looked for daily, at an hour of Azure's choice"
    if when.frequency == "Daily" and (when.weekdays or when.weeks or when.day_of_month):
        yield "weekdays, weeks and days of the month are not for daily mails"
    if when.frequency == "Weekly":
        if not when.weekdays:
            yield "a weekly mail needs a weekday (--weekday)"
        if when.weeks or when.day_of_month:
            yield "weeks and days of the month are for monthly mails"
    if when.frequency == "Monthly":
        if when.day_of_month and (when.weeks or when.weekdays):
            yield "give a day of the month, or weekdays of some weeks: Azure takes the day only"
        if not when.day_of_month and not (when.weeks and when.weekdays):
            yield "a monthly mail needs --day-of-month, or --week and --weekday"
