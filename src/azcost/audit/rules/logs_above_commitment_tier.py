"""Workspaces that take in more logs than a commitment tier costs."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

from azcost.audit.changes import changed
from azcost.audit.facts import Facts, evidence_of
from azcost.audit.log_workspaces import LOGS, PAY_AS_YOU_GO, WORKSPACE, has_sentinel
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Action,
    Category,
    Confidence,
    OneOff,
    Stated,
    Unknown,
    Verdict,
    Waste,
    az,
    percent,
    rule,
)
from azcost.services.log_analytics import LogAnalytics, Tier
from azcost.units import DAYS_PER_MONTH

# A tier binds for so long: https://learn.microsoft.com/azure/azure-monitor/logs/cost-logs
BINDING_DAYS = 31
LEAST_DAYS = 28
WEEK = 7
THOUSAND = Decimal(1000)


@rule(WORKSPACE, category=Category.OBSERVABILITY)
def logs_above_commitment_tier(workspace: Resource, facts: Facts) -> Verdict:
    """Pay-as-you-go workspaces that would cost less with a commitment tier.

    Why it costs: A tier of 100 GB a day and more costs less a gigabyte; a day below it pays
    for the whole tier, a day above it the same rate for the rest.

    Keep it when: Logs will be cut soon: less of them saves more than a tier.

    Not checked: Whether all these logs are needed. Each day of the bill was priced by
    itself, so that quiet days count; the tiers of Microsoft Sentinel are others.
    """
    plan = workspace.text("sku.name") or ""
    clustered = workspace.has("features.clusterResourceId")
    if plan.lower() != PAY_AS_YOU_GO or clustered:
        return None
    days = facts.used_by_day(workspace, service=LOGS, meter="Data Ingestion")
    if len(days) < LEAST_DAYS:
        return Unknown("the bill has less than four weeks of what it took in") if days else None
    smallest = Decimal(get_args(Tier)[1].removesuffix(" GB"))
    if max(days) < smallest / 2:
        return None
    if has_sentinel(workspace, facts):
        return Unknown("Microsoft Sentinel has tiers of its own")
    rate, tiers = _rate(workspace, facts), _tiers(workspace, facts)
    if rate is None or not tiers:
        return Unknown(f"no price of commitment tiers in {workspace.location}")
    costs = {size: _cost(days, size, price) for size, price in tiers.items()}
    size = min(costs, key=lambda one: costs[one])
    now = sum(days, start=Decimal(0)) * rate
    if costs[size] >= now:
        return None
    quiet = sorted(days)[:WEEK]
    low = 1 - _cost(quiet, size, tiers[size]) / max(sum(quiet) * rate, Decimal(1))
    share = 1 - costs[size] / now
    bill = facts.bill(workspace).only(service=LOGS, meter="Data Ingestion")
    return Waste(
        title=f"{workspace.name} takes in {sum(days) / len(days):.0f} GB a day: "
        f"the tier of {size:.0f} GB costs {percent(share)} less",
        action=Action.COMMIT,
        confidence=Confidence.HIGH if low > 0 else Confidence.MEDIUM,
        saving=bill.saving(share, low=min(max(low, Decimal(0)), share)),
        evidence=(
            Stated("plan", plan),
            Stated("GB a day", f"{min(days):.0f} to {max(days):.0f} over {len(days)} days"),
            Stated("days below the tier", str(sum(one < size for one in days))),
            *evidence_of(bill),
        ),
        one_off=OneOff(None, f"the tier cannot be lowered for {BINDING_DAYS} days"),
        not_checked=("The low end: every week is like the seven quietest days.",),
        steps=(
            az(
                f"Commit to {size:.0f} GB a day",
                "az monitor log-analytics workspace update --ids {} "
                "--sku CapacityReservation --level {}",
                workspace.id,
                size,
            ),
            *changed(
                workspace.id,
                {
                    "properties": {
                        "sku": {
                            "name": "CapacityReservation",
                            "capacityReservationLevel": int(size),
                        }
                    }
                },
            ),
        ),
        undo=(
            az(
                f"Pay by the gigabyte again, after {BINDING_DAYS} days",
                "az monitor log-analytics workspace update --ids {} --sku PerGB2018",
                workspace.id,
            ),
            *changed(workspace.id, {"properties": {"sku": {"name": "PerGB2018"}}}),
        ),
    )


def _cost(days: list[Decimal], size: Decimal, a_day: Decimal) -> Decimal:
    return sum((a_day * max(one / size, Decimal(1)) for one in days), start=Decimal(0))


def _rate(workspace: Resource, facts: Facts) -> Decimal | None:
    """A gigabyte beyond what is free."""
    less, more = (
        facts.list_price(
            LogAnalytics(name="logs", region=workspace.location, analytics_gb=gb * THOUSAND)
        )
        for gb in (1, 2)
    )
    return None if less is None or more is None else (more.amount - less.amount) / THOUSAND


def _tiers(workspace: Resource, facts: Facts) -> dict[Decimal, Decimal]:
    """The sizes in GB a day that have a price, and what a day costs."""
    found = {}
    for tier in get_args(Tier)[1:]:
        price = facts.list_price(LogAnalytics(name="logs", region=workspace.location, tier=tier))
        if price is not None:
            found[Decimal(tier.removesuffix(" GB"))] = price.amount / DAYS_PER_MONTH
    return found
