"""Azure OpenAI and the search behind it."""

from __future__ import annotations

from typing import Any

from azcost.audit.resource import Resource

from ..estate import Estate, daily, nightly

GROUP = "assistant-prod"
ACCOUNTS = "Microsoft.CognitiveServices/accounts"


VERSIONS = {"gpt-4o": "2024-11-20", "gpt-4o-mini": "2024-07-18", "gpt-4.1": "2025-04-14"}


def build(estate: Estate) -> None:
    """An assistant on tokens, embeddings, a nightly summary by the batch API."""
    account = estate.add(
        ACCOUNTS,
        "assistant",
        GROUP,
        kind="OpenAI",
        sku={"name": "S0"},
        location="swedencentral",
        properties={"provisioningState": "Succeeded"},
    )
    deployment(estate, "chat", "gpt-4.1", "DataZoneStandard", reads=2_400_000, writes=200_000)
    deployment(estate, "embed", "text-embedding-3-large", "GlobalStandard", reads=900_000)
    deployment(
        estate, "summaries", "gpt-4.1-mini", "GlobalBatch", reads=3_000_000, writes=300_000,
        nights=True,
    )  # fmt: skip
    estate.measure(account, "AzureOpenAIRequests", 900)
    estate.bill(
        account, "openai", region="swedencentral", model="gpt-4.1", scope="DataZoneStandard",
        input_tokens=800_000_000, cached_input_tokens=200_000_000, output_tokens=65_000_000,
        growth=0.25,
    )  # fmt: skip
    estate.bill(
        account, "openai", region="swedencentral", model="text-embedding-3-large",
        input_tokens=300_000_000,
    )  # fmt: skip
    search = estate.add(
        "Microsoft.Search/searchServices",
        "documents",
        GROUP,
        sku={"name": "standard"},
        location="swedencentral",
        properties={"replicaCount": 2, "partitionCount": 1, "status": "running"},
    )
    estate.bill(search, "ai_search", region="swedencentral", sku="standard", replicas=2)
    estate.measure(search, "SearchQueriesPerSecond", 6)
    estate.measure(search, "SearchLatency", 0.2, low=0.1)


def deployment(
    estate: Estate,
    name: str,
    model: str,
    scope: str,
    *,
    reads: float,
    writes: float = 0,
    capacity: int = 100,
    nights: bool = False,
    account: str = "assistant",
    **properties: Any,
) -> Resource:
    """A deployment; `reads` and `writes` are tokens in the busiest hours.

    Its tokens are billed at the account, as Azure does.
    """
    made = estate.add(
        f"{ACCOUNTS}/deployments",
        f"{account}/{name}",
        GROUP,
        sku={"name": scope, "capacity": capacity},
        properties={
            "model": {"format": "OpenAI", "name": model, "version": VERSIONS.get(model, "1")},
            "provisioningState": "Succeeded",
            **properties,
        },
    )
    week = nightly if nights else daily
    estate.measure(made, "ProcessedPromptTokens", reads, week=week)
    estate.measure(made, "GeneratedTokens", writes, week=week)
    estate.measure(made, "TokenTransaction", reads + writes, week=week)
    estate.measure(made, "AzureOpenAIRequests", reads / 3000, week=week)
    if "Provisioned" not in scope and writes:
        estate.measure(made, "AzureOpenAIContextTokensCacheMatchRate", 22, low=15, week=week)
    return made
