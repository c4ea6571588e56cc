"""Versions of images in galleries that are neither the latest nor in use."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
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

# Judged: a release is rolled back within a quarter or not at all.
OLD_DAYS = 90
PUBLISHED = "publishingProfile.publishedDate"
USERS = (
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.Compute/galleries/images/versions",
)


@rule("Microsoft.Compute/galleries/images/versions", category=Category.ORPHAN)
def unused_gallery_image_version(version: Resource, facts: Facts) -> Verdict:
    """Versions of images, older than 90 days, that are neither the latest nor in use.

    Why it costs: A version is billed by the data that it holds, once for each replica in each
    region that it is published to.

    Keep it when: It is a state to go back to. The latest version is what everybody gets who
    names none, and is left alone.

    Not checked: Which scripts and templates name it.
    """
    published = version.day(PUBLISHED)
    age = facts.days_since(published)
    if published is None or age is None:
        return Unknown("Azure does not say when the version was published")
    facts.need_all_of(*USERS)
    image = facts.parent(version)
    siblings = facts.children(image, version.type) if image else ()
    later = [one for one in siblings if (one.day(PUBLISHED) or published) > published]
    if age <= OLD_DAYS or not later or facts.named_by(version.id):
        return None
    regions = version.each("publishingProfile.targetRegions")
    copies = sum(one.number("regionalReplicaCount") or 1 for one in regions)
    name = f"{image.name if image else ''} {version.name}".strip()
    return leftover(
        version,
        facts,
        title=f"{name} is {age} days old, not the latest version, and no machine is made of it",
        evidence=(
            Stated("published", str(published)),
            Stated("later versions", str(len(later))),
            Stated("copies", f"{copies:.0f} in {len(regions)} regions"),
        ),
        at_most=Confidence.MEDIUM,
        steps=(az("Delete it: there is no way back", "az resource delete --ids {}", version.id),),
        undo=(said("Nothing brings a deleted version back; it can be built from its source"),),
    )
