"""Policies by last access: the expectation is what many blobs drawn one by one come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from azcost.meters.blobs import Use
from azcost.meters.cohorts import TIERS
from azcost.optimise.lifecycle.flips import flips
from azcost.optimise.lifecycle.idle import expected
from azcost.optimise.lifecycle.ledger import Terms, What, simulate
from azcost.optimise.lifecycle.plan import Setting, plan
from azcost.optimise.lifecycle.policy import Policy
from azcost.optimise.lifecycle.policy_reader import parse
from azcost.optimise.lifecycle.schedule import scheduled
from conftest import make_catalogue
from lifecycle_prices import WEST_EUROPE, cohort, rows

COOL, ARCHIVE, MINIMUM = 5, 40, 30
DAYS = 80


def policy(base: dict[str, Any]) -> Policy:
    rule = {
        "name": "access",
        "type": "Lifecycle",
        "definition": {"actions": {"baseBlob": base}, "filters": {"blobTypes": ["blockBlob"]}},
    }
    return parse(json.dumps({"rules": [rule]}), "p.json")


def access(days: int) -> dict[str, int]:
    return {"daysAfterLastAccessTimeGreaterThan": days}


def terms(days: int) -> Terms:
    return Terms(
        days=days,
        reading=dict.fromkeys(TIERS, Use.READ),
        retrieving=dict.fromkeys(TIERS, Use.RETRIEVAL),
        writes_gb=frozenset(),
    )


def drawn(blobs: int, per_month: float, *, warms: bool) -> dict[What, float]:
    """The counts of blobs that are drawn one by one, day by day."""
    draw = np.random.default_rng(7)
    chance = 1 - np.exp(-per_month * 24 / 730)
    count = dict.fromkeys((What.CAPACITY, What.MOVES, What.EARLY), 0.0)
    for _ in range(blobs):
        tier, stay, idle = "Hot", 0, 0
        for _day in range(DAYS):
            into = "Archive" if idle >= ARCHIVE else "Cool" if idle >= COOL else "Hot"
            if TIERS.index(into) > TIERS.index(tier):
                count[What.EARLY] += max(0, MINIMUM - stay) if tier == "Cool" else 0
                count[What.MOVES] += 1
                tier, stay = into, 0
            count[What.CAPACITY] += tier == "Hot"
            stay, read = stay + 1, tier != "Archive" and draw.random() < chance
            idle = 0 if read else idle + 1
            if read and warms and tier == "Cool":
                count[What.EARLY] += max(0, MINIMUM - stay)
                count[What.MOVES] += 1
                tier, stay = "Hot", 0
    return count


@pytest.mark.parametrize("warms", [False, True])
@pytest.mark.parametrize("per_month", [0.5, 4.0])
def test_the_expectation_is_what_many_drawn_blobs_come_to(per_month: float, warms: bool) -> None:  # noqa: FBT001
    base: dict[str, Any] = {"tierToCool": access(COOL), "tierToArchive": access(ARCHIVE)}
    base["enableAutoTierToHotFromCool"] = warms
    blobs = 10_000
    one = cohort(blobs=blobs, gb=blobs, reads=[{"per_month": per_month}])
    found = expected(policy(base), one, terms(DAYS))
    counts = drawn(blobs, per_month, warms=warms)
    hot = sum(
        q.sum() for key, q in found.entries() if key.what is What.CAPACITY and key.tier == "Hot"
    )
    assert hot * 730 / 24 == pytest.approx(counts[What.CAPACITY], rel=0.04)
    assert found.amount(What.MOVES) == pytest.approx(counts[What.MOVES], rel=0.04)
    assert found.amount(What.EARLY) * 730 / 24 == pytest.approx(counts[What.EARLY], rel=0.04)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"idle_days": 12, "age_days": 50},
        {"tier": "Cool", "tier_days": 3, "age_days": 4},
        {"arrive": "evenly"},
        {"lifetime_days": 70},
        {"age_days": 10, "created_days": 30},
    ],
)
def test_what_is_hardly_ever_read_takes_the_course_of_what_is_never_read(
    given: dict[str, Any],
) -> None:
    base = {
        "tierToCool": access(7),
        "tierToArchive": {**access(20), "daysAfterLastTierChangeGreaterThan": 15},
        "delete": {"daysAfterCreationGreaterThan": 75},
    }
    rare = cohort(blobs=10, gb=10, reads=[{"per_month": 1e-9}], **given)
    found = expected(policy(base), rare, terms(DAYS))
    certain = simulate(rare, scheduled(policy(base), rare, DAYS), terms(DAYS))
    for what in (What.CAPACITY, What.MOVES, What.EARLY, What.UPLOADS):
        assert found.amount(what) == pytest.approx(certain.amount(what), abs=1e-5), what


def test_what_is_read_every_day_stays_hot() -> None:
    often = cohort(blobs=10, gb=10, reads=[{"per_month": 10**6}])
    found = expected(policy({"tierToCool": access(1)}), often, terms(DAYS))
    assert {key.tier for key, _ in found.entries() if key.what is What.CAPACITY} == {"Hot"}


def test_the_curve_begins_where_nothing_is_read(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path / "toy.sqlite", rows(WEST_EUROPE))
    setting, by_access = Setting(days=60), policy({"tierToCool": access(COOL)})
    read = cohort(blobs=1000, gb=1000, reads=[{"per_month": 2}])
    never = cohort(blobs=1000, gb=1000)
    curve = flips(plan([read], by_access, catalogue, setting), by_access, catalogue).reads
    found = plan([never], by_access, catalogue, setting).outcome("policy")
    assert found is not None
    assert curve.points[0].costs["policy"] == pytest.approx(float(found.total.amount), abs=0.005)
    assert curve.even is None
