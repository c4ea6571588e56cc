"""What the meters of Foundry models sell, read out of their names.

Azure writes the same thing in a dozen ways ("gpt-4o-0806-Inp-glbl", "gpt 4o 0806 cached
Inp regnl", "4.1 mini pp cd Inp Dz 1M"). Here a name is cut into words, the words that say
how it is billed are taken out, and what is left names the model. What cannot be read, or
reads like another meter, is left out and counted, never guessed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from azcost.pricing import tables
from azcost.pricing.models import ModelMeter

from .write import table

_SERVICE = "Foundry Models"
# The fee of the model router is listed among the tools.
_ROUTER = ("Foundry Tools", "Model Tools")


class Unreadable(Exception):
    """A name that says too little, and why."""


# What words say. Spellings of one word are Azure's.
_WORDS = {
    "scope": {
        "global": "gl glb glbl global",
        "data-zone": "dz dzn dzone datazone",
        "regional": "rg rgnl regn regnl regional",
    },
    "direction": {"input": "in inp inpt input", "output": "out outp outpt output opt"},
    "cache": {"cached": "cached cched cchd ccchd cache cd ch", "write": "wr"},
    "tier": {"batch": "batch", "priority": "pp", "": "std"},
    "context": {"long": "longco", "": "shortco"},
    "fine": {"fine-tuned": "ft rft finetuned"},
    "variant": {"developer": "dev", "grader": "grader grdr"},
    "modality": {"": "text txt", "audio-": "aud audio", "image-": "img image"},
    "job": {"training": "trng training", "hosting-hours": "hstng hosting"},
    "counted": {
        "images": "images", "pages": "pages", "searches": "search", "megapixels": "megapixel",
        "characters": "characters", "video-seconds": "video second",
        "file-search-calls": "calls", "file-search-gb": "gb",
        "code-interpreter-sessions": "session",
    },
    "part": {"first-": "initial", "reference-": "ref"},
    "": {"": "tokens tkn 1m unit deployment ep model mdl mdel mp"},
}  # fmt: skip
_SAYS = {
    word: (group, meaning)
    for group, meanings in _WORDS.items()
    for meaning, words in meanings.items()
    for word in words.split()
}

# Before a name is cut: words glued together, and those that mean something else in place.
_SPELLINGS = (
    (r"data zone", "datazone"),
    (r"fine tuned", "finetuned"),
    (r"BatchOutp", "Batch Outp"),
    (r"(realtime ?Prvw|rtime)", "realtime "),
    (r"(Aud|Txt)(Inp|Outp) ", r"\1 \2 "),
    (r"(aud|txt)1217", r"\1 1217"),
    (r"3bFTregnl", "3b FT regnl"),
    (r"mini0718", "mini 0718"),
    (r"^gpt4o(mini)?", r"gpt 4o \1 "),
    (r"\bmn\b", "mini"),
    (r"text[- ]embedding", "textembedding"),
    (r"^Speech-Text to Speech", "tts"),
    # No other Whisper meter: "Batch" is the speech service's word for whole files.
    (r"^Speech-to-Text-Batch-Whisper", "whisper"),
    (r"file[- ]search", "filesearch"),
    (r"^gpt[- ](image|img)[- ]", "gptimage "),
    (r"^Image-DALL-E-", "dalle "),
    (r"^Image 2 (img|txt) ", r"gptimage 2 \1 "),
    (r"^Image (2e?) Output", r"maiimage \1 image output"),
    (r"^Image (2e?) Text", r"maiimage \1 text"),
    # Half the price of gpt-35-turbo 1106 and of no other 16K version.
    (r"trb16K-Batch-(Inp|Outp)", r"turbo 16K 1106 Batch \1"),
    (r"trb16K-Batch-125", "turbo 16K 0125 Batch"),
    (r"turbo(4|16|128)K", r"turbo \1K"),
    # Fine-tuned 16K costs what version 0125 costs.
    (r"turbo 16K-FT", "turbo 16K 0125 FT"),
    # gpt-realtime-2 has text and image meters, but no audio ones. These came with them
    # (2026-05, the same 25 regions) at the audio prices of gpt-realtime-2.1, whose other
    # prices are those of gpt-realtime-2 too.
    (r"^gpt-latest 05052026 ", "gpt-realtime-2 Audio "),
    # Grok 4.3: the L meters cost twice the others.
    (r"^(4\.3 .*) L Tokens", r"\1 longco Tokens"),
    (r"^(Sora.*) (\d+)-(\d+s)", r"\1 \2to\3"),
)

# The day in a meter's name -> Azure's version. The years are those of Microsoft's schedule:
# https://learn.microsoft.com/azure/foundry/openai/concepts/model-retirement-schedule
_VERSIONS = {
    "0513": "2024-05-13", "0718": "2024-07-18", "0806": "2024-08-06", "1120": "2024-11-20",
    "1217": "2024-12-17", "0131": "2025-01-31", "0227": "2025-02-27", "0416": "2025-04-16",
    "0603": "2025-06-03", "0626": "2025-06-26", "0828": "2025-08-28", "1215": "2025-12-15",
    "0210": "2026-02-10", "05052026": "2026-05-05", "05282026": "2026-05-28",
}  # fmt: skip

# Versions that are no dates, from the oldest: the newest stands last in the table.
_AGES = ("", "0301", "0613", "1106", "1106-Preview", "vision-preview", "0125", "0125-Preview")

# What is left of a name -> model, version, and after `#` what tells its meters apart.
# `|` separates models that share a meter. Without a line here: see `_by_rule`.
# The versions of names without a day, where other meters of the model have one, and the
# spellings of the models are those of the schedule and of
# https://learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure
_NAMES = {
    "gpt 35 turbo 4k": "gpt-35-turbo 0613",
    "gpt 35 turbo 16k": "gpt-35-turbo-16k",
    "gpt 35 turbo 16k 1106": "gpt-35-turbo 1106",
    "gpt 35 turbo 16k 0125": "gpt-35-turbo 0125",
    "gpt 4 8k": "gpt-4 0613",
    "gpt 4 turbo 128k": "gpt-4-turbo | gpt-4 1106-Preview | gpt-4 0125-Preview"
    " | gpt-4 turbo-2024-04-09",
    "gpt 4 turbo vision 128k": "gpt-4-turbo-vision | gpt-4 vision-preview",
    "gpt 4.5 0227": "gpt-4.5-preview",
    "gpt 4o 0603": "gpt-4o-audio-preview 2025-06-03",
    "gpt 4o 1217": "gpt-4o-audio-preview 2024-12-17",
    "gpt 4o mini 1217": "gpt-4o-mini-audio-preview 2024-12-17",
    "gpt 4o realtime": "gpt-4o-realtime-preview 2024-10-01",
    "gpt 4o rt 0603": "gpt-4o-realtime-preview 2025-06-03",
    "gpt 4o rt 1217": "gpt-4o-realtime-preview 2024-12-17",
    "gpt 4o mini rt 1217": "gpt-4o-mini-realtime-preview 2024-12-17",
    "gpt 4o mini transcribe": "gpt-4o-mini-transcribe 2025-03-20",
    "gpt 4o mini trscb 1215": "gpt-4o-mini-transcribe 2025-12-15",
    "gpt 4o mini tts": "gpt-4o-mini-tts 2025-03-20",
    "gpt 4o tcrb d": "gpt-4o-transcribe-diarize",
    "gpt 0828": "gpt-audio 2025-08-28",
    "gpt 1.5": "gpt-audio-1.5",
    "gpt mini": "gpt-audio-mini 2025-10-06",
    "gpt mini 1215": "gpt-audio-mini 2025-12-15",
    "gpt rt 0828": "gpt-realtime 2025-08-28",
    "gpt rt 1.5": "gpt-realtime-1.5",
    "gpt rt mini": "gpt-realtime-mini 2025-10-06",
    "gpt rt mini 1215": "gpt-realtime-mini 2025-12-15",
    "gpt 5.2 chat": "gpt-5.2-chat 2025-12-11",
    "chat latest 05052026": "gpt-chat-latest 2026-05-05",
    "chat latest 05282026": "gpt-chat-latest 2026-05-28",
    "gptimage 1": "gpt-image-1",
    "gptimage 1 mini": "gpt-image-1-mini",
    "gptimage 1.5": "gpt-image-1.5",
    "gptimage 2": "gpt-image-2",
    "dalle 2": "dall-e-2",
    "dalle 3 lowres": "dall-e-3 #standard 1024x1024",
    "dalle 3 highres": "dall-e-3 #standard 1024x1792",
    "dalle 3 hd lowres": "dall-e-3 #hd 1024x1024",
    "dalle 3 hd highres": "dall-e-3 #hd 1024x1792",
    "sora 2 pro high res": "sora-2-pro #high resolution",
    "textembedding 3 large": "text-embedding-3-large",
    "textembedding 3 small": "text-embedding-3-small",
    "embedding ada": "text-embedding-ada-002",
    "babbage 002 base": "babbage-002",
    "davinci 002 base": "davinci-002",
    "computer use": "computer-use-preview",
    "assistants filesearch": "",
    "filesearch tool": "",
    "code interpreter": "",
    "routers": "model-router",
    "20b": "gpt-oss-20b",
    "oss 20b": "gpt-oss-20b",
    "gpt oss 120b": "gpt-oss-120b",
    "mai ds r1": "MAI-DS-R1",
    "maiimage 2": "MAI-Image-2",
    "maiimage 2e": "MAI-Image-2e",
    "v3.2 sp": "DeepSeek-V3.2-Speciale",
    "fw deepseekv3.2": "FW-DeepSeek-V3.2",
    "grok 4.1": "grok-4-1-fast-reasoning | grok-4-1-fast-non-reasoning",
    "grok 4.2": "grok-4-20-reasoning | grok-4-20-non-reasoning",
    "grok4 fast": "grok-4-fast-reasoning | grok-4-fast-non-reasoning",
    "k2.5 thinking": "Kimi-K2.5",
    "k2.6 thinking": "Kimi-K2.6",
    "3.3 70b": "Llama-3.3-70B-Instruct",
    "llama 3.3 70b": "Llama-3.3-70B-Instruct",
    "llama3.3": "Llama-3.3-70B-Instruct",
    "llama3.3 70b": "Llama-3.3-70B-Instruct",
    "llama 4 maverick 17b": "Llama-4-Maverick-17B-128E-Instruct-FP8",
    "codestral": "Codestral-2501",
    "doc ai 2505": "mistral-document-ai-2505",
    "doc ai 2512": "mistral-document-ai-2512",
    "large 3": "Mistral-Large-3",
    "ministral 3b": "Ministral-3B",
    "mnstrl 3b": "Ministral-3B",
    "mm3.5": "mistral-medium-3-5",
    "ocr": "mistral-ocr-2503",
    "ocr 2512": "mistral-ocr-2512",
    "ocr 4": "mistral-ocr-4-0",
    "ocr 4 annot": "mistral-ocr-4-0 #annotated",
    "phi 3.5 mini instruct": "Phi-3.5-mini-instruct",
    "phi 3.5 mini 128k instruct": "Phi-3.5-mini-instruct",
    "phi 3.5 v 128k instruct": "Phi-3.5-vision-instruct",
    "phi 4 mini": "Phi-4-mini-instruct",
    "phi 4 mini mm": "Phi-4-multimodal-instruct",
    "command a": "cohere-command-a",
    "command a plus": "Cohere-command-a-plus-05-2026",
    "embed v4": "embed-v-4-0",
    "rerank v4 fast": "Cohere-rerank-v4.0-fast",
    "rerank v4 pro": "Cohere-rerank-v4.0-pro",
    "32b": "Qwen3-32B",
    "qwen3 32b": "Qwen3-32B",
    "flux 1.1 pro": "FLUX-1.1-pro",
    "kontext pro": "FLUX.1-Kontext-pro",
    "flex": "FLUX.2-flex",
    "flux 2": "FLUX.2-pro",
    "flux 2 pro": "FLUX.2-pro",
}
# Where the makers' names begin; a name that begins so already is complete.
_PREFIXES = {
    "Azure Deepseek Models": "DeepSeek-",
    "Azure Grok Models": "grok-",
    "Azure Kimi": "Kimi-",
    "Azure OpenAI": "gpt-",
    "Azure OpenAI GPT5": "gpt-",
    "Azure OpenAI PP FT GPT4s": "gpt-",
}
_COMPLETE = ("gpt-", "o1", "o3", "o4", "grok-", "babbage-", "davinci-", "tts", "whisper")
# Of these the meters for data zones say so and cost 1.1 times the ones that say nothing.
_GLOBAL_UNLESS_SAID = (
    "Azure BFL Flux Models", "Azure Llama Models", "Azure Mistral Models",
    "Azure OpenAI OSS Models", "Qwen models",
)  # fmt: skip
# Whose throughput units serve the models of a product, if not its own:
# https://learn.microsoft.com/azure/foundry/openai/concepts/provisioned-throughput-billing
_UNITS_OF = {"Azure OpenAI GPT5": "Azure OpenAI", "Azure OpenAI Reasoning": "Azure OpenAI"}
# Not a meter of a model that can be deployed today, or older than one that says more.
_LEFT_OUT = (
    (r"Provisioned Throughput", "a commitment of before 2024-08, closed to newcomers"),
    (r"^Az-", "a name of before 2024-05, replaced by one that tells the deployment type"),
    (r"^Standard Unit", "a free meter"),
    (r"^Mngd ", "hours of a GPU, not of a model"),
    (r"^MAI [a-z] Tokens", "a letter instead of the name of a model"),
    (r"cached-FT-inp-datazone", "the price of its twin in `PP FT GPT4s`, in fewer regions"),
)
# Read these as input: what they bill has no direction in its name. The router bills prompts
# (https://learn.microsoft.com/azure/foundry/openai/concepts/model-router, "Billing").
_INPUT_ONLY = ("textembedding", "embedding", "embed", "routers")

Names = tuple[str, str, str, str]


def read(names: Iterable[Names], left_out: Counter[str]) -> list[ModelMeter]:
    """The meters behind (service, product, meter, unit); others are counted by reason."""
    alike: dict[tuple[str, ...], list[ModelMeter]] = defaultdict(list)
    units: dict[str, list[ModelMeter]] = defaultdict(list)
    for name in sorted(set(names)):
        try:
            for meter in _meters(*name):
                if meter.item == "ptu-hours":
                    units[meter.product].append(meter)
                else:
                    alike[msgspec.structs.astuple(meter)[:8]].append(meter)
        except Unreadable as reason:
            left_out[f"{reason} ({name[1]})"] += 1
    found = []
    for meters in alike.values():
        if len(meters) > 1:
            left_out[f"read alike: {' = '.join(m.meter for m in meters)}"] += len(meters)
        else:
            found += meters
    return sorted([*found, *_throughput(found, units)], key=_place)


def _place(meter: ModelMeter) -> tuple[object, ...]:
    """Models by name, their versions from the oldest to the newest."""
    age = _AGES.index(meter.version) if meter.version in _AGES else len(_AGES)
    return meter.model.lower(), age, msgspec.structs.astuple(meter)


def _meters(service: str, product: str, name: str, unit: str) -> Iterator[ModelMeter]:
    for pattern, reason in _LEFT_OUT:
        if re.search(pattern, name):
            raise Unreadable(reason)
    said, left = _cut(name)
    if not left:
        raise Unreadable("a name without a model")
    scope = "global" if product in _GLOBAL_UNLESS_SAID else ""
    if left == ["Provisioned", "Managed"]:
        models, items = [("", "", "")], ["ptu-hours"]
    else:
        models, items = list(_models(product, left)), _items(said, left[0].lower(), unit)
    variant = said.get("variant", said.get("fine", ""))
    how = said.get("scope", scope), variant, said.get("tier", ""), said.get("context", "")
    for model, version, detail in models:
        for item in items:
            yield ModelMeter(model, version, *how, item, detail, service, product, name, unit)


def _cut(name: str) -> tuple[dict[str, str], list[str]]:
    """What the words of a name say, by group, and the words that are left."""
    for pattern, words in _SPELLINGS:
        name = re.sub(pattern, words, name, flags=re.IGNORECASE)
    said: dict[str, str] = {}
    left = []
    for word in re.split(r"[ _-]+", name):
        group, meaning = _SAYS.get(word.lower(), (None, word))
        if group is None:
            left.append(word)
        elif said.setdefault(group, meaning) != meaning:
            said[group] = _either(group, {said[group], meaning})
    return said, [word for word in left if word]


def _either(group: str, meanings: set[str]) -> str:
    """Which of two meanings counts: the audio of "aud txt" is part of the model's name."""
    for counts in ("write", ""):
        if counts in meanings and group in ("cache", "modality", ""):
            return counts
    raise Unreadable(f"says {' and '.join(sorted(meanings))}")


