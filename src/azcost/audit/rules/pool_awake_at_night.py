"""Node pools that keep nodes through nights without work."""

from decimal import Decimal

import numpy as np

from azcost.audit import machines, nights
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.machines import SCALE_SET
from azcost.audit.pools import (
    CPU,
    is_of_kubernetes,
    pool_of,
    scaled,
    scaled_back,
)
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    Waste,
    percent,
    rule,
)

DAYS = nights.MIN_WEEKS * 7
# Below this share of a node's CPU only what each node must run, runs (InfraOptimizer).
QUIET_CPU = 10.0
# See `machine_runs_at_night`: rests were disturbed in up to 58 % of the weeks after.
KEPT_AT_LEAST = Decimal("0.42")
MOST_DISTURBED = 1 - 0.1 ** (1 / DAYS)


@rule(SCALE_SET, category=Category.KUBERNETES, metrics=(CPU,))
def pool_awake_at_night(nodes: Resource, facts: Facts) -> Verdict:
    """User node pools that keep a least number of nodes through nights without work.

    Why it costs: The autoscaler never goes below the least number, and its nodes are billed
    all night.

    Keep it when: Somebody may come at night and must not wait for a node.

    Not checked: Pods that keep a node without using it, and GPUs. Four quiet weeks are no
    promise: on measured traces up to 58 % of such rests were disturbed later.
    """
    if not is_of_kubernetes(nodes):
        return None
    pool = pool_of(nodes, facts)
    if pool is None:
        return Unknown("its cluster is not in the snapshot")
    least = int(pool.profile.number("minCount") or 0)
    if not pool.is_user or not pool.scales or not least or not pool.count:
        return None
    cpu = facts.metric(nodes, CPU, of="maximum", days=DAYS)
    quiet: nights.Quiet = np.less(cpu.steps, QUIET_CPU)
    rest = nights.rest(quiet, (facts.today.weekday() - DAYS) % 7)
    if rest is None or rest.length == nights.HOURS:
        return None
    share = Decimal(rest.hours_a_week) / nights.WEEK * min(least, pool.count) / pool.count
    bill = machines.compute(facts, nodes)
    holds = rest.disturbed <= MOST_DISTURBED
    return Waste(
        title=f"The pool {pool.name} of {pool.cluster.name} did nothing {rest.words}, "
        f"and kept {least} nodes",
        action=Action.SCHEDULE,
        confidence=Confidence.MEDIUM if holds else Confidence.LOW,
        saving=bill.saving(share, low=share * KEPT_AT_LEAST),
        evidence=(
            Stated("pool", f"{pool.count} x {pool.machine.size}, minCount {least}"),
            Stated("rest", f"{rest.hours_a_week} of 168 hours a week"),
            Stated(
                "back test, each week by the other three",
                f"{percent(rest.disturbed)} of the nights disturbed",
            ),
            cpu.evidence("%"),
            *evidence_of(bill),
        ),
        steps=scaled("Let it scale to zero", pool, 0, pool.most),
        undo=scaled_back("As it was", pool),
    )
