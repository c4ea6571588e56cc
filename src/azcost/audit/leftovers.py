"""Resources that nothing uses any more: what is said of one, whatever its type."""

from __future__ import annotations

from azcost.audit.facts import Blind, Facts, evidence_of
from azcost.audit.resource import Resource
from azcost.audit.rule import Action, Confidence, Evidence, Stated, Step, Waste, az

# Time to finish what somebody is in the middle of (cleancloud waits as long).
GRACE_DAYS = 7
# After so long in the bill nobody is in the middle of something.
SURE_DAYS = 30
# Who puts this tag on a resource says that it is to stay as it is.
KEEP_TAG = "azcost-keep"
# Azure Site Recovery keeps things ready that nothing uses until the day that they are for.
# https://learn.microsoft.com/azure/site-recovery/azure-to-azure-support-matrix
RECOVERY_TAGS = ("ASR-ReplicaDisk", "asrseeddisk", "RSVaultBackup")
# Azure Backup names its restore points so.
RECOVERY_NAMES = ("ms-asr-", "asrseeddisk-", "azurebackup_")
# A volume of Kubernetes is attached when a pod wants it.
VOLUME_TAGS = ("kubernetes.io-created-for-pvc-name", "kubernetes.io-created-for-pv-name")
CLUSTER = "Microsoft.ContainerService/managedClusters"


def leftover(
    resource: Resource,
    facts: Facts,
    *,
    title: str,
    evidence: tuple[Evidence, ...],
    also: tuple[Resource, ...] = (),
    at_most: Confidence = Confidence.HIGH,
    not_checked: tuple[str, ...] = (),
    steps: tuple[Step, ...] | None = None,
    undo: tuple[Step, ...] | None = None,
    again: str = "Make it again from its definition",
) -> Waste | None:
    """The finding of a resource that nothing uses; None when it is new, kept or managed.

    `also` are resources that only serve it and go with it, `again` says what of it does
    not come back. The confidence is high only for what the bill has had for 30 days.
    Raises Blind when Azure says nothing of the resource: that is no sign of not being used.
    """
    if not resource.properties:
        raise Blind("Azure does not say what it is used by")
    since = facts.billed_since(resource)
    age = facts.days_since(since)
    if is_kept(resource) or is_managed(resource, facts) or is_new(resource, facts):
        return None
    everything = (resource, *also)
    bill = facts.bill(*everything)
    is_sure = age is not None and age >= SURE_DAYS
    return Waste(
        title=title,
        action=Action.DELETE,
        confidence=at_most if is_sure or at_most is Confidence.LOW else Confidence.MEDIUM,
        saving=bill.saving(),
        evidence=(
            *evidence,
            Stated("in the bill since", f"{since} or before" if since else "never in it"),
            *evidence_of(bill),
        ),
        steps=tuple(_delete(one) for one in everything) if steps is None else steps,
        undo=tuple(_restore(one, again) for one in everything) if undo is None else undo,
        not_checked=("Since when nothing uses it: Azure does not say.", *not_checked),
    )


def is_kept(resource: Resource) -> bool:
    """Whether its owner, Azure Site Recovery or Azure Backup keeps it as it is."""
    name = resource.name.lower()
    return (
        resource.has_tag(KEEP_TAG, *RECOVERY_TAGS)
        or name.endswith(("-asrreplica", "-asr"))
        or name.startswith(RECOVERY_NAMES)
    )


def is_managed(resource: Resource, facts: Facts) -> bool:
    """Whether it is in a group that a service keeps for itself: a cluster's, Databricks'.

    Volumes of Kubernetes are not: whoever made the claim answers for them.
    """
    if resource.has_tag(*VOLUME_TAGS):
        return False
    group = facts.get(
        f"/subscriptions/{resource.subscription}/resourceGroups/{resource.resource_group}"
    )
    return (group is not None and bool(group.managed_by)) or any(
        cluster.is_one_of("nodeResourceGroup", resource.resource_group)
        and cluster.subscription == resource.subscription
        for cluster in facts.by_type(CLUSTER)
    )


def is_new(resource: Resource, facts: Facts) -> bool:
    """Whether it came into the bill, or somebody changed it, within the time of grace."""
    changes = facts.events(resource)
    last = changes[0].at.date() if changes else None
    since, costs = facts.billed_since(resource), facts.snapshot.costs
    # What the bill begins with may be much older.
    came = since if costs and since != costs.first_day else None
    days = (facts.days_since(came), facts.days_since(last))
    return any(one is not None and one < GRACE_DAYS for one in days)


def _delete(resource: Resource) -> Step:
    return az(
        f"Keep the definition of {resource.name}, then delete it",
        "az group export --name {} --subscription {} --resource-ids {} --skip-all-params > {}\n"
        "az resource delete --ids {}",
        resource.resource_group,
        resource.subscription,
        resource.id,
        f"{resource.name}.json",
        resource.id,
    )


def _restore(resource: Resource, again: str) -> Step:
    return az(
        again,
        "az deployment group create --resource-group {} --subscription {} --template-file {}",
        resource.resource_group,
        resource.subscription,
        f"{resource.name}.json",
    )
