"""Valid specifications of every kind, from the cases; for properties and mutations."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from azcost import architecture
from azcost.estimate import Estimate
from azcost.pricing.catalogue import Catalogue
from azcost.spec import nodes

CASES = Path(__file__).parent / "cases/services"


def plain(node: nodes.Node) -> Any:
    """A node as dicts, lists and texts, so that 0.40 stays these very digits."""
    if isinstance(node, nodes.Mapping):
        return {key.text: plain(value) for key, value in node.entries()}
    if isinstance(node, nodes.Sequence):
        return [plain(item) for item in node.items]
    return node.text


def load(path: Path) -> dict[str, Any]:
    """A file of cases."""
    found: dict[str, Any] = plain(nodes.read(path))
    return found


def services(section: str = "recorded") -> list[dict[str, Any]]:
    """The specs of all cases of a section, each one service."""
    return [
        {"region": "westeurope", **case["spec"]}
        for path in sorted(CASES.glob("*.yaml"))
        for case in load(path).get(section, [])
    ]


def price(services: list[dict[str, Any]], catalogue: Catalogue, file: str = "spec") -> Estimate:
    """Price services that are given as plain values, through the text of a specification."""
    text = yaml.safe_dump({"services": services}, allow_unicode=True)
    design = architecture.read(nodes.parse(text, file), file, architecture.names_of(catalogue))
    return architecture.estimate(design, catalogue)


def is_number(value: Any) -> bool:
    """Whether a plain value is a number."""
    try:
        return Decimal(value).is_finite()
    except (ArithmeticError, TypeError, ValueError):
        return False
