"""Volumes of Kubernetes that no pod has wanted for long."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import CLUSTER, VOLUME_TAGS, leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Category,
    Confidence,
    Stated,
    Unknown,
    Verdict,
    az,
    rule,
    said,
)

# Judged: a quarter, so that what is run once a month or at the end of a quarter is left alone.
LONG_DAYS = 90
CLAIM = "kubernetes.io-created-for-pvc-name"


@rule("Microsoft.Compute/disks", category=Category.ORPHAN)
def unattached_volume(disk: Resource, facts: Facts) -> Verdict:
    """Volumes of Kubernetes that no pod has wanted for 90 days.

    Why it costs: A volume is a disk and is billed by its size. With the reclaim policy Retain
    it outlives its claim, and with a group of its own it outlives its cluster too.

    Keep it when: A pod is to have it again. While there is a cluster the confidence is low:
    only the cluster knows whether the claim still stands.

    Not checked: Whether the claim still exists; kubectl says so, as the first step shows.
    """
    if not disk.is_one_of("diskState", "Unattached") or not disk.has_tag(*VOLUME_TAGS):
        return None
    facts.need_all_of(CLUSTER)
    since = disk.day("lastOwnershipUpdateTime")
    idle = facts.days_since(since)
    if idle is None:
        return Unknown("Azure does not say when the volume was last attached")
    if idle < LONG_DAYS:
        return None
    clusters = facts.by_type(CLUSTER)
    return leftover(
        disk,
        facts,
        title=f"No pod has wanted the volume {disk.name} for {idle} days",
        evidence=(
            Stated("diskState", "Unattached"),
            Stated("last attached", str(since)),
            Stated("made for the claim", disk.tags.get(CLAIM, "not said")),
            Stated("clusters that could want it", str(len(clusters))),
        ),
        at_most=Confidence.LOW if clusters else Confidence.MEDIUM,
        steps=(
            az(
                "See whether a claim still has it: then leave it",
                "kubectl get persistentvolumes --output wide | grep {}",
                disk.name,
            ),
            az("Delete it", "az disk delete --ids {} --yes", disk.id),
        ),
        undo=(said("Nothing brings a deleted disk back but a snapshot that was made before"),),
    )
