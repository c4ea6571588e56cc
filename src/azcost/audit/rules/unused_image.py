"""Images that no machine is made of."""

from azcost.audit.facts import Facts
from azcost.audit.leftovers import leftover
from azcost.audit.resource import Resource
from azcost.audit.rule import (
    Category,
    Confidence,
    Stated,
    Verdict,
    az,
    rule,
    said,
)

USERS = (
    "Microsoft.Compute/virtualMachines",
    "Microsoft.Compute/virtualMachineScaleSets",
    "Microsoft.Compute/galleries/images/versions",
)


@rule("Microsoft.Compute/images", category=Category.ORPHAN)
def unused_image(image: Resource, facts: Facts) -> Verdict:
    """Images that no machine, scale set or gallery is made of.

    Why it costs: An image is billed like a snapshot, by the data that it holds, and images of
    GPU machines hold hundreds of gigabytes.

    Keep it when: Machines are made of it now and then and do not live long: only those that
    exist at the moment can be seen.

    Not checked: Which scripts and templates name it.
    """
    facts.need_all_of(*USERS)
    if facts.named_by(image.id):
        return None
    disks = (image.within("storageProfile.osDisk"), *image.each("storageProfile.dataDisks"))
    size = sum(one.number("diskSizeGB") or 0 for one in disks)
    source = image.text("sourceVirtualMachine.id")
    return leftover(
        image,
        facts,
        title=f"No machine is made of the image {image.name}",
        evidence=(
            Stated("machines, scale sets and galleries that name it", "none"),
            Stated("size of its disks", f"{size:.0f} GiB" if size else "not said"),
            Stated("made of", source or "not said"),
        ),
        at_most=Confidence.MEDIUM,
        steps=(
            az(
                "Delete it: keep it as a version in a gallery first, if it is needed again",
                "az image delete --ids {}",
                image.id,
            ),
        ),
        undo=(said("Nothing brings it back but a copy, such as a version in a gallery"),),
    )
