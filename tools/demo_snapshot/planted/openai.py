"""What an assistant's first year leaves behind at Azure OpenAI."""

from __future__ import annotations

from azcost.audit.resource import Resource

from ..company.openai import ACCOUNTS, GROUP, deployment
from ..estate import Estate

REGION = "swedencentral"


def plant_units(estate: Estate) -> None:
    """Units of last week: a launch that did not come, and one that was smaller than hoped."""
    account = _account(estate, "launch")
    idle = deployment(
        estate, "pilot", "gpt-4o", "DataZoneProvisionedManaged", reads=0, capacity=15,
        account="launch",
    )  # fmt: skip
    used = deployment(
        estate, "voice", "gpt-4.1", "GlobalProvisionedManaged", reads=900_000, writes=60_000,
        capacity=25, account="launch",
    )  # fmt: skip
    estate.measure(used, "AzureOpenAIProvisionedManagedUtilizationV2", 24, low=2)
    estate.bill(
        account, "openai", region=REGION, model="gpt-4o", scope="DataZoneProvisionedManaged",
        ptus=15, since=9,
    )  # fmt: skip
    estate.bill(
        account, "openai", region=REGION, model="gpt-4.1", scope="GlobalProvisionedManaged",
        ptus=25, since=9,
    )  # fmt: skip
    estate.plant("idle_ptu_deployment", idle)
    estate.plant("oversized_ptu_deployment", used)
    estate.plant("ptus_dearer_than_tokens", used)


def plant_experiments(estate: Estate) -> None:
    """A fine-tuned model that lost, and a deployment that somebody tried once."""
    account = _account(estate, "experiments")
    tuned = deployment(
        estate, "tone", "gpt-4.1-mini-2025-04-14.ft-9f31c2", "GlobalStandard", reads=0,
        account="experiments",
    )  # fmt: skip
    tried = deployment(
        estate, "tried", "gpt-4o-mini", "GlobalStandard", reads=0, account="experiments"
    )
    estate.bill(account, "openai", region=REGION, model="gpt-4.1-mini", variant="fine-tuned")
    estate.plant("idle_fine_tuned_model", tuned)
    estate.plant("unused_model_deployment", tried)


def plant_nightly_job(estate: Estate) -> None:
    """Tickets that are classified each night, by requests that somebody could wait for."""
    account = _account(estate, "tickets")
    job = deployment(
        estate, "classify", "gpt-4.1-mini", "GlobalStandard", reads=40_000_000, writes=1_000_000,
        nights=True, account="tickets",
    )  # fmt: skip
    estate.bill(
        account, "openai", region=REGION, model="gpt-4.1-mini",
        input_tokens=3_600_000_000, output_tokens=90_000_000,
    )  # fmt: skip
    estate.plant("batch_traffic_at_full_price", job)
    estate.plant("uncached_prompts", job)


def _account(estate: Estate, name: str) -> Resource:
    return estate.add(
        ACCOUNTS, name, GROUP, kind="OpenAI", sku={"name": "S0"}, location=REGION,
        properties={"provisioningState": "Succeeded"},
    )  # fmt: skip
