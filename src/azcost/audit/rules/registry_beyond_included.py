"""Container registries that hold more images than their tier includes."""

from decimal import Decimal

from azcost.audit.facts import Facts, evidence_of
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
    said,
)

DAYS = 14
GIB = 1024**3
# https://learn.microsoft.com/azure/container-registry/container-registry-skus
INCLUDED_GB = {"basic": 10, "standard": 100, "premium": 500}
METER = "Data Stored"


@rule(
    "Microsoft.ContainerRegistry/registries",
    category=Category.STORAGE,
    metrics=("StorageUsed",),
)
def registry_beyond_included(registry: Resource, facts: Facts) -> Verdict:
    """Container registries that are billed for images beyond what their tier includes.

    Why it costs: Every build leaves an image, those of machine learning of 10 GB and more,
    and nothing deletes them unless it is told to. What is beyond the tier is billed by the
    gigabyte.

    Keep it when: Every image is still deployed, or must be kept to explain a model.

    Not checked: Which images are in use, how many have no tag, and tasks that purge them.
    """
    included = INCLUDED_GB.get(registry.sku.name.lower())
    if included is None or registry.is_one_of("policies.retentionPolicy.status", "enabled"):
        return None
    stored = facts.metric(registry, "StorageUsed", days=DAYS)
    held = stored.maximum / GIB
    bill = facts.bill(registry).only(meter=METER)
    if held <= included or (bill.is_known and not bill.monthly.amount):
        return None
    purge = "acr purge --filter '.*:.*' --untagged --keep 3 --ago 90d"
    command = "az acr run --registry {} --cmd {} /dev/null"
    return Waste(
        title=f"The registry {registry.name} holds {held:,.0f} GB; {included} are included",
        action=Action.DELETE,
        confidence=Confidence.LOW,
        saving=bill.saving(Decimal(0), high=Decimal(1)),
        evidence=(
            Stated("sku", f"{registry.sku.name}, {included} GB included"),
            stored.evidence("bytes"),
            *evidence_of(bill),
        ),
        not_checked=("Nothing is expected for sure: at best all that is beyond the tier can go.",),
        steps=(
            az("See what would go", command, registry.name, f"{purge} --dry-run"),
            az(
                "Delete images without a tag, and tags older than 90 days but the last three",
                command,
                registry.name,
                purge,
            ),
            said("No template does this: images are content, which templates do not declare"),
        ),
        undo=(
            said(
                "What is purged does not come back: read the dry run first, and build again "
                "what was still needed"
            ),
        ),
    )
