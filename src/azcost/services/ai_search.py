"""Azure AI Search: search units by the hour, and what queries and enrichment add.

Prices: https://azure.microsoft.com/pricing/details/search/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Hours, Operations
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.price import Meter
from azcost.services.base import Resource
from azcost.units import Quantity, hours, plain, units

# Azure's name of a tier (its management API, and its documents) -> the name in the price rows.
_TIERS = {
    "free": "Free",
    "basic": "Basic",
    "standard": "Standard S1",
    "standard2": "Standard S2",
    "standard3": "Standard S3",
    "storage_optimized_l1": "Storage Optimized L1",
    "storage_optimized_l2": "Storage Optimized L2",
    "S1": "Standard S1",
    "S2": "Standard S2",
    "S3": "Standard S3",
    "L1": "Storage Optimized L1",
    "L2": "Storage Optimized L2",
}
# Replicas x partitions, and each: https://learn.microsoft.com/azure/search/search-capacity-planning
_MAX_UNITS = 36
_PARTITIONS = (0, 1, 2, 3, 4, 6, 12)
# Tiers that have fewer: how many replicas and how many partitions, and a tier with more.
_SMALL = {"free": (1, "basic"), "basic": (3, "standard")}
Units = Annotated[Decimal, Meta(ge=0, le=12)]
# "After the first 1,000 semantic ranker requests, ... After the first 50 million agentic
# reasoning tokens per month": https://learn.microsoft.com/azure/search/semantic-search-overview
_FREE_QUERIES = 1_000
_FREE_TOKENS = 50_000_000
_EFFORTS = {"minimal": "Minimum", "low": "Low", "medium": "Medium"}


class AiSearch(Resource, frozen=True, kw_only=True):
    """A search service."""

    kind: ClassVar[str] = "ai_search"

    sku: Literal[
        "free",
        "basic",
        "standard",
        "standard2",
        "standard3",
        "storage_optimized_l1",
        "storage_optimized_l2",
        "S1",
        "S2",
        "S3",
        "L1",
        "L2",
    ] = "standard"
    """The tier as Azure's API or its documents name it: `standard` is `S1`."""
    replicas: Units = Decimal(1)
    """Copies of the index that answer queries."""
    partitions: Units = Decimal(1)
    """Parts that the index is split into; replicas x partitions are billed."""
    hours: Hours = ALWAYS
    """When the service exists; it cannot be stopped, only deleted."""
    compute_type: Literal["default", "confidential"] = "default"
    """Whether it runs on confidential machines."""
    semantic_queries: Operations = Decimal(0)
    """Queries a month that the semantic ranker ranks; the first 1,000 are free."""
    agentic_tokens: Amount = Decimal(0)
    """Tokens a month that agentic retrieval ranks; the first 50 million are free."""
    reasoning_effort: Literal["minimal", "low", "medium"] = "low"
    """How much agentic retrieval reasons."""
    images_extracted: Operations = Decimal(0)
    """Images a month that document cracking extracts for enrichment."""
    custom_entity_records: Operations = Decimal(0)
    """Text records a month that custom entity lookup reads."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell."""
        largest, larger = _SMALL.get(self.sku, (12, ""))
        if max(self.replicas, self.partitions) > largest:
            raise ValueError(
                f"`replicas` and `partitions`: {self.sku} has at most {largest} of each; for "
                f"more use `sku: {larger}`"
            )
        if self.partitions not in _PARTITIONS:
            raise ValueError("`partitions`: a service has 1, 2, 3, 4, 6 or 12")
        if self.replicas * self.partitions > _MAX_UNITS:
            raise ValueError(f"`replicas` x `partitions`: at most {_MAX_UNITS} search units")
        if self.sku == "free" and self.compute_type == "confidential":
            raise ValueError("`compute_type`: the free tier is not confidential")

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield the search units, then what is counted."""
        tier = _TIERS[self.sku] + (" CC" if self.compute_type == "confidential" else "")
        search_units = self.replicas * self.partitions
        yield self._charge(
            f"{plain(search_units)} x {tier} search unit",
            hours(search_units * self.hours.monthly),
            tier,
            "Unit",
        )
        effort = f"Agentic Retrieval {_EFFORTS[self.reasoning_effort]} Reasoning"
        for label, amount, sku, words in (
            (
                "semantic queries",
                self.semantic_queries - _FREE_QUERIES,
                "Semantic Ranker",
                "queries",
            ),
            ("agentic retrieval", self.agentic_tokens - _FREE_TOKENS, effort, "Tokens"),
            ("images extracted", self.images_extracted, "Document Cracking", "Image Extraction"),
            (
                "custom entity records",
                self.custom_entity_records,
                "Custom Entity Skills",
                "Text Records",
            ),
        ):
            if amount > 0:
                yield self._charge(label, units(amount), sku, words)

    def _charge(self, label: str, quantity: Quantity, sku: str, words: str) -> Charge:
        meter = Meter(
            service="Azure Cognitive Search",
            region=self.region,
            product="Azure AI Search",
            sku=sku,
            meter=f"{sku} {words}",
        )
        return Charge(label, quantity, meter)

    def notes(self) -> Iterator[str]:
        """Say what agentic retrieval is billed for elsewhere."""
        if self.agentic_tokens:
            yield "the model that plans agentic retrieval is billed apart: add an `openai`"
