"""Foundry models (Azure OpenAI and others): tokens, or throughput units by the hour.

Prices: https://azure.microsoft.com/pricing/details/cognitive-services/openai-service/
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from azcost.estimate import Charge
from azcost.fields import ALWAYS, Amount, Count, Gigabytes, Hours, Operations
from azcost.meters.compute import COMMITTED, notes_on_commitment
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.models import (
    RUNS,
    SKU_CODES,
    TOOLS,
    TRAINING,
    USED,
    ModelMeter,
    Offer,
    meters_of,
)
from azcost.pricing.price import Meter
from azcost.pricing.rows import Purchase
from azcost.services.base import Resource, check_fields
from azcost.units import DAYS_PER_MONTH, HOURS_PER_MONTH, Quantity, plain

# Azure's SKU codes: https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types
Scope = Literal[
    "GlobalStandard",
    "DataZoneStandard",
    "Standard",
    "GlobalBatch",
    "DataZoneBatch",
    "DeveloperTier",
    "GlobalProvisionedManaged",
    "DataZoneProvisionedManaged",
    "ProvisionedManaged",
]
_ORDINARY = tuple(code for code, (_, special) in RUNS.items() if not special)
_BY_AMOUNT = tuple(code for code, (_, special) in RUNS.items() if special != "provisioned")
# The fields that only some scopes have.
_ONLY = {
    "variant": _BY_AMOUNT,
    "service_tier": _ORDINARY,
    "context": _BY_AMOUNT,
    "requests": _BY_AMOUNT,
    "detail": _BY_AMOUNT,
}
# "$/GB of vector-storage per day (1 GB free)":
# https://azure.microsoft.com/pricing/details/foundry-agent-service/
_FREE_FILE_SEARCH_GB = 1


class OpenAI(Resource, frozen=True, kw_only=True):
    """A deployment of a model: what it reads and writes in a month, or what it reserves."""

    kind: ClassVar[str] = "openai"

    model: Annotated[str, msgspec.Meta(max_length=100)]
    """The model as Azure names it: `gpt-4o`, `text-embedding-3-small`, `DeepSeek-V3.2`."""
    version: Annotated[str, msgspec.Meta(max_length=30)] = ""
    """Its version: `2024-08-06`; the newest that has a price if left out."""
    scope: Scope = "GlobalStandard"
    """The deployment type: where requests are processed and how they are paid for."""
    variant: Literal["base", "fine-tuned", "grader"] = "base"
    """The base model, one you fine-tuned (hosted by the hour), or a grader in training."""
    service_tier: Literal["default", "priority"] = "default"
    """How requests are processed; `priority` is faster and costs more."""
    context: Literal["short", "long"] = "short"
    """Whether requests are longer than the model's limit for the ordinary price."""
    requests: Operations = Decimal(1)
    """Requests a month: all amounts down to `searches` are per request then."""
    input_tokens: Amount = Decimal(0)
    """Text that is read, in tokens, without `cached_input_tokens`; also for embeddings."""
    cached_input_tokens: Amount = Decimal(0)
    """Text that is read from the prompt cache, in tokens; on top of `input_tokens`."""
    cache_write_tokens: Amount = Decimal(0)
    """Text that is written to the prompt cache, in tokens; few models bill it."""
    output_tokens: Amount = Decimal(0)
    """Text that is written, in tokens, reasoning included."""
    audio_input_tokens: Amount = Decimal(0)
    """Sound that is heard, in tokens."""
    cached_audio_input_tokens: Amount = Decimal(0)
    """Sound that is heard from the cache, in tokens."""
    audio_output_tokens: Amount = Decimal(0)
    """Sound that is spoken, in tokens."""
    image_input_tokens: Amount = Decimal(0)
    """Pictures that are read, in tokens, by models that bill them apart from text."""
    cached_image_input_tokens: Amount = Decimal(0)
    """Pictures that are read from the cache, in tokens."""
    image_output_tokens: Amount = Decimal(0)
    """Pictures that are made, in tokens: the `gpt-image` models."""
    images: Amount = Decimal(0)
    """Pictures that are made, by models that bill each: `dall-e-3`, `FLUX-1.1-pro`."""
    first_megapixels: Amount = Decimal(0)
    """First megapixels of the pictures that `FLUX.2-pro` makes: one each."""
    megapixels: Amount = Decimal(0)
    """Megapixels that the `FLUX.2` models make, without `first_megapixels`."""
    reference_megapixels: Amount = Decimal(0)
    """Megapixels of the pictures that are given to the `FLUX.2` models."""
    video_seconds: Amount = Decimal(0)
    """Seconds of film that are made: the `sora` models."""
    audio_hours: Amount = Decimal(0)
    """Hours of sound, by models that bill time: `whisper`, `gpt-realtime-translate`."""
    characters: Amount = Decimal(0)
    """Characters that are spoken: `tts`, `tts-hd`."""
    pages: Amount = Decimal(0)
    """Pages that are read: `mistral-document-ai-2512`, `mistral-ocr-4-0`."""
    searches: Amount = Decimal(0)
    """Searches that are ranked: `Cohere-rerank-v4.0-pro`."""
    detail: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Which picture or film, where prices differ: `hd 1024x1792`, `1080p square 6-10s`."""
    ptus: Count = Decimal(0)
    """Throughput units that a provisioned deployment reserves."""
    purchase: Purchase = Purchase.PAY_AS_YOU_GO
    """How the throughput units are bought; tokens are always pay-as-you-go."""
    hours: Hours = ALWAYS
    """How long throughput units and fine-tuned models are kept, used or not."""
    training_tokens: Amount = Decimal(0)
    """Tokens of training, in a month: those of the file times the epochs."""
    training_hours: Amount = Decimal(0)
    """Hours of training, in a month, where they are billed: reinforcement fine-tuning."""
    file_search_calls: Operations = Decimal(0)
    """Calls of the file search tool in a month."""
    file_search_gb: Gigabytes = Decimal(0)
    """Gigabytes that file search keeps in vector stores; the first is free."""
    code_interpreter_sessions: Operations = Decimal(0)
    """Sessions of the code interpreter in a month."""

    def __post_init__(self) -> None:
        """Refuse what Azure does not sell in any region."""
        check_fields(self, self.scope, _ONLY)
        self._check_payment()
        if self.scope == "DeveloperTier" and self.variant != "fine-tuned":
            raise ValueError("`scope`: DeveloperTier is for models with `variant: fine-tuned`")
        if not self.model:
            raise ValueError("`model`: name one, such as gpt-4o")
        if not any(getattr(self, field) for field in TRAINING):
            self._deployment().meters()  # raises for a model or a version without a meter
        list(self._billed())  # and so does an amount without one

    def _check_payment(self) -> None:
        where, special = self._runs
        provisioned = special == "provisioned"
        if provisioned and any(getattr(self, field) for field in (*USED, *TRAINING)):
            raise ValueError(
                f"a {self.scope} deployment bills `ptus` by the hour, not what it processes: "
                f"move the amounts to a service with `scope: {SKU_CODES[where, '']}`"
            )
        if not provisioned and (self.ptus or self.purchase is not Purchase.PAY_AS_YOU_GO):
            raise ValueError(
                f"`ptus` and `purchase`: {self.scope} bills what is processed; for "
                f"throughput units use `scope: {SKU_CODES[where, 'provisioned']}`"
            )
        if self.ptus % 1:
            raise ValueError("`ptus`: throughput units are whole")
        hosted = self.variant == "fine-tuned" and self.scope != "DeveloperTier"
        if self.hours != ALWAYS and not (provisioned or hosted):
            raise ValueError(
                "`hours` are billed for throughput units and fine-tuned models; leave it out"
            )

    def charges(self, catalogue: Catalogue) -> Iterator[Charge]:
        """Yield what is processed, reserved or hosted, trained, and done by tools."""
        for row, words, amount in self._billed():
            label = ", ".join(
                word for word in (f"{row.model} {row.version}".strip(), words) if word
            )
            meter = Meter(
                service=row.service, region=self.region, product=row.product, meter=row.meter
            )
            reservable = row.item == "ptu-hours"
            purchase = self.purchase if reservable else Purchase.PAY_AS_YOU_GO
            yield Charge(label, Quantity(amount, row.unit), meter, purchase)

    def notes(self) -> Iterator[str]:
        """Say which version was priced, and what the bill cannot know."""
        provisioned = self._runs[1] == "provisioned"
        billed = list(self._billed())
        yield from notes_on_commitment(self.purchase, self.hours)
        if not billed:
            amount = "ptus" if provisioned else "input_tokens"
            yield f"nothing is billed: give an amount, such as `{amount}`"
        versions = {row.version for row, *_ in billed if row.model}
        if not self.version and versions - {""}:
            yield f"priced as version {max(versions)}, the newest with a price"
        if self.version and "" in versions:
            yield "its meters do not tell versions apart"
        elsewhere = any(row.context for row in meters_of(self.model))
        if elsewhere and self.context == "short" and not provisioned:
            yield "long requests cost more: bill them in a service with `context: long`"
        if self.scope == "DeveloperTier":
            yield "DeveloperTier deletes deployments after 24 hours; hosting is free"
        if meters_of(self.model)[0].model == "model-router":
            yield "this is the router's fee: add services for the models it chooses"

    @property
    def _runs(self) -> tuple[str, str]:
        return RUNS[self.scope]

    def _offer(self, variant: str) -> Offer:
        return Offer(model=self.model, version=self.version, scope=self._runs[0], variant=variant)

    def _deployment(self) -> Offer:
        special = self._runs[1]
        if special in ("provisioned", "developer"):
            return self._offer(special)
        return msgspec.structs.replace(
            self._offer(self.variant.removeprefix("base")),
            tier=special or self.service_tier.removeprefix("default"),
            context=self.context.removeprefix("short"),
        )

    def _billed(self) -> Iterator[tuple[ModelMeter, str, Decimal]]:
        """Yield each meter with what the bill calls it and the amount of a month."""
        yield from self._deployed()
        training = "developer" if self.scope == "DeveloperTier" else "fine-tuned"
        for field, item in TRAINING.items():
            if amount := getattr(self, field):
                yield self._offer(training).meter(item), _words(field), amount
        tools = Offer(model="", scope=self._runs[0])
        for field, item in TOOLS.items():
            if amount := getattr(self, field):
                yield tools.meter(item), _words(field), amount
        if (stored := self.file_search_gb - _FREE_FILE_SEARCH_GB) > 0:
            yield tools.meter("file-search-gb"), "file search storage", stored * DAYS_PER_MONTH

    def _deployed(self) -> Iterator[tuple[ModelMeter, str, Decimal]]:
        deployment = self._deployment()
        if self.ptus:
            hours = HOURS_PER_MONTH if self.purchase in COMMITTED else self.hours.monthly
            words = f"{plain(self.ptus)} PTUs, {self.purchase}"
            yield deployment.meter("ptu-hours"), words, self.ptus * hours
        for field, item in USED.items():
            if amount := getattr(self, field):
                row = deployment.meter(item, self.detail.lower())
                yield row, f"{_words(field)} {row.detail}".strip(), self.requests * amount
        if deployment.variant == "fine-tuned":
            yield deployment.meter("hosting-hours"), "hosting", self.hours.monthly


def _words(field: str) -> str:
    return field.replace("_", " ")
