"""Where a figure comes from: the rows that were taken, and the others with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from azcost.errors import AzcostError
from azcost.estimate import Estimate, LineItem
from azcost.pricing.catalogue import Catalogue
from azcost.pricing.derive import RULES
from azcost.pricing.trace import Candidate, Trace
from azcost.report.view import safe
from azcost.units import plain


def render(name: str, estimates: Sequence[Estimate], catalogues: Mapping[str, Catalogue]) -> str:
    """Explain every line of the resource `name`; catalogues are by currency.

    Raises AzcostError when no estimate has it.
    """
    found = [(r, e.currency) for e in estimates for r in e.resources if r.name == name]
    if not found:
        known = ", ".join(safe(r.name) for e in estimates for r in e.resources)
        raise AzcostError(f"There is no resource '{safe(name)}'. There are: {known}.")
    lines: list[str] = []
    for resource, currency in found:
        lines.append(f"{safe(resource.name)} ({resource.kind}, {resource.region})")
        for item in resource.items:
            lines += _item(item, catalogues[currency])
    return "\n".join(lines)


def _item(item: LineItem, catalogue: Catalogue) -> Iterator[str]:
    quantity = item.charge.quantity
    amount = f"{plain(round(quantity.amount, 6))} {quantity.unit}"
    times = f" x {plain(item.charge.times)}" if item.charge.times != 1 else ""
    yield ""
    yield f"  {safe(item.charge.label)}: {amount}{times} = {item.cost} per month"
    if item.charge.price:
        yield f"    {RULES[item.price.rule]}"
        return
    trace = catalogue.trace(item.charge.meter, item.charge.purchase)
    yield from _trace(trace, "    ")


def _trace(trace: Trace, indent: str) -> Iterator[str]:
    price = trace.price
    if price.rule:
        yield f"{indent}{RULES[price.rule]}"
        if price.basis:
            yield f"{indent}         {price.basis}"
    for row in trace.taken:
        yield f"{indent}taken     {_row(row)}"
        yield f"{indent}          {_provenance(row)}"
    for row, reason in trace.rejected:
        yield f"{indent}not taken {_row(row)}"
        yield (
            f"{indent}          because it is {reason}"
            if not reason.startswith("has")
            else (f"{indent}          because it {reason}")
        )
    for step in trace.steps:
        yield f"{indent}from {step.price.meter} ({step.price.purchase}):"
        yield from _trace(step, indent + "  ")


def _row(row: Candidate) -> str:
    names = " / ".join(
        dict.fromkeys(n for n in (row.product, row.sku, row.meter, row.arm_sku) if n)
    )
    tier = f" from {plain(row.tier)}" if row.tier else ""
    kind = f" ({row.type})" if row.type else ""
    return f"{plain(row.price)} per {row.unit}{tier}{kind}: {names}"


def _provenance(row: Candidate) -> str:
    meter = f"meter id {row.meter_id}" if row.meter_id else "meter id not in the source"
    since = f", in force since {row.effective}" if row.effective else ""
    source, day = row.source.rsplit(" ", 1)
    return f"{meter}{since}, seen {day} by {source}"
