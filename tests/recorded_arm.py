"""Recorded traffic of Azure (../shared/recordings), as requests and answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

SETS = ("azure-cli", "azure-cli-extensions", "azure-cli-extensions-2020", "cloud-custodian")


def files(folder: Path) -> list[Path]:
    return sorted(
        file
        for name in SETS
        for file in (folder / name).rglob("*")
        if file.suffix in (".json", ".yaml")
    )


def answers(file: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and body of each answer with status 200 that is a JSON object."""
    text = file.read_text(encoding="utf-8")
    tape = json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader=_Tape)
    for one in tape["interactions"]:
        status = one["response"]["status"]
        code = status["code"] if isinstance(status, dict) else status
        url = urlsplit(one["request"]["uri"])
        body = _json(one["response"].get("body"))
        if code == 200 and url.hostname == "management.azure.com" and isinstance(body, dict):
            yield one["request"]["method"], unquote(url.path), body


class _Tape(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """A safe loader that knows the texts of Python 2."""


_Tape.add_constructor("tag:yaml.org,2002:python/unicode", lambda loader, node: node.value)


def _json(body: Any) -> Any:
    if isinstance(body, dict):
        body = body.get("string", body.get("data", body))
    if not isinstance(body, str):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return None
