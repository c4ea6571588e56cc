"""Blob storage and Data Lake Storage: capacity, operations, retrieval and replication.

Prices: https://azure.microsoft.com/pricing/details/storage/blobs/ and, for the dfs
endpoint, https://azure.microsoft.com/pricing/details/storage/data-lake/
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import Amount, Gigabytes, Operations
from azcost.meters.blobs import (
    MINIMUM_DAYS,
    Blobs,
    Endpoint,
    Redundancy,
    Tier,
    Use,
    geo_replication,
    is_geo,
    sftp,
)
from azcost.pricing.catalogue import Catalogue
from azcost.services.base import Resource
from azcost.units import (
    AVERAGE_DAYS,
    Quantity,
    gb,
    gb_months,
    months,
    plain,
    units,
)

_ZERO = Decimal(0)
_MB_PER_GB = 1024
_COLDER = {
    "Hot": ("Cool", "Cold", "Archive"),
    "Cool": ("Cold", "Archive"),
    "Cold": ("Archive",),
}
# https://learn.microsoft.com/azure/storage/common/storage-redundancy (premium) and
# .../storage/blobs/access-tiers-overview (Archive: no ZRS there, but rows since 2024).
_REDUNDANCIES = {
    "Premium": ("LRS", "ZRS"),
    "Archive": ("LRS", "ZRS", "GRS", "RA-GRS"),
}

Days = Annotated[Decimal, Meta(ge=0, le=36_500)]


class Stay(msgspec.Struct, frozen=True):
    """How many days blobs are in a tier, and how many short of its minimum they leave."""

    tier: Tier
    days: Decimal
    short: Decimal


class Lifecycle(msgspec.Struct, frozen=True, kw_only=True):
    """A policy that moves and deletes blobs by age; its steady month is billed."""

    ingest_gb: Gigabytes
    """GB that arrive in a month."""
    blobs: Operations | None = None
    """Blobs that arrive in a month: each is a write operation whenever it moves."""
    blob_mb: Annotated[Decimal, Meta(gt=0, le=10**9)] | None = None
    """Their average size in MiB, instead of `blobs`."""
    cool_after_days: Days | None = None
    """Age at which blobs move to Cool."""
    cold_after_days: Days | None = None
    """Age at which blobs move to Cold."""
    archive_after_days: Days | None = None
    """Age at which blobs move to Archive."""
    delete_after_days: Days | None = None
    """Age at which blobs are deleted."""
    kept_months: Amount | None = None
    """Without deletion: how many months of data there are by the month that is billed."""

    def __post_init__(self) -> None:
        """Refuse a policy without a steady month, or with moves that nobody counts."""
        if self.delete_after_days is not None and self.kept_months is not None:
            raise ValueError("give one of `delete_after_days` and `kept_months`, not both")
        if self.delete_after_days is None and self.kept_months is None:
            raise ValueError(
                "what is never deleted grows for ever: give `delete_after_days`, or else "
                "`kept_months`, how many months of data to bill"
            )
        if self.moves and (self.blobs is None) == (self.blob_mb is None):
            raise ValueError(
                "each move of a blob is billed as a write: give `blobs`, how many arrive in "
                "a month, or else `blob_mb`, their average size"
            )
        for (tier, age), (colder, earlier) in pairwise(self.moves):
            if age > earlier:
                raise ValueError(
                    f"`{tier.lower()}_after_days`: from day {plain(earlier)} blobs are in "
                    f"{colder}, and no policy moves them back; give fewer days, or leave it out"
                )

    @property
    def end(self) -> Decimal:
        """The age of the oldest blobs in days."""
        if self.delete_after_days is not None:
            return self.delete_after_days
        return (self.kept_months or _ZERO) * AVERAGE_DAYS

    @property
    def moves(self) -> list[tuple[Tier, Decimal]]:
        """The tiers that blobs are to move to, and at what age."""
        ages: tuple[tuple[Tier, Decimal | None], ...] = (
            ("Cool", self.cool_after_days),
            ("Cold", self.cold_after_days),
            ("Archive", self.archive_after_days),
        )
        return [(tier, age) for tier, age in ages if age is not None]

    @property
    def moved(self) -> Decimal:
        """How many blobs come of age in a month."""
        if self.blob_mb is not None:
            return self.ingest_gb * _MB_PER_GB / self.blob_mb
        return self.blobs or _ZERO

    def stays(self, first: Tier) -> list[Stay]:
        """The tiers that blobs go through, from the one they are uploaded to.

        Of several actions that are due Azure runs the cheapest: the coldest tier
        (https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview).
        It waives early deletion of a tier that blobs only inherit from their account;
        here an upload to Cool or colder counts as having chosen it.
        """
        begins = [(first, _ZERO)]
        for tier, age in self.moves:
            if age < self.end:
                begins = [*((t, begin) for t, begin in begins if begin < age), (tier, age)]
        ends = [*(begin for _, begin in begins[1:]), self.end]
        return [
            Stay(tier, end - begin, self._short(tier, end - begin, end))
            for (tier, begin), end in zip(begins, ends, strict=True)
        ]

    def _short(self, tier: Tier, days: Decimal, end: Decimal) -> Decimal:
        if end == self.end and self.delete_after_days is None:
            return _ZERO  # they stay
        return max(_ZERO, MINIMUM_DAYS.get(tier, 0) - days)

    def notes(self) -> Iterator[str]:
        """Yield what the steady month assumes, and which writes are counted."""
        if self.delete_after_days is None:
            yield (
                f"the month after {plain(self.kept_months or _ZERO)} months of arrivals; "
                "nothing is deleted, so the bill goes on growing"
            )
        else:
            yield (
                f"a steady month: as much is deleted, {plain(self.end)} days old, as arrives; "
                "a new account costs less until then"
            )
        late = [tier for tier, age in self.moves if age >= self.end]
        if late:
            yield f"blobs do not grow old enough to move to {' or '.join(late)}"
        if len(late) < len(self.moves):
            yield (
                f"each move is {plain(self.moved)} write operations a month; uploads are counted "
                "in `write_operations` only, and reads of the tiers moved to not at all"
            )


class BlobStorage(Resource, frozen=True, kw_only=True):
    """Block blobs of a general purpose v2 or premium account, with or without Data Lake.

    Which call is which operation, and how many make an upload:
    https://learn.microsoft.com/azure/storage/blobs/map-rest-apis-transaction-categories
    and .../blob-storage-estimate-costs. Left out: snapshots and versions other than by
    `gb`, inventory, change feed, encryption scopes, smart tier, reserved capacity, and
    Defender for Storage.
    """

    kind: ClassVar[str] = "blob_storage"

    tier: Tier = "Hot"
    """The access tier; with a `lifecycle`, the one that blobs are uploaded to."""
    redundancy: Redundancy = "LRS"
    """Copies in a zone, in several, or in a second region; RA- can be read there."""
    hierarchical_namespace: bool = False
    """Whether the account has directories: Data Lake Storage Gen2."""
    endpoint: Endpoint | None = None
    """What clients call: `blob`, or `dfs` (ABFS), which bills every 4 MiB as an operation.

    Left out, it is `dfs` with a hierarchical namespace and else `blob`.
    """
    gb: Gigabytes = _ZERO
    """GB stored on average over the month; 1 TB is 1,024."""
    lifecycle: Lifecycle | None = None
    """A policy that moves and deletes blobs by age, instead of `gb`."""
    write_operations: Operations = _ZERO
    """Writes a month: an upload is one per block (8 MiB by default) and one to commit.

    Blocks that are uploaded to Archive are writes of Hot, only the commit is of Archive.
    """
    list_operations: Operations = _ZERO
    """List and create container operations a month; `dfs` lists with iterative reads."""
    read_operations: Operations = _ZERO
    """Reads a month, of `tier`; what is read in another tier is a resource of its own."""
    other_operations: Operations = _ZERO
    """All other operations a month, except deleting, which is free."""
    iterative_write_operations: Operations = _ZERO
    """Renames and recursive changes through `dfs`."""
    iterative_read_operations: Operations = _ZERO
    """Listings through `dfs`."""
    retrieval_gb: Gigabytes = _ZERO
    """GB read a month; billed in Cool, Cold and Archive."""
    archive_priority: Literal["standard", "high"] = "standard"
    """How fast reads of Archive are to be rehydrated."""
    write_gb: Gigabytes = _ZERO
    """GB written a month besides what a lifecycle ingests: billed where they are copied to
    a second region, and by some Cold and Archive price lists.
    """
    early_deletion_gb: Gigabytes | None = None
    """GB deleted or moved a month before their minimum: Cool 30, Cold 90, Archive 180 days."""
    early_deletion_days: Days | None = None
    """How many days too early; needed with `early_deletion_gb`."""
    index_tags: Operations = _ZERO
    """Blob index tags that are kept."""
    index_gb: Gigabytes = _ZERO
    """GB of metadata of a hierarchical namespace."""
    sftp_hours: Annotated[Decimal, Meta(ge=0, le=744)] = _ZERO
    """Hours a month that SFTP is enabled, used or not."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not offer, and what would be counted twice."""
        if self.lifecycle:
            self._check_lifecycle(self.lifecycle)
        for tier in self._tiers():
            offered = _REDUNDANCIES.get(tier, (self.redundancy,))
            if self.redundancy not in offered:
                raise ValueError(f"`redundancy`: {tier} blobs have {', '.join(offered)} only")
        if (self.early_deletion_gb is None) != (self.early_deletion_days is None):
            raise ValueError("`early_deletion_gb` and `early_deletion_days` go together: give both")
        minimum = MINIMUM_DAYS.get(self.tier, 0)
        if self.early_deletion_gb and (self.early_deletion_days or 0) > minimum:
            raise ValueError(
                f"`early_deletion_days`: {self.tier} blobs have a minimum of {minimum} days, "
                "so none leaves that early"
            )
        iterative = self.iterative_write_operations + self.iterative_read_operations
        if iterative and self._endpoint == "blob":
            raise ValueError("iterative operations are calls of another endpoint: `endpoint: dfs`")
        if self.index_gb + self.sftp_hours and not self.hierarchical_namespace:
            raise ValueError("`index_gb` and `sftp_hours` need `hierarchical_namespace: true`")
        # https://learn.microsoft.com/azure/storage/blobs/storage-blob-index-how-to
        if self.index_tags and self.hierarchical_namespace:
            raise ValueError(
                "`index_tags`: accounts with a hierarchical namespace have none; leave them out"
            )

    def _check_lifecycle(self, policy: Lifecycle) -> None:
        if self.gb or self.early_deletion_gb:
            raise ValueError(
                "`gb` and `early_deletion_gb` follow from the `lifecycle`: leave them out"
            )
        for tier, _ in policy.moves:
            if tier not in _COLDER.get(self.tier, ()):
                raise ValueError(f"`lifecycle`: no policy moves blobs from {self.tier} to {tier}")

    def _tiers(self) -> list[Tier]:
        moves = self.lifecycle.moves if self.lifecycle else []
        return [self.tier, *(tier for tier, _ in moves)]

    @property
    def _endpoint(self) -> Endpoint:
        return self.endpoint or ("dfs" if self.hierarchical_namespace else "blob")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield whatever there is any of."""
        short = (self.early_deletion_gb or _ZERO) * (self.early_deletion_days or _ZERO)
        for what, use, quantity in (
            ("capacity", Use.STORED, gb_months(self.gb)),
            ("early deletion", Use.EARLY_DELETE, gb(short / AVERAGE_DAYS)),
            *self._operations(),
            ("index tags", Use.INDEX_TAGS, months(self.index_tags)),
            ("namespace index", Use.INDEX, gb_months(self.index_gb)),
        ):
            yield from self._charge(catalogue, self.tier, what, use, quantity)
        written = self.write_gb
        if self.lifecycle:
            yield from self._lifecycle(catalogue, self.lifecycle)
            written += self.lifecycle.ingest_gb
        yield from self._data_write(catalogue, self.tier, written)
        if written and is_geo(self.redundancy):
            yield Charge("geo-replication", gb(written), geo_replication(self.region))
        if self.sftp_hours:
            yield Charge("SFTP", units(self.sftp_hours), sftp(self.region, self.redundancy))

    def _operations(self) -> Iterator[tuple[str, Use, Quantity]]:
        read, retrieval = Use.READ, Use.RETRIEVAL
        if self.tier == "Archive" and self.archive_priority == "high":
            read, retrieval = Use.PRIORITY_READ, Use.PRIORITY_RETRIEVAL
        yield "write operations", Use.WRITE, units(self.write_operations)
        yield "list operations", Use.LIST, units(self.list_operations)
        yield "read operations", read, units(self.read_operations)
        yield "other operations", Use.OTHER, units(self.other_operations)
        yield "iterative writes", Use.ITERATIVE_WRITE, units(self.iterative_write_operations)
        yield "iterative reads", Use.ITERATIVE_READ, units(self.iterative_read_operations)
        if self.tier in MINIMUM_DAYS:  # Hot and Premium retrieve for free
            yield "retrieval", retrieval, gb(self.retrieval_gb)

    def _lifecycle(self, catalogue: Catalogue, policy: Lifecycle) -> Iterator[Charge]:
        for stay in policy.stays(self.tier):
            stored = gb_months(policy.ingest_gb * stay.days / AVERAGE_DAYS)
            short = gb(policy.ingest_gb * stay.short / AVERAGE_DAYS)
            yield from self._charge(catalogue, stay.tier, "capacity", Use.STORED, stored)
            yield from self._charge(catalogue, stay.tier, "early deletion", Use.EARLY_DELETE, short)
            if stay.tier != self.tier:
                moved = units(policy.moved)
                yield from self._charge(catalogue, stay.tier, "moves", Use.WRITE, moved)
                yield from self._data_write(catalogue, stay.tier, policy.ingest_gb)

    def _charge(
        self, catalogue: Catalogue, tier: Tier, what: str, use: Use, quantity: Quantity
    ) -> Iterator[Charge]:
        if quantity.amount:
            blobs = self._blobs(tier)
            yield Charge(f"{what}, {blobs.sku}", quantity, blobs.meter(use, catalogue))

    def _data_write(self, catalogue: Catalogue, tier: Tier, written: Decimal) -> Iterator[Charge]:
        blobs = self._blobs(tier)
        meter = blobs.data_write(catalogue)
        if written and meter:
            yield Charge(f"data written, {blobs.sku}", gb(written), meter)

    def _blobs(self, tier: Tier) -> Blobs:
        return Blobs(
            region=self.region,
            tier=tier,
            redundancy=self.redundancy,
            hierarchical=self.hierarchical_namespace,
            endpoint=self._endpoint,
        )

    def notes(self) -> Iterator[str]:
        """Yield what a lifecycle assumes, and whether replication was counted."""
        if self.lifecycle:
            yield from self.lifecycle.notes()
        elif is_geo(self.redundancy) and not self.write_gb:
            yield "replication to the second region is billed by the GB written: give `write_gb`"
