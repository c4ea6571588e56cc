"""Advice as values: steps, charts, and what a seed and an outlook do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from azcost.optimise.commitments import Advice, Question, Scope, advise
from azcost.optimise.existing import Sunk
from azcost.optimise.flex_groups import Sku, demand
from azcost.optimise.risk import Outlook, futures
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.rows import Purchase
from azcost.report.commitment_charts import charts

MONTH = 720
NOTHING_CHANGES = Outlook(years=1, drift=0.0, death=0.0, scenarios=20, seed=1)


def advice(
    catalogue: Catalogue, usage: NDArray[np.float64], outlook: Outlook = NOTHING_CHANGES
) -> Advice:
    """What to buy for one year for hours of D4s_v5 in Poland."""
    sku = Sku("Standard_D4s_v5", "polandcentral")
    scope = Scope("shared", demand(catalogue, [sku], usage[None, :]), Sunk(np.zeros(1), {}))
    allowed = frozenset({Purchase.RESERVED_1Y, Purchase.SAVINGS_1Y})
    return advise([scope], Question(allowed=allowed, years=1, outlook=outlook), lambda _: None)


def test_months_that_agree_need_no_steps(catalogue: Catalogue) -> None:
    found = advice(catalogue, np.full(2 * MONTH, 4.0))
    assert found.ladder is not None
    assert not found.ladder.is_advised
    assert found.ladder.supported == pytest.approx(found.recommended.committed)


def test_what_only_the_last_month_supports_is_bought_in_steps(catalogue: Catalogue) -> None:
    found = advice(catalogue, np.repeat([2.0, 8.0], [MONTH, MONTH]))
    assert found.ladder is not None
    (part,) = found.ladder.first
    # The month before alone would reserve two machines; both months together pay for more.
    assert part.strategy.reserved.tolist() == [2.0]
    assert found.ladder.is_advised == (found.recommended.parts[0].strategy.reserved[0] > 2.67)


def test_less_than_two_months_cannot_be_compared(catalogue: Catalogue) -> None:
    assert advice(catalogue, np.full(2 * MONTH - 1, 4.0)).ladder is None


def test_scenarios_without_change_repeat_the_history(catalogue: Catalogue) -> None:
    found = advice(catalogue, np.full(2 * MONTH, 4.0))
    best = found.recommended
    assert best.risk.mean == pytest.approx(found.payg.cost - best.cost)
    assert best.risk.worst == pytest.approx(best.risk.mean)
    assert best.risk.chance_of_loss == 0


def test_drift_has_a_mean_of_one_and_death_ends_its_share_of_workloads(
    catalogue: Catalogue,
) -> None:
    sku = Sku("Standard_D4s_v5", "polandcentral")
    wanted = demand(catalogue, [sku], np.ones((1, 2 * MONTH)))
    outlook = Outlook(years=2, drift=0.3, death=0.0, scenarios=3000, seed=3)
    drifting = [f.levels[1, 0] for f in futures(wanted, outlook)]
    assert np.mean(drifting) == pytest.approx(1.0, abs=0.03)
    assert np.std(np.log(drifting)) == pytest.approx(0.3, rel=0.05)
    dying = Outlook(years=2, drift=0.0, death=0.2, scenarios=3000, seed=3)
    ended = [f.levels[1, 0] == 0 for f in futures(wanted, dying)]
    # The last quarter of the first year is looked at in its middle: after 7/8 of the year.
    assert np.mean(ended) == pytest.approx(1 - 0.8 ** (7 / 8), abs=0.03)


def test_a_death_makes_commitments_lose(catalogue: Catalogue) -> None:
    usage = np.full(2 * MONTH, 4.0)
    sure = advice(catalogue, usage)
    risky = advice(catalogue, usage, Outlook(years=1, drift=0.0, death=0.9, scenarios=100, seed=1))
    assert risky.recommended.committed < sure.recommended.committed
    assert risky.optimum.committed == sure.optimum.committed
    assert risky.optimum.risk.chance_of_loss > 0.3


def test_the_charts_show_the_figures_of_the_table(catalogue: Catalogue) -> None:
    day = np.tile(np.repeat([2.0, 6.0], 12), 60)
    found = advice(catalogue, day)
    usage, cost = charts(found, "USD")
    assert usage.series[0].y[0] == pytest.approx(2 * 0.23)
    assert usage.series[0].y[-1] == pytest.approx(6 * 0.23)
    nothing, recommended = cost.series[0].y[0], cost.series[0].y[10]
    assert nothing == pytest.approx(found.payg.cost * 730)
    assert recommended == pytest.approx(found.recommended.cost * 730)
    assert cost.marks[0].x == pytest.approx(found.recommended.committed)
    assert min(cost.series[0].y) == pytest.approx(recommended)
