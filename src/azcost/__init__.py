"""What notebooks and programs may import; each name is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azcost.architecture import Design, load, parse
    from azcost.architecture import estimate as price
    from azcost.cli.asking import ask
    from azcost.errors import AzcostError, PriceNotFound
    from azcost.estimate import Estimate
    from azcost.money import Money
    from azcost.pricing.opening import open_catalogue
    from azcost.pricing.rows import Purchase
    from azcost.report.bill_page import made_of
    from azcost.report.document import Chart, Document, Mark, Series

# name -> module, and its name there where that is another one
_PLACES = {
    "AzcostError": "errors",
    "Chart": "report.document",
    "Design": "architecture",
    "Document": "report.document",
    "Estimate": "estimate",
    "Mark": "report.document",
    "Money": "money",
    "PriceNotFound": "errors",
    "Purchase": "pricing.rows",
    "Series": "report.document",
    "ask": "cli.asking",
    "load": "architecture",
    "made_of": "report.bill_page",
    "open_catalogue": "pricing.opening",
    "parse": "architecture",
    "price": "architecture:estimate",
}

__all__ = [
    "AzcostError",
    "Chart",
    "Design",
    "Document",
    "Estimate",
    "Mark",
    "Money",
    "PriceNotFound",
    "Purchase",
    "Series",
    "ask",
    "load",
    "made_of",
    "open_catalogue",
    "parse",
    "price",
]


def __getattr__(name: str) -> Any:
    """Load a public name (PEP 562): `import azcost` alone loads nothing."""
    if name not in _PLACES:
        raise AttributeError(f"module 'azcost' has no attribute '{name}'")
    module, _, other = _PLACES[name].partition(":")
    found = getattr(import_module(f"azcost.{module}"), other or name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
