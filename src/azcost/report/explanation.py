"""How much of a real bill a model explains, as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from azcost.money import Money
from azcost.observed import Explained
from azcost.report.document import Document, Part, Table
from azcost.report.view import money

SCHEMA = 1
_MAX_ROWS = 40
_ZERO = Decimal(0)


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that a model has, and billed resources that it lacks; `cost` is the whole bill.

    `model` says where the model is from.
    """

    model: str
    cost: Money
    rows: tuple[Explained, ...]
    left: tuple[Explained, ...] = ()

    @property
    def explained(self) -> Decimal:
        """What of the bill the model explains."""
        return sum((one.explained for one in self.rows), start=_ZERO)

    @property
    def elsewhere(self) -> Decimal:
        """What is billed of no resource that is there: deleted ones, purchases, credits."""
        billed = (one.billed.amount for one in (*self.rows, *self.left))
        return self.cost.amount - sum(billed, start=_ZERO)


def document(found: Explanation) -> Document:
    """The model beside the bill, resource by resource."""
    return Document(
        title=f"How much of the bill {found.model} explains",
        verdict=" ".join(_verdict(found)),
        parts=tuple(_parts(found)),
        notes=tuple(_notes(found)),
        facts=_facts(found),
    )


def _verdict(found: Explanation) -> Iterator[str]:
    cost = found.cost
    share = f" ({found.explained / cost.amount:.0%})" if cost.amount > 0 else ""
    yield f"{money(found.explained)} of {cost} a month{share} are explained by {found.model}."
    there = [one for one in found.rows if one.modelled and one.resources]
    over = sum((max(_off(one), _ZERO) for one in there), start=_ZERO)
    under = sum((max(-_off(one), _ZERO) for one in there), start=_ZERO)
    if there:
        yield (
            f"Where both are known the model is {money(over)} above the bill of some resources "
            f"and {money(under)} below that of others."
        )
    absent = [one for one in found.rows if not one.resources]
    if absent:
        yield f"{len(absent)} of {len(found.rows)} services are not to be found in the bill."


def _off(one: Explained) -> Decimal:
    return one.modelled.amount - one.billed.amount if one.modelled else _ZERO


def _parts(found: Explanation) -> Iterator[Part]:
    known = [one for one in found.rows if one.modelled and one.resources]
    if known:
        yield _table("Modelled and billed", known, found.cost.currency)
    if unknown := [one for one in found.rows if not (one.modelled and one.resources)]:
        yield _table("Without a model, a price or a bill", unknown, found.cost.currency)
    if found.left:
        yield _table("Billed, and not in the model", found.left, found.cost.currency)


def _table(title: str, rows: Sequence[Explained], currency: str) -> Table:
    ordered = sorted(rows, key=lambda one: -max(one.billed.amount, _model(one)))
    shown = [
        (
            one.name,
            one.kind,
            money(one.modelled.amount) if one.modelled else "",
            money(one.billed.amount),
            f"{_off(one):+,.2f}" if one.modelled and one.resources else "",
            one.reason,
        )
        for one in ordered[:_MAX_ROWS]
    ]
    if rest := ordered[_MAX_ROWS:]:
        modelled = sum((_model(one) for one in rest), start=_ZERO)
        billed = sum((one.billed.amount for one in rest), start=_ZERO)
        shown.append((f"{len(rest)} more", "", money(modelled), money(billed), "", ""))
    return Table(
        title=title,
        columns=("name", "kind", f"model, {currency}", f"bill, {currency}", "off by", "why"),
        rows=tuple(shown),
        left=(0, 1, 5),
    )


def _model(one: Explained) -> Decimal:
    return one.modelled.amount if one.modelled else _ZERO


def _notes(found: Explanation) -> Iterator[str]:
    yield (
        "Explained is, for each resource, the smaller of model and bill: what a model says too "
        "much does not make up for what another says too little."
    )
    yield "The bill is amortised, an average month of its last 30 days; models are at list prices."
    if abs(found.elsewhere) >= Decimal("0.01"):
        yield (
            f"{money(found.elsewhere)} {found.cost.currency} a month are billed of nothing that is "
            "there now: deleted resources, purchases, unused commitments, credits."
        )


def _facts(found: Explanation) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "model": found.model,
        "currency": found.cost.currency,
        "cost": found.cost.amount,
        "explained": found.explained,
        "rows": [_row(one) for one in found.rows],
        "not_in_model": [_row(one) for one in found.left],
        "billed_elsewhere": found.elsewhere,
    }


def _row(one: Explained) -> dict[str, object]:
    return {
        "name": one.name,
        "kind": one.kind,
        "modelled": one.modelled.amount if one.modelled else None,
        "billed": one.billed.amount,
        "explained": one.explained,
        "resources": list(one.resources),
        "reason": one.reason or None,
    }
