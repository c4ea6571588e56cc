"""One run: everything that is read of a subscription, in the order in which it is needed."""

from __future__ import annotations

from azcost.audit.collect import activity, advice, benefits, costs, inventory, metrics, spot
from azcost.audit.collect.reader import Reader
from azcost.audit.rule import load, metrics_by_type
from azcost.audit.snapshot import Snapshot

# What optimisers read beside the rules: loads for schedules and sizes, and tokens.
_TOKENS = (
    "ProcessedPromptTokens", "GeneratedTokens", "AzureOpenAIRequests",
    "AzureOpenAIContextTokensCacheMatchRate", "AzureOpenAIProvisionedManagedUtilizationV2",
)  # fmt: skip
OPTIMISERS = {
    "microsoft.compute/virtualmachines": (
        "Available Memory Bytes", "Network In Total", "Network Out Total", "Percentage CPU",
    ),
    "microsoft.cognitiveservices/accounts/deployments": _TOKENS,
}  # fmt: skip
# What a snapshot of a subscription without a bill says: it holds no amounts.
NO_BILL = "USD"


def collect(reader: Reader, metric_days: int) -> Snapshot:
    """Read a subscription; what could not be read is in the snapshot's `unread`.

    Raises ArmError when the subscription cannot be seen, or the login is taken no longer.
    """
    subscription = inventory.subscription(reader)
    resources = inventory.power_states(reader, inventory.resources(reader))
    bought = benefits.benefits(reader)
    bill = costs.bill(reader)
    found = [*resources, *bought, *benefits.budgets(reader), *spot.rates(reader, resources)]
    advised = [*advice.recommendations(reader), *benefits.recommendations(reader)]
    return Snapshot(
        taken_at=reader.taken_at,
        currency=bill.currency or NO_BILL,
        subscriptions=(subscription,),
        resources=tuple(found),
        costs=bill.costs,
        utilisation=tuple(benefits.utilisation(reader, bought)),
        recommendations=tuple(advised),
        activity=tuple(activity.events(reader)),
        metrics=tuple(metrics.series(reader, resources, _wanted(), metric_days)),
        unread=tuple(reader.unread),
    )


def _wanted() -> dict[str, tuple[str, ...]]:
    rules = metrics_by_type(load())
    return {
        type_: tuple(sorted({*rules.get(type_, ()), *OPTIMISERS.get(type_, ())}))
        for type_ in sorted({*rules, *OPTIMISERS})
    }
