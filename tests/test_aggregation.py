"""Metrics of which Azure Monitor keeps some statistics only."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import msgspec
import pytest

import estates
from azcost.audit.aggregation import peaks, seen
from azcost.audit.facts import Blind, Facts
from azcost.audit.series import Series, packed
from azcost.audit.silence import DAYS, silence
from azcost.pricing.catalogue import Catalogue

TYPE = "Microsoft.Network/bastionHosts"


def facts_of(catalogue: Catalogue, *series: tuple[str, str, float]) -> Facts:
    """A Bastion whose metrics have one statistic each: name, statistic, value of every hour."""
    snapshot = estates.snapshot({"resources": [{"name": "b"}]}, TYPE)
    start = datetime.combine(snapshot.today - timedelta(days=DAYS), time(), UTC)
    (bastion,) = snapshot.resources
    metrics = tuple(
        Series(
            resource=bastion.id,
            metric=name,
            start=start,
            **{statistic: packed([value] * 24 * DAYS)},  # type: ignore[arg-type]
        )
        for name, statistic, value in series
    )
    return Facts(msgspec.structs.replace(snapshot, metrics=metrics), catalogue)


@pytest.mark.parametrize("statistic", ["average", "maximum", "total"])
def test_any_statistic_will_do(catalogue: Catalogue, statistic: str) -> None:
    facts = facts_of(catalogue, ("cpu", statistic, 7))
    (bastion,) = facts.by_type(TYPE)
    for window in (peaks(facts, bastion, "cpu", DAYS), seen(facts, bastion, "cpu", DAYS)):
        assert (window.statistic, window.maximum) == (statistic, 7)


def test_without_values_nothing_is_said(catalogue: Catalogue) -> None:
    facts = facts_of(catalogue)
    (bastion,) = facts.by_type(TYPE)
    with pytest.raises(Blind, match="no values of 'cpu'"):
        peaks(facts, bastion, "cpu", DAYS)
    with pytest.raises(Blind, match="no values of 'cpu'"):
        seen(facts, bastion, "cpu", DAYS)


def test_a_witness_may_have_maxima_only_and_a_count_averages_only(catalogue: Catalogue) -> None:
    heard = {}
    for sessions in (0, 0.25):
        facts = facts_of(catalogue, ("cpu", "maximum", 7), ("sessions", "average", sessions))
        (bastion,) = facts.by_type(TYPE)
        heard[sessions] = silence(facts, bastion, witness="cpu", counts=("sessions",)) is None
    assert heard == {0: False, 0.25: True}
