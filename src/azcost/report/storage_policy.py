"""What a change of a storage account's lifecycle policy does, as a document."""

from __future__ import annotations

import json
from collections.abc import Iterator

from azcost.actions.difference import Verb
from azcost.actions.storage_policy import PolicyChange, path_of
from azcost.report.document import Code, Document, Part, Table


def change_document(change: PolicyChange, *, is_done: bool) -> Document:
    """The rules that change with before and after, and the JSON of what is to be written."""
    return Document(
        title=f"Lifecycle policy of {change.account.rpartition('/')[2]}",
        verdict=_verdict(change, is_done=is_done),
        parts=tuple(_parts(change, is_done=is_done)),
        notes=tuple(_notes(change)),
        facts={
            "schema": 1,
            "account": change.account,
            "verb": str(change.verb),
            "done": is_done,
            "refused": list(change.refused),
            "rules": [{"name": one.name, "verb": str(one.verb)} for one in change.rules],
            "body": change.after and change.after.body(),
        },
    )


def _verdict(change: PolicyChange, *, is_done: bool) -> str:
    if change.refused:
        names = ", ".join(change.refused)
        return (
            f"Nothing is changed: what is there under the name {names} says something else; "
            "--replace-rules replaces it."
        )
    if change.verb is Verb.NOTHING:
        return "Nothing to change: the policy is as it should be."
    if change.verb is Verb.DELETE:
        return "The policy was deleted." if is_done else "The policy is to be deleted."
    counts = ", ".join(
        f"{count} {words}"
        for verb, words in (
            (Verb.CREATE, "added"),
            (Verb.UPDATE, "replaced"),
            (Verb.DELETE, "taken away"),
        )
        if (count := sum(one.verb is verb for one in change.rules))
    )
    stay = len(change.after.rules if change.after else ()) - sum(
        one.verb in (Verb.CREATE, Verb.UPDATE) for one in change.rules
    )
    done = "Rules were changed" if is_done else "Rules are to be changed"
    return f"{done}: {counts}; {stay} stay as they are."


def _parts(change: PolicyChange, *, is_done: bool) -> Iterator[Part]:
    rows = tuple(
        (one.name, str(one.verb), it.setting, it.before or "-", it.after or "-")
        for one in change.rules
        for it in one.differences
    )
    if rows:
        columns = ("rule", "", "setting", "before", "after")
        yield Table(columns=columns, rows=rows, left=(0, 1, 2, 3, 4))
    if change.verb in (Verb.CREATE, Verb.UPDATE) and change.after and not is_done:
        text = json.dumps(change.after.body(), indent=2, ensure_ascii=False)
        yield Code(title=f"PUT {path_of(change.account)}", text=text, language="json")


def _notes(change: PolicyChange) -> Iterator[str]:
    after = change.after.rules if change.after else ()
    if "daysAfterLastAccessTimeGreaterThan" in json.dumps(after):
        yield (
            "Rules by last access need last access time tracking, which is switched on at the "
            "account and billed by the read."
        )
    if change.verb in (Verb.CREATE, Verb.UPDATE):
        yield (
            "A new policy may take a day to begin; what it deletes is gone, and what it archives "
            "takes hours to come back: an undo brings back the rules, not the blobs."
        )
