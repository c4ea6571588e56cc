"""Reading the file of a design, whatever wrote it: a specification, or a Terraform plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from azcost import architecture
from azcost.spec import nodes

if TYPE_CHECKING:
    from azcost.design import Design
    from azcost.pricing.catalogue import Catalogue

_PLAN = '"planned_values"'


def load(file: Path, catalogue: Catalogue, region: str = "", currency: str = "") -> Design:
    """Read the design of a file; `region` and `currency` replace those that it names."""
    return parse(nodes.read_text(file), str(file), catalogue, region, currency)


def parse(
    text: str, file: str, catalogue: Catalogue, region: str = "", currency: str = ""
) -> Design:
    """Read a design from text; `file` names it in errors. See `load`."""
    if _PLAN in text:
        from azcost.importers import terraform

        if terraform.is_plan(text):
            plan = terraform.design(text, file, catalogue, region)
            return replace(plan, currency=currency.upper() or plan.currency)
    return architecture.parse(text, file, catalogue, region, currency)
