"""Ten habits of teams that spend little, each with what the audit says of it.

The points are those of the cost checklist in the lesson "Azure for ML" that azcost began with.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from azcost.advice.advise import Advice
from azcost.audit.run import RuleRun, Status
from azcost.report.document import Table
from azcost.report.view import money


class Point(msgspec.Struct, frozen=True):
    """A habit, and the rules that find where it is missing; none where no rule can see it."""

    habit: str
    rules: tuple[str, ...] = ()


POINTS = (
    Point(
        "Training runs on spot machines",
        ("batch_vm_on_demand", "batch_pool_on_demand", "dedicated_nodes_for_short_jobs"),
    ),
    Point(
        "What always runs is bought for a year or more, and used",
        ("commitment_missing", "reservation_under_used", "savings_plan_under_used",
         "commitment_expires_soon"),
    ),
    Point(
        "Machines are off at night and at weekends",
        ("vm_without_auto_shutdown", "machine_runs_at_night", "ml_instance_without_idle_shutdown",
         "shutdown_without_effect", "idle_ml_instance", "stopped_not_deallocated_vm", "idle_vm"),
    ),
    Point(
        "Blobs become cooler, and go, by lifecycle rules",
        ("growing_without_lifecycle", "unread_hot_blobs", "unread_cool_blobs",
         "versions_without_cleanup"),
    ),
    Point(
        "Sizes fit the work",
        ("vm_larger_than_needed", "scale_set_larger_than_needed", "oversized_ml_deployment",
         "larger_gpu_than_needed", "unused_gpus_in_nodes", "old_vm_size",
         "oversized_ptu_deployment"),
    ),
    Point(
        "Nothing is left behind: disks, addresses, snapshots",
        ("unattached_disk", "unassociated_public_ip", "unattached_network_interface",
         "old_snapshot", "snapshot_of_deleted_disk", "deallocated_vm_disks", "unused_image"),
    ),
    Point(
        "Clusters scale with their load, down to zero",
        ("pool_without_autoscaler", "idle_node_pool", "idle_nodes_kept", "pool_awake_at_night",
         "nodes_slow_to_scale_down", "scale_set_without_autoscale"),
    ),
    Point(
        "Windows licences that are owned are used",
        ("hybrid_benefit_not_used", "hybrid_benefit_wasted"),
    ),
    Point(
        "Budgets exist and tell somebody",
        ("no_budget", "budget_tells_nobody", "budget_does_not_fit"),
    ),
    Point("Somebody looks at the costs every week"),
)  # fmt: skip
_BLIND = frozenset({Status.NO_PERMISSION, Status.NO_METRIC, Status.ERROR})


def checklist(advice: Advice) -> Table:
    """Each point with whether it is done, where it is not, and what that costs."""
    runs = {one.rule: one for one in advice.audit.rules}
    return Table(
        title="Ten points",
        columns=("point", "state", "findings", f"{advice.audit.currency} a month"),
        rows=tuple(
            (point.habit, *_answer(point, [runs[r] for r in point.rules if r in runs], advice))
            for point in POINTS
        ),
        left=(0, 1),
    )


def _answer(point: Point, runs: Sequence[RuleRun], advice: Advice) -> tuple[str, str, str]:
    entries = [one for one in advice.entries if one.finding.rule in point.rules]
    counted = [one.saving.expected.amount for one in entries if one.counted and one.saving]
    if entries:
        saved = sum(counted, start=Decimal(0))
        return "open", f"{len(entries)}", money(saved) if saved else ""
    if not point.rules:
        return "not to be seen in a subscription", "", ""
    if not runs or any(run.status in _BLIND or run.undecided for run in runs):
        return "could not be seen", "", ""
    if all(run.status is Status.SKIPPED for run in runs):
        return "nothing to which it applies", "", ""
    return "done", "", ""
