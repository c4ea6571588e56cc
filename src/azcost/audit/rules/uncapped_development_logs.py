"""Workspaces of development that take in logs without a limit."""

from azcost.audit.changes import changed
from azcost.audit.environments import is_for_development
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.log_workspaces import LOGS, WORKSPACE
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

# The cap that a workspace without one has: https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap
NO_CAP = -1
# A cap that an ordinary day does not reach.
TIMES_A_DAY = 2


@rule(WORKSPACE, category=Category.OBSERVABILITY)
def uncapped_development_logs(workspace: Resource, facts: Facts) -> Verdict:
    """Workspaces tagged as development or test without a daily cap.

    Why it costs: One debug level left on, or one loop that logs, is billed by the gigabyte
    until somebody sees it. No saving is claimed: a cap costs nothing until then.

    Keep it when: Losing logs for the rest of a day is worse than paying for them.

    Not checked: Logs of Defender and Sentinel, which a cap does not hold back.
    """
    cap = workspace.number("workspaceCapping.dailyQuotaGb")
    if not is_for_development(workspace, facts) or cap is None or cap != NO_CAP:
        return None
    days = facts.used_by_day(workspace, service=LOGS, meter="Data Ingestion")
    proposed = max(round(max(days, default=0) * TIMES_A_DAY), 1)
    return Waste(
        title=f"{workspace.name} is for development and takes in logs without a cap",
        action=Action.NONE,
        confidence=Confidence.MEDIUM,
        saving=facts.bill().saving(),
        evidence=(
            Stated("dailyQuotaGb", "none"),
            Stated("most on a day", f"{max(days, default=0):.1f} GB"),
            *evidence_of(facts.bill(workspace).only(service=LOGS)),
        ),
        steps=_cap(workspace, "Cap it at twice the most of the last month", proposed),
        undo=_cap(workspace, "No cap", NO_CAP),
    )


def _cap(workspace: Resource, title: str, quota: int) -> tuple[Step, ...]:
    return (
        az(title, "az monitor log-analytics workspace update --ids {} --quota {}",
           workspace.id, quota),
        *changed(workspace.id, {"properties": {"workspaceCapping": {"dailyQuotaGb": quota}}}),
    )  # fmt: skip
