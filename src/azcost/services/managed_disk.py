"""Managed disks on their own: a month by size tier, or by capacity, IOPS and throughput.

Prices: https://azure.microsoft.com/pricing/details/managed-disks/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from azcost.estimate import Charge
from azcost.fields import Amount, Count, Gigabytes, Operations
from azcost.meters.disks import Disk, DiskType, disk_charges, notes_on_operations
from azcost.pricing.catalogue import Catalogue
from azcost.services.base import Resource


class ManagedDisk(Resource, frozen=True, kw_only=True):
    """Managed disks that no machine of the specification lists, attached or not.

    Left out: on-demand bursting and the mounts of shared disks. (Azure charges nothing
    for an empty disk until it is first used.)
    """

    kind: ClassVar[str] = "managed_disk"

    type: DiskType
    """The kind of disk as Azure names it: `Premium_LRS`."""
    size_gb: Gigabytes
    """Size in GiB, used or not: 200 is billed as the next tier, P15 (256 GiB).

    PremiumV2_LRS and UltraSSD_LRS have no tiers and are billed by the GiB.
    """
    count: Count = Decimal(1)
    """How many of them."""
    iops: Amount | None = None
    """IOPS it is set to. PremiumV2_LRS: 3,000 are free. UltraSSD_LRS: needed."""
    mbps: Amount | None = None
    """MB/s it is set to. PremiumV2_LRS: 125 are free. UltraSSD_LRS: needed."""
    operations: Operations = Decimal(0)
    """Billable reads and writes of each disk in a month; only Standard types bill them.

    One counts up to 256 KiB on Standard SSD and 16 KiB on Standard HDD. Azure stops
    counting at an hourly cap per disk, which is not applied here.
    """

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        self._disk()

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the disks, and the I/O or performance that their type bills apart."""
        yield from disk_charges(self._disk(), region=self.region)

    def notes(self) -> Iterator[str]:
        """Say so when I/O is billed and none was given."""
        yield from notes_on_operations([self._disk()])

    def _disk(self) -> Disk:
        return Disk(
            type=self.type,
            size_gb=self.size_gb,
            count=self.count,
            iops=self.iops,
            mbps=self.mbps,
            operations=self.operations,
        )
