"""An estimate for other programs: JSON (a contract, docs/estimate-json.md) and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from azcost.estimate import Estimate, ResourceEstimate
from azcost.report import view
from azcost.report.view import printable
from azcost.units import MONTHS_PER_YEAR

SCHEMA = 1


def to_json(estimates: Sequence[Estimate], tables: str) -> str:
    """The estimate as JSON, several as a list; amounts are strings, floats lose digits."""
    documents = [facts(estimate, tables) for estimate in estimates]
    whole = documents[0] if len(documents) == 1 else documents
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def facts(estimate: Estimate, tables: str) -> dict[str, object]:
    """What the JSON of an estimate says."""
    found = view.provenance(estimate)
    document: dict[str, object] = {
        "schema": SCHEMA,
        "name": estimate.name,
        "currency": estimate.currency,
        "monthly": number(estimate.monthly.amount),
        "yearly": number(estimate.monthly.amount * MONTHS_PER_YEAR),
        "prices": {
            "tables": tables,
            "observed_from": found.observed_from or None,
            "observed_to": found.observed_to or None,
        },
        "resources": [_resource(resource) for resource in estimate.resources],
        "unpriced": [
            {"resource": missing.resource, "reason": f"{missing.label}: {missing.sentence}"}
            for missing in estimate.unpriced
        ],
        "warnings": [f"{note.resource}: {note.text}" for note in estimate.notes],
    }
    if estimate.is_range:
        document |= _ends(estimate)
        document["drivers"] = [
            {"inputs": list(driver.names), "share": number(driver.share)}
            for driver in estimate.drivers
        ]
    if estimate.outcomes:
        document["per_outcome"] = {
            label: number(each.amount) for label, each in view.outcomes(estimate)
        }
    return document


def _resource(resource: ResourceEstimate) -> dict[str, object]:
    document: dict[str, object] = {
        "name": resource.name,
        "kind": resource.kind,
        "region": resource.region,
        "tags": resource.tags,
        "monthly": number(resource.monthly.amount),
        "lines": [_line(line) for line in view.lines(resource)],
    }
    if not resource.least == resource.monthly == resource.most:
        document |= _ends(resource)
    return document


def _ends(found: Estimate | ResourceEstimate) -> dict[str, object]:
    ends = {"low": found.low, "high": found.high, "least": found.least, "most": found.most}
    return {name: number(end.amount) for name, end in ends.items()}


def _line(line: view.Line) -> dict[str, object]:
    price = line.item.price
    return {
        "label": line.label,
        "quantity": number(line.quantity),
        "unit": line.unit,
        "unit_price": number(line.unit_price),
        "monthly": number(line.monthly.amount),
        "purchase": price.purchase.value,
        "meter_id": price.meter_id or None,
        "product": price.meter.product or None,
        "sku": price.meter.sku or None,
        "meter": price.meter.meter or None,
        "source": price.source,
        "observed_on": price.observed_on or None,
        "fidelity": price.fidelity,
        "rule": price.rule or None,
    }


def number(amount: Decimal) -> str:
    """All digits, no exponent, no trailing zeros."""
    text = format(amount, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


_COLUMNS = (
    "design", "resource", "kind", "region", "label", "quantity", "unit", "unit_price", "monthly",
    "currency", "purchase", "meter_id", "product", "sku", "meter", "source", "observed_on",
    "fidelity",
)  # fmt: skip


def to_csv(estimates: Sequence[Estimate]) -> str:
    """One line per priced charge and one, without amounts, per charge without a price."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for estimate in estimates:
        for cells in _cells_of(estimate):
            writer.writerow({key: cell(value) for key, value in cells.items()})
    return out.getvalue()


def _cells_of(estimate: Estimate) -> Iterator[dict[str, object]]:
    for resource in estimate.resources:
        common: dict[str, object] = {
            "design": estimate.name,
            "resource": resource.name,
            "kind": resource.kind,
            "region": resource.region,
            "currency": estimate.currency,
        }
        for line in view.lines(resource):
            yield common | _line(line)
    for missing in estimate.unpriced:
        yield {
            "design": estimate.name,
            "resource": missing.resource,
            "label": missing.label,
            "fidelity": "unpriced",
        }


def cell(value: object) -> str:
    """A cell that a spreadsheet shows and does not run."""
    text = "" if value is None else printable(str(value))
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
