"""Workspaces that keep logs ready for queries longer than is free."""

from collections.abc import Iterator

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.log_workspaces import LOGS, TABLE, WORKSPACE, free_days
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
    Step,
    Verdict,
    Waste,
    az,
    rule,
)
from azcost.services.log_analytics import LogAnalytics


@rule(WORKSPACE, category=Category.OBSERVABILITY)
def long_log_retention(workspace: Resource, facts: Facts) -> Verdict:
    """Workspaces that are billed for keeping logs longer than 31 days, 90 with Sentinel.

    Why it costs: Logs that can be queried at once are billed by the gigabyte and month
    beyond the free days. Long-term retention keeps them for a part of that, and they are
    searched by a job.

    Keep it when: Somebody queries logs that old, or a rule asks for it.

    Not checked: Who queries what. Cutting the time deletes what is older, for good.
    """
    bill = facts.bill(workspace).only(service=LOGS, meter="Data Retention")
    if bill.is_known and not bill.monthly.amount:
        return None
    free = free_days(workspace, facts)
    own = workspace.number("retentionInDays") or 0
    longer = [
        one
        for one in facts.children(workspace, TABLE)
        if (one.number("retentionInDays") or 0) > free
    ]
    if own <= free and not longer:
        return None
    archived = facts.list_price(
        LogAnalytics(name="kept", region=workspace.location, long_term_gb=bill.quantity)
    )
    return Waste(
        title=f"{workspace.name} keeps logs for {max(own, *_days(longer), 0):.0f} days; "
        f"{free} are free",
        action=Action.TIER,
        confidence=Confidence.MEDIUM,
        saving=bill.saving(keep_at_most=archived),
        evidence=(
            Stated("retentionInDays", f"{own:.0f}"),
            *(
                Stated(f"table {one.name}", f"{one.number('retentionInDays'):.0f} days")
                for one in longer
            ),
            *evidence_of(bill),
        ),
        not_checked=(
            () if archived else ("What long-term retention costs: no price is recorded.",)
        ),
        steps=(
            *_each(longer, f"{free} days at hand, and as long in all as now", int(free)),
            *(_set(workspace, "Keep logs as long as is free", int(free)) if own > free else ()),
        ),
        undo=(
            *_each(longer, "as long as before, for what comes in from then", None),
            *_set(workspace, "As it was, for what comes in from then", round(own)),
        ),
    )


def _each(tables: list[Resource], how: str, days: int | None) -> Iterator[Step]:
    """Keep each table for so many days at hand, or as long as it is kept in all."""
    for one in tables:
        whole = round(one.number("retentionInDays") or 0)
        kept = {"retentionInDays": days or whole, "totalRetentionInDays": whole}
        yield az(
            f"Keep {one.name} for {how}",
            "az monitor log-analytics workspace table update --ids {} "
            "--retention-time {} --total-retention-time {}",
            one.id,
            *kept.values(),
        )
        yield from changed(one.id, {"properties": kept})


def _set(workspace: Resource, title: str, days: int) -> tuple[Step, ...]:
    update = "az monitor log-analytics workspace update --ids {} --retention-time {}"
    return (
        az(title, update, workspace.id, days),
        *changed(workspace.id, {"properties": {"retentionInDays": days}}),
    )


def _days(tables: list[Resource]) -> list[float]:
    return [one.number("retentionInDays") or 0 for one in tables]
