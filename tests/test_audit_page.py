"""The page of an audit as text: what is in it, also where little could be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import audit_pages
import estates
from azcost.advice.advise import Advice, advise
from azcost.audit import rule, run
from azcost.audit.facts import Facts
from azcost.audit.snapshot import Snapshot
from azcost.pricing.catalogue import Catalogue
from azcost.report import audit_charts
from azcost.report.heat_map import heat_map

ORPHAN = [audit_pages.orphan("a")]
VM = "Microsoft.Compute/virtualMachines"


def audited(taken: Snapshot, catalogue: Catalogue) -> Advice:
    return advise(run.audit(Facts(taken, catalogue), rule.load()), taken)


@pytest.fixture(scope="module")
def demo(catalogue: Catalogue) -> str:
    return audit_pages.page(audit_pages.demo(), catalogue)


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>([^<]*)</h2>", page)


def test_the_demo_has_every_section(demo: str) -> None:
    assert headings(demo) == [
        "Where the saving comes from",
        "Which of these would I do?",
        "Ten points",
        "What is spent, and by whom",
        "Findings",
        "Alternatives, and findings without an amount",
        "When machines work",
        "Commitments",
        "What was seen, and what was not",
        "How it is done",
        "Assumptions, and what is not included",
        "How to reproduce",
    ]


def test_every_finding_is_on_the_page_with_its_steps(demo: str, catalogue: Catalogue) -> None:
    advice = audited(audit_pages.demo(), catalogue)
    assert demo.count('<details class="finding">') >= len(advice.entries)
    assert "az disk delete --ids" in demo
    assert "How to take it back" in demo


@pytest.mark.parametrize(
    ("case", "absent"),
    [
        ({"resources": [], "costs": None}, "Where the saving comes from"),
        ({"resources": [], "costs": {}}, "Findings"),
        (
            {"resources": [audit_pages.orphan("a")], "costs": {"a": 0}},
            "Where the saving comes from",
        ),
        (
            {"resources": [audit_pages.orphan("a")], "costs": {"a": -1}},
            "Where the saving comes from",
        ),
        ({"resources": [audit_pages.orphan("a")], "costs": None}, "Which of these would I do?"),
    ],
)
def test_little_to_show_makes_a_page_without_it(
    case: dict[str, Any], absent: str, catalogue: Catalogue
) -> None:
    page = audit_pages.page(estates.snapshot(case, audit_pages.DISK), catalogue)
    assert absent not in headings(page)
    assert "What was seen, and what was not" in headings(page)


def test_names_stay_names(catalogue: Catalogue) -> None:
    page = audit_pages.page(audit_pages.hostile(), catalogue)
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "<b>HTTP" not in page
    assert "<i>" not in page
    assert "\u202e" not in page


def test_a_blind_audit_says_so_first(catalogue: Catalogue) -> None:
    page = audit_pages.page(audit_pages.hostile(), catalogue)
    verdict = re.search(r'<p class="verdict">([^<]*)<', page)
    assert verdict is not None
    assert verdict[1].startswith("Incomplete: ")


def test_the_waterfall_leads_from_the_bill_to_what_is_left(catalogue: Catalogue) -> None:
    advice = audited(audit_pages.demo(), catalogue)
    chart = audit_charts.waterfall(advice)
    assert chart is not None
    assert advice.audit.cost is not None
    assert advice.saving is not None
    stays, saved = (series.y for series in chart.series)
    assert stays[0] == pytest.approx(float(advice.audit.cost.amount))
    assert sum(saved) == pytest.approx(float(advice.saving.expected.amount))
    for number in range(1, len(stays) - 1):
        assert stays[number] + saved[number] == pytest.approx(stays[number - 1])
    assert stays[-1] == stays[-2]


def test_every_breakdown_adds_up_to_the_bill_and_the_saving(catalogue: Catalogue) -> None:
    taken = audit_pages.demo()
    advice = audited(taken, catalogue)
    assert advice.audit.cost is not None
    assert advice.saving is not None
    charts = list(audit_charts.breakdowns(audit_charts.costs(advice, taken), taken))
    assert [chart.title.split(",")[0] for chart in charts] == [
        "By service",
        "By tag team",
        "By resource group",
        "By tag env",
    ]
    for chart in charts:
        stays, saved = (sum(series.y) for series in chart.series)
        assert stays + saved == pytest.approx(float(advice.audit.cost.amount))
        assert saved == pytest.approx(float(advice.saving.expected.amount))


def test_the_heat_map_knows_its_weekdays() -> None:
    """A machine that works from 9 to 10 on Sundays only; the day of the snapshot is a Friday."""
    assert estates.TODAY.strftime("%A") == "Friday"
    hourly = np.zeros(24 * 28)
    start = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=28)
    for hour in range(len(hourly)):
        at = start + timedelta(hours=hour)
        if at.weekday() == 6 and at.hour == 9:
            hourly[hour] = 80.0
    case = {
        "resources": [{"name": "a"}],
        "metrics": {"a": {"Percentage CPU": {"hourly": hourly.reshape(28, 24)}}},
    }
    found = heat_map(estates.snapshot(case, VM))
    assert found is not None
    assert found.description.startswith("Busiest: Sun 09:00 with 80 %; quietest: Mon 00:00")
    wide = {(one.column, one.row): one.shade for one in found.layouts[0].squares}
    assert wide.pop((9, 6)) == 1.0
    assert set(wide.values()) == {0.06}


def test_without_measurements_there_is_no_heat_map() -> None:
    assert heat_map(estates.snapshot({}, VM)) is None
    missing = {"hourly": 1.0, "missing": 1.0}
    case = {"resources": [{"name": "a"}], "metrics": {"a": {"Percentage CPU": missing}}}
    assert heat_map(estates.snapshot(case, VM)) is None
