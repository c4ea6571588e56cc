"""Audits as pages, for the tests that look at them: the demo, and one of hostile names."""

from __future__ import annotations

from typing import Any

import estates
from azcost import paths
from azcost.advice.advise import advise
from azcost.audit import rule, run, snapshot
from azcost.audit.facts import Facts
from azcost.audit.snapshot import Snapshot
from azcost.pricing.catalogue import Catalogue
from azcost.report import audit_page
from sample_pages import ORIGIN

DISK = "Microsoft.Compute/disks"
# Names that a shell, a spreadsheet, a terminal or a page would take for something else.
HOSTILE = (
    "a$(touch pwned)`touch pwned`;touch pwned",
    'it\'s "quoted" && touch pwned',
    "=cmd|' |C calc'!A0",
    "<script>alert(1)<|script>",
    "line\nbreak\r\ttouch pwned",
    "\u202eright to left\u2066",
    "--yes",
    "%s {0} {name} \\",
    "</details></section><img src=x onerror=alert(1)>".replace("/", "|"),
    "x" * 5_000,
)


def orphan(name: str, **more: Any) -> dict[str, Any]:
    """A disk that belongs to no machine."""
    properties = {
        "diskState": "Unattached",
        "lastOwnershipUpdateTime": "2026-01-01",
        "diskSizeGB": 1,
    }
    return {"name": name, "properties": properties, "tags": {"team": name}, **more}


def demo() -> Snapshot:
    return snapshot.load(paths.shipped("examples") / "demo-snapshot.json.gz")


def hostile() -> Snapshot:
    unread = [{"part": "advisor", "reason": "<b>HTTP 403</b>", "role": "Reader"}]
    case = {
        "resources": [orphan(name) for name in HOSTILE],
        "unread": unread,
        "costs": {name: number for number, name in enumerate(HOSTILE, start=1)},
        "currency": "<i>",
    }
    return estates.snapshot(case, DISK)


def page(taken: Snapshot, catalogue: Catalogue) -> str:
    """The page of an audit by all rules."""
    facts = Facts(taken, catalogue)
    return audit_page.render(advise(run.audit(facts, rule.load()), taken), facts, ORIGIN)
