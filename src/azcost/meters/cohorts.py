"""Blobs that are alike: what their storage costs over time depends on."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from azcost.fields import Amount, Gigabytes, Region
from azcost.meters.blobs import Redundancy
from azcost.units import AVERAGE_DAYS

StandardTier = Literal["Hot", "Cool", "Cold", "Archive"]
Part = Literal["baseBlob", "snapshot", "version"]
BlobType = Literal["blockBlob", "appendBlob"]
# From warm to cold: a policy moves blobs to the right only.
TIERS: tuple[StandardTier, ...] = ("Hot", "Cool", "Cold", "Archive")

WholeDays = Annotated[int, Meta(ge=0, le=36_500)]
_MB_PER_GB = 1024


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What all prices of a storage account depend on."""

    region: str
    redundancy: Redundancy
    hierarchical_namespace: bool


class Reads(msgspec.Struct, frozen=True, kw_only=True):
    """How often each blob is read whole, until it is so many days old."""

    per_month: Amount
    """Reads of each blob a month, of the whole blob: 0.1 is every tenth blob."""
    until_day: WholeDays | None = None
    """The age up to which this holds; left out, for ever."""


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    """Blobs of one size, age, tier and use."""

    name: Annotated[str, Meta(max_length=200)]
    """What they are called in the answer."""
    blobs: Annotated[Decimal, Meta(gt=0, le=10**15)]
    """How many there are; each operation is billed by the blob."""
    mb: Annotated[Decimal, Meta(gt=0, le=10**9)] | None = None
    """Their average size in MiB."""
    gb: Gigabytes | None = None
    """What they take together, instead of `mb`; 1 TB is 1,024."""
    age_days: WholeDays = 0
    """Days since they were last modified, on the first day."""
    created_days: WholeDays | None = None
    """Days since they were created; left out, they were never modified."""
    idle_days: WholeDays | None = None
    """Days since they were last read; left out, since they were modified."""
    arrive: Literal["now", "evenly"] = "now"
    """There on the first day, or uploaded evenly over the horizon, so many each day."""
    upload_writes: Amount | None = None
    """Write operations of an upload, to be counted; left out, 1 if they arrive, else 0."""
    tier: StandardTier = "Hot"
    """The tier they are in, or are uploaded to."""
    tier_days: WholeDays | None = None
    """Days in that tier so far; left out, no early deletion is billed for leaving it."""
    reads: tuple[Reads, ...] | None = None
    """How often they are read, by age; left out, it is not known."""
    lifetime_days: Annotated[int, Meta(gt=0, le=36_500)] | None = None
    """The age at which you delete them yourself, whatever the policy."""
    part: Part = "baseBlob"
    """Current blobs, snapshots or previous versions: a policy has actions for each."""
    blob_type: BlobType = "blockBlob"
    """Append blobs can be deleted by a policy, but not moved."""
    prefix: Annotated[str, Meta(max_length=1024)] = ""
    """What their names begin with, the container first: `datasets/raw/`."""
    tags: dict[str, str] = {}
    """Their blob index tags; each costs by the month."""
    region: Region
    """The Azure region of their account."""
    redundancy: Redundancy = "LRS"
    """Copies in a zone, in several, or in a second region."""
    hierarchical_namespace: bool = False
    """Whether the account has directories: Data Lake Storage Gen2."""

    def __post_init__(self) -> None:
        """Refuse two sizes, reads out of order, and ages that contradict each other."""
        if (self.mb is None) == (self.gb is None):
            raise ValueError("give one of `mb`, the average size, and `gb`, the sum")
        ends = [step.until_day for step in self.reads or ()]
        if None in ends[:-1] or [end for end in ends if end is not None] != sorted(
            {end for end in ends if end is not None}
        ):
            raise ValueError("`reads`: give `until_day` in rising order, and only the last without")
        if self.created_days is not None and self.created_days < self.age_days:
            raise ValueError("`created_days`: nothing is modified before it is created")
        if self.created_days is not None and self.part != "baseBlob":
            raise ValueError(f"`created_days`: a {self.part} does not change; give `age_days`")
        if self.arrive == "evenly" and (self.age_days or self.idle_days or self.tier_days):
            raise ValueError("`arrive: evenly`: what is yet to come has no age: leave it out")
        if self.lifetime_days is not None and self.lifetime_days <= self.age_days:
            raise ValueError("`lifetime_days`: they are as old already; leave them out")
        if self.tags and self.hierarchical_namespace:
            raise ValueError("`tags`: accounts with a hierarchical namespace have no index tags")

    @property
    def account(self) -> Account:
        """The account that they are in."""
        return Account(
            region=self.region,
            redundancy=self.redundancy,
            hierarchical_namespace=self.hierarchical_namespace,
        )

    @property
    def total_gb(self) -> Decimal:
        """What they take together."""
        if self.gb is not None:
            return self.gb
        return self.blobs * (self.mb or Decimal(0)) / _MB_PER_GB

    @property
    def uploads(self) -> Decimal:
        """How many write operations their uploads count as."""
        if self.upload_writes is not None:
            return self.blobs * self.upload_writes
        return self.blobs if self.arrive == "evenly" else Decimal(0)

    def read_rate(self, age: int) -> Decimal:
        """Reads of a blob on the day that it is so many days old."""
        for step in self.reads or ():
            if step.until_day is None or age < step.until_day:
                return step.per_month / AVERAGE_DAYS
        return Decimal(0)
