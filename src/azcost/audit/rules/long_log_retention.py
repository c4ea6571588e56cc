"""Workspaces that keep logs ready for queries longer than is free."""

from azcost.audit.facts import Facts, evidence_of
from azcost.audit.log_workspaces import LOGS, TABLE, WORKSPACE, free_days
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    Stated,
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
    update = "az monitor log-analytics workspace update --ids {} --retention-time {}"
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
            *(
                az(
                    f"Keep {one.name} for {free} days at hand, and as long in all as now",
                    "az monitor log-analytics workspace table update --ids {} "
                    "--retention-time {} --total-retention-time {}",
                    one.id,
                    free,
                    f"{one.number('retentionInDays'):.0f}",
                )
                for one in longer
            ),
            *(
                (az("Keep logs as long as is free", update, workspace.id, free),)
                if own > free
                else ()
            ),
        ),
        undo=(az("As it was, for what comes in from then", update, workspace.id, f"{own:.0f}"),),
    )


def _days(tables: list[Resource]) -> list[float]:
    return [one.number("retentionInDays") or 0 for one in tables]
