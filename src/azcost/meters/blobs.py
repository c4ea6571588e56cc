"""What Azure calls the meters of block blobs, and the meters that blobs and files have in common.

Azure sells block blobs as eight products: by namespace, by the endpoint that clients
call (https://learn.microsoft.com/azure/storage/common/storage-plan-manage-costs), and
premium or standard. Each spells its meters in its own way.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

import msgspec

from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter

Tier = Literal["Hot", "Cool", "Cold", "Archive", "Premium"]
Redundancy = Literal["LRS", "ZRS", "GRS", "RA-GRS", "GZRS", "RA-GZRS"]
Endpoint = Literal["blob", "dfs"]

# Days that a blob must stay, or be billed for.
# https://learn.microsoft.com/azure/storage/blobs/access-tiers-overview
MINIMUM_DAYS = {"Cool": 30, "Cold": 90, "Archive": 180}


class Use(StrEnum):
    """What is metered, in Azure's words."""

    STORED = "Data Stored"
    WRITE = "Write Operations"
    READ = "Read Operations"
    LIST = "List and Create Container Operations"
    OTHER = "All Other Operations"
    ITERATIVE_WRITE = "Iterative Write Operations"
    ITERATIVE_READ = "Iterative Read Operations"
    RETRIEVAL = "Data Retrieval"
    PRIORITY_READ = "Priority Read Operations"
    PRIORITY_RETRIEVAL = "Priority Data Retrieval"
    DATA_WRITE = "Data Write"
    EARLY_DELETE = "Early Delete"
    INDEX_TAGS = "Index Tags"
    INDEX = "Index"


_FLAT = "General Block Blob v2"
_NESTED = "General Block Blob v2 Hierarchical Namespace"
_LAKE = "Azure Data Lake Storage Gen2 Hierarchical Namespace"
_FLAT_LAKE = "Azure Data Lake Storage Gen2 Flat Namespace"
_PREMIUM_LAKE = "Premium ADLS Gen2 Hierarchical Namespace"

# (has a hierarchical namespace, endpoint) -> standard product, premium product
_PRODUCTS = {
    (False, "blob"): (_FLAT, "Premium Block Blob"),
    (True, "blob"): (_NESTED, "Premium Block Blob v2 Hierarchical Namespace"),
    (False, "dfs"): (_FLAT_LAKE, "Premium ADLS Gen2 Flat Namespace"),
    (True, "dfs"): (_LAKE, _PREMIUM_LAKE),
}

# How a product spells a use: read off the rows of all regions, older spellings last.
# What is not in this table is "{tier} {redundancy} {use}", and so is all of Cold.
#   {written}  the redundancy without RA-: reading elsewhere does not change what is written
#   {zone}     ZRS for ZRS, GZRS and RA-GZRS, else nothing
#   {geo}      {written} where there is a second region, else nothing
#   {more}     {written}, but nothing for LRS
# Cool and Archive have no rows for listing, other and iterative operations: they are
# those of Hot (sample prices of .../storage/blobs/blob-storage-estimate-costs).
_LAKE_SPELLINGS: dict[Use, tuple[str, ...]] = {
    Use.WRITE: ("{tier} {more} Write Operations",),
    Use.READ: ("{tier} Read Operations",),
    Use.LIST: ("{written} List and Create Container Operations",),
    Use.OTHER: ("Hot Other Operations",),
    Use.ITERATIVE_WRITE: (
        "{tier} {geo} Iterative Write Operations",
        "Hot {geo} Iterative Write Operations",
    ),
    Use.ITERATIVE_READ: (
        "{tier} {more} Iterative Read Operations",
        "Hot {more} Iterative Read Operations",
    ),
    Use.RETRIEVAL: ("{tier} Data Retrieval",),
    Use.PRIORITY_READ: ("Priority Read Operations",),
    Use.PRIORITY_RETRIEVAL: ("Priority Data Retrieval",),
    Use.DATA_WRITE: ("{tier} Data Write",),
    Use.INDEX: ("Hot {redundancy} Index",),
}
_SPELLINGS: dict[str, dict[Use, tuple[str, ...]]] = {
    _FLAT: {
        Use.WRITE: ("{tier} {written} Write Operations",),
        Use.READ: ("{tier} {zone} Read Operations",),
        Use.LIST: ("{written} List and Create Container Operations",),
        Use.OTHER: ("All Other Operations",),
        Use.RETRIEVAL: ("{tier} {zone} Data Retrieval",),
        Use.PRIORITY_READ: ("{tier} Priority Read Operations",),
        Use.PRIORITY_RETRIEVAL: ("{tier} Priority Data Retrieval",),
        Use.DATA_WRITE: ("{tier} Data Write",),
        Use.INDEX_TAGS: ("{geo} Index Tags",),
    },
    _NESTED: {
        Use.WRITE: ("{tier} {redundancy} Write Operations", "{tier} {written} Write Operations"),
        Use.READ: ("{tier} {redundancy} Read Operations", "{tier} Read Operations"),
        Use.LIST: ("{written} List and Create Container Operations",),
        Use.OTHER: ("{tier} Other Operations", "Hot {redundancy} Other Operations"),
        Use.RETRIEVAL: ("{tier} {redundancy} Data Retrieval", "{tier} Data Retrieval"),
    },
    _LAKE: _LAKE_SPELLINGS,
    _FLAT_LAKE: _LAKE_SPELLINGS,
    _PREMIUM_LAKE: {Use.INDEX: ("{tier} {redundancy} MetaData Storage",)},
}
# One meter, two names: canadacentral's 87594d41-... is "Hot LRS Write Operations" in the
# product Blob Storage, "LRS List and Create ..." in General Block Blob v2. A price list
# has one of the names or both, and then they cost the same (19 of 19; but not for GZRS).
_TWINS = ("Hot {written} Write Operations", "{written} List and Create Container Operations")
# Some meters of v2 accounts are listed in this older product only; the 1,099 rows that
# both products have cost the same in both.
_OLDER_FLAT = "Blob Storage"