def _models(product: str, left: list[str]) -> Iterator[tuple[str, str, str]]:
    """(model, version, detail) of each model that the words name."""
    if sora := re.fullmatch(r"sora (\d+p)( sq)? (\d+)to(\d+s)", " ".join(left).lower()):
        yield "sora", "", f"{sora[1]}{' square' if sora[2] else ''} {sora[3]}-{sora[4]}"
        return
    value = _NAMES.get(" ".join(left).lower())
    for one in [_by_rule(product, left)] if value is None else value.split("|"):
        name, _, detail = one.partition("#")
        model, _, version = name.strip().partition(" ")
        yield model, version, detail


def _by_rule(product: str, left: list[str]) -> str:
    """The model of words that need no table: joined, after the maker's prefix."""
    version = _VERSIONS.get(left[-1], "")
    name = "-".join(left[:-1] if version else left)
    prefix = _PREFIXES.get(product, "")
    if prefix.islower() or product.startswith("Azure OpenAI"):
        name = name.lower()
    return f"{'' if name.startswith(_COMPLETE) else prefix}{name} {version}"


def _items(said: dict[str, str], first: str, unit: str) -> list[str]:
    """What is counted: mostly one thing, where input and output cost the same both."""
    modality = said.get("modality", "")
    if "counted" in said:
        return [said.get("part", "") + said["counted"]]
    if said.get("job") == "training":
        return ["training-hours" if unit == "Hours" else "training-tokens"]
    if unit == "Hours":
        return [said.get("job", "audio-hours")]
    if said.get("cache") == "write":
        return ["cache-write"]
    if "direction" in said or "cache" in said:
        cached = "cached-" if "cache" in said else ""
        return [f"{cached}{modality}{said.get('direction', 'input')}"]
    if "fine" in said:
        return ["training-tokens"]
    return [f"{modality}input"] if first in _INPUT_ONLY else ["input", "output"]


def _throughput(
    found: list[ModelMeter], units: dict[str, list[ModelMeter]]
) -> Iterator[ModelMeter]:
    """The throughput units of every model that answers in text, and of the Flux models."""
    answering = {(m.model, m.product) for m in found if m.item in ("output", "megapixels")}
    for model, product in sorted(answering):
        for meter in units.get(_UNITS_OF.get(product, product), ()):
            yield msgspec.structs.replace(meter, model=model, variant="provisioned")


def write(folder: Path) -> Counter[str]:
    """Write models.csv beside the price tables in `folder`; return what was left out."""
    kinds = {spelling: unit for spelling, _, unit in tables.reference(folder, "units")}
    left_out: Counter[str] = Counter()
    names = {
        (service, product, meter, kinds[unit])
        for service, product, _, meter, _, unit, *_ in tables.lines(folder)
        if service == _SERVICE or (service, product) == _ROUTER
    }
    found = read(names, left_out)
    table(folder / "models.csv", ModelMeter.__struct_fields__, map(msgspec.structs.astuple, found))
    return left_out
