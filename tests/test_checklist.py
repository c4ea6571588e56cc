"""The ten points: done only where somebody looked."""

from __future__ import annotations

from typing import Any

import pytest

import audit_pages
import estates
from azcost.advice.advise import advise
from azcost.audit import rule, run
from azcost.audit.facts import Facts
from azcost.audit.snapshot import Snapshot
from azcost.pricing.catalogue import Catalogue
from azcost.report.checklist import POINTS, checklist

RULES = rule.load()
LEFT_BEHIND = "Nothing is left behind: disks, addresses, snapshots"


def test_the_rules_of_the_points_exist() -> None:
    named = [name for point in POINTS for name in point.rules]
    assert set(named) <= {one.name for one in RULES}
    assert len(named) == len(set(named))
    assert len(POINTS) == 10


def answers(taken: Snapshot, catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    found = advise(run.audit(Facts(taken, catalogue), RULES), taken)
    return {row[0]: row[1:] for row in checklist(found).rows}


def test_the_demo_leaves_every_point_open_that_can_be_seen(catalogue: Catalogue) -> None:
    found = answers(audit_pages.demo(), catalogue)
    assert {answer[0] for answer in found.values()} == {"open", "not to be seen in a subscription"}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"resources": [audit_pages.orphan("a")], "costs": {"a": 1}}, ("open", "1", "30.44")),
        ({}, ("nothing to which it applies", "", "")),
        ({"resources": [{"name": "a", "properties": {"diskState": "Attached"}}]}, ("done", "", "")),
        ({"unread": [{"part": "inventory", "reason": "HTTP 403"}]}, ("could not be seen", "", "")),
    ],
)
def test_a_point_is_done_only_where_somebody_looked(
    case: dict[str, Any], said: tuple[str, ...], catalogue: Catalogue
) -> None:
    found = answers(estates.snapshot(case, audit_pages.DISK), catalogue)
    assert found[LEFT_BEHIND] == said