class Blobs(msgspec.Struct, frozen=True, kw_only=True):
    """Blobs of one tier in an account: all that their meters depend on."""

    region: str
    tier: Tier
    redundancy: Redundancy
    hierarchical: bool
    endpoint: Endpoint

    @property
    def sku(self) -> str:
        """The SKU that their rows have: `Hot RA-GRS`."""
        return f"{self.tier} {self.redundancy}"

    def meter(self, use: Use, catalogue: Catalogue) -> Meter:
        """The meter of a use, by the first of its names that the region's price list has.

        A shared meter may be listed under Hot only, or under another redundancy.
        """
        names = list(self._names(use))
        for product, name in names:
            for sku in (self.sku, f"Hot {self.redundancy}", ""):
                meter = self._named(product, name, sku)
                if catalogue.candidates(meter):
                    return meter
        return self._named(*names[0])

    def data_write(self, catalogue: Catalogue) -> Meter | None:
        """The meter of writing a GB; few tiers have one, and it is mostly priced zero."""
        product, name = next(self._names(Use.DATA_WRITE))
        meter = self._named(product, name, self.sku)
        return meter if catalogue.candidates(meter) else None

    def _named(self, product: str, name: str, sku: str = "") -> Meter:
        return Meter(service="Storage", region=self.region, product=product, sku=sku, meter=name)

    def _names(self, use: Use) -> Iterator[tuple[str, str]]:
        """Yield the products and names that a use may have, the usual one first."""
        product = self._product(use)
        names = [self._filled(words) for words in self._spellings(product, use)]
        for name in names:
            yield product, name
        if product == _FLAT:
            for name in names:
                yield _OLDER_FLAT, name
            twins = [self._filled(words) for words in _TWINS]
            if names[0] in twins and "GZRS" not in self.redundancy:
                yield product, twins[1 - twins.index(names[0])]

    def _product(self, use: Use) -> str:
        # The index of a hierarchical namespace is listed with the dfs endpoint only.
        endpoint = "dfs" if use is Use.INDEX else self.endpoint
        standard, premium = _PRODUCTS[self.hierarchical, endpoint]
        return premium if self.tier == "Premium" else standard

    def _spellings(self, product: str, use: Use) -> tuple[str, ...]:
        usual = (f"{{tier}} {{redundancy}} {use}",)
        if self.tier == "Cold" and use is not Use.INDEX:
            return usual
        return _SPELLINGS.get(product, {}).get(use, usual)

    def _filled(self, words: str) -> str:
        written = self.redundancy.removeprefix("RA-")
        name = words.format(
            tier=self.tier,
            redundancy=self.redundancy,
            written=written,
            zone="ZRS" if "ZRS" in written else "",
            geo=written if is_geo(self.redundancy) else "",
            more="" if written == "LRS" else written,
        )
        return " ".join(name.split())


def is_geo(redundancy: str) -> bool:
    """Whether a redundancy keeps a copy in a second region."""
    return "G" in redundancy


def geo_replication(region: str) -> Meter:
    """The meter of copying a GB to the second region, of general purpose v2 accounts."""
    return _of_account(region, "Storage - Bandwidth", "Geo-Replication v2", "Data Transfer")


def sftp(region: str, redundancy: Redundancy) -> Meter:
    """The meter of an hour in which SFTP is enabled."""
    sku = f"SSH File Transfer Protocol {redundancy}"
    return _of_account(region, "Blob Features", sku, "Hour Enabled")


def _of_account(region: str, product: str, sku: str, words: str) -> Meter:
    return Meter(service="Storage", region=region, product=product, sku=sku, meter=f"{sku} {words}")
