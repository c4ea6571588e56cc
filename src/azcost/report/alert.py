"""Alerts as documents: what is to change, and what exists."""

from __future__ import annotations

import json
from collections.abc import Sequence

from azcost.actions.alert import ANOMALY, Alert, AlertChange, StandingAlert, settings
from azcost.actions.difference import Verb
from azcost.report.budget import Stage, differences_table
from azcost.report.document import Code, Document, Part, Table

_DONE = {Verb.CREATE: "Created", Verb.UPDATE: "Changed", Verb.DELETE: "Deleted"}
# learn.microsoft.com, "analyze-unexpected-charges".
_ACCESS = (
    "Azure sends it with the access that whoever made it has on that day: it ends when they "
    "lose it."
)


def change_document(change: AlertChange, stage: Stage, notes: Sequence[str] = ()) -> Document:
    """What is to be done to an alert, or was done: the differences and the JSON."""
    alert = change.alert
    parts: list[Part] = []
    if change.differences:
        parts.append(differences_table(change.differences, change.verb))
    if change.after and stage is not Stage.DONE and change.verb is not Verb.NOTHING:
        text = json.dumps(alert.body(), indent=2, ensure_ascii=False)
        parts.append(Code(title=f"PUT {alert.path}", text=text, language="json"))
    return Document(
        title=f"Alert {alert.name} of the {alert.scope}",
        verdict=_verdict(change, stage),
        parts=tuple(parts),
        notes=(_ACCESS, *notes) if change.after else tuple(notes),
        facts={
            "schema": 1,
            "stage": str(stage),
            "verb": str(change.verb),
            "path": alert.path,
            "differences": [
                {"setting": one.setting, "before": one.before, "after": one.after}
                for one in change.differences
            ],
            "body": alert.body() if change.after else None,
        },
    )


def _verdict(change: AlertChange, stage: Stage) -> str:
    what = _in_words(change.alert)
    if change.verb is Verb.NOTHING:
        return f"Nothing to do: {what} is there already, just so."
    if stage is Stage.DONE:
        return f"{_DONE[change.verb]}: {what}."
    after = "not compared with what exists" if stage is Stage.NOT_COMPARED else "nothing is changed"
    return f"This would {change.verb} {what}: {after}."


def _in_words(alert: Alert) -> str:
    when = alert.schedule
    told = f"to {len(alert.to)} address{'es' if len(alert.to) != 1 else ''} until {when.end}"
    if alert.kind == ANOMALY:
        return f"the alert {alert.name}, which mails anomalies {told}"
    return f"the alert {alert.name}, which mails costs {when.frequency.lower()} {told}"


def list_document(where: str, found: Sequence[StandingAlert]) -> Document:
    """The alerts of a scope."""
    count = "1 alert" if len(found) == 1 else f"{len(found)} alerts"
    rows = tuple(
        (
            one.alert.name,
            "anomalies" if one.alert.kind == ANOMALY else one.alert.schedule.frequency.lower(),
            one.alert.status.lower(),
            str(one.alert.schedule.end),
            ", ".join(one.alert.to),
        )
        for one in found
    )
    columns = ("", "mails", "status", "until", "to")
    return Document(
        title=f"Alerts of the {where}",
        verdict=f"The {where} has {count}." if found else f"The {where} has no alert.",
        parts=(Table(columns=columns, rows=rows, left=(0, 1, 2, 3, 4)),) if rows else (),
        facts={
            "schema": 1,
            "alerts": [
                {"name": one.alert.name, "path": one.alert.path, "settings": settings(one.alert)}
                for one in found
            ],
        },
    )
